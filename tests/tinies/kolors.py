"""Kolors at tiny size, with the proportions that tell its parts apart."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tinies.parts import redraw, write_repository
from tinies.sdxl import LATENT_SIDE, vae
from tinies.words import TEXTS

WIDTH = 96  # of the language model
SPECIAL = 16  # more ids than the vocabulary has: for [gMASK] and its like


def unet(seed: int = 1, channels: int = 4) -> Any:
    """SDXL's, with a projection of the text in front."""
    from diffusers import UNet2DConditionModel

    network = UNet2DConditionModel(
        sample_size=LATENT_SIDE,
        in_channels=channels,
        out_channels=4,
        block_out_channels=(64, 128),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 2),
        attention_head_dim=(1, 2),
        cross_attention_dim=64,
        encoder_hid_dim=WIDTH,
        encoder_hid_dim_type="text_proj",
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=32,
        projection_class_embeddings_input_dim=WIDTH + 32 * 6,
    )
    network = redraw(network, seed)
    redraw(network.add_embedding, seed + 100, spread=2.0)  # else sizes hardly show
    return network


def text_encoder(vocabulary: int, seed: int = 3) -> Any:
    from diffusers.pipelines.kolors.text_encoder import ChatGLMConfig, ChatGLMModel

    config = ChatGLMConfig(
        num_layers=3,
        padded_vocab_size=vocabulary + SPECIAL,
        hidden_size=WIDTH,
        ffn_hidden_size=128,
        kv_channels=32,
        num_attention_heads=3,
        seq_length=512,
        multi_query_attention=True,
        multi_query_group_num=1,
        add_qkv_bias=True,
        original_rope=True,  # the class does not know it without
    )
    return redraw(ChatGLMModel(config, empty_init=False), seed)


def vocabulary() -> bytes:
    """A sentencepiece model of the texts' letters and words."""
    from sentencepiece import SentencePieceTrainer

    made = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS),
        model_writer=made,
        model_type="bpe",
        vocab_size=96 + 256,
        hard_vocab_limit=False,
        byte_fallback=True,
        minloglevel=2,
        num_threads=1,
    )
    return made.getvalue()


def release(folder: Path, name: str = "KolorsPipeline", **parts: Any) -> tuple[Path, ...]:
    from diffusers import EulerDiscreteScheduler
    from sentencepiece import SentencePieceProcessor

    scheduler = EulerDiscreteScheduler(
        num_train_timesteps=1100,
        beta_start=0.00085,
        beta_end=0.014,
        beta_schedule="scaled_linear",
        steps_offset=1,
        timestep_spacing="leading",
    )
    words = vocabulary()
    count = SentencePieceProcessor(model_proto=words).vocab_size()
    said = {"vae": vae(), "unet": unet(), "text_encoder": text_encoder(count), "scheduler": scheduler}
    path = write_repository(folder, name, said | parts)
    (path / "tokenizer").mkdir()
    (path / "tokenizer" / "tokenizer.model").write_bytes(words)
    index = json.loads((path / "model_index.json").read_text(encoding="utf-8"))
    index |= {"text_encoder": ["kolors", "ChatGLMModel"], "tokenizer": ["kolors", "ChatGLMTokenizer"]}
    (path / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return (path,)


def plain(folder: Path) -> tuple[Path, ...]:
    return release(folder / "kolors")


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType({"kolors": plain})
