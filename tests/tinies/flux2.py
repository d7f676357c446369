"""FLUX.2 at tiny size: dev, klein and its base; beside them klein with a LoRA."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from shutil import rmtree
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import pixel_unshuffle

from sfumato.plan import Plan
from tinies.adapters import Half, pairs, write
from tinies.beside import start_noise
from tinies.parts import redraw, write_repository
from tinies.words import qwen_tokenizer

CHANNELS, FACTOR = 16, 8  # of x: the autoencoder has four halved cells in each
WORDS, LAYERS, LENGTH = 32, 4, 96
WIDTH, HEADS = 64, 2
LORA = (
    "to_q",
    "to_k",
    "to_v",
    "to_out.0",
    "add_q_proj",
    "to_add_out",
    "ff.linear_in",
    "ff_context.linear_out",
)
LORA += ("to_qkv_mlp_proj", "attn.to_out", "x_embedder", "context_embedder", "modulation_img.linear")
CHAT = (
    "{% for message in messages %}{{ '[SYSTEM]' if message['role'] == 'system' else '[INST]' }}"
    "{% for part in message['content'] %}{{ part['text'] }}{% endfor %}"
    "{{ '[/SYSTEM]' if message['role'] == 'system' else '[/INST]' }}{% endfor %}"
)
MODULATED = ("double_stream_modulation_img", "double_stream_modulation_txt", "single_stream_modulation")
MARKS = ("[IMG]", "[IMG_BREAK]", "[IMG_END]", "[SYSTEM]", "[/SYSTEM]", "[INST]", "[/INST]", "<pad>")


def transformer(guided: bool) -> Any:
    """Drawn loud, so that words count beside the noise, and soft at the end: one look is near the next."""
    from diffusers import Flux2Transformer2DModel

    network = Flux2Transformer2DModel(
        in_channels=CHANNELS,
        num_layers=2,
        num_single_layers=2,
        attention_head_dim=WIDTH // HEADS,
        num_attention_heads=HEADS,
        joint_attention_dim=3 * WORDS,
        axes_dims_rope=(8, 8, 8, 8),
        guidance_embeds=guided,
    )
    redraw(network, 1, spread=1.5)
    with torch.no_grad():
        network.proj_out.weight.mul_(0.3)
    return network


def autoencoder() -> Any:
    """Its batch norm has met channels of other means and breadths."""
    from diffusers import AutoencoderKLFlux2

    network = AutoencoderKLFlux2(
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        block_out_channels=(8, 8, 8),
        layers_per_block=1,
        latent_channels=CHANNELS // 4,
        norm_num_groups=4,
        sample_size=64,
    )
    redraw(network, 2)
    generator = torch.Generator().manual_seed(3)
    network.bn.running_mean.copy_(torch.randn(CHANNELS, generator=generator) * 0.5)
    network.bn.running_var.copy_(torch.rand(CHANNELS, generator=generator) * 2 + 0.2)
    return network


def scheduler() -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler

    return FlowMatchEulerDiscreteScheduler(
        shift=3.0, use_dynamic_shifting=True, base_shift=0.5, max_shift=1.15
    )


def mistral(tokenizer: Any) -> Any:
    from transformers import Mistral3Config, Mistral3ForConditionalGeneration

    words = {
        "model_type": "mistral",
        "vocab_size": len(tokenizer),
        "hidden_size": WORDS,
        "intermediate_size": 64,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
    }
    sight = {
        "model_type": "pixtral",
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "image_size": 32,
        "patch_size": 16,
    }
    config = Mistral3Config(text_config=words, vision_config=sight, image_token_index=0)
    return redraw(Mistral3ForConditionalGeneration(config), 4)


def qwen(tokenizer: Any) -> Any:
    from transformers import Qwen3Config, Qwen3ForCausalLM

    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=WORDS,
        intermediate_size=64,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        pad_token_id=None,
        bos_token_id=None,
        eos_token_id=None,
    )
    return redraw(Qwen3ForCausalLM(config), 5)


def asking() -> Any:
    """Mistral's words, filled up from the left."""
    words = qwen_tokenizer(LENGTH, long=True)
    words.add_special_tokens({"additional_special_tokens": list(MARKS), "pad_token": "<pad>"})
    words.padding_side, words.chat_template = "left", CHAT
    words.init_kwargs["padding_side"] = "left"  # as its config says
    return words


