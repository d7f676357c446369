"""Qwen-Image behind the engine's protocols: one transformer on a flow path, one stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from types import MethodType
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pixel_shuffle, pixel_unshuffle

from sfumato.engine import Ask, Guidance, NoisePath, Setting, classifier_free
from sfumato.models._parts.asked import clocks, seen, stacked
from sfumato.models._parts.latent import Latent
from sfumato.models._parts.latent_release import DENOISER, STAGE, LatentRelease
from sfumato.models._parts.latent_stage import Entries, LatentModel, LatentStage
from sfumato.models._parts.loras import as_loaded_by, open_loras
from sfumato.models._parts.processor import by_pillow
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.offload import working_device
from sfumato.models.qwen_image.family import SIGHT
from sfumato.models.qwen_image.guidance import PATCH, Levelled
from sfumato.models.qwen_image.pictures import as_tensor, reference, sized
from sfumato.models.qwen_image.texts import Reader, Seer
from sfumato.models.qwen_image.variants import Variant

PROCESSOR = "Qwen2VLImageProcessor"


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


@dataclass(frozen=True, eq=False, kw_only=True)
class EditStage(QwenStage):
    """Reads reference pictures too: the language model sees them, and their latents follow x.

    side   of the squares that the transformer was made for, in pixels: references have as many
    share  how many of those the language model sees
    """

    seer: Seer
    side: int
    share: float

    def entries(self, setting: Setting, text: str) -> Entries:
        given = setting.inputs("reference")
        hashes = tuple(item.hash for item in given)
        pictures = [picture for picture, _ in setting.pictures("reference")]
        latents = {
            reference(number): setting.once((self.name, item.hash), partial(self._latent, picture))
            for number, (item, picture) in enumerate(zip(given, pictures, strict=True), start=1)
        }
        read = setting.once((self.name, text, hashes), partial(self._read, text, pictures))
        return {"text": read, **latents}

    def _latent(self, picture: Tensor) -> Tensor:
        return self.encode(as_tensor(sized(picture, self.side**2)))

    def _read(self, text: str, pictures: Sequence[Tensor]) -> Tensor:
        return self.seer(text, [sized(picture, self.side**2 * self.share) for picture in pictures])


@dataclass(frozen=True, eq=False)
class Look:
    """The transformer asked."""

    transformer: Any

    def __call__(self, asks: Sequence[Ask], path: NoisePath) -> Tensor:
        """Noise minus picture of every row, (B, C, H, W)."""
        like = self.transformer.img_in.weight
        patches = [pixel_unshuffle(rows, PATCH) for rows in self._shown(asks, like)]  # (B, 4 C, h/2, w/2)
        height, width = patches[0].shape[-2:]
        said = self.transformer(
            hidden_states=torch.cat([rows.flatten(2).mT for rows in patches], dim=1),
            encoder_hidden_states=stacked(asks, "text", like),
            timestep=clocks(asks, path, like),
            img_shapes=[[(1, *rows.shape[-2:]) for rows in patches]] * len(asks),
            return_dict=False,
        )[0]
        return pixel_shuffle(said[:, : height * width].mT.unflatten(2, (height, width)), PATCH)

    def _shown(self, asks: Sequence[Ask], like: Tensor) -> Iterator[Tensor]:
        """x, then the references, each (B, C, h, w)."""
        yield seen(asks, like)
        for number in count(1):
            if reference(number) not in asks[0].condition:
                return
            yield stacked(asks, reference(number), like)


@dataclass(frozen=True, eq=False)
class QwenModel(LatentModel):
    """Its transformer holds tables of places that are no weights."""

    def close(self) -> None:
        super().close()
        places = self.look.transformer.pos_embed  # type: ignore[attr-defined]
        places.pos_freqs, places.neg_freqs = places.pos_freqs.to("meta"), places.neg_freqs.to("meta")


def open_qwen_image(release: LatentRelease, variant: Variant, device: str, dtype: str) -> LatentModel:
    """The model over a release. Raises FileNotFoundError when weights are missing."""
    here = release.repository
    opened = {name: here.load(name, device, dtype) for name in release.networks}
    keep_own_places(opened[DENOISER].pos_embed, device)
    words, encoder = here.load("tokenizer"), opened["text_encoder"]
    common = (STAGE, path_of(release.scheduler), space_of(opened["vae"]), Reader(words, encoder))
    changed = {DENOISER: opened[DENOISER]}
    loras = open_loras(release.adapters, changed, as_loaded_by("QwenImageLoraLoaderMixin"), dtype)
    stage = QwenStage(*common, loras=loras)
    if variant.sees:
        seer = Seer(
            words, encoder, here.load(SIGHT, cls=f"transformers.{by_pillow(PROCESSOR)}"), variant.named
        )
        stage = EditStage(*common, loras=loras, seer=seer, side=release.side, share=variant.share)
    return QwenModel(stage, Look(opened[DENOISER]), tuple(opened.values()), variant.roles)


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
