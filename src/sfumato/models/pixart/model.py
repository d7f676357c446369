"""PixArt behind the engine's protocols: T5 read under a mask, one transformer, one stage."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from sfumato.engine import Ask, NoisePath
from sfumato.models._parts.asked import clocks, seen, stacked
from sfumato.models._parts.consistency import decoded_by
from sfumato.models._parts.latent import latent_of
from sfumato.models._parts.latent_release import DENOISER, STAGE, LatentRelease
from sfumato.models._parts.latent_stage import LatentModel, LatentStage, no_numbers
from sfumato.models._parts.loras import open_loras, plain
from sfumato.models._parts.masked_words import masked_words
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.pixart.compression import compressing, open_layers
from sfumato.models.pixart.variants import Variant, reads_sizes
from sfumato.plan import StagePlan

SIZES = ("resolution", "aspect_ratio")


@dataclass(frozen=True, eq=False)
class Reader:
    """T5, which reads a text in small letters; length in tokens."""

    tokenizer: Any
    encoder: Any
    length: int

    def __call__(self, text: str) -> dict[str, Tensor]:
        """text (length, D), and shown (length,): 1 where it is words."""
        tokens, shown = masked_words(self.tokenizer, self.encoder, text.lower().strip(), self.length)
        return {"text": tokens, "shown": shown}


def sizes(stage: StagePlan) -> dict[str, Tensor]:
    """resolution (2,): height and width in pixels; aspect_ratio (1,): the first over the second."""
    return {
        "resolution": torch.tensor([stage.height, stage.width], dtype=torch.float32),
        "aspect_ratio": torch.tensor([stage.height / stage.width]),
    }


@dataclass(frozen=True, eq=False)
class Look:
    """The transformer asked; `layers` compress the keys and values of the blocks that they name."""

    transformer: Any
    layers: nn.ModuleDict

    def __call__(self, asks: Sequence[Ask], path: NoisePath) -> Tensor:
        """The noise in every row, (B, C, H, W); what it learned of its variance is left out, as released."""
        like = self.transformer.proj_out.weight
        x = seen(asks, like)
        numbers = {name: stacked(asks, name).to(like.device) for name in SIZES if name in asks[0].condition}
        with self._compressing(x):
            said = self.transformer(
                x,
                encoder_hidden_states=stacked(asks, "text", like),
                encoder_attention_mask=stacked(asks, "shown").to(like.device),
                timestep=clocks(asks, path, like),
                added_cond_kwargs=numbers or dict.fromkeys(SIZES),
                return_dict=False,
            )[0]
        return said[:, : x.shape[1]]

    def _compressing(self, x: Tensor) -> Any:
        if not self.layers:
            return nullcontext()
        patch = self.transformer.config.patch_size
        return compressing(self.transformer, self.layers, (x.shape[2] // patch, x.shape[3] // patch))


def open_pixart(
    release: LatentRelease, variant: Variant, compression: str, device: str, dtype: str
) -> LatentModel:
    """The model over a release; compression names the folder of its layers, "" where it has none.

    Raises FileNotFoundError when weights are missing.
    """
    here = release.repository
    # Older releases name the class that this one was taken out of.
    transformer = here.load(DENOISER, device, dtype, cls="diffusers.PixArtTransformer2DModel")
    encoder, words = here.load("text_encoder", device, dtype), here.load("tokenizer")
    space = decoded_by(latent_of(here.load("vae", device, dtype)), release.decoder, device, dtype)
    layers = _layers(release, compression, transformer, device, dtype)
    stage = LatentStage(
        name=STAGE,
        path=noise_path(release.scheduler),
        space=space,
        read=Reader(words, encoder, min(variant.length, words.model_max_length)),
        numbers=sizes if reads_sizes(release.transformer) else no_numbers,
        loras=open_loras(release.adapters, {DENOISER: transformer}, plain, dtype),
    )
    return LatentModel(stage, Look(transformer, layers), (transformer, layers, encoder, *space.networks))


def _layers(release: LatentRelease, folder: str, transformer: Any, device: str, dtype: str) -> nn.ModuleDict:
    if not folder:
        return nn.ModuleDict()
    return open_layers(release.repository, folder, transformer.inner_dim, device, dtype)
