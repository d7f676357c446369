"""SDXL at its real size, on paper: what can be known without a weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any

import diffusers
import pytest
import torch

from sfumato.language import read
from sfumato.models._parts.opening import parameters, structure
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import noise_path
from sfumato.models._parts.unet.facts import Facts
from sfumato.models._parts.unet.ids import scored, sizes
from sfumato.models._parts.unet.layout import clip_config, open_clip_config, unet_config, vae_config
from sfumato.models._parts.unet.single_file import EULER
from sfumato.models.family import recognise
from sfumato.models.sdxl import Sdxl, claim
from sfumato.models.sdxl.single_file import EDM
from sfumato.models.sdxl.taste import taste
from sfumato.plan import Plan, draft
from tinies import sdxl
from tinies.released import paper
from tinies.sdxl_file import old_clip, old_open_clip, old_unet, old_vae

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
    }
)
BASE: Mapping[str, Any] = MappingProxyType(
    {
        **UNET,
        "block_out_channels": [320, 640, 1280],
        "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
        "transformer_layers_per_block": [1, 2, 10],
        "attention_head_dim": [5, 10, 20],
        "cross_attention_dim": 2048,
        "projection_class_embeddings_input_dim": 2816,
    }
)
REFINER: Mapping[str, Any] = MappingProxyType(
    {
        **UNET,
        "block_out_channels": [384, 768, 1536, 1536],
        "down_block_types": ["DownBlock2D", *["CrossAttnDownBlock2D"] * 2, "DownBlock2D"],
        "up_block_types": ["UpBlock2D", *["CrossAttnUpBlock2D"] * 2, "UpBlock2D"],
        "transformer_layers_per_block": 4,
        "attention_head_dim": [6, 12, 24, 24],
        "cross_attention_dim": 1280,
        "projection_class_embeddings_input_dim": 2560,
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
FIRST: Mapping[str, Any] = MappingProxyType(
    {
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "projection_dim": 768,
    }
)
SECOND: Mapping[str, Any] = MappingProxyType(
    {
        "hidden_size": 1280,
        "intermediate_size": 5120,
        "num_hidden_layers": 32,
        "num_attention_heads": 20,
        "projection_dim": 1280,
        "hidden_act": "gelu",
    }
)
PARTS: Mapping[str, tuple[str, str, Mapping[str, Any]]] = MappingProxyType(
    {
        "unet": ("diffusers", "UNet2DConditionModel", BASE),
        "vae": ("diffusers", "AutoencoderKL", VAE),
        "text_encoder": ("transformers", "CLIPTextModel", FIRST),
        "text_encoder_2": ("transformers", "CLIPTextModelWithProjection", SECOND),
        "scheduler": ("diffusers", "EulerDiscreteScheduler", EULER),
    }
)


def release(folder: Path, pipeline: str = "StableDiffusionXLPipeline", **configs: Mapping[str, Any]) -> Path:
    """A release's configs, without weights; others than the base's where they are given."""
    parts = {
        name: (library, cls, configs.get(name, config)) for name, (library, cls, config) in PARTS.items()
    }
    return paper(folder, pipeline, parts)


def family(*paths: Path) -> Sdxl:
    found = recognise(paths)
    assert isinstance(found, Sdxl)
    return found


def facts(**changes: Mapping[str, Any]) -> Facts:
    return replace(Facts(BASE, VAE, EULER, 1280, True), **changes)


# Counts and layouts


def test_parameters_of_the_base(tmp_path: Path) -> None:
    assert parameters(Repository(release(tmp_path / "base"))) == {
        "unet": 2_567_463_684,
        "vae": 83_653_863,
        "text_encoder": 123_060_480,
        "text_encoder_2": 694_659_840,
    }


def test_parameters_of_refiner_and_inpainting(tmp_path: Path) -> None:
    refiner = release(tmp_path / "refiner", "StableDiffusionXLImg2ImgPipeline", unet=REFINER)
    assert parameters(Repository(refiner))["unet"] == 2_259_526_660
    paint = release(tmp_path / "paint", "StableDiffusionXLInpaintPipeline", unet={**BASE, "in_channels": 9})
    assert parameters(Repository(paint))["unet"] == 2_567_463_684 + 5 * 320 * 9


def test_numbers_beside_the_text() -> None:
    assert facts().numbers == 6 and 2816 == 1280 + 6 * 256 and not facts().scored
    assert facts(unet=REFINER).numbers == 5 and 2560 == 1280 + 5 * 256 and facts(unet=REFINER).scored
    assert sizes(1536, 640).tolist() == [640, 1536, 0, 0, 640, 1536]
    assert scored(1536, 640, 2.5).tolist() == [640, 1536, 0, 0, 2.5]


@pytest.mark.parametrize(("config", "numbers"), [(BASE, 6), (REFINER, 5)])
def test_unet_is_read_off_its_shapes(config: Mapping[str, Any], numbers: int) -> None:
    network = structure(diffusers.UNet2DConditionModel, dict(config))
    shapes = {name: tuple(tensor.shape) for name, tensor in old_unet(network.state_dict())}
    found = unet_config(shapes, "model.diffusion_model.", 1280, numbers)
    again = structure(diffusers.UNet2DConditionModel, found)
    wanted = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    assert {name: tuple(tensor.shape) for name, tensor in again.state_dict().items()} == wanted
    same = ("attention_head_dim", "addition_time_embed_dim", "down_block_types", "up_block_types")
    assert {name: found[name] for name in same} == {name: config[name] for name in same}


def test_the_rest_is_read_off_its_shapes() -> None:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    vae = structure(diffusers.AutoencoderKL, dict(VAE)).state_dict()
    with torch.device("meta"):
        first = CLIPTextModel(CLIPTextConfig(**FIRST)).state_dict()
        second = CLIPTextModelWithProjection(CLIPTextConfig(**SECOND)).state_dict()
    old = chain(old_vae(vae), old_clip(first), old_open_clip(second, "conditioner.embedders.1.model."))
    shapes = {name: tuple(tensor.shape) for name, tensor in old}
    beside = {"in_channels": 3, "out_channels": 3, "force_upcast": True}
    plain = {key: value for key, value in VAE.items() if key not in ("_class_name", "scaling_factor")}
    assert vae_config(shapes, "first_stage_model.") == plain | beside
    words = {"vocab_size": 49408, "max_position_embeddings": 77}
    one = {key: value for key, value in FIRST.items() if key != "projection_dim"}
    found = clip_config(shapes, "conditioner.embedders.0.transformer.text_model.")
    assert found == one | words | {"hidden_act": "quick_gelu"}
    assert open_clip_config(shapes, "conditioner.embedders.1.model.") == SECOND | words


# Defaults


def knobs(plan: Plan) -> list[tuple[Any, ...]]:
    return [(one.name, one.steps, one.sampler, one.schedule, one.guidance) for one in plan.stages]


def test_defaults_of_the_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Repository, "fingerprint", lambda *_: "0" * 64)
    refiner = release(tmp_path / "refiner", "StableDiffusionXLImg2ImgPipeline", unet=REFINER)
    both = family(refiner, release(tmp_path / "base"))
    plan = draft(read("a fox --ar 16:9")[0], both.defaults())
    assert knobs(plan) == [(name, 50, "euler", "leading+1", 5.0) for name in ("base", "refiner")]
    assert [(stage.start, stage.end) for stage in plan.stages] == [(0.0, 0.8), (0.8, 1.0)]
    assert (plan.width, plan.height) == (1344, 768)
    assert (both.defaults().pixels, both.defaults().multiple) == (1024**2, 64)
    assert draft(read("a fox --ar 4:1")[0], both.defaults()).width == 2048
    assert len(draft(read("a fox --stop 70")[0], both.defaults()).stages) == 1


@pytest.mark.parametrize(
    ("changes", "chosen"),
    [
        ({"unet": {**BASE, "in_channels": 9}}, (50, "euler", "leading+1", 7.5)),
        ({"scheduler": EDM}, (50, "dpm++2m", "karras", 3.0)),
        ({"scheduler": {**EDM, "_class_name": "EDMEulerScheduler"}}, (50, "euler", "karras", 5.0)),
        (
            {"scheduler": {**EULER, "_class_name": "EulerAncestralDiscreteScheduler"}},
            (50, "euler-ancestral", "leading+1", 3.0),
        ),
        (
            {
                "scheduler": {
                    "_class_name": "EulerAncestralDiscreteScheduler",
                    "timestep_spacing": "trailing",
                }
            },
            (1, "euler-ancestral", "trailing", 1.0),
        ),
    ],
)
def test_taste(changes: dict[str, Any], chosen: tuple[Any, ...]) -> None:
    assert taste(facts(**changes)) == (*chosen, 0)


# Schedules


def test_times_are_the_released_scheduler_s() -> None:
    theirs = sdxl.scheduler()
    theirs.set_timesteps(50)
    times = noise_path(EULER).times(50, "leading+1")
    assert [t - 1 for t in times[:-1]] == theirs.timesteps.tolist()
    ratios = [noise_path(EULER).ratio(t) for t in times]
    assert ratios == pytest.approx(theirs.sigmas.tolist(), rel=1e-5)


def test_noise_at_the_end_of_the_tables() -> None:
    path = noise_path(EULER)
    assert path.ratio(1000) == pytest.approx(14.6146, abs=1e-4)
    assert path.alpha(1000) ** 2 == pytest.approx(4.660e-3, abs=1e-6)
    pure = noise_path({**EULER, "rescale_betas_zero_snr": True, "prediction_type": "v_prediction"})
    assert pure.ratio(1000) == inf and pure.alpha(1) == pytest.approx(path.alpha(1))
    edm = noise_path(EDM)
    assert (edm.sigma_data / edm.span.high) ** 2 == pytest.approx(3.9e-5, rel=2e-3)


@pytest.mark.parametrize("kind", ["EDMEulerScheduler", "EDMDPMSolverMultistepScheduler"])
def test_edm_is_the_released_scheduler_s(kind: str) -> None:
    theirs, path = sdxl.edm(kind), noise_path(EDM)
    theirs.set_timesteps(50)
    times = path.times(50, "karras")
    assert times == pytest.approx(theirs.sigmas.tolist(), rel=3e-5)  # theirs are float32
    assert [path.net_time(t) for t in times[:-1]] == pytest.approx(theirs.timesteps.tolist(), rel=3e-5)


# What belongs together


def test_claims(tmp_path: Path) -> None:
    base, refiner = release(tmp_path / "base"), release(tmp_path / "refiner", unet=REFINER)
    assert claim(()) is None and claim((tmp_path,)) is None
    assert claim((base, refiner)) == claim((refiner, base))
    for paths in (
        (base, base),
        (base, release(tmp_path / "other")),
        (refiner, release(tmp_path / "x", unet=REFINER)),
    ):
        assert claim(paths) is None
    assert claim((release(tmp_path / "sd", "StableDiffusionPipeline"),)) is None
    assert claim((release(tmp_path / "pix", unet={**BASE, "in_channels": 8}),)) is None
    torn = release(tmp_path / "torn")
    (torn / "vae" / "config.json").unlink()
    assert claim((torn,)) is None
    found = family(base)
    assert found.missing() == tuple(base / name for name in ("text_encoder", "text_encoder_2", "unet", "vae"))
