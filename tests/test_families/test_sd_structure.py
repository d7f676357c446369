"""SD 1 and 2 at their real size, on paper: what can be known without a weight."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

import diffusers
import pytest
import torch
from torch import Tensor

from sfumato.language import read
from sfumato.models._parts.opening import parameters, structure
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import noise_path
from sfumato.models._parts.unet.layout import clip_config, open_clip_config, unet_config
from sfumato.models.family import recognise
from sfumato.models.sd import Sd, claim
from sfumato.plan import draft
from tinies import sd
from tinies.released import paper
from tinies.sdxl_file import old_clip, old_open_clip, old_unet

UNET: Mapping[str, Any] = MappingProxyType(
    {
        "_class_name": "UNet2DConditionModel",
        "in_channels": 4,
        "out_channels": 4,
        "sample_size": 64,
        "layers_per_block": 2,
        "block_out_channels": [320, 640, 1280, 1280],
        "down_block_types": [*["CrossAttnDownBlock2D"] * 3, "DownBlock2D"],
        "up_block_types": ["UpBlock2D", *["CrossAttnUpBlock2D"] * 3],
        "attention_head_dim": 8,
        "cross_attention_dim": 768,
    }
)
SECOND: Mapping[str, Any] = MappingProxyType(
    {
        **UNET,
        "attention_head_dim": [5, 10, 20, 20],
        "cross_attention_dim": 1024,
        "use_linear_projection": True,
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
        "scaling_factor": 0.18215,
    }
)
CLIP: Mapping[str, Any] = MappingProxyType(
    {
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "projection_dim": 768,
    }
)
OPEN: Mapping[str, Any] = MappingProxyType(
    {
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 23,
        "num_attention_heads": 16,
        "projection_dim": 512,
        "hidden_act": "gelu",
    }
)
PNDM: Mapping[str, Any] = MappingProxyType(
    {
        "_class_name": "PNDMScheduler",
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "steps_offset": 1,
        "set_alpha_to_one": False,
    }
)


def release(folder: Path, pipeline: str = "StableDiffusionPipeline", **configs: Mapping[str, Any]) -> Path:
    """SD 1.5's configs, others where they are given."""
    said = {"unet": UNET, "vae": VAE, "text_encoder": CLIP, "scheduler": PNDM} | configs
    kinds = {
        "unet": ("diffusers", "UNet2DConditionModel"),
        "vae": ("diffusers", "AutoencoderKL"),
        "text_encoder": ("transformers", "CLIPTextModel"),
        "scheduler": ("diffusers", said["scheduler"]["_class_name"]),
    }
    return paper(folder, pipeline, {name: (*kinds[name], config) for name, config in said.items()})


def family(*paths: Path) -> Sd:
    found = recognise(paths)
    assert isinstance(found, Sd)
    return found


# Counts


def test_parameters(tmp_path: Path) -> None:
    assert parameters(Repository(release(tmp_path / "1"))) == {
        "unet": 859_520_964,
        "vae": 83_653_863,
        "text_encoder": 123_060_480,
    }
    second = parameters(Repository(release(tmp_path / "2", unet=SECOND, text_encoder=OPEN)))
    assert (second["unet"], second["text_encoder"]) == (865_910_724, 340_387_840)


@pytest.mark.parametrize(
    ("config", "channels", "count"),
    [(UNET, 9, 859_535_364), (SECOND, 5, 865_913_604), (SECOND, 4, 865_910_724)],
)
def test_channels_behind_x(config: Mapping[str, Any], channels: int, count: int) -> None:
    network = structure(diffusers.UNet2DConditionModel, {**config, "in_channels": channels})
    assert sum(parameter.numel() for parameter in network.parameters()) == count


# Single files