def release(folder: Path, pipeline: str, **parts: Any) -> tuple[Path, ...]:
    said = {"scheduler": scheduler(), "vae": autoencoder(), **parts}
    return (write_repository(folder, pipeline, said),)


def dev(folder: Path) -> tuple[Path, ...]:
    """Its index names a processor, which would need torchvision to be opened."""
    words = asking()
    network, encoder = transformer(guided=True), mistral(words)
    (path,) = release(folder, "Flux2Pipeline", transformer=network, text_encoder=encoder, tokenizer=words)
    index = json.loads((path / "model_index.json").read_text(encoding="utf-8"))
    index["tokenizer"] = ["transformers", "PixtralProcessor"]
    (path / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return (path,)


def klein(folder: Path, is_distilled: bool = True) -> tuple[Path, ...]:
    words = qwen_tokenizer(LENGTH)
    return release(
        folder,
        "Flux2KleinPipeline",
        transformer=transformer(guided=False),
        text_encoder=qwen(words),
        tokenizer=words,
        is_distilled=is_distilled,
    )


def klein_base(folder: Path) -> tuple[Path, ...]:
    return klein(folder, is_distilled=False)


# The original's names. Written apart from the program's own table, from the original's network.

OUTER = MappingProxyType(
    {
        "time_guidance_embed.timestep_embedder.linear_1": "time_in.in_layer",
        "time_guidance_embed.timestep_embedder.linear_2": "time_in.out_layer",
        "time_guidance_embed.guidance_embedder.linear_1": "guidance_in.in_layer",
        "time_guidance_embed.guidance_embedder.linear_2": "guidance_in.out_layer",
        "context_embedder": "txt_in",
        "x_embedder": "img_in",
        "proj_out": "final_layer.linear",
        **{f"{name}.linear": f"{name}.lin" for name in MODULATED},
    }
)
INNER = (
    ("double_blocks", "img_attn.qkv.weight", "attn.to_q attn.to_k attn.to_v"),
    ("double_blocks", "txt_attn.qkv.weight", "attn.add_q_proj attn.add_k_proj attn.add_v_proj"),
    ("double_blocks", "img_attn.norm.query_norm.scale", "attn.norm_q"),
    ("double_blocks", "img_attn.norm.key_norm.scale", "attn.norm_k"),
    ("double_blocks", "txt_attn.norm.query_norm.scale", "attn.norm_added_q"),
    ("double_blocks", "txt_attn.norm.key_norm.scale", "attn.norm_added_k"),
    ("double_blocks", "img_attn.proj.weight", "attn.to_out.0"),
    ("double_blocks", "txt_attn.proj.weight", "attn.to_add_out"),
    ("double_blocks", "img_mlp.0.weight", "ff.linear_in"),
    ("double_blocks", "img_mlp.2.weight", "ff.linear_out"),
    ("double_blocks", "txt_mlp.0.weight", "ff_context.linear_in"),
    ("double_blocks", "txt_mlp.2.weight", "ff_context.linear_out"),
    ("single_blocks", "linear1.weight", "attn.to_qkv_mlp_proj"),
    ("single_blocks", "linear2.weight", "attn.to_out"),
    ("single_blocks", "norm.query_norm.scale", "attn.norm_q"),
    ("single_blocks", "norm.key_norm.scale", "attn.norm_k"),
)


def original(network: Any, prefix: str = "") -> dict[str, Tensor]:
    """The transformer's tensors under their original names."""
    return {prefix + name: tensor.contiguous() for name, tensor in _original(network)}


def _original(network: Any) -> Iterator[tuple[str, Tensor]]:
    state = network.state_dict()
    for new, old in OUTER.items():
        if f"{new}.weight" in state:
            yield f"{old}.weight", state[f"{new}.weight"]
    scale, shift = state["norm_out.linear.weight"].chunk(2)
    yield "final_layer.adaLN_modulation.1.weight", torch.cat([shift, scale])
    counts = {"double_blocks": network.config.num_layers, "single_blocks": network.config.num_single_layers}
    for group, old, new in INNER:
        blocks = "transformer_blocks" if group == "double_blocks" else "single_transformer_blocks"
        for i in range(counts[group]):
            rows = [state[f"{blocks}.{i}.{name}.weight"] for name in new.split()]
            yield f"{group}.{i}.{old}", torch.cat(rows)


def save_original(network: Any, file: Path, prefix: str = "") -> Path:
    """The transformer in one file."""
    from safetensors.torch import save_file

    save_file(original(network, prefix), file)
    return file


def single_file(folder: Path) -> tuple[Path, ...]:
    """klein's transformer in one file, and the rest of its release in a folder."""
    (whole,) = klein(folder / "rest")
    rmtree(whole / "transformer")
    return save_original(transformer(guided=False), folder / "flux-2-klein.safetensors"), whole


def lora(seed: int = 6) -> dict[str, Half]:
    return pairs(transformer(guided=False), LORA, seed, 0.4)


def peft(halves: Mapping[str, Half]) -> dict[str, Tensor]:
    return {
        f"transformer.{layer}.lora_{end}.weight": tensor
        for layer, half in halves.items()
        for end, tensor in (("A", half.down), ("B", half.up))
    }


def adapted(folder: Path) -> tuple[Path, ...]:
    return (*klein(folder / "klein"), write(folder, "lora", peft(lora())))


def painted(pipe: Any, plan: Plan, given: Mapping[str, Tensor] | None = None, **more: Any) -> Tensor:
    """What the released pipeline makes of the plan: its last x (C, h, w), or what `more` asks for."""
    stage = plan.stages[0]
    references = [shown((given or {})[item.hash]) for item in plan.inputs if item.role == "reference"]
    arguments = {
        "prompt": plan.parts[0].content,
        "image": references or None,
        "num_inference_steps": stage.steps,
        "guidance_scale": stage.guidance,
        "height": stage.height,
        "width": stage.width,
        "latents": start_noise(plan, CHANNELS, FACTOR),
        "max_sequence_length": LENGTH,
        "text_encoder_out_layers": (1, 2, 3),
        "output_type": "latent",
        **more,
    }
    out = pipe(**arguments).images
    if arguments["output_type"] != "latent":
        return out[0]
    size = (stage.height // FACTOR, stage.width // FACTOR)
    return out[0].mT.unflatten(1, size) if out.ndim == 3 else evened(pipe.vae, out)[0]


def evened(vae: Any, latent: Tensor) -> Tensor:
    """klein's pipeline gives its latent back as the autoencoder's, (B, c, h, w), dev's as tokens of x."""
    mean, variance = (row[:, None, None] for row in (vae.bn.running_mean, vae.bn.running_var))
    return (pixel_unshuffle(latent, 2) - mean) / (variance + vae.config.batch_norm_eps).sqrt()


def shown(picture: Tensor) -> Image.Image:
    """(3, H, W) in [-1, 1], whose values are those of bytes."""
    values = ((picture + 1) * 127.5).round().clamp(0, 255).byte()
    return Image.fromarray(np.ascontiguousarray(values.permute(1, 2, 0).numpy()))


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType(
    {"dev": dev, "klein": klein, "klein-base": klein_base, "single-file": single_file}
)
