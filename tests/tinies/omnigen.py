"""OmniGen at tiny size: three layers, a reach of 120 tokens before stretching, pictures of 64 pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from tinies.parts import redraw, write_repository
from tinies.words import TEXTS

SIDE_PX = 64
REACH = 120  # tokens; longer sequences are stretched
MARKS = ("<|user|>", "<|end|>", "<|assistant|>", "<|diffusion|>", "<img>", "</img>")
UNWANTED = (
    "low quality jpeg artifacts ugly duplicate morbid mutilated extra fingers mutated hands poorly drawn "
    "hands face mutation deformed blurry dehydrated bad anatomy proportions limbs cloned face disfigured "
    "gross malformed missing arms legs fused too many"
)


def llama_tokenizer() -> Any:
    """A Llama tokenizer, with the marks of a chat and of pictures."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import LlamaTokenizer

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    letters = [chr(code) for code in range(33, 127)]
    trainer = trainers.BpeTrainer(
        vocab_size=560,
        special_tokens=["<unk>", "<s>", "</s>", "<0x0A>"],
        initial_alphabet=[*letters, "▁"],
        show_progress=False,
    )
    tokenizer.train_from_iterator([*TEXTS, UNWANTED.replace(" ", ", ")], trainer)
    with TemporaryDirectory() as folder:
        vocabulary, merges = tokenizer.model.save(folder)
        made = LlamaTokenizer(vocab=vocabulary, merges=merges, add_bos_token=True)
    made.add_tokens(list(MARKS), special_tokens=True)
    return made


def transformer(words: int, seed: int = 1) -> Any:
    """A transformer for a vocabulary of this size."""
    from diffusers import OmniGenTransformer2DModel

    made = OmniGenTransformer2DModel(
        in_channels=4,
        patch_size=2,
        hidden_size=48,
        num_attention_heads=3,
        num_key_value_heads=3,
        intermediate_size=64,
        num_layers=3,
        pad_token_id=0,
        vocab_size=words,
        max_position_embeddings=480,
        original_max_position_embeddings=REACH,
        rope_scaling={
            "short_factor": [1.0, 1.0, 1.1, 1.1, 1.2, 1.2, 1.3, 1.3],
            "long_factor": [1.0, 1.2, 1.6, 2.2, 3.0, 4.0, 5.0, 6.0],
        },
        pos_embed_max_size=12,
        time_step_dim=32,
    )
    return redraw(made, seed, spread=1.25)


def autoencoder(seed: int = 2) -> Any:
    """An autoencoder of SDXL's shape: 8 pixels to a latent."""
    from diffusers import AutoencoderKL

    made = AutoencoderKL(
        block_out_channels=(8, 8, 16, 16),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=4,
        sample_size=SIDE_PX,
        scaling_factor=0.13025,
    )
    return redraw(made, seed, spread=2.0)  # pictures that differ much, so that they are seen to matter


def write_omnigen(folder: Path, shift: float = 1.0) -> tuple[Path, ...]:
    """A released folder."""
    from diffusers import FlowMatchEulerDiscreteScheduler

    tokenizer = llama_tokenizer()
    parts = {
        "transformer": transformer(len(tokenizer)),
        "vae": autoencoder(),
        "tokenizer": tokenizer,
        "scheduler": FlowMatchEulerDiscreteScheduler(1, shift=shift, invert_sigmas=True),
    }
    return (write_repository(folder, "OmniGenPipeline", parts),)


VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]] = MappingProxyType({"omnigen": write_omnigen})
