"""FLUX.1 at tiny size: dev, schnell, Fill, Kontext, Depth or Canny, one file, with Redux, with a LoRA."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from tinies.parts import redraw, write_repository
from tinies.words import clip_tokenizer, t5_tokenizer

CHANNELS, FACTOR = 16, 4
WIDTH = 64  # of the transformer
WORDS = 32  # of T5 and CLIP: equal, so that one can be mistaken for the other
LENGTH = 24  # tokens of T5, in place of 512

READ = MappingProxyType({"plain": 0, "control": CHANNELS, "fill": CHANNELS + FACTOR**2})
"""Channels beside those of the noisy latent."""


def transformer(reads: str = "plain", guided: bool = True, seed: int = 1) -> Any:
    from diffusers import FluxTransformer2DModel

    network = FluxTransformer2DModel(
        in_channels=4 * (CHANNELS + READ[reads]),
        out_channels=4 * CHANNELS,
        num_layers=2,
        num_single_layers=2,
        attention_head_dim=32,
        num_attention_heads=WIDTH // 32,
        joint_attention_dim=WORDS,
        pooled_projection_dim=WORDS,
        guidance_embeds=guided,
        axes_dims_rope=(4, 14, 14),
    )
    return attentive(redraw(network, seed))


@torch.no_grad()
def attentive(network: Any) -> Any:
    """Queries and keys made longer, so that where a token is decides who looks at it."""
    for name, parameter in network.named_parameters():
        if ".attn.norm_" in name:
            parameter.mul_(2)
    return network


def autoencoder() -> Any:
    from diffusers import AutoencoderKL

    network = AutoencoderKL(
        down_block_types=["DownEncoderBlock2D"] * 3,
        up_block_types=["UpDecoderBlock2D"] * 3,
        block_out_channels=(8, 8, 8),
        layers_per_block=1,
        latent_channels=CHANNELS,
        norm_num_groups=4,
        sample_size=64,
        scaling_factor=0.3611,
        shift_factor=0.1159,
        use_quant_conv=False,
        use_post_quant_conv=False,
    )
    return redraw(network, 2)


def clip(tokenizer: Any) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel

    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WORDS,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return redraw(CLIPTextModel(config), 3)


def t5(tokenizer: Any) -> Any:
    from transformers import T5Config, T5EncoderModel

    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=WORDS,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
    )
    return redraw(T5EncoderModel(config), 4)


def scheduler(guided: bool) -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler

    return FlowMatchEulerDiscreteScheduler(
        shift=3.0 if guided else 1.0,
        use_dynamic_shifting=guided,
        base_shift=0.5,
        max_shift=1.15,
        base_image_seq_len=256,
        max_image_seq_len=4096,
    )


def write(folder: Path, pipeline: str, network: Any | None, length: int = LENGTH) -> Path:
    """A released folder; without a transformer where `network` is None."""
    short, long = clip_tokenizer(), t5_tokenizer(length)
    guided = network is None or network.config.guidance_embeds
    components = {
        "scheduler": scheduler(guided),
        "text_encoder": clip(short),
        "text_encoder_2": t5(long),
        "tokenizer": short,
        "tokenizer_2": long,
        "transformer": network,
        "vae": autoencoder(),
    }
    return write_repository(folder, pipeline, components)


# The original's names. Written apart from the program's own table, from the original's network.

OUTER = MappingProxyType(
    {
        "time_text_embed.timestep_embedder.linear_1": "time_in.in_layer",
        "time_text_embed.timestep_embedder.linear_2": "time_in.out_layer",
        "time_text_embed.guidance_embedder.linear_1": "guidance_in.in_layer",
        "time_text_embed.guidance_embedder.linear_2": "guidance_in.out_layer",
        "time_text_embed.text_embedder.linear_1": "vector_in.in_layer",
        "time_text_embed.text_embedder.linear_2": "vector_in.out_layer",
        "context_embedder": "txt_in",
        "x_embedder": "img_in",
        "proj_out": "final_layer.linear",
    }
)
DOUBLE = (
    ("img_mod.lin", "norm1.linear"),
    ("txt_mod.lin", "norm1_context.linear"),
    ("img_attn.qkv", "attn.to_q attn.to_k attn.to_v"),
    ("txt_attn.qkv", "attn.add_q_proj attn.add_k_proj attn.add_v_proj"),
    ("img_attn.proj", "attn.to_out.0"),
    ("txt_attn.proj", "attn.to_add_out"),
    ("img_mlp.0", "ff.net.0.proj"),
    ("img_mlp.2", "ff.net.2"),
    ("txt_mlp.0", "ff_context.net.0.proj"),
    ("txt_mlp.2", "ff_context.net.2"),
)
SINGLE = (
    ("modulation.lin", "norm.linear"),
    ("linear1", "attn.to_q attn.to_k attn.to_v proj_mlp"),
    ("linear2", "proj_out"),
)
NORMS = (
    ("double_blocks", "transformer_blocks", "img_attn.norm.query_norm", "attn.norm_q"),
    ("double_blocks", "transformer_blocks", "img_attn.norm.key_norm", "attn.norm_k"),
    ("double_blocks", "transformer_blocks", "txt_attn.norm.query_norm", "attn.norm_added_q"),
    ("double_blocks", "transformer_blocks", "txt_attn.norm.key_norm", "attn.norm_added_k"),
    ("single_blocks", "single_transformer_blocks", "norm.query_norm", "attn.norm_q"),
    ("single_blocks", "single_transformer_blocks", "norm.key_norm", "attn.norm_k"),
)


def original(network: Any, prefix: str = "") -> dict[str, Tensor]:
    """The transformer's tensors under their original names."""
    return {prefix + name: tensor.contiguous() for name, tensor in _original(network)}


