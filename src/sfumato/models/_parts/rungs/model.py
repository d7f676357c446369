"""RungsModel: the stages and their networks, opened."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import Answer, Ask, NoisePath
from sfumato.models._parts.latent import Latent, latent_of
from sfumato.models._parts.rungs.release import Release
from sfumato.models._parts.rungs.stage import Pixels, Rung, limit_of
from sfumato.models._parts.rungs.words import Words, clip_words, t5_words
from sfumato.models._parts.scheduler import FIRST, noise_path


@dataclass(frozen=True, eq=False)
class Network:
    """One stage's U-Net, and how its output is read.

    learned     the second half of its channels says the variance
    ends_noisy  the release's last step ends at the noise table's first entry, not at the clean picture
    """

    unet: Any
    path: NoisePath
    learned: bool
    ends_noisy: bool

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        return [self._read(ask, row) for ask, row in zip(asks, self._run(asks), strict=True)]

    def _run(self, asks: Sequence[Ask]) -> Tensor:
        """The network's rows, float32 on the CPU."""
        first = next(self.unet.parameters())
        rows = [torch.cat([ask.x, ask.condition["low"]]) if "low" in ask.condition else ask.x for ask in asks]
        times = torch.tensor([self.path.net_time(ask.t) for ask in asks], device=first.device)
        text = torch.stack([ask.condition["text"] for ask in asks])
        out = self.unet(
            torch.stack(rows).to(first.device, first.dtype),
            times,
            encoder_hidden_states=text.to(first.device, first.dtype),
            class_labels=_levels(asks, first.device),
            return_dict=False,
        )
        return out[0].float().cpu()

    def _read(self, ask: Ask, row: Tensor) -> Answer:
        out, rest = row.split([len(ask.x), len(row) - len(ask.x)])
        x0 = self.path.x0(ask.x, out, ask.t)
        if self.ends_noisy and ask.to == 0:
            # Guidance sums with weights that add up to 1, so it may come after this step as well as before.
            x0 = self.path.move(ask.x, x0, ask.t, FIRST)
        return Answer(x0, (rest + 1) / 2 if self.learned and len(rest) else None)


@dataclass(frozen=True)
class Own(Rung):
    """A rung with its own network: the last stage of a model whose other stages are of another kind."""

    network: Network = field(kw_only=True)

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        return self.network.answer(asks)

    def close(self) -> None:
        """Gives the memory of every network back."""
        close(self)
        self.network.unet.to("meta")


def close(rung: Rung) -> None:
    """Gives back the memory of what a stage reads and shows with."""
    rung.words.close()
    if isinstance(rung.space, Latent):
        for network in rung.space.networks:
            network.to("meta")


@dataclass(frozen=True, eq=False)
class RungsModel:
    """Every stage with its network; all pixel stages share one text encoder."""

    stages: tuple[Rung, ...]
    networks: Mapping[str, Network]
    accepts: frozenset[str] = frozenset({"start"})

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape), ask.condition.shapes)

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        return self.networks[asks[0].net].answer(asks)

    def close(self) -> None:
        for network in self.networks.values():
            network.unet.to("meta")
        for stage in self.stages:
            close(stage)


def open_rungs(releases: Sequence[Release], device: str, dtype: str) -> RungsModel:
    """All networks from their folders."""
    words = _words(releases, device, dtype)
    stages = tuple(
        open_rung(release, read, device, dtype) for release, read in zip(releases, words, strict=True)
    )
    networks = {release.kind.stage: open_network(release, device, dtype) for release in releases}
    return RungsModel(stages, networks)


def open_last(release: Release, decode: Callable[[Tensor], Tensor], device: str, dtype: str) -> Own:
    """The ×4 upscaler behind a stage of another kind, whose results are decoded so."""
    rung = open_rung(release, clip_words(release.text, device, dtype), device, dtype)
    return Own(
        rung.name,
        rung.path,
        rung.words,
        rung.space,
        rung.limits,
        rung.noising,
        lambda x: decode(x).clamp(-1, 1),  # a picture has no other values
        network=open_network(release, device, dtype),
    )


def _words(releases: Sequence[Release], device: str, dtype: str) -> list[Words]:
    """A text encoder for each stage, one and the same for those that read with the same folder's."""
    found: dict[Any, Words] = {}
    for release in releases:
        reader = clip_words if release.kind.is_latent else t5_words
        if release.text not in found:
            found[release.text] = reader(release.text, device, dtype)
    return [found[release.text] for release in releases]


def open_rung(release: Release, words: Words, device: str, dtype: str) -> Rung:
    """The stage of a release, which reads with these words."""
    kind = release.kind
    return Rung(
        name=kind.stage,
        path=noise_path(release.scheduler),
        words=words,
        space=latent_of(release.repository.load("vae", device, dtype)) if kind.is_latent else Pixels(),
        limits=limit_of(release.scheduler),
        noising=noise_path(release.noising) if kind.enlarges else None,
    )


def open_network(release: Release, device: str, dtype: str) -> Network:
    """The network of a release."""
    scheduler = release.scheduler
    return Network(
        unet=release.repository.load("unet", device, dtype),
        path=noise_path(scheduler),
        learned=scheduler.get("variance_type") == "learned_range",
        ends_noisy=not scheduler.get("set_alpha_to_one", True),
    )


def _levels(asks: Sequence[Ask], device: torch.device) -> Tensor | None:
    if "level" not in asks[0].condition:
        return None
    return torch.stack([ask.condition["level"] for ask in asks]).to(device)
