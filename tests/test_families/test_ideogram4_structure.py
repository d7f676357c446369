"""Ideogram 4 without its weights: paper-size counts, texts, steps, tokens, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch

from sfumato.engine import Ladder
from sfumato.engine.guidance import ClassifierFree
from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.models.ideogram4 import Ideogram4, claim
from sfumato.models.ideogram4.model import latents, tokens
from sfumato.models.ideogram4.schedule import path_of, polished
from tinies import ideogram4 as tiny
from tinies.beside import planned
from tinies.flights import fly, gap
from tinies.released import Part, paper

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

SCHEDULER = MappingProxyType({"_class_name": "FlowMatchEulerDiscreteScheduler"})
QWEN3_VL_8B = MappingProxyType(
    {
        "text_config": {
            "vocab_size": 151936,
            "hidden_size": 4096,
            "intermediate_size": 12288,
            "num_hidden_layers": 36,
            "num_attention_heads": 32,
            "num_key_value_heads": 8,
            "head_dim": 128,
        },
        "vision_config": {
            "depth": 27,
            "hidden_size": 1152,
            "intermediate_size": 4304,
            "out_hidden_size": 4096,
        },
    }
)
VAE = MappingProxyType(
    {
        "_class_name": "AutoencoderKLFlux2",
        "block_out_channels": (128, 256, 512, 512),
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
        "latent_channels": 32,
    }
)
TRANSFORMER = MappingProxyType({"_class_name": "Ideogram4Transformer2DModel", "in_channels": 128})
STREAM = ("diffusers", "Ideogram4Transformer2DModel", TRANSFORMER)
PARTS: MappingProxyType[str, Part] = MappingProxyType(
    {
        "scheduler": ("diffusers", "FlowMatchEulerDiscreteScheduler", SCHEDULER),
        "text_encoder": ("transformers", "Qwen3VLModel", QWEN3_VL_8B),
        "tokenizer": ("transformers", "Qwen2Tokenizer", {}),
        "transformer": STREAM,
        "unconditional_transformer": STREAM,
        "vae": ("diffusers", "AutoencoderKLFlux2", VAE),
    }
)


def test_paper_size(tmp_path: Path) -> None:
    """9.3B twice, as published; the language model is Qwen3-VL-8B without its head."""
    folder = paper(tmp_path, "Ideogram4Pipeline", PARTS)
    assert parameters(Repository(folder)) == {
        "text_encoder": 8_767_123_696 - 622_329_856,
        "transformer": 9_279_288_448,
        "unconditional_transformer": 9_279_288_448,
        "vae": 84_046_115,
    }
    family = claim((folder,))
    assert family is not None and family.summary.startswith("Ideogram 4 (")
    assert (family.release.side, family.release.multiple) == (2048, 16)
    assert len(family.missing()) == 4


@pytest.mark.parametrize("n", [4, 48])
@pytest.mark.parametrize(("height", "width"), [(512, 512), (2048, 2048), (1024, 1536)])
def test_sigmas_are_those_of_diffusers(n: int, height: int, width: int) -> None:
    from diffusers.pipelines.ideogram4 import pipeline_ideogram4 as theirs

    mean = theirs._resolution_aware_mu(height, width, 0.0)
    sigmas = theirs._logit_normal_sigmas(n, mean, std=1.5)
    times = path_of(8).times(n, "linear", 1.0, (32, height // 8, width // 8))
    assert (torch.tensor(times[:-1]) - sigmas).abs().max() < 1e-6 and times[-1] == 0
    other = path_of(8).times(n, "linear", 1.0, (32, 16, 16))
    assert (torch.tensor(other[:-1]) - sigmas).abs().max() > 1e-2


def test_a_shift_spends_more_steps_on_noise() -> None:
    usual, later = (path_of(8).times(8, "linear", shift, (32, 64, 64)) for shift in (1.0, 3.0))
    assert all(high > low for high, low in zip(later[1:-1], usual[1:-1], strict=True))


def test_a_run_begins_in_noise_of_full_strength() -> None:
    """Where its first time is already a little below 1."""
    path = path_of(8)
    first = path.times(4, "linear", 1.0, (32, 64, 64))[0]
    assert 0.9998 < first < 1 and path.prior(first) == 1


@pytest.mark.parametrize(("steps", "late"), [(48, 3), (20, 2), (12, 1), (1, 1)])
def test_the_last_sixteenth_has_a_third_of_the_pull(steps: int, late: int) -> None:
    ladder = Ladder(path_of(8), path_of(8).times(steps, "linear", 1.0, (32, 64, 64)))
    found = polished(ClassifierFree("base", 7.0, {"part.0": 1.0}), ladder)
    scales = [found._at(t).scale for t in ladder.times[:-1]]
    assert scales == [7.0] * (steps - late) + [3.0] * late


def test_tokens_are_read_place_by_place() -> None:
    """A token's first numbers are all channels of its upper left place."""
    x = torch.arange(2 * 4 * 6).reshape(1, 2, 4, 6).float()
    found, (height, width) = tokens(x)
    assert found.shape == (1, 6, 8) and (height, width) == (2, 3)
    assert torch.equal(found[0, 1], torch.tensor([2.0, 26, 3, 27, 8, 32, 9, 33]))
    assert torch.equal(latents(found, height, width), x)


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Ideogram4:
    found = claim(tiny.write(tmp_path_factory.mktemp("ideogram")))
    assert found is not None
    return found