def _original(network: Any) -> Iterator[tuple[str, Tensor]]:
    state, config = network.state_dict(), network.config
    for leaf in ("weight", "bias"):
        for new, old in OUTER.items():
            if f"{new}.{leaf}" in state:
                yield f"{old}.{leaf}", state[f"{new}.{leaf}"]
        scale, shift = state[f"norm_out.linear.{leaf}"].chunk(2)
        yield f"final_layer.adaLN_modulation.1.{leaf}", torch.cat([shift, scale])
        for i in range(config.num_layers):
            for old, new in DOUBLE:
                rows = [state[f"transformer_blocks.{i}.{name}.{leaf}"] for name in new.split()]
                yield f"double_blocks.{i}.{old}.{leaf}", torch.cat(rows)
        for i in range(config.num_single_layers):
            for old, new in SINGLE:
                rows = [state[f"single_transformer_blocks.{i}.{name}.{leaf}"] for name in new.split()]
                yield f"single_blocks.{i}.{old}.{leaf}", torch.cat(rows)
    for group, blocks, old, new in NORMS:
        for i in range(config.num_layers if group == "double_blocks" else config.num_single_layers):
            yield f"{group}.{i}.{old}.scale", state[f"{blocks}.{i}.{new}.weight"]


def save_original(network: Any, file: Path, prefix: str = "") -> Path:
    """The transformer in one file."""
    from safetensors.torch import save_file

    save_file(original(network, prefix), file)
    return file


# Variants


def dev(folder: Path) -> tuple[Path, ...]:
    return (write(folder, "FluxPipeline", transformer()),)


def schnell(folder: Path) -> tuple[Path, ...]:
    return (write(folder, "FluxPipeline", transformer(guided=False)),)


def fill(folder: Path) -> tuple[Path, ...]:
    return (write(folder, "FluxFillPipeline", transformer("fill")),)


def kontext(folder: Path) -> tuple[Path, ...]:
    return (write(folder, "FluxKontextPipeline", transformer()),)


def control(folder: Path) -> tuple[Path, ...]:
    return (write(folder, "FluxControlPipeline", transformer("control")),)


def single_file(folder: Path) -> tuple[Path, ...]:
    """dev's transformer in one file, and the rest of a release in a folder."""
    companion = write(folder / "rest", "FluxPipeline", None)
    return save_original(transformer(), folder / "flux1-dev.safetensors"), companion


def with_redux(folder: Path) -> tuple[Path, ...]:
    from tinies.flux_beside import redux

    return redux(folder)


def with_lora(folder: Path) -> tuple[Path, ...]:
    from tinies.flux_beside import lora

    return lora(folder)


def with_control(folder: Path) -> tuple[Path, ...]:
    from tinies.controlled import of_flux

    return (*dev(folder / "base"), of_flux(folder, 41))


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {
        "dev": dev,
        "schnell": schnell,
        "fill": fill,
        "kontext": kontext,
        "control": control,
        "single-file": single_file,
        "redux": with_redux,
        "lora": with_lora,
        "controlnet": with_control,
    }
)
