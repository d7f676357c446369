"""Z-Image behind the engine's protocols: one stream of picture and words on a flow path, one stage."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import Ask, NoisePath
from sfumato.models._parts.asked import clocks, seen
from sfumato.models._parts.latent import latent_of
from sfumato.models._parts.latent_release import DENOISER, STAGE, LatentRelease
from sfumato.models._parts.latent_stage import LatentModel, LatentStage
from sfumato.models._parts.loras import as_loaded_by, open_loras
from sfumato.models._parts.scheduler import noise_path

LENGTH = 512  # tokens of a text with what stands around it
SLOTS = 32  # the transformer fills texts up to a multiple of this with a token it has learned


@dataclass(frozen=True, eq=False)
class Reader:
    """A text as the language model hears it before its last layer: said by someone who awaits an answer."""

    tokenizer: Any
    encoder: Any

    @torch.no_grad()
    def __call__(self, text: str) -> dict[str, Tensor]:
        """text (L, D) without filling, float32 on the CPU; what is longer than LENGTH is cut off."""
        said = self.tokenizer.apply_chat_template(
            [{"role": "user", "content": text}],
            tokenize=False,
            add_generation_prompt=True,
            enable_thinking=True,
        )
        ids = self.tokenizer(said, max_length=LENGTH, truncation=True, return_tensors="pt").input_ids
        heard = self.encoder(ids.to(self.encoder.device), output_hidden_states=True)
        return {"text": heard.hidden_states[-2][0].float().cpu()}


@dataclass(frozen=True, eq=False)
class Look:
    """The transformer asked."""

    transformer: Any

    def __call__(self, asks: Sequence[Ask], path: NoisePath) -> Tensor:
        """Noise minus picture of every row, (B, C, H, W).

        The transformer's clock shows how clean a picture is, and it says picture minus noise.
        """
        like = self.transformer.cap_embedder[1].weight
        rows = seen(asks, like)[:, :, None]  # a film of one picture
        texts = [ask.condition["text"].to(like) for ask in asks]
        said = self.transformer(list(rows), 1 - clocks(asks, path, like), texts, return_dict=False)[0]
        return -torch.stack([row[:, 0] for row in said])


@dataclass(frozen=True, eq=False)
class ZImageModel(LatentModel):
    """Rows share a pass when their texts fill equally many slots: then no row needs a mask."""

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape), -(-len(ask.condition["text"]) // SLOTS))


def open_z_image(release: LatentRelease, device: str, dtype: str) -> ZImageModel:
    """The model over a release. Raises FileNotFoundError when weights are missing."""
    here = release.repository
    opened = {name: here.load(name, device, dtype) for name in release.networks}
    reader = Reader(here.load("tokenizer"), opened["text_encoder"])
    path = replace(noise_path(release.scheduler), clock=1.0)
    changed = {DENOISER: opened[DENOISER]}
    loras = open_loras(release.adapters, changed, as_loaded_by("ZImageLoraLoaderMixin"), dtype)
    stage = LatentStage(STAGE, path, latent_of(opened["vae"]), reader, loras=loras)
    return ZImageModel(stage, Look(opened["transformer"]), tuple(opened.values()))