@pytest.mark.parametrize("config", [UNET, SECOND])
def test_unet_is_read_off_its_shapes(config: Mapping[str, Any]) -> None:
    network = structure(diffusers.UNet2DConditionModel, dict(config))
    shapes = {name: tuple(tensor.shape) for name, tensor in old_unet(network.state_dict())}
    found = unet_config(shapes, "model.diffusion_model.")
    again = structure(diffusers.UNet2DConditionModel, found)
    wanted = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    assert {name: tuple(tensor.shape) for name, tensor in again.state_dict().items()} == wanted
    heads = config["attention_head_dim"]
    assert found["attention_head_dim"] == (heads if isinstance(heads, list) else [heads] * 4)
    assert found["down_block_types"] == config["down_block_types"]


def test_texts_are_read_off_their_shapes() -> None:
    from transformers import CLIPTextConfig, CLIPTextModel

    with torch.device("meta"):
        one, other = (CLIPTextModel(CLIPTextConfig(**config)).state_dict() for config in (CLIP, OPEN))
    projection: dict[str, Tensor] = {"text_projection.weight": torch.ones(1024, 1024, device="meta")}
    old = chain(old_clip(one, sd.FIRST), old_open_clip({**other, **projection}, sd.SECOND))
    shapes = {name: tuple(tensor.shape) for name, tensor in old}
    words = {"vocab_size": 49408, "max_position_embeddings": 77}
    wanted = {**CLIP, **words, "hidden_act": "quick_gelu"}
    wanted.pop("projection_dim")
    assert clip_config(shapes, sd.FIRST) == wanted
    assert open_clip_config(shapes, sd.SECOND) == {**OPEN, **words, "projection_dim": 1024}


# Defaults


@pytest.mark.parametrize(
    ("name", "scheduler", "chosen"),
    [
        ("stable-diffusion-v1-5", PNDM, ("dpm++2m", "leading+1", 0)),
        ("nai-anime-v1-full", PNDM, ("dpm++2m", "leading+1", 1)),
        ("2-1", {**PNDM, "_class_name": "DDIMScheduler"}, ("ddim", "leading+1", 0)),
    ],
)
def test_defaults(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    scheduler: Mapping[str, Any],
    chosen: tuple[str, str, int],
) -> None:
    monkeypatch.setattr(Repository, "fingerprint", lambda *_: "0" * 64)
    found = family(release(tmp_path / name, scheduler=scheduler))
    plan = draft(read("a fox --ar 3:2")[0], found.defaults())
    (stage,) = plan.stages
    assert (stage.sampler, stage.schedule, stage.clip_skip) == chosen
    assert (stage.steps, stage.guidance) == (50, 7.5)
    assert (found.defaults().pixels, found.defaults().multiple) == (512**2, 64)
    assert (plan.width, plan.height) == (576, 384)


def test_times_are_the_released_scheduler_s() -> None:
    theirs = sd.scheduler("DDIMScheduler")
    theirs.set_timesteps(50)
    path = noise_path(theirs.config)
    times = path.times(50, "leading+1")
    assert [t - 1 for t in times[:-1]] == theirs.timesteps.tolist()
    kept = [path.alpha(t) ** 2 for t in times[:-1]]
    assert kept == pytest.approx(theirs.alphas_cumprod[theirs.timesteps].tolist(), rel=1e-5)


# What belongs together


def test_claims(tmp_path: Path) -> None:
    one = release(tmp_path / "one")
    assert claim(()) is None and claim((tmp_path,)) is None
    assert claim((one, release(tmp_path / "other"))) is None
    assert claim((release(tmp_path / "xl", "StableDiffusionXLPipeline"),)) is None
    assert claim((release(tmp_path / "pix2pix", unet={**UNET, "in_channels": 8}),)) is None
    found = family(one)
    assert found.missing() == tuple(one / name for name in ("text_encoder", "unet", "vae"))
    assert found.accepts == {"start"}
    assert family(release(tmp_path / "deep", unet={**SECOND, "in_channels": 5})).accepts == {"start", "hint"}
    assert family(release(tmp_path / "paint", unet={**UNET, "in_channels": 9})).accepts == {"start", "mask"}
