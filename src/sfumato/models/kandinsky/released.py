"""What the releases of Kandinsky 2 say about themselves; read without torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfumato.models.kandinsky.files import Half

PRIOR, DECODER = "prior", "decoder"  # the stages
PRIOR_NETWORKS = ("prior", "text_encoder", "image_encoder")
DECODER_NETWORKS = ("unet", "movq")  # and what reads words, where one does

# The released pipelines' own.
PRIOR_STEPS, PRIOR_GUIDANCE = 25, 4.0
DECODER_STEPS, DECODER_GUIDANCE = 100, 4.0
LONGEST = 3.0


def factor(decoder: Half) -> int:
    """Sides of a picture over those of its latent."""
    return 2 ** (len(decoder.config("movq")["block_out_channels"]) - 1)


def multiple(decoder: Half) -> int:
    """Sides of a picture are multiples of this: the pipelines round latents up to multiples of `factor`."""
    return factor(decoder) ** 2


def pixels(decoder: Half) -> int:
    """Most pixels of a picture: the square that the U-Net's config names."""
    return (decoder.config("unet")["sample_size"] * factor(decoder)) ** 2


def inpaints(unet: Mapping[str, Any]) -> bool:
    """Whether a U-Net of this config looks at latent, known latent and mask."""
    return unet.get("in_channels") == 9


def hinted(unet: Mapping[str, Any]) -> bool:
    """Whether a U-Net of this config looks at a hint."""
    return unet.get("addition_embed_type") == "image_hint"


def reads(unet: Mapping[str, Any]) -> bool:
    """Whether a U-Net of this config looks at words: that of 2.1 does."""
    return unet.get("addition_embed_type") == "text_image"


def networks(decoder: Half) -> tuple[str, ...]:
    """The components of a decoder that decide a pixel."""
    return (*DECODER_NETWORKS, "text_encoder") if reads(decoder.config("unet")) else DECODER_NETWORKS
