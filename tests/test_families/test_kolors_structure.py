"""Kolors at its real size, on paper."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch

from sfumato.language import read
from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.family import recognise
from sfumato.models.kolors import Kolors, claim
from sfumato.plan import draft
from tinies import kolors
from tinies.released import paper

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

UNET: Mapping[str, Any] = MappingProxyType(
    {
        "_class_name": "UNet2DConditionModel",
        "in_channels": 4,
        "out_channels": 4,
        "sample_size": 128,
        "layers_per_block": 2,
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "block_out_channels": [320, 640, 1280],
        "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
        "transformer_layers_per_block": [1, 2, 10],
        "attention_head_dim": [5, 10, 20],
        "cross_attention_dim": 2048,
        "encoder_hid_dim": 4096,
        "encoder_hid_dim_type": "text_proj",
        "projection_class_embeddings_input_dim": 5632,
    }
)
VAE: Mapping[str, Any] = MappingProxyType(
    {
        "_class_name": "AutoencoderKL",
        "block_out_channels": [128, 256, 512, 512],
        "down_block_types": ["DownEncoderBlock2D"] * 4,
        "up_block_types": ["UpDecoderBlock2D"] * 4,
        "layers_per_block": 2,
        "latent_channels": 4,
        "scaling_factor": 0.13025,
    }
)
GLM: Mapping[str, Any] = MappingProxyType(
    {
        "add_qkv_bias": True,
        "hidden_size": 4096,
        "multi_query_attention": True,
        "multi_query_group_num": 2,
        "original_rope": True,
        "padded_vocab_size": 65024,
        "seq_length": 32768,
    }
)
EULER: Mapping[str, Any] = MappingProxyType(
    {
        "_class_name": "EulerDiscreteScheduler",
        "beta_start": 0.00085,
        "beta_end": 0.014,
        "beta_schedule": "scaled_linear",
        "num_train_timesteps": 1100,
        "steps_offset": 1,
        "timestep_spacing": "leading",
    }
)


def release(folder: Path, unet: Mapping[str, Any] = UNET) -> Path:
    parts = {
        "unet": ("diffusers", "UNet2DConditionModel", unet),
        "vae": ("diffusers", "AutoencoderKL", VAE),
        "text_encoder": ("kolors", "ChatGLMModel", GLM),
        "scheduler": ("diffusers", "EulerDiscreteScheduler", EULER),
    }
    return paper(folder, "KolorsPipeline", parts)


def test_parameters(tmp_path: Path) -> None:
    """The language model's class is not one of diffusers' own, so it is counted apart."""
    from diffusers.pipelines.kolors.text_encoder import ChatGLMConfig, ChatGLMModel

    counts = parameters(Repository(release(tmp_path / "kolors")))
    assert counts == {"unet": 2_579_458_820, "vae": 83_653_863}
    with torch.device("meta"):
        network = ChatGLMModel(ChatGLMConfig(**GLM), empty_init=False)
    assert sum(parameter.numel() for parameter in network.parameters()) == 6_243_584_000


def test_numbers_and_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Repository, "fingerprint", lambda *_: "0" * 64)
    found = recognise([release(tmp_path / "kolors")])
    assert isinstance(found, Kolors)
    facts = found.releases[0].facts
    assert (facts.numbers, facts.pooled, 4096 + 6 * 256) == (6, 4096, 5632)
    plan = draft(read("一只红狐狸 --ar 16:9")[0], found.defaults())
    (stage,) = plan.stages
    assert (stage.steps, stage.sampler, stage.schedule, stage.guidance) == (50, "euler", "leading+1", 5.0)
    assert (plan.width, plan.height) == (1344, 768)
    skipping = plan.model_copy(update={"stages": (stage.model_copy(update={"clip_skip": 1}),)})
    assert any("clip_skip" in sentence for sentence in found.check(skipping))


def test_noise_is_twice_that_of_sdxl() -> None:
    own = noise_path(EULER)
    usual = noise_path({**EULER, "beta_end": 0.012, "num_train_timesteps": 1000})
    ratio = own.ratio(1100) / usual.ratio(1000)
    assert own.ratio(1100) == pytest.approx(29.0612, abs=1e-4)
    assert own.alpha(1100) ** 2 == pytest.approx(1.183e-3, abs=1e-6)
    assert ratio == pytest.approx(1.9885, abs=1e-4)


def test_claims(tmp_path: Path) -> None:
    one = release(tmp_path / "one")
    assert claim(()) is None and claim((tmp_path,)) is None
    assert claim((one, release(tmp_path / "other"))) is None
    assert claim((release(tmp_path / "8", {**UNET, "in_channels": 8}),)) is None
    found = claim((one,))
    assert found is not None and found.missing()[-1] == one / "tokenizer" / "tokenizer.model"
    index = json.loads((one / "model_index.json").read_text(encoding="utf-8"))
    index["_class_name"] = "StableDiffusionXLPipeline"
    (one / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    assert claim((one,)) is None


def test_chinese_and_english_are_both_words(tmp_path: Path) -> None:
    """Not a word of either becomes unknown: what the vocabulary lacks is read letter by letter."""
    from sentencepiece import SentencePieceProcessor

    (folder,) = kolors.plain(tmp_path)
    words = SentencePieceProcessor(model_file=str(folder / "tokenizer" / "tokenizer.model"))
    for text in ("a red fox", "一只红狐狸"):
        assert words.unk_id() not in words.encode(text)
