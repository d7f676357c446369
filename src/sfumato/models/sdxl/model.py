"""SDXL behind the engine's protocols."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.sdxl.facts import Facts
from sfumato.models.sdxl.ids import BEAUTIFUL, PLAIN, scored, sizes
from sfumato.models.sdxl.painting import painted
from sfumato.models.sdxl.parts import Parts
from sfumato.models.sdxl.release import Release
from sfumato.models.sdxl.text import blank, read
from sfumato.plan import Plan, StagePlan

if TYPE_CHECKING:
    from sfumato.models.sdxl.adapters import Adapters


@dataclass(frozen=True, eq=False)
class Latents:
    """One U-Net in the space of its autoencoder.

    facts     how it is asked
    parts     its networks
    path      its noise
    before    the stage whose result it begins from; "" for a first stage
    adapters  what is added to it, None when nothing is
    """

    name: str
    facts: Facts
    parts: Parts
    path: NoisePath
    before: str = ""
    adapters: Adapters | None = None

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        latent = self.parts.latent
        return (latent.channels, stage.height // latent.factor, stage.width // latent.factor)

    def encode(self, picture: Tensor) -> Tensor:
        return self.parts.latent.encode(picture)

    def decode(self, x: Tensor) -> Tensor:
        return self.parts.latent.decode(x)

    def limit(self, x0: Tensor) -> Tensor:
        return x0

    def guidance(self, setting: Setting) -> Guidance:
        return classifier_free(setting, self.name)

    def begin(self, setting: Setting) -> Tensor | None:
        return setting.results[self.before] if self.before in setting.results else from_start(self, setting)

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        seen = painted(setting, self.parts.latent) if self.facts.painted else {}
        return {
            role: Condition(
                {**words, **seen, "ids": self._numbers(setting, role), **self._added(setting, role)}
            )
            for role, words in self._words(setting).items()
        }

    def _words(self, setting: Setting) -> dict[str, dict[str, Tensor]]:
        plan = setting.plan
        texts = {part(index): piece.content for index, piece in enumerate(plan.parts)} or {part(0): ""}
        with self.adapters.reading(setting) if self.adapters else nullcontext():
            words = {role: self._read(setting, text) for role, text in texts.items()}
            null = self._read(setting, plan.negative)
        return {**words, NULL: blank(null) if self.facts.zeros and not plan.negative else null}

    def _read(self, setting: Setting, text: str) -> dict[str, Tensor]:
        adapters = setting.stage.adapters  # some change the text encoders too
        return setting.once((self.name, text, adapters), partial(read, self.parts.readers, text))

    def _numbers(self, setting: Setting, role: str) -> Tensor:
        width, height = setting.stage.width, setting.stage.height
        if self.facts.scored:
            return scored(width, height, PLAIN if role == NULL else BEAUTIFUL)
        return sizes(width, height)

    def _added(self, setting: Setting, role: str) -> dict[str, Tensor]:
        return self.adapters.entries(setting, role) if self.adapters else {}

    def look(self, asks: Sequence[Ask]) -> Tensor:
        """The U-Net's output for these rows, (B, C, h, w)."""
        unet = self.parts.unet
        rows = {name: _stacked(asks, name, unet) for name in ("tokens", "pooled")}
        x = torch.stack([ask.x * self.path.net_scale(ask.t) for ask in asks])  # (B, C, h, w)
        if self.facts.painted:
            x = torch.cat(
                [x, *(_stacked(asks, name) for name in ("mask", "masked"))], dim=1
            )  # (B, 2C + 1, h, w)
        x = x.to(unet.device, unet.dtype)
        times = torch.tensor([self.path.net_time(ask.t) for ask in asks], device=unet.device)  # (B,)
        # important: the numbers stay in float32, since bfloat16 has none between 1024 and 1032.
        added = {"text_embeds": rows["pooled"], "time_ids": _stacked(asks, "ids").to(unet.device)}
        given: dict[str, Any] = {"encoder_hidden_states": rows["tokens"], "added_cond_kwargs": added}
        with self._answering(asks, x, times, given) as extra:
            return unet(x, times, **{**given, **extra}).sample

    def _answering(self, asks: Sequence[Ask], x: Tensor, times: Tensor, given: Mapping[str, Any]):
        if self.adapters is None:
            return nullcontext({})
        return self.adapters.answering(
            asks, x, times, given["encoder_hidden_states"], given["added_cond_kwargs"]
        )


@dataclass(frozen=True, eq=False)
class SdxlModel:
    """A base, a refiner, or both, opened."""

    stages: tuple[Latents, ...]
    accepts: frozenset[str]

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape), ask.condition.shapes)

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        stage = next(stage for stage in self.stages if stage.name == asks[0].net)
        out = stage.look(asks).float().cpu()
        return [Answer(stage.path.x0(ask.x, row, ask.t)) for ask, row in zip(asks, out, strict=True)]

    def close(self) -> None:
        for stage in self.stages:
            if stage.adapters is not None:
                stage.adapters.close()
            stage.parts.close()


def _stacked(asks: Sequence[Ask], entry: str, like: Any = None) -> Tensor:
    rows = torch.stack([ask.condition[entry] for ask in asks])
    return rows if like is None else rows.to(like.device, like.dtype)


def open_model(
    releases: Mapping[str, Release],
    adapters: tuple[Path, ...],
    accepts: frozenset[str],
    device: str,
    dtype: str,
) -> SdxlModel:
    """The stages by name, in the order of the run; the first one gets the adapters."""
    stages: list[Latents] = []
    for name, release in releases.items():
        parts, first = release.open(device, dtype), not stages
        added = _adapted(adapters, parts, device, dtype) if first and adapters else None
        path, before = noise_path(release.facts.scheduler), "" if first else stages[-1].name
        stages.append(Latents(name, release.facts, parts, path, before, added))
    return SdxlModel(tuple(stages), accepts)


def _adapted(adapters: tuple[Path, ...], parts: Parts, device: str, dtype: str) -> Adapters:
    from sfumato.models.sdxl.adapters import open_adapters

    encoders = tuple(reader.encoder for reader in parts.readers)
    return open_adapters(adapters, parts.unet, encoders, device, dtype)
