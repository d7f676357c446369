"""DALL-E 3's consistency decoder at tiny size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tinies.parts import redraw


def decoder(folder: Path, halvings: int = 1) -> Path:
    """Its folder; sides of a latent are those of the picture over 2**halvings."""
    network = networks(halvings)
    network.save_pretrained(folder)
    return folder


def networks(halvings: int = 1) -> Any:
    from diffusers import ConsistencyDecoderVAE

    network = ConsistencyDecoderVAE(
        encoder_block_out_channels=(8,) * (halvings + 1),
        encoder_down_block_types=("DownEncoderBlock2D",) * (halvings + 1),
        encoder_layers_per_block=1,
        encoder_norm_num_groups=4,
        decoder_block_out_channels=(16, 16),
        decoder_down_block_types=("ResnetDownsampleBlock2D",) * 2,
        decoder_up_block_types=("ResnetUpsampleBlock2D",) * 2,
        decoder_layers_per_block=1,
        decoder_norm_num_groups=4,
    )
    return redraw(network, 11)
