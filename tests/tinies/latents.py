"""What the tiny transformers over latents share: an autoencoder of two or three halvings, T5, a scheduler."""

from __future__ import annotations

from typing import Any

import torch

from tinies.parts import redraw


def autoencoder(channels: int = 4, halvings: int = 2, **config: Any) -> Any:
    """Side of a latent: that of the picture over 2**halvings."""
    from diffusers import AutoencoderKL

    network = AutoencoderKL(
        down_block_types=["DownEncoderBlock2D"] * (halvings + 1),
        up_block_types=["UpDecoderBlock2D"] * (halvings + 1),
        block_out_channels=(8,) * (halvings + 1),
        layers_per_block=1,
        latent_channels=channels,
        norm_num_groups=4,
        sample_size=64,
        **config,
    )
    return redraw(network, 2)


def t5(tokenizer: Any, width: int = 32) -> Any:
    from transformers import T5Config, T5EncoderModel

    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=width,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
    )
    return redraw(T5EncoderModel(config), 4)


@torch.no_grad()
def heeding(network: Any, factor: float = 3.0) -> Any:
    """A transformer whose blocks hear more of the words: what they say counts beside such strong noise."""
    for name, parameter in network.named_parameters():
        if name.endswith("attn2.to_out.0.weight"):
            parameter.mul_(factor)
    return network
