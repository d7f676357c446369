"""The configs that decide how a network of this kind is asked. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sfumato.models._parts.repository import spatial_factor

SIZES, SCORED = 6, 5  # how many numbers stand beside the text: two sizes and a corner, or one and a score
# Channels a U-Net reads: the latent; a depth map behind it; or a mask, and what it leaves of the picture.
PLAIN, DEEP, PAINTED = 4, 5, 9


@dataclass(frozen=True)
class Facts:
    """The configs that decide how a network is asked.

    unet, vae, scheduler  as in the released folders
    pooled                width of the pooled text; 0 where the U-Net reads none
    zeros                 whether no prompt is zeros, in place of the empty text
    skippable             how many of the text encoders' last layers a plan may leave out
    """

    unet: Mapping[str, Any]
    vae: Mapping[str, Any]
    scheduler: Mapping[str, Any]
    pooled: int = 0
    zeros: bool = False
    skippable: int = 0

    @property
    def numbers(self) -> int:
        """How many numbers the U-Net reads beside the text: 6, 5 where one is an aesthetic score, or 0."""
        if self.unet.get("addition_embed_type") != "text_time":
            return 0
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
    def deep(self) -> bool:
        """Whether it reads a depth map, as a picture with the role hint."""
        return self.unet["in_channels"] == DEEP

    @property
    def ends_noisy(self) -> bool:
        """Whether DDIM's last step ends at the noise table's first entry, and not at the clean picture."""
        return not self.scheduler.get("set_alpha_to_one", True)

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


def skippable(layers: int, above: int) -> int:
    """How many layers can be left out of a text encoder, of whose layers this many stand above the one read.

    The first layer is always read through.
    """
    return max(layers - 1 - above, 0)
