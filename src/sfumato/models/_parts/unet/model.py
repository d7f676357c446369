"""Latent diffusion with a U-Net, behind the engine's protocols."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
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
from sfumato.models._parts.asked import cleaned, clocks, stacked
from sfumato.models._parts.rungs.model import Own, open_last
from sfumato.models._parts.rungs.release import Release as Enlarging
from sfumato.models._parts.scheduler import FIRST, noise_path
from sfumato.models._parts.unet.behind import BEHIND, behind
from sfumato.models._parts.unet.facts import Facts
from sfumato.models._parts.unet.ids import BEAUTIFUL, PLAIN, scored, sizes
from sfumato.models._parts.unet.parts import Parts
from sfumato.models._parts.unet.release import Release
from sfumato.models._parts.unet.text import blank, read
from sfumato.plan import Plan, StagePlan

if TYPE_CHECKING:
    from sfumato.models._parts.unet.adapters import Adapters

IDS, TAIL = "ids", "tail"


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
        """Entries: tokens (L, D) and, where the network reads them, pooled (P,), ids (5 or 6,), those of
        BEHIND, those of adapters, and tail (): 1 where the run ends at the noise table's first entry.
        """
        seen = behind(setting, self.parts.latent, self.facts) | self._tail(setting)
        return {
            role: Condition({**words, **seen, **self._numbers(setting, role), **self._added(setting, role)})
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
        adapters, skip = setting.stage.adapters, setting.stage.clip_skip  # some change the encoders too
        readers = self.parts.readers
        if self.adapters:
            readers = self.adapters.readers(setting, readers)
        return setting.once((self.name, text, adapters, skip), partial(read, readers, text, skip))

    def _numbers(self, setting: Setting, role: str) -> dict[str, Tensor]:
        width, height = setting.stage.width, setting.stage.height
        if self.facts.scored:
            return {IDS: scored(width, height, PLAIN if role == NULL else BEAUTIFUL)}
        return {IDS: sizes(width, height)} if self.facts.numbers else {}

    def _tail(self, setting: Setting) -> dict[str, Tensor]:
        if not self.facts.ends_noisy:
            return {}
        return {TAIL: torch.tensor(float(setting.stage.sampler == "ddim"))}

    def _added(self, setting: Setting, role: str) -> dict[str, Tensor]:
        return self.adapters.entries(setting, role) if self.adapters else {}

    def close(self) -> None:
        """Gives the memory of every network back."""
        if self.adapters is not None:
            self.adapters.close()
        self.parts.close()

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """x0 of each row."""
        seen = cleaned(asks, self._look(asks), self.path)
        return [Answer(self._ended(ask, x0)) for ask, x0 in zip(asks, seen, strict=True)]

    def _ended(self, ask: Ask, x0: Tensor) -> Tensor:
        if ask.to == 0 and TAIL in ask.condition and ask.condition[TAIL]:
            # Guidance sums with weights that add up to 1, so it may come after this step as well as before.
            return self.path.move(ask.x, x0, ask.t, FIRST)
        return x0

    def _look(self, asks: Sequence[Ask]) -> Tensor:
        unet = self.parts.unet
        like = (
            unet.conv_in.weight
        )  # a network looks through all it has to say its own device or number format
        x = torch.stack([self._scaled(ask) for ask in asks])  # (B, C, h, w)
        also = [stacked(asks, name) for name in BEHIND if name in asks[0].condition]
        x = (torch.cat([x, *also], dim=1) if also else x).to(like)
        times = clocks(asks, self.path, like)
        given = {"encoder_hidden_states": stacked(asks, "tokens", like), "added_cond_kwargs": {}}
        if self.facts.numbers:
            # important: the numbers stay in float32, since bfloat16 has none between 1024 and 1032.
            ids = stacked(asks, IDS).to(like.device)
            given["added_cond_kwargs"] = {"text_embeds": stacked(asks, "pooled", like), "time_ids": ids}
        with self._answering(asks, x, times, given) as extra:
            return unet(x, times, **{**given, **extra}).sample

    def _scaled(self, ask: Ask) -> Tensor:
        scale = self.path.net_scale(ask.t)
        return ask.x if scale == 1 else ask.x * scale

    def _answering(
        self, asks: Sequence[Ask], x: Tensor, times: Tensor, given: Mapping[str, Any]
    ) -> AbstractContextManager[dict[str, Any]]:
        if self.adapters is None:
            return nullcontext({})
        return self.adapters.answering(
            asks, x, times, given["encoder_hidden_states"], given["added_cond_kwargs"]
        )


@dataclass(frozen=True, eq=False)
class UnetModel:
    """A base, a refiner, or both, opened, and what makes their picture larger."""

    stages: tuple[Latents | Own, ...]
    accepts: frozenset[str]

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape), ask.condition.shapes)

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        stage = next(stage for stage in self.stages if stage.name == asks[0].net)
        return stage.answer(asks)

    def close(self) -> None:
        for stage in self.stages:
            stage.close()


def open_model(
    releases: Mapping[str, Release],
    adapters: tuple[Path, ...],
    accepts: frozenset[str],
    device: str,
    dtype: str,
    *enlarging: Enlarging,
) -> UnetModel:
    """The stages by name, in the order of the run; the first one gets the adapters.

    enlarging  the ×4 upscaler, where there is one
    """
    stages: list[Latents] = []
    for name, release in releases.items():
        parts, first = release.open(device, dtype), not stages
        hints = int(release.facts.deep)
        added = _adapted(adapters, parts, hints, device, dtype) if first and adapters else None
        path, before = noise_path(release.facts.scheduler), "" if first else stages[-1].name
        stages.append(Latents(name, release.facts, parts, path, before, added))
    last = (open_last(release, stages[-1].decode, device, dtype) for release in enlarging)
    return UnetModel((*stages, *last), accepts)


def _adapted(adapters: tuple[Path, ...], parts: Parts, hints: int, device: str, dtype: str) -> Adapters:
    from sfumato.models._parts.unet.adapters import open_adapters

    return open_adapters(adapters, parts.unet, parts.encoders, device, dtype, hints)
