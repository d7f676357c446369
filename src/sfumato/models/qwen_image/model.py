"""Qwen-Image behind the engine's protocols: one transformer on a flow path, one stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MethodType
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pixel_shuffle, pixel_unshuffle

from sfumato.engine import Ask, Guidance, NoisePath, Setting, classifier_free
from sfumato.models._parts.asked import clocks, seen, stacked
from sfumato.models._parts.latent import Latent
from sfumato.models._parts.latent_release import DENOISER, STAGE, LatentRelease
from sfumato.models._parts.latent_stage import LatentModel, LatentStage
from sfumato.models._parts.loras import as_loaded_by, open_loras
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.offload import working_device
from sfumato.models.qwen_image.guidance import PATCH, Levelled
from sfumato.models.qwen_image.texts import Reader


@dataclass(frozen=True)
class Stretched(NoisePath):
    """A flow whose last time before 0 is `terminal`, with the others stretched along; 0 does nothing.

    Released schedulers call it shift_terminal.
    """

    terminal: float = 0.0

    def times(self, *args: Any, **named: Any) -> tuple[float, ...]:
        *noisy, clean = super().times(*args, **named)
        if not self.terminal or len(noisy) < 2:
            return (*noisy, clean)
        scale = (1 - noisy[-1]) / (1 - self.terminal)
        return (*(1 - (1 - t) / scale for t in noisy), clean)


@dataclass(frozen=True, eq=False)
class Still(Latent):
    """The latent space of an autoencoder for films, of which every picture is one of a single frame."""

    @property
    def factor(self) -> int:
        return 2 ** len(self.vae.config.temperal_downsample)

    @property
    def channels(self) -> int:
        return self.vae.config.z_dim

    @torch.no_grad()
    def encode(self, picture: Tensor) -> Tensor:
        film = self._film(picture)
        latent = self.vae.encode(film).latent_dist.mode()[0, :, 0].float().cpu()
        return (latent - self.mean) / self.deviation

    @torch.no_grad()
    def decode(self, x: Tensor) -> Tensor:
        film = self._film(x * self.deviation + self.mean)
        return self.vae.decode(film).sample[0, :, 0].float().cpu()

    def _film(self, still: Tensor) -> Tensor:
        """(1, C, 1, H, W) where the autoencoder works."""
        first = next(self.vae.parameters())
        return still[None, :, None].to(working_device(self.vae), first.dtype)


@dataclass(frozen=True, eq=False)
class QwenStage(LatentStage):
    """Guidance keeps the length of every token, and nothing said is one blank."""

    def guidance(self, setting: Setting) -> Guidance:
        return Levelled(classifier_free(setting, self.name))


@dataclass(frozen=True, eq=False)
class Look:
    """The transformer asked."""

    transformer: Any

    def __call__(self, asks: Sequence[Ask], path: NoisePath) -> Tensor:
        """Noise minus picture of every row, (B, C, H, W)."""
        like = self.transformer.img_in.weight
        patches = pixel_unshuffle(seen(asks, like), PATCH)  # (B, 4 C, H/2, W/2)
        height, width = patches.shape[-2:]
        said = self.transformer(
            hidden_states=patches.flatten(2).mT,
            encoder_hidden_states=stacked(asks, "text", like),
            timestep=clocks(asks, path, like),
            img_shapes=[[(1, height, width)]] * len(asks),
            return_dict=False,
        )[0]
        return pixel_shuffle(said.mT.unflatten(2, (height, width)), PATCH)


@dataclass(frozen=True, eq=False)
class QwenModel(LatentModel):
    """Its transformer holds tables of places that are no weights."""

    def close(self) -> None:
        super().close()
        places = self.look.transformer.pos_embed  # type: ignore[attr-defined]
        places.pos_freqs, places.neg_freqs = places.pos_freqs.to("meta"), places.neg_freqs.to("meta")


def open_qwen_image(release: LatentRelease, device: str, dtype: str) -> LatentModel:
    """The model over a release. Raises FileNotFoundError when weights are missing."""
    here = release.repository
    opened = {name: here.load(name, device, dtype) for name in release.networks}
    keep_own_places(opened[DENOISER].pos_embed, device)
    reader = Reader(here.load("tokenizer"), opened["text_encoder"])
    changed = {DENOISER: opened[DENOISER]}
    loras = open_loras(release.adapters, changed, as_loaded_by("QwenImageLoraLoaderMixin"), dtype)
    space = space_of(opened["vae"])
    stage = QwenStage(STAGE, path_of(release.scheduler), space, reader, loras=loras)
    return QwenModel(stage, Look(opened["transformer"]), tuple(opened.values()))


def keep_own_places(places: Any, device: str) -> None:
    """What tells places apart lies on the device, and is not cached by the class.

    important: its caches would hold every network that was ever asked, for as long as the process lives.
    """
    places.pos_freqs, places.neg_freqs = places.pos_freqs.to(device), places.neg_freqs.to(device)
    for name in ("_get_device_freqs", "_compute_video_freqs"):
        setattr(places, name, MethodType(getattr(type(places), name).__wrapped__, places))


def path_of(scheduler: Mapping[str, Any]) -> Stretched:
    """Its clock runs from 0 to 1: the transformer multiplies by 1000 itself."""
    line = noise_path(scheduler).line
    return Stretched("flow", "flow", clock=1.0, line=line, terminal=scheduler.get("shift_terminal") or 0.0)


def space_of(vae: Any) -> Still:
    mean, deviation = (
        torch.tensor(vae.config[name])[:, None, None] for name in ("latents_mean", "latents_std")
    )
    return Still(vae, 1.0, mean, deviation)
