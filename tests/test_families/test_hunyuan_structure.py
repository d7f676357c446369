"""Hunyuan-DiT without its weights: paper-size counts, places, schedules, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch

from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import noise_path, steps
from sfumato.models.family import UnknownModel
from sfumato.models.hunyuan import Hunyuan, claim
from sfumato.models.hunyuan.model import sizes
from sfumato.models.hunyuan.places import region, rotary
from sfumato.plan import Input
from tinies import hunyuan as tiny
from tinies.beside import planned, staged
from tinies.released import VAE, VAE_COUNT, Part, paper

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

TRANSFORMER = MappingProxyType(
    {
        "activation_fn": "gelu-approximate",
        "attention_head_dim": 88,
        "cross_attention_dim": 1024,
        "cross_attention_dim_t5": 2048,
        "hidden_size": 1408,
        "in_channels": 4,
        "learn_sigma": True,
        "mlp_ratio": 4.3637,
        "num_attention_heads": 16,
        "num_layers": 40,
        "patch_size": 2,
        "pooled_projection_dim": 1024,
        "sample_size": 128,
        "text_len": 77,
        "text_len_t5": 256,
    }
)
BERT = MappingProxyType(
    {
        "vocab_size": 47020,
        "hidden_size": 1024,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "intermediate_size": 4096,
    }
)
MT5_XL = MappingProxyType(
    {
        "d_model": 2048,
        "d_ff": 5120,
        "d_kv": 64,
        "num_heads": 32,
        "num_layers": 24,
        "feed_forward_proj": "gated-gelu",
        "vocab_size": 250112,
    }
)
SCHEDULER = MappingProxyType(
    {
        "_class_name": "DDPMScheduler",
        "beta_start": 0.00085,
        "beta_end": 0.03,
        "beta_schedule": "scaled_linear",
        "prediction_type": "v_prediction",
        "steps_offset": 1,
        "clip_sample": False,
        "timestep_spacing": "leading",
    }
)
PAPER = {
    "1.1": ({}, 1_516_534_048),
    "1.2": ({"use_style_cond_and_image_meta_size": False}, 1_499_952_032),
}


def parts(kind: str) -> dict[str, Part]:
    return {
        "scheduler": ("diffusers", "DDPMScheduler", SCHEDULER),
        "text_encoder": ("transformers", "BertModel", BERT),
        "text_encoder_2": ("transformers", "T5EncoderModel", MT5_XL),
        "tokenizer": ("transformers", "BertTokenizer", {}),
        "tokenizer_2": ("transformers", "T5Tokenizer", {}),
        "transformer": ("diffusers", "HunyuanDiT2DModel", {**TRANSFORMER, **PAPER[kind][0]}),
        "vae": ("diffusers", "AutoencoderKL", VAE),
    }


@pytest.mark.parametrize("kind", PAPER)
def test_paper_size(tmp_path: Path, kind: str) -> None:
    folder = paper(tmp_path, "HunyuanDiTPipeline", parts(kind))
    assert parameters(Repository(folder)) == {
        "transformer": PAPER[kind][1],
        "text_encoder": 352_035_840,
        "text_encoder_2": 1_669_958_656,
        "vae": VAE_COUNT,
    }
    family = claim((folder,))
    assert family is not None and kind in family.summary
    assert (family.release.side, family.release.multiple) == (1024, 16)
    assert family.missing() == tuple(tmp_path / name for name in family.release.networks)


# Places


@pytest.mark.parametrize(
    ("rows", "columns", "corners"),
    [
        (64, 64, ((0, 0), (32, 32))),
        (48, 80, ((6, 0), (25, 32))),
        (80, 48, ((0, 6), (32, 25))),
        (60, 80, ((4, 0), (28, 32))),
        (16, 16, ((0, 0), (32, 32))),
    ],
)
def test_every_picture_lies_in_the_middle_of_one_grid(rows: int, columns: int, corners: Any) -> None:
    from diffusers.pipelines.hunyuandit.pipeline_hunyuandit import get_resize_crop_region_for_grid

    assert region(rows, columns, 32) == corners == get_resize_crop_region_for_grid((rows, columns), 32)


def test_the_first_half_turns_with_the_column() -> None:
    cosines, sines = (turn.unflatten(0, (3, 5)) for turn in rotary(3, 5, 2, 16))
    assert cosines.shape == (3, 5, 16)
    for turn in (cosines, sines):
        assert torch.equal(turn[0, :, :8], turn[2, :, :8]) and torch.equal(turn[:, 0, 8:], turn[:, 4, 8:])
        assert torch.equal(turn[..., ::2], turn[..., 1::2])
    across = torch.arange(5) * 32 / 5  # of 5 columns, 32 wide
    assert torch.allclose(cosines[0, :, 0], across.cos(), atol=1e-5)
    down = torch.arange(3) * 19 / 3 + 6  # 3 rows of 5 are 19 of 32 high, and begin at 6
    assert torch.allclose(sines[:, 0, 8], down.sin(), atol=1e-5)


@pytest.mark.parametrize("side", [8, 32, 64])
def test_a_square_has_diffusers_table(side: int) -> None:
    from diffusers.models.embeddings import get_2d_rotary_pos_embed

    theirs = get_2d_rotary_pos_embed(88, ((0, 0), (32, 32)), (side, side))
    for ours, turn in zip(rotary(side, side, 2, 88), theirs, strict=True):
        assert torch.allclose(ours, turn, atol=2e-5)


# Schedule


@pytest.mark.parametrize("n", [4, 25, 50])
def test_times_are_those_of_the_release(n: int) -> None:
    from diffusers import DDPMScheduler

    scheduler = DDPMScheduler.from_config(dict(SCHEDULER))
    scheduler.set_timesteps(n)
    path, walk = noise_path(SCHEDULER), steps(SCHEDULER)
    assert tuple(walk) == ("ddpm", "leading+1") and path.predicts == "v"
    assert [path.net_time(t) for t in path.times(n, walk.schedule)[:-1]] == scheduler.timesteps.tolist()


@pytest.mark.parametrize(("last", "left", "ratio"), [(0.02, 2.30e-4, 65.93), (0.03, 5.67e-6, 419.9)])
def test_what_is_left_at_the_last_time(last: float, left: float, ratio: float) -> None:
    path = noise_path({**SCHEDULER, "beta_end": last})
    assert path.alpha(1000) ** 2 == pytest.approx(left, rel=2e-3)
    assert path.ratio(1000) == pytest.approx(ratio, rel=1e-3)


# What it reads and refuses


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Hunyuan:
    found = claim(tiny.version_11(tmp_path_factory.mktemp("hunyuan")))
    assert found is not None
    return found


def test_six_numbers_and_a_style(family: Hunyuan) -> None:
    stage = planned(family, "a fox", 7).stages[0].model_copy(update={"width": 1280, "height": 768})
    numbers = sizes(stage)
    assert numbers["sizes"].tolist() == [1024, 1024, 768, 1280, 0, 0]
    assert numbers["style"].tolist() == 0 and not numbers["style"].is_floating_point()


def test_shapes_of_both_texts(family: Hunyuan) -> None:
    model = family.open("cpu", "float32")
    read = model.stages[0].read("a red fox")  # pyright: ignore
    assert {name: tuple(row.shape) for name, row in read.items()} == {
        "text": (77, 32), "shown": (77,), "long": (256, 32), "long_shown": (256,)
    }  # fmt: skip
    assert (int(read["shown"].sum()), int(read["long_shown"].sum())) == (5, 4)  # both end; CLIP's begins too
    model.close()


def test_defaults_are_the_release_s(family: Hunyuan) -> None:
    defaults = family.defaults()
    (stage,) = defaults.stages
    assert (stage.steps, stage.guidance, stage.sampler, stage.schedule) == (50, 5.0, "ddpm", "leading+1")
    assert (defaults.pixels, defaults.multiple, defaults.maximum_aspect) == (128 * 128, 16, 2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"augment": 0.1}, "augment"),
        ({"height": 120}, "multiples of 16"),
        ({"start": 0.5}, "a start picture"),
    ],
)
def test_refused(family: Hunyuan, change: dict[str, Any], words: str) -> None:
    assert any(words in sentence for sentence in family.check(planned(family, "a fox", 7, **change)))
    assert family.check(planned(family, "a fox", 7)) == ()


def test_a_start_that_is_not_seen_is_said(family: Hunyuan) -> None:
    inputs = (Input(role="start", hash="1" * 64),)
    plan = planned(family, "a fox", 7).model_copy(update={"inputs": inputs})
    assert "no effect" in family.notes(plan)[0] and family.notes(staged(plan, start=0.5)) == ()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    folder = paper(tmp_path, "HunyuanDiTPipeline", parts("1.2"))
    (folder / "text_encoder_2" / "config.json").unlink()
    (folder / "text_encoder_2").rmdir()
    with pytest.raises(UnknownModel, match="without text_encoder_2"):
        claim((folder,))
    assert claim(()) is None and claim((folder, folder)) is None


def test_no_torch_before_open(family: Hunyuan) -> None:
    code = (
        "import sys; from pathlib import Path; from sfumato.language import read\n"
        "from sfumato.models.hunyuan import claim; from sfumato.plan import draft\n"
        "family = claim((Path(sys.argv[1]),)); plan = draft(read('a fox')[0], family.defaults())\n"
        "print(family.check(plan), family.notes(plan), family.missing(), family.accepts, family.summary)\n"
        "print('torch' in sys.modules or 'diffusers' in sys.modules)"
    )
    told = [sys.executable, "-c", code, str(family.path)]
    done = subprocess.run(told, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("() () () frozenset({'start'}) Hunyuan-DiT 1.0 or 1.1")
    assert done.stdout.splitlines()[1] == "False"
