"""Ideogram 4 behind the engine's protocols: one stream of words and picture on a flow path, one stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad, pixel_shuffle, pixel_unshuffle

from sfumato.engine import NULL, Ask, Condition, Guidance, NoisePath, Setting, classifier_free
from sfumato.models._parts.asked import clocks, seen, stacked
from sfumato.models._parts.latent_release import DENOISER, STAGE, LatentRelease
from sfumato.models._parts.latent_stage import LatentModel, LatentStage, texts_of
from sfumato.models.ideogram4.family import WITHOUT_WORDS
from sfumato.models.ideogram4.schedule import path_of, polished
from sfumato.models.ideogram4.space import PATCH, space_of
from sfumato.models.ideogram4.texts import Reader

PICTURE, WORD = 2, 3  # what a token is
FIRST = 65536  # where the places of a picture begin: no text is that long


@dataclass(frozen=True, eq=False)
class Ideogram4Stage(LatentStage):
    """What it is guided away from is another network, which sees the picture alone."""

    def guidance(self, setting: Setting) -> Guidance:
        return polished(classifier_free(setting, self.name, {NULL: WITHOUT_WORDS}), setting.ladder)

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        texts = texts_of(setting.plan)
        return {
            **{role: Condition(self.entries(setting, text)) for role, text in texts.items()},
            NULL: Condition({}),
        }


@dataclass(frozen=True, eq=False)
class Look:
    """The transformers asked, by the names of their networks."""

    transformers: Mapping[str, Any]

    def __call__(self, asks: Sequence[Ask], path: NoisePath) -> Tensor:
        """Noise minus picture of every row, (B, C, H, W).

        The transformer's clock shows how clean a picture is, and it says picture minus noise.
        """
        transformer = self.transformers[asks[0].net]
        like = transformer.input_proj.weight
        picture, (height, width) = tokens(seen(asks, like))
        text = stacked(asks, "text", like) if "text" in asks[0].condition else no_words(transformer, picture)
        words = text.shape[1]
        said = transformer(
            hidden_states=pad(picture, (0, 0, words, 0)),
            timestep=(1 - clocks(asks, path, like)).to(like.dtype),
            encoder_hidden_states=pad(text, (0, 0, 0, picture.shape[1])),
            return_dict=False,
            **_places(len(asks), words, height, width, like.device),
        )[0]
        return -latents(said[:, words:], height, width)


def no_words(transformer: Any, like: Tensor) -> Tensor:
    """(B, 0, D)"""
    return like.new_zeros(len(like), 0, transformer.config.llm_features_dim)


def tokens(x: Tensor) -> tuple[Tensor, tuple[int, int]]:
    """(B, C, H, W) as (B, H/2 · W/2, 4 C), 2 x 2 patches place by place, and how many rows and columns."""
    patches = pixel_unshuffle(x, PATCH)  # (B, C · 4, H/2, W/2)
    turned = patches.unflatten(1, (-1, PATCH**2)).transpose(1, 2).flatten(1, 2)
    return turned.flatten(2).mT, (patches.shape[-2], patches.shape[-1])


def latents(said: Tensor, height: int, width: int) -> Tensor:
    """The inverse of `tokens`: (B, height · width, 4 C) as (B, C, H, W)."""
    turned = said.mT.unflatten(2, (height, width)).unflatten(1, (PATCH**2, -1))
    return pixel_shuffle(turned.transpose(1, 2).flatten(1, 2), PATCH)


def _places(rows: int, words: int, height: int, width: int, device: torch.device) -> dict[str, Tensor]:
    """Where every token is, what it is, and that all of a row belong together."""
    text = torch.arange(words)[:, None].expand(-1, 3)
    grid = torch.cartesian_prod(torch.arange(1), torch.arange(height), torch.arange(width)) + FIRST
    kinds = torch.tensor([WORD] * words + [PICTURE] * len(grid))
    told = {
        "position_ids": torch.cat([text, grid]),
        "indicator": kinds,
        "segment_ids": torch.ones_like(kinds),
    }
    return {name: value.expand(rows, *value.shape).to(device) for name, value in told.items()}


def open_ideogram4(release: LatentRelease, device: str, dtype: str) -> LatentModel:
    """The model over a release. Raises FileNotFoundError when weights are missing."""
    here = release.repository
    opened = {name: here.load(name, device, dtype) for name in release.networks}
    reader = Reader(here.load("tokenizer"), opened["text_encoder"])
    path, space = path_of(release.factor), space_of(opened["vae"])
    look = Look({STAGE: opened[DENOISER], WITHOUT_WORDS: opened[WITHOUT_WORDS]})
    return LatentModel(Ideogram4Stage(STAGE, path, space, reader), look, tuple(opened.values()))