def test_texts_are_as_long_as_they_are(family: Ideogram4) -> None:
    read = family.open("cpu", "float32").stages[0].read  # pyright: ignore
    short, long = read("a red fox")["text"], read("a red fox in the snow {}")["text"]
    assert 0 < len(short) < len(long) and short.shape[1] == tiny.HIDDEN * tiny.HEARD
    assert read("a red fox " * 2000)["text"].shape == (2048, tiny.HIDDEN * tiny.HEARD)
    assert not read.encoder.language_model.layers[0]._forward_hooks


def test_rows_of_one_pass_do_not_know_each_other(family: Ideogram4) -> None:
    model, plans = family.open("cpu", "float32"), [planned(family, text, 7) for text in ("a fox", "a sea")]
    together = fly(model, plans)
    assert max(together.rows) == 2
    for plan, x in zip(plans, together.x, strict=True):
        assert gap(x, fly(model, [plan]).x[0]) < 1e-5


# What it chooses and refuses


def test_defaults_are_the_release_s(family: Ideogram4) -> None:
    defaults = family.defaults()
    (stage,) = defaults.stages
    assert (stage.steps, stage.guidance, stage.shift) == (48, 7.0, 1.0)
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
def test_refused(family: Ideogram4, change: dict[str, Any], words: str) -> None:
    assert any(words in sentence for sentence in family.check(planned(family, "a fox", 7, **change)))
    assert family.check(planned(family, "a fox", 7)) == ()


def test_a_negative_prompt_is_refused_and_what_is_not_wanted_is_not(family: Ideogram4) -> None:
    plan = planned(family, "a fox", 7)
    (said,) = family.check(plan.model_copy(update={"negative": "fog"}))
    assert "knows no words" in said
    assert family.check(planned(family, "a fox --no fog", 7)) == ()


def test_what_is_missing_or_packed_is_named(tmp_path: Path) -> None:
    folder = paper(tmp_path, "Ideogram4Pipeline", PARTS)
    file = folder / "transformer" / "config.json"
    packed = {**TRANSFORMER, "quantization_config": {"quant_method": "bitsandbytes"}}
    file.write_text(json.dumps(packed), encoding="utf-8")
    with pytest.raises(UnknownModel, match=r"keeps transformer in a number format .* release in bfloat16"):
        claim((folder,))
    (folder / "unconditional_transformer" / "config.json").unlink()
    (folder / "unconditional_transformer").rmdir()
    with pytest.raises(UnknownModel, match="without unconditional_transformer"):
        claim((folder,))
    assert claim(()) is None and claim((folder, folder)) is None


def test_no_torch_before_open(family: Ideogram4) -> None:
    code = (
        "import sys; from pathlib import Path; from sfumato.language import read\n"
        "from sfumato.models.ideogram4 import claim; from sfumato.plan import draft\n"
        "family = claim((Path(sys.argv[1]),)); plan = draft(read('a fox')[0], family.defaults())\n"
        "print(family.check(plan), family.notes(plan), family.missing(), family.summary)\n"
        "print('torch' in sys.modules or 'diffusers' in sys.modules)"
    )
    told = [sys.executable, "-c", code, str(family.path)]
    done = subprocess.run(told, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("() () () Ideogram 4 (")
    assert done.stdout.splitlines()[1] == "False"
