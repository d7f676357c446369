"""Z-Image without its weights: paper-size counts, texts, steps, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.models.z_image import ZImage, claim
from sfumato.plan import Input
from tinies import z_image as tiny
from tinies.beside import planned, staged
from tinies.flights import fly, gap
from tinies.released import VAE, Part, paper

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

QWEN3_4B = MappingProxyType(
    {
        "vocab_size": 151936,
        "hidden_size": 2560,
        "intermediate_size": 9728,
        "num_hidden_layers": 36,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "tie_word_embeddings": True,
    }
)
VAE_16 = {
    **VAE,
    "latent_channels": 16,
    "sample_size": 1024,
    "scaling_factor": 0.3611,
    "shift_factor": 0.1159,
    "use_quant_conv": False,
    "use_post_quant_conv": False,
}
TRANSFORMER = MappingProxyType(
    {
        "in_channels": 16,
        "dim": 3840,
        "n_layers": 30,
        "n_refiner_layers": 2,
        "n_heads": 30,
        "n_kv_heads": 30,
        "cap_feat_dim": 2560,
        "axes_dims": (32, 48, 48),
        "axes_lens": (1536, 512, 512),
    }
)


def parts(shift: float) -> dict[str, Part]:
    scheduler = {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": shift}
    return {
        "scheduler": ("diffusers", "FlowMatchEulerDiscreteScheduler", scheduler),
        "text_encoder": ("transformers", "Qwen3Model", QWEN3_4B),
        "tokenizer": ("transformers", "Qwen2Tokenizer", {}),
        "transformer": ("diffusers", "ZImageTransformer2DModel", TRANSFORMER),
        "vae": ("diffusers", "AutoencoderKL", VAE_16),
    }


def test_paper_size(tmp_path: Path) -> None:
    """6B as published; Qwen3-4B without its head, which shares the embedding's weights."""
    folder = paper(tmp_path, "ZImagePipeline", parts(6.0))
    assert parameters(Repository(folder)) == {
        "text_encoder": 4_022_468_096,
        "transformer": 6_154_908_736,
        "vae": 83_819_683,
    }
    family = claim((folder,))
    assert family is not None and family.summary.startswith("Z-Image (")
    assert (family.release.side, family.release.multiple) == (1024, 16)
    assert len(family.missing()) == 3


@pytest.mark.parametrize(("name", "shift"), [("Z-Image-Turbo", 6.0), ("folder", 3.0)])
def test_turbo_is_known_by_its_folder_or_its_shift(tmp_path: Path, name: str, shift: float) -> None:
    family = claim((paper(tmp_path / name, "ZImagePipeline", parts(shift)),))
    assert family is not None
    assert family.variant == ("Z-Image Turbo", 8, 1.0)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> ZImage:
    found = claim(tiny.whole(tmp_path_factory.mktemp("z")))
    assert found is not None
    return found


def test_texts_are_as_long_as_they_are(base: ZImage) -> None:
    read = base.open("cpu", "float32").stages[0].read  # pyright: ignore
    short, long = read("a red fox")["text"], read("a red fox in the snow")["text"]
    assert 0 < len(short) < len(long) and short.shape[1] == tiny.WORDS
    assert read("a red fox " * 400)["text"].shape == (512, tiny.WORDS)
    assert len(read("")["text"]) > 0


def test_rows_of_one_pass_do_not_know_each_other(base: ZImage) -> None:
    model, plans = base.open("cpu", "float32"), [planned(base, text, 7) for text in ("a fox", "a blue car")]
    together = fly(model, plans)
    assert set(together.rows) == {4}
    for plan, x in zip(plans, together.x, strict=True):
        assert gap(x, fly(model, [plan]).x[0]) < 1e-5


# What it chooses and refuses


def test_defaults_are_the_release_s(base: ZImage) -> None:
    defaults = base.defaults()
    (stage,) = defaults.stages
    assert (stage.steps, stage.guidance, stage.shift) == (50, 5.0, 6.0)
    assert (stage.sampler, stage.schedule) == ("euler", "linear")
    assert (defaults.pixels, defaults.multiple) == (64 * 64, 8)


REFUSED = (
    ({"schedule": "leading"}, "take linear"),
    ({"width": 68}, "multiples of 8"),
    ({"width": 264}, "no places beyond 256 px"),
    ({"start": 0.5}, "give it a start picture"),
    ({"weights": "0" * 64}, "needs other base weights"),
    ({"image_guidance": 1.5}, "image guidance"),
)


@pytest.mark.parametrize(("change", "words"), REFUSED)
def test_refused(base: ZImage, change: dict[str, Any], words: str) -> None:
    assert any(words in sentence for sentence in base.check(planned(base, "a fox", 7, **change)))
    assert base.check(planned(base, "a fox", 7)) == ()


def test_larger_pictures_are_seen_through_windows(base: ZImage) -> None:
    plan = planned(base, "a fox", 7, width=264, height=48, window=128, steps=2)
    assert base.check(plan) == ()
    model = base.open("cpu", "float32")
    assert fly(model, [plan]).x[0].shape == (tiny.CHANNELS, 12, 66)
    with pytest.raises(IndexError):
        fly(model, [staged(plan, window=0)])


def test_a_start_that_is_not_seen_is_said(base: ZImage) -> None:
    inputs = (Input(role="start", hash="1" * 64),)
    plan = planned(base, "a fox", 7).model_copy(update={"inputs": inputs})
    assert "no effect" in base.notes(plan)[0] and base.notes(staged(plan, start=0.5)) == ()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    folder = paper(tmp_path, "ZImagePipeline", parts(3.0))
    (folder / "vae" / "config.json").unlink()
    (folder / "vae").rmdir()
    with pytest.raises(UnknownModel, match="without vae"):
        claim((folder,))
    assert claim(()) is None and claim((folder, folder)) is None


def test_no_torch_before_open(base: ZImage) -> None:
    code = (
        "import sys; from pathlib import Path; from sfumato.language import read\n"
        "from sfumato.models.z_image import claim; from sfumato.plan import draft\n"
        "family = claim((Path(sys.argv[1]),)); plan = draft(read('a fox')[0], family.defaults())\n"
        "print(family.check(plan), family.notes(plan), family.missing(), family.summary)\n"
        "print('torch' in sys.modules or 'diffusers' in sys.modules)"
    )
    told = [sys.executable, "-c", code, str(base.path)]
    done = subprocess.run(told, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("() () () Z-Image (")
    assert done.stdout.splitlines()[1] == "False"
