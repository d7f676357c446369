"""The configs that decide how a network of this kind is asked. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sfumato.models._parts.repository import spatial_factor

SIZES, SCORED = 6, 5  # how many numbers stand beside the text: two sizes and a corner, or one and a score
PLAIN, PAINTED = 4, 9  # channels a U-Net reads: the latent, or also a mask and what it leaves


@dataclass(frozen=True)
class Facts:
    """The configs that decide how a network is asked.

    unet, vae, scheduler  as in the released folders
    pooled                width of the pooled text
    zeros                 whether no prompt is zeros, in place of the empty text
    """

    unet: Mapping[str, Any]
    vae: Mapping[str, Any]
    scheduler: Mapping[str, Any]
    pooled: int
    zeros: bool

    @property
    def numbers(self) -> int:
        """How many numbers the U-Net reads beside the text: 6, or 5 where one is an aesthetic score."""
        room = self.unet["projection_class_embeddings_input_dim"] - self.pooled
        return room // self.unet["addition_time_embed_dim"]

    @property
    def scored(self) -> bool:
        """Whether this is a refiner: one that reads how beautiful the picture is to be."""
        return self.numbers == SCORED

    @property
    def painted(self) -> bool:
        """Whether it reads a mask and the picture around it."""
        return self.unet["in_channels"] == PAINTED

    @property
    def factor(self) -> int:
        """Sides of a picture over those of its latent."""
        return spatial_factor(self.vae)

    @property
    def side(self) -> int:
        """Side in pixels of the square it was trained at."""
        return self.unet["sample_size"] * self.factor

    @property
    def levels(self) -> int:
        return len(self.unet["block_out_channels"])
