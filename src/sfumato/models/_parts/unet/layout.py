"""Configs of networks read off the shapes of their tensors, in the names of the layout they were trained in.

Attention heads are 64 channels wide, as in every release but those of SD 1, which has eight everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Shapes = Mapping[str, tuple[int, ...]]

HEAD, HEADS = 64, 8


def unet_config(shapes: Shapes, prefix: str, pooled: int = 0, numbers: int = 0) -> dict[str, Any]:
    """As in unet/config.json.

    pooled   width of the pooled text, 0 where the network reads none
    numbers  how many numbers stand beside it
    """
    levels = list(_levels(shapes, f"{prefix}input_blocks."))
    middle = _count(shapes, f"{prefix}middle_block.1.transformer_blocks.")
    widths = [width for width, _, _ in levels]
    attends = [depth > 0 for _, depth, _ in levels]
    is_linear = len(shapes[f"{prefix}middle_block.1.proj_in.weight"]) == 2  # in all but SD 1
    return _beside(shapes, prefix, pooled, numbers) | {
        "in_channels": shapes[f"{prefix}input_blocks.0.0.weight"][1],
        "out_channels": shapes[f"{prefix}out.2.weight"][0],
        "block_out_channels": widths,
        "layers_per_block": levels[0][2],
        "down_block_types": ["CrossAttnDownBlock2D" if attend else "DownBlock2D" for attend in attends],
        "up_block_types": ["CrossAttnUpBlock2D" if attend else "UpBlock2D" for attend in reversed(attends)],
        # The last number is also the middle's.
        "transformer_layers_per_block": [depth or middle for _, depth, _ in levels],
        # diffusers' name for their number
        "attention_head_dim": [width // HEAD if is_linear else HEADS for width in widths],
        "cross_attention_dim": shapes[f"{prefix}middle_block.1.transformer_blocks.0.attn2.to_k.weight"][1],
        "use_linear_projection": is_linear,
    }


def _beside(shapes: Shapes, prefix: str, pooled: int, numbers: int) -> dict[str, Any]:
    """How pooled text and numbers come in, where they do."""
    if not numbers:
        return {}
    beside = shapes[f"{prefix}label_emb.0.0.weight"][1]
    return {
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": (beside - pooled) // numbers,
        "projection_class_embeddings_input_dim": beside,
    }


def _levels(shapes: Shapes, prefix: str) -> Iterator[tuple[int, int, int]]:
    """(width, transformer blocks, layers) of each level on the way down; a level ends where it shrinks."""
    layers = depth = width = 0
    for index in range(1, _count(shapes, prefix)):
        block = f"{prefix}{index}."
        if f"{block}0.op.weight" in shapes:
            yield width, depth, layers
            layers = depth = 0
            continue
        layers, width = layers + 1, shapes[f"{block}0.out_layers.3.weight"][0]
        depth = _count(shapes, f"{block}1.transformer_blocks.")
    yield width, depth, layers


def vae_config(shapes: Shapes, prefix: str) -> dict[str, Any]:
    """As in vae/config.json, but for the scale."""
    levels = _count(shapes, f"{prefix}encoder.down.")
    widths = [shapes[f"{prefix}encoder.down.{level}.block.0.conv2.weight"][0] for level in range(levels)]
    return {
        "in_channels": shapes[f"{prefix}encoder.conv_in.weight"][1],
        "out_channels": shapes[f"{prefix}decoder.conv_out.weight"][0],
        "latent_channels": shapes[f"{prefix}decoder.conv_in.weight"][1],
        "block_out_channels": widths,
        "layers_per_block": _count(shapes, f"{prefix}encoder.down.0.block."),
        "down_block_types": ["DownEncoderBlock2D"] * levels,
        "up_block_types": ["UpDecoderBlock2D"] * levels,
        "force_upcast": True,
    }


def clip_config(shapes: Shapes, prefix: str) -> dict[str, Any]:
    """As in text_encoder/config.json, of OpenAI's CLIP in the names of transformers."""
    tokens = shapes[f"{prefix}embeddings.token_embedding.weight"]
    return _text_config(tokens, shapes[f"{prefix}embeddings.position_embedding.weight"][0]) | {
        "intermediate_size": shapes[f"{prefix}encoder.layers.0.mlp.fc1.weight"][0],
        "num_hidden_layers": _count(shapes, f"{prefix}encoder.layers."),
        "hidden_act": "quick_gelu",
    }


def open_clip_config(shapes: Shapes, prefix: str) -> dict[str, Any]:
    """As in text_encoder_2/config.json, of OpenCLIP."""
    tokens = shapes[f"{prefix}token_embedding.weight"]
    return _text_config(tokens, shapes[f"{prefix}positional_embedding"][0]) | {
        "intermediate_size": shapes[f"{prefix}transformer.resblocks.0.mlp.c_fc.weight"][0],
        "num_hidden_layers": _count(shapes, f"{prefix}transformer.resblocks."),
        "hidden_act": "gelu",
        "projection_dim": shapes[f"{prefix}text_projection"][1],
    }


def _text_config(tokens: tuple[int, ...], length: int) -> dict[str, Any]:
    vocabulary, width = tokens
    return {
        "vocab_size": vocabulary,
        "hidden_size": width,
        "num_attention_heads": width // HEAD,
        "max_position_embeddings": length,
    }


def _count(shapes: Shapes, prefix: str) -> int:
    """How many numbers follow this prefix."""
    return len({name[len(prefix) :].split(".")[0] for name in shapes if name.startswith(prefix)})
