"""Qwen-Image without its weights: paper-size counts, texts, steps, lengths, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch

from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.models.qwen_image import QwenImage, claim
from sfumato.models.qwen_image.guidance import lengths
from sfumato.models.qwen_image.model import path_of
from tinies import qwen_image as tiny
from tinies.beside import planned
from tinies.flights import fly, gap
from tinies.released import Part, paper

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

SCHEDULER = MappingProxyType(
    {
        "_class_name": "FlowMatchEulerDiscreteScheduler",
        "use_dynamic_shifting": True,
        "base_shift": 0.5,
        "max_shift": 0.9,
        "base_image_seq_len": 256,
        "max_image_seq_len": 8192,
        "shift_terminal": 0.02,
    }
)
QWEN25_VL_7B = MappingProxyType(
    {
        "text_config": {
            "vocab_size": 152064,
            "hidden_size": 3584,
            "intermediate_size": 18944,
            "num_hidden_layers": 28,
            "num_attention_heads": 28,
            "num_key_value_heads": 4,
            "max_window_layers": 28,
        },
        "vision_config": {
            "depth": 32,
            "hidden_size": 1280,
            "intermediate_size": 3420,
            "num_heads": 16,
            "out_hidden_size": 3584,
        },
        "tie_word_embeddings": False,
    }
)
VAE = MappingProxyType(
    {"_class_name": "AutoencoderKLQwenImage", "z_dim": 16, "temperal_downsample": (False, True, True)}
)
TRANSFORMER = MappingProxyType(
    {
        "patch_size": 2,
        "in_channels": 64,
        "out_channels": 16,
        "num_layers": 60,
        "attention_head_dim": 128,
        "num_attention_heads": 24,
        "joint_attention_dim": 3584,
        "axes_dims_rope": (16, 56, 56),
    }
)
PARTS: MappingProxyType[str, Part] = MappingProxyType(
    {
        "scheduler": ("diffusers", "FlowMatchEulerDiscreteScheduler", SCHEDULER),
        "text_encoder": ("transformers", "Qwen2_5_VLForConditionalGeneration", QWEN25_VL_7B),
        "tokenizer": ("transformers", "Qwen2Tokenizer", {}),
        "transformer": ("diffusers", "QwenImageTransformer2DModel", TRANSFORMER),
        "vae": ("diffusers", "AutoencoderKLQwenImage", VAE),
    }
)


TITLES = {
    "QwenImagePipeline": "Qwen-Image (",
    "QwenImageEditPipeline": "Qwen-Image-Edit (",
    "QwenImageEditPlusPipeline": "Qwen-Image-Edit Plus (",
}


@pytest.mark.parametrize("pipeline", TITLES)
def test_paper_size(tmp_path: Path, pipeline: str) -> None:
    """20B as published; the language model is Qwen2.5-VL-7B, whose files hold 8.29B."""
    folder = paper(tmp_path, pipeline, {**PARTS, "processor": ("transformers", "Qwen2VLProcessor", {})})
    assert parameters(Repository(folder)) == {
        "text_encoder": 8_292_166_656,
        "transformer": 20_430_401_088,
        "vae": 126_892_531,
    }
    family = claim((folder,))
    assert family is not None and family.summary.startswith(TITLES[pipeline])
    assert (family.release.side, family.release.multiple) == (1024, 16)
    assert len(family.missing()) == 3


@pytest.mark.parametrize("n", [4, 50])
@pytest.mark.parametrize("side", [64, 128])
def test_sigmas_are_those_of_diffusers(n: int, side: int) -> None:
    from diffusers import FlowMatchEulerDiscreteScheduler

    told = {name: value for name, value in SCHEDULER.items() if not name.startswith("_")}
    scheduler = FlowMatchEulerDiscreteScheduler(**told)
    mu = 0.5 + ((side // 2) ** 2 - 256) * 0.4 / (8192 - 256)
    scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / n, n), mu=mu)
    times = path_of(SCHEDULER).times(n, "linear", 1.0, (16, side, side))
    assert (torch.tensor(times) - scheduler.sigmas).abs().max() < 1e-6
    assert times[-2] == pytest.approx(0.02)
    plain = path_of({**SCHEDULER, "shift_terminal": None}).times(n, "linear", 1.0, (16, side, side))
    assert (torch.tensor(plain) - scheduler.sigmas).abs().max() > 1e-3


def test_one_step_goes_all_the_way() -> None:
    assert path_of(SCHEDULER).times(1, "linear", 1.0, (16, 64, 64)) == (1.0, 0.0)


def test_the_length_of_a_token_is_that_of_its_patch() -> None:
    out = torch.zeros(2, 4, 4)
    out[:, :2, :2] = torch.tensor([3.0, 4.0])[:, None, None]  # four places of length 5
    found = lengths(out)
    assert found.shape == (1, 4, 4)
    assert found[0, :2, :2].eq(10).all() and not found[0, 2:].any() and not found[0, :, 2:].any()


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> QwenImage:
    found = claim(tiny.write(tmp_path_factory.mktemp("qwen")))
    assert found is not None
    return found


def test_texts_are_as_long_as_they_are(family: QwenImage) -> None:
    read = family.open("cpu", "float32").stages[0].read  # pyright: ignore
    short, long = read("a red fox")["text"], read("a red fox in the snow {}")["text"]
    assert 0 < len(short) < len(long) and short.shape[1] == tiny.WORDS
    assert read("a red fox " * 400)["text"].shape == (512, tiny.WORDS)
    assert torch.equal(read("")["text"], read(" ")["text"])


def test_rows_of_one_pass_do_not_know_each_other(family: QwenImage) -> None:
    model, plans = family.open("cpu", "float32"), [planned(family, text, 7) for text in ("a fox", "a sea")]
    together = fly(model, plans)
    assert max(together.rows) == 2
    for plan, x in zip(plans, together.x, strict=True):
        assert gap(x, fly(model, [plan]).x[0]) < 1e-5


# What it chooses and refuses


def test_defaults_are_the_release_s(family: QwenImage) -> None:
    defaults = family.defaults()
    (stage,) = defaults.stages
    assert (stage.steps, stage.guidance, stage.shift) == (50, 4.0, 1.0)
    assert (stage.sampler, stage.schedule) == ("euler", "linear")
    assert (defaults.pixels, defaults.multiple) == (64 * 64, 8)


REFUSED = (
    ({"schedule": "leading"}, "take linear"),
    ({"width": 68}, "multiples of 8"),
    ({"start": 0.5}, "give it a start picture"),
    ({"weights": "0" * 64}, "needs other base weights"),
    ({"image_guidance": 1.5}, "image guidance"),
)


@pytest.mark.parametrize(("change", "words"), REFUSED)
def test_refused(family: QwenImage, change: dict[str, Any], words: str) -> None:
    assert any(words in sentence for sentence in family.check(planned(family, "a fox", 7, **change)))
    assert family.check(planned(family, "a fox", 7)) == ()


def test_what_is_said_at_guidance_1(family: QwenImage) -> None:
    plan = planned(family, "a fox", 7, guidance=1.0, rescale=0.5)
    assert "no effect: raise the guidance" in family.notes(plan)[0]
    assert family.notes(planned(family, "a fox", 7, guidance=1.0)) == ()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    folder = paper(tmp_path, "QwenImagePipeline", PARTS)
    (folder / "vae" / "config.json").unlink()
    (folder / "vae").rmdir()
    with pytest.raises(UnknownModel, match="without vae"):
        claim((folder,))
    assert claim(()) is None and claim((folder, folder)) is None


def test_no_torch_before_open(family: QwenImage) -> None:
    code = (
        "import sys; from pathlib import Path; from sfumato.language import read\n"
        "from sfumato.models.qwen_image import claim; from sfumato.plan import draft\n"
        "family = claim((Path(sys.argv[1]),)); plan = draft(read('a fox')[0], family.defaults())\n"
        "print(family.check(plan), family.notes(plan), family.missing(), family.summary)\n"
        "print('torch' in sys.modules or 'diffusers' in sys.modules)"
    )
    told = [sys.executable, "-c", code, str(family.path)]
    done = subprocess.run(told, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("() () () Qwen-Image (")
    assert done.stdout.splitlines()[1] == "False"
