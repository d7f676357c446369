"""Kandinsky 3 behind the engine's protocols: one U-Net over latents of MoVQ, one stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from sfumato.engine import NULL, Ask, Condition, NoisePath, Setting
from sfumato.models._parts.asked import clocks, seen, stacked
from sfumato.models._parts.latent_release import STAGE, LatentRelease
from sfumato.models._parts.latent_stage import LatentModel, LatentStage
from sfumato.models._parts.limits import Limits, limits_of
from sfumato.models._parts.movq import Movq
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.kandinsky3.texts import Reader, filled


@dataclass(frozen=True, eq=False)
class Stage(LatentStage):
    """What is guided away from is as long as what is guided to, since the U-Net takes the mean of all places.

    limits  what the release does to every clean x
    """

    limits: Limits = field(kw_only=True)

    def limit(self, x0: Tensor) -> Tensor:
        return self.limits.apply(x0)

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        """text (L, D) and shown (L,), L words and one place more; no negative prompt is zeros."""
        found = dict(super().conditions(setting))
        longest = max(len(found[role]["shown"]) for role in found if role != NULL)
        null = filled(found[NULL].entries, longest, blank=not setting.plan.negative)
        return {**found, NULL: Condition(null)}


@dataclass(frozen=True, eq=False)
class Look:
    """The U-Net asked."""

    unet: Any

    def __call__(self, asks: Sequence[Ask], path: NoisePath) -> Tensor:
        """The noise in every row, (B, C, H, W)."""
        like = self.unet.conv_out.weight
        return self.unet(
            seen(asks, like),
            clocks(asks, path, like),
            encoder_hidden_states=stacked(asks, "text", like),
            encoder_attention_mask=stacked(asks, "shown", like),
            return_dict=False,
        )[0]


def open_kandinsky3(release: LatentRelease, device: str, dtype: str) -> LatentModel:
    """The model over a release. Raises FileNotFoundError when weights are missing."""
    here = release.repository
    opened = {name: here.load(name, device, dtype) for name in release.networks}
    stage = Stage(
        name=STAGE,
        path=noise_path(release.scheduler),
        space=Movq(opened["movq"]),
        read=Reader(here.load("tokenizer"), opened["text_encoder"]),
        limits=limits_of(release.scheduler),
    )
    return LatentModel(stage, Look(opened["unet"]), tuple(opened.values()))
