"""The decoder: from an image embedding to a picture, by diffusion in the space of MoVQ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import (
    NULL,
    Answer,
    Ask,
    Condition,
    Guidance,
    NoisePath,
    Setting,
    classifier_free,
    from_start,
    part,
)
from sfumato.engine.parts import blend, shares
from sfumato.models.kandinsky.known import Keeping, known
from sfumato.models.kandinsky.limits import Limits
from sfumato.models.kandinsky.movq import Movq
from sfumato.models.kandinsky.prior import PriorNetworks
from sfumato.models.kandinsky.released import hinted, inpaints
from sfumato.models.kandinsky.rows import wanted, weights
from sfumato.plan import Plan, StagePlan


@dataclass(frozen=True, eq=False)
class DecoderStage:
    """x is a latent of MoVQ. The U-Net sees an image embedding and no text.

    prior    name of the stage whose result it paints, and the networks that know what that means
    learned  whether the U-Net also says the variance of a step
    """

    name: str
    unet: Any
    space: Movq
    prior: tuple[str, PriorNetworks]
    path: NoisePath
    limits: Limits
    learned: bool = True

    @property
    def inpaints(self) -> bool:
        return inpaints(self.unet.config)

    @property
    def hinted(self) -> bool:
        return hinted(self.unet.config)

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        return (self.space.channels, stage.height // self.space.factor, stage.width // self.space.factor)

    def encode(self, picture: Tensor) -> Tensor:
        return self.space.encode(picture)

    def decode(self, x: Tensor) -> Tensor:
        return self.space.decode(x)

    def limit(self, x0: Tensor) -> Tensor:
        """When inpainting the guidance has limited what is not known."""
        return x0 if self.inpaints else self.limits.apply(x0)

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        """embedding (D,); beside it hint (3, H, W) in [0, 1], or known (C, h, w) and keep (1, h, w)."""
        seen = self._seen(setting)
        embeddings = self._embeddings(setting)
        return {role: Condition({"embedding": own, **seen}) for role, own in embeddings.items()}

    def guidance(self, setting: Setting) -> Guidance:
        """One embedding holds all parts of the prompt."""
        usual = replace(classifier_free(setting, self.name), weights={part(0): 1.0})
        return Keeping(usual, known(setting, self.space), self.limits) if self.inpaints else usual

    def begin(self, setting: Setting) -> Tensor | None:
        return from_start(self, setting)

    def _embeddings(self, setting: Setting) -> dict[str, Tensor]:
        stage, networks = self.prior
        rows = networks.from_x(setting.results[stage])  # (R, D)
        count = len(wanted(setting.plan))
        pictures = [networks.see(given.picture) for given in setting.pictures("reference")]
        own = shares({str(index): weight for index, weight in enumerate(weights(setting.plan))})
        summed = [*rows[:count], *pictures]
        fused = blend([summed[int(index)] for index in own], tuple(own.values()))
        return {part(0): fused, NULL: rows[count] if len(rows) > count else networks.nothing}

    def _seen(self, setting: Setting) -> dict[str, Tensor]:
        if self.inpaints:
            region = known(setting, self.space)
            return {"known": region.latent, "keep": region.keep}
        hint = setting.picture("hint")
        return {"hint": (hint + 1) / 2} if self.hinted and hint is not None else {}

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Asks of one shape."""
        unet, channels = self.unet, self.space.channels
        entries = {
            name: torch.stack([ask.condition[name] for ask in asks]).to(unet.device, unet.dtype)
            for name in asks[0].condition.entries
        }
        x = torch.stack([ask.x for ask in asks]).to(unet.device, unet.dtype)
        beside = [entries[name] for name in ("known", "keep") if name in entries]
        added = {"image_embeds": entries["embedding"]}
        if "hint" in entries:
            added["hint"] = entries["hint"]
        out = unet(
            torch.cat([x, *beside], dim=1),  # (B, C + C + 1, h, w) when inpainting
            torch.tensor([self.path.net_time(ask.t) for ask in asks], device=unet.device),
            encoder_hidden_states=None,
            added_cond_kwargs=added,
        ).sample
        return [
            Answer(self.path.x0(ask.x, row[:channels], ask.t), self._variance(row[channels:]))
            for ask, row in zip(asks, out.float().cpu(), strict=True)
        ]

    def _variance(self, raw: Tensor) -> Tensor | None:
        return (raw + 1) / 2 if self.learned else None
