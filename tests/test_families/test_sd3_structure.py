"""Stable Diffusion 3 without its weights: paper-size counts, texts, schedules, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch

from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.family import UnknownModel
from sfumato.models.sd3 import Sd3, claim
from sfumato.plan import Input
from tinies import sd3 as tiny
from tinies.beside import planned, staged
from tinies.flights import fly, gap
from tinies.released import T5_COUNT, T5_XXL, VAE, Part, paper

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

CLIP_L = MappingProxyType(
    {
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "projection_dim": 768,
    }
)
CLIP_G = MappingProxyType(
    {
        "hidden_size": 1280,
        "intermediate_size": 5120,
        "num_hidden_layers": 32,
        "num_attention_heads": 20,
        "projection_dim": 1280,
    }
)
VAE_16 = {
    **VAE,
    "latent_channels": 16,
    "scaling_factor": 1.5305,
    "shift_factor": 0.0609,
    "use_quant_conv": False,
    "use_post_quant_conv": False,
}
SCHEDULER = {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0, "num_train_timesteps": 1000}


def transformer(width: int, **changes: Any) -> dict[str, Any]:
    """An MMDiT has as many blocks as heads, of 64 channels each."""
    return {
        "sample_size": 128,
        "patch_size": 2,
        "in_channels": 16,
        "out_channels": 16,
        "num_layers": width,
        "num_attention_heads": width,
        "attention_head_dim": 64,
        "joint_attention_dim": 4096,
        "caption_projection_dim": 64 * width,
        "pooled_projection_dim": 2048,
        "pos_embed_max_size": 192,
        **changes,
    }


PAPER = {
    "3 medium": (transformer(24), 2_028_328_000),
    "3.5 medium": (
        transformer(24, dual_attention_layers=tuple(range(13)), qk_norm="rms_norm", pos_embed_max_size=384),
        2_243_171_520,
    ),
    "3.5 large": (transformer(38, qk_norm="rms_norm"), 8_056_627_520),
}


def parts(kind: str, reads_t5: bool = True) -> dict[str, Part]:
    long: dict[str, Part] = {
        "text_encoder_3": ("transformers", "T5EncoderModel", T5_XXL),
        "tokenizer_3": ("transformers", "T5TokenizerFast", {}),
    }
    return {
        "scheduler": ("diffusers", "FlowMatchEulerDiscreteScheduler", SCHEDULER),
        "text_encoder": ("transformers", "CLIPTextModelWithProjection", CLIP_L),
        "text_encoder_2": ("transformers", "CLIPTextModelWithProjection", CLIP_G),
        **(long if reads_t5 else {}),
        "tokenizer": ("transformers", "CLIPTokenizer", {}),
        "tokenizer_2": ("transformers", "CLIPTokenizer", {}),
        "transformer": ("diffusers", "SD3Transformer2DModel", PAPER[kind][0]),
        "vae": ("diffusers", "AutoencoderKL", VAE_16),
    }


@pytest.mark.parametrize("kind", PAPER)
def test_paper_size(tmp_path: Path, kind: str) -> None:
    folder = paper(tmp_path, "StableDiffusion3Pipeline", parts(kind))
    assert parameters(Repository(folder)) == {
        "transformer": PAPER[kind][1],
        "text_encoder": 123_060_480 + 768 * 768,
        "text_encoder_2": 694_659_840,
        "text_encoder_3": T5_COUNT,
        "vae": 83_819_683,
    }
    family = claim((folder,))
    assert family is not None and family.summary.startswith(f"Stable Diffusion {kind} (")
    assert (family.release.side, family.release.multiple) == (1024, 16)
    assert len(family.missing()) == 5


def test_turbo_is_known_by_its_folder(tmp_path: Path) -> None:
    folder = paper(tmp_path / "sd-3.5-large-Turbo", "StableDiffusion3Pipeline", parts("3.5 large"))
    family = claim((folder,))
    assert family is not None
    assert (family.variant.title[-5:], family.variant.steps, family.variant.guidance) == ("turbo", 4, 1.0)


@pytest.mark.parametrize("named", [True, False])
def test_t5_may_be_left_away(tmp_path: Path, named: bool) -> None:
    """Null in the index, or not downloaded."""
    folder = paper(tmp_path, "StableDiffusion3Pipeline", parts("3 medium", reads_t5=False))
    index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    index["text_encoder_3"] = ["transformers", "T5EncoderModel"] if named else [None, None]
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    family = claim((folder,))
    assert family is not None and family.summary.endswith("without T5")
    assert [path.name for path in family.missing()] == list(family.release.networks)
    assert "text_encoder_3" not in family.release.networks


# Schedule


@pytest.mark.parametrize("n", [4, 28, 40])
@pytest.mark.parametrize("shift", [1.0, 3.0])
def test_sigmas_are_those_of_diffusers(n: int, shift: float) -> None:
    from diffusers import FlowMatchEulerDiscreteScheduler

    scheduler = FlowMatchEulerDiscreteScheduler(shift=shift)
    scheduler.set_timesteps(n)
    path = noise_path(SCHEDULER)
    times = path.times(n, "linspace", shift)
    assert (torch.tensor(times) - scheduler.sigmas).abs().max() < 1e-6
    assert (torch.tensor([path.net_time(t) for t in times[:-1]]) - scheduler.timesteps).abs().max() < 1e-3
    other = torch.tensor(path.times(n, "linear", shift))
    assert (other - scheduler.sigmas).abs().max() > 5e-3


def test_shifts_multiply() -> None:
    path = noise_path(SCHEDULER)
    for t in path.times(9, "linear", 1.0)[1:-1]:
        once, twice = (s * t / (1 + (s - 1) * t) for s in (2.0, 6.0))
        assert 3 * once / (1 + 2 * once) == pytest.approx(twice)


# Texts


@pytest.fixture(scope="module")
def with_t5(tmp_path_factory: pytest.TempPathFactory) -> Sd3:
    found = claim(tiny.medium_35(tmp_path_factory.mktemp("sd3")))
    assert found is not None
    return found


def test_layout_of_the_texts(with_t5: Sd3) -> None:
    read = with_t5.open("cpu", "float32").stages[0].read  # pyright: ignore
    one = read("a red fox")
    assert one["text"].shape == (77 + 256, tiny.WORDS) and one["pooled"].shape == (2 * tiny.POOLED,)
    assert not one["text"][:77, 2 * tiny.CLIP :].any()
    assert one["text"][:77, : 2 * tiny.CLIP].all() and one["text"][77:].all()
    assert read("a red fox " * 200)["text"].shape == one["text"].shape


def test_without_t5_its_place_is_empty(tmp_path: Path) -> None:
    family = claim(tiny.medium(tmp_path))
    assert family is not None
    text = family.open("cpu", "float32").stages[0].read("a red fox")["text"]  # pyright: ignore
    assert text.shape == (333, tiny.WORDS) and not text[77:].any()


# What it chooses and refuses


def test_defaults_are_the_release_s(with_t5: Sd3) -> None:
    defaults = with_t5.defaults()
    (stage,) = defaults.stages
    assert (stage.steps, stage.guidance, stage.shift) == (40, 4.5, 3.0)
    assert (stage.sampler, stage.schedule) == ("euler", "linspace")
    assert (defaults.pixels, defaults.multiple) == (64 * 64, 8)


def test_a_shift_that_moves_is_the_path_s(tmp_path: Path) -> None:
    (folder,) = tiny.large(tmp_path)
    file = folder / "scheduler" / "scheduler_config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**config, "use_dynamic_shifting": True}), encoding="utf-8")
    family = claim((folder,))
    assert family is not None and family.defaults().stages[0].shift == 1.0
    assert noise_path(family.release.scheduler).line is not None


REFUSED = (
    ({"schedule": "leading"}, "take linear"),
    ({"width": 68}, "multiples of 8"),
    ({"width": 264}, "no places beyond 256 px"),
    ({"start": 0.5}, "give it a start picture"),
    ({"weights": "0" * 64}, "needs other base weights"),
    ({"image_guidance": 1.5}, "image guidance"),
)


@pytest.mark.parametrize(("change", "words"), REFUSED)
def test_refused(with_t5: Sd3, change: dict[str, Any], words: str) -> None:
    assert any(words in sentence for sentence in with_t5.check(planned(with_t5, "a fox", 7, **change)))
    assert with_t5.check(planned(with_t5, "a fox", 7)) == ()


def test_larger_pictures_are_seen_through_windows(with_t5: Sd3) -> None:
    plan = planned(with_t5, "a fox", 7, width=264, height=48, window=128, steps=2)
    assert with_t5.check(plan) == ()
    model = with_t5.open("cpu", "float32")
    assert fly(model, [plan]).x[0].shape == (tiny.CHANNELS, 12, 66)
    with pytest.raises(ValueError, match="pos_embed_max_size"):
        fly(model, [staged(plan, window=0)])


def test_a_start_that_is_not_seen_is_said(with_t5: Sd3) -> None:
    inputs = (Input(role="start", hash="1" * 64),)
    plan = planned(with_t5, "a fox", 7).model_copy(update={"inputs": inputs})
    assert "no effect" in with_t5.notes(plan)[0] and with_t5.notes(staged(plan, start=0.5)) == ()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    folder = paper(tmp_path, "StableDiffusion3Pipeline", parts("3 medium"))
    (folder / "vae" / "config.json").unlink()
    (folder / "vae").rmdir()
    with pytest.raises(UnknownModel, match="without vae"):
        claim((folder,))
    assert claim(()) is None and claim((folder, folder)) is None


def test_last_block_reads_words_and_leaves_them(with_t5: Sd3) -> None:
    """Its words go nowhere, so it has nothing to change them with."""
    blocks = with_t5.open("cpu", "float32").look.transformer.transformer_blocks  # pyright: ignore
    assert [block.context_pre_only for block in blocks] == [False, False, True]
    assert [block.ff_context is None for block in blocks] == [False, False, True]
    assert [block.attn2 is None for block in blocks] == [False, False, True]


def test_rows_of_one_pass_do_not_know_each_other(with_t5: Sd3) -> None:
    model, plans = with_t5.open("cpu", "float32"), [planned(with_t5, text, 7) for text in ("a fox", "a car")]
    together = fly(model, plans)
    assert set(together.rows) == {4}
    for plan, x in zip(plans, together.x, strict=True):
        assert gap(x, fly(model, [plan]).x[0]) < 1e-5


def test_no_torch_before_open(with_t5: Sd3) -> None:
    code = (
        "import sys; from pathlib import Path; from sfumato.language import read\n"
        "from sfumato.models.sd3 import claim; from sfumato.plan import draft\n"
        "family = claim((Path(sys.argv[1]),)); plan = draft(read('a fox')[0], family.defaults())\n"
        "print(family.check(plan), family.notes(plan), family.missing(), family.accepts, family.summary)\n"
        "print('torch' in sys.modules or 'diffusers' in sys.modules)"
    )
    told = [sys.executable, "-c", code, str(with_t5.path)]
    done = subprocess.run(told, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("() () () frozenset({'start'}) Stable Diffusion 3.5 medium")
    assert done.stdout.splitlines()[1] == "False"
