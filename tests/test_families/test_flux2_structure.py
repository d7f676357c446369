"""FLUX.2 without its weights: paper-size counts, texts, steps, places, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from math import exp
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch

from sfumato.engine import Ask, Condition
from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.models.flux2 import Flux2, claim
from sfumato.models.flux2 import pictures as pictures_module
from sfumato.models.flux2.model import _sequence, fitted_mu, path_of, places, text_places
from sfumato.models.flux2.pictures import bounded
from sfumato.models.flux2.texts import depths
from sfumato.plan import Input
from tinies import flux2 as tiny
from tinies.beside import planned
from tinies.flights import fly, gap
from tinies.released import Part, paper

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

SCHEDULER = MappingProxyType(
    {"_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": True, "shift": 3.0}
)
TRANSFORMER = MappingProxyType({"in_channels": 128, "attention_head_dim": 128, "mlp_ratio": 3.0})
SIZES = {
    "dev": {
        "num_layers": 8,
        "num_single_layers": 48,
        "num_attention_heads": 48,
        "joint_attention_dim": 15360,
    },
    "klein 9B": {
        "num_layers": 8,
        "num_single_layers": 24,
        "num_attention_heads": 32,
        "joint_attention_dim": 12288,
    },
    "klein 4B": {
        "num_layers": 5,
        "num_single_layers": 20,
        "num_attention_heads": 24,
        "joint_attention_dim": 7680,
    },
}
MISTRAL = MappingProxyType(
    {
        "text_config": {
            "model_type": "mistral",
            "hidden_size": 5120,
            "intermediate_size": 32768,
            "num_hidden_layers": 40,
            "num_attention_heads": 32,
            "num_key_value_heads": 8,
            "head_dim": 128,
            "vocab_size": 131072,
            "tie_word_embeddings": False,
        },
        "vision_config": {
            "model_type": "pixtral",
            "hidden_size": 1024,
            "intermediate_size": 4096,
            "num_hidden_layers": 24,
            "num_attention_heads": 16,
            "image_size": 1540,
            "patch_size": 14,
        },
        "tie_word_embeddings": False,
    }
)
QWEN = {
    "klein 9B": {"hidden_size": 4096, "intermediate_size": 12288, "tie_word_embeddings": False},
    "klein 4B": {"hidden_size": 2560, "intermediate_size": 9728, "tie_word_embeddings": True},
}
QWEN_BOTH = MappingProxyType(
    {
        "num_hidden_layers": 36,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "vocab_size": 151936,
    }
)
VAE = 84_046_115
# As diffusers' and transformers' own classes count for these configs.
COUNTS = {
    "dev": {"transformer": 32_223_281_152, "text_encoder": 24_011_361_280, "vae": VAE},
    "klein 9B": {"transformer": 9_078_581_248, "text_encoder": 8_190_735_360, "vae": VAE},
    "klein 4B": {"transformer": 3_875_544_576, "text_encoder": 4_022_468_096, "vae": VAE},
}
PUBLISHED = {"dev": (32, 24), "klein 9B": (9, 8), "klein 4B": (4, 4)}


def parts(kind: str) -> dict[str, Part]:
    guided = kind == "dev"
    encoder = "Mistral3ForConditionalGeneration" if guided else "Qwen3ForCausalLM"
    words = MISTRAL if guided else {**QWEN[kind], **QWEN_BOTH}
    transformer = {**TRANSFORMER, **SIZES[kind], "guidance_embeds": guided}
    return {
        "scheduler": ("diffusers", "FlowMatchEulerDiscreteScheduler", SCHEDULER),
        "text_encoder": ("transformers", encoder, words),
        "tokenizer": ("transformers", "PixtralProcessor" if guided else "Qwen2TokenizerFast", {}),
        "transformer": ("diffusers", "Flux2Transformer2DModel", transformer),
        "vae": ("diffusers", "AutoencoderKLFlux2", {"block_out_channels": (128, 256, 512, 512)}),
    }


def released(folder: Path, kind: str, **more: Any) -> Path:
    return paper(folder, "Flux2Pipeline" if kind == "dev" else "Flux2KleinPipeline", {**parts(kind), **more})


@pytest.mark.parametrize("kind", COUNTS)
def test_paper_size(tmp_path: Path, kind: str) -> None:
    counts = parameters(Repository(released(tmp_path, kind)))
    assert counts == COUNTS[kind]
    found = tuple(round(counts[name] / 1e9) for name in ("transformer", "text_encoder"))
    assert found == PUBLISHED[kind]


def test_the_places_of_words_and_layers(tmp_path: Path) -> None:
    """Three layers side by side are as wide as what the transformer takes."""
    assert (depths(40), depths(36)) == ((10, 20, 30), (9, 18, 27))
    for kind, sizes in SIZES.items():
        words: Any = MISTRAL["text_config"] if kind == "dev" else QWEN[kind]
        assert sizes["joint_attention_dim"] == 3 * words["hidden_size"]


# Which model it is


@pytest.mark.parametrize(
    ("kind", "is_distilled", "title"),
    [
        ("dev", None, "FLUX.2 dev"),
        ("klein 9B", True, "FLUX.2 klein"),
        ("klein 4B", False, "FLUX.2 klein base"),
        ("klein 4B", None, "FLUX.2 klein base"),
    ],
)
def test_the_kind_is_read_off_the_files(tmp_path: Path, kind: str, is_distilled: Any, title: str) -> None:
    folder = released(tmp_path, kind)
    if is_distilled is not None:
        index = folder / "model_index.json"
        told = json.loads(index.read_text(encoding="utf-8")) | {"is_distilled": is_distilled}
        index.write_text(json.dumps(told), encoding="utf-8")
    family = claim((folder,))
    assert family is not None
    assert family.summary.startswith(f"{title} ({folder.name})")
    assert (family.release.factor, family.release.multiple, family.release.side) == (8, 16, 1024)
    assert family.missing() == tuple(tmp_path / name for name in ("transformer", "text_encoder", "vae"))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Flux2]:
    @cache
    def written(kind: str) -> Flux2:
        family = claim(tiny.VARIANTS[kind](tmp_path_factory.mktemp(kind)))
        assert family is not None
        return family

    return written


@pytest.mark.parametrize(
    ("kind", "steps", "guidance"), [("dev", 50, 4.0), ("klein", 4, 1.0), ("klein-base", 50, 4.0)]
)
def test_defaults_are_the_release_s(opened, kind: str, steps: int, guidance: float) -> None:
    defaults = opened(kind).defaults()
    (stage,) = defaults.stages
    assert (stage.steps, stage.guidance) == (steps, guidance)
    assert (stage.sampler, stage.schedule, stage.shift, stage.adapters) == ("euler", "linear", 1.0, ())
    assert (defaults.pixels, defaults.multiple) == (64 * 64, 8)


# Schedules


@pytest.mark.parametrize(
    ("width", "height"), [(256, 256), (1024, 1024), (1344, 768), (1040, 1088), (2048, 1024)]
)
@pytest.mark.parametrize("steps", [4, 28, 50, 200])
def test_sigmas_are_those_of_diffusers(width: int, height: int, steps: int) -> None:
    from diffusers import FlowMatchEulerDiscreteScheduler
    from diffusers.pipelines.flux2.pipeline_flux2 import compute_empirical_mu

    tokens = (width // 16) * (height // 16)
    mu = compute_empirical_mu(tokens, steps)
    assert fitted_mu(tokens, steps) == pytest.approx(mu, abs=1e-9)
    scheduler = FlowMatchEulerDiscreteScheduler.from_config(dict(SCHEDULER))
    scheduler.set_timesteps(sigmas=np.linspace(1, 1 / steps, steps).tolist(), mu=mu)
    times = path_of(SCHEDULER).times(steps, "linear", 1.0, (128, height // 16, width // 16))
    assert (torch.tensor(times) - scheduler.sigmas).abs().max() < 1e-6
    other = path_of({}).times(steps, "linear", 1.0, (128, height // 16, width // 16))
    assert (torch.tensor(other) - scheduler.sigmas).abs().max() > 1e-2


def test_the_lines_cross_their_numbers_of_steps() -> None:
    assert fitted_mu(4096, 10) == pytest.approx(8.73809524e-05 * 4096 + 1.89833333)
    assert fitted_mu(4096, 200) == fitted_mu(4096, 200.0) == pytest.approx(0.00016927 * 4096 + 0.45666666)
    assert fitted_mu(4301, 10) == fitted_mu(4301, 200) != fitted_mu(4300, 10)
    assert exp(fitted_mu(4096, 50)) == pytest.approx(7.57, abs=0.01)


# Layouts


def test_places_are_picture_row_column_and_word() -> None:
    assert places(2, 3).tolist() == [[0, r, c, 0] for r in range(2) for c in range(3)]
    assert places(1, 2, picture=2).tolist() == [[20, 0, 0, 0], [20, 0, 1, 0]]
    assert text_places(3).tolist() == [[0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 2]]


def test_references_follow_in_the_sequence_ten_apart() -> None:
    x = torch.zeros(16, 2, 3)
    condition = Condition({"reference.1": torch.ones(16, 1, 1), "reference.2": torch.full((16, 2, 1), 2.0)})
    tokens, where = _sequence([Ask("base", x, 0.5, 0.5, condition)])
    assert tokens.shape == (1, 6 + 1 + 2, 16)
    assert where[:, 0].tolist() == [0] * 6 + [10, 20, 20]
    assert tokens[0, :, 0].tolist() == [0] * 6 + [1, 2, 2]


@pytest.mark.parametrize(
    ("size", "kept"),
    [((64, 88), (64, 88)), ((67, 95), (64, 88)), ((5, 300), (8, 296)), ((256, 32), (224, 24))],
)
def test_a_reference_keeps_its_size_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], kept: tuple[int, int]
) -> None:
    assert pictures_module.LARGEST == 1024**2
    monkeypatch.setattr(pictures_module, "LARGEST", 80 * 80)
    assert bounded(torch.zeros(3, *size), 8).shape == (3, *kept)


def test_what_is_cut_away_is_the_rim() -> None:
    columns = torch.arange(19.0).expand(3, 16, 19) / 20
    assert torch.equal(bounded(columns, 8)[0, 0], torch.arange(1.0, 17.0) / 20)


def test_a_picture_goes_through_the_space_and_back(opened) -> None:
    """x is as even as batch norm made it: cells of 2 x 2 latents, channel by channel."""
    space = opened("klein").open("cpu", "float32").stages[0].space  # pyright: ignore
    assert (space.factor, space.channels) == (8, 16)
    picture = torch.rand(3, 48, 72) * 2 - 1
    x = space.encode(picture)
    assert x.shape == (16, 6, 9)
    coded = space.vae.encode(picture[None]).latent_dist.mode()[0]
    mean, deviation = space.vae.bn.running_mean, (space.vae.bn.running_var + 1e-4).sqrt()
    assert gap(x[5] * deviation[5] + mean[5], coded[1, ::2, 1::2]) < 1e-5  # row 0, column 1 of channel 1
    assert gap(space.decode(x), space.vae.decode(coded[None]).sample[0]) < 1e-5


# What it refuses, and what it leaves out


@pytest.mark.parametrize("kind", ["dev", "klein"])
def test_without_a_null_nothing_is_guided_away_from(opened, kind: str) -> None:
    family = opened(kind)
    plan = planned(family, "a fox", 5).model_copy(update={"negative": "rain"})
    assert any("leave out the negative prompt" in said for said in family.check(plan))
    assert any("interval" in said for said in family.check(planned(family, "a fox", 5, interval=(0.1, 0.9))))


def test_base_takes_a_negative_prompt(opened) -> None:
    family = opened("klein-base")
    plain = planned(family, "a fox", 5)
    negative = plain.model_copy(update={"negative": "rain"})
    assert family.check(negative) == ()
    one, other = fly(family.open("cpu", "float32"), [plain, negative]).x
    assert gap(one, other) > 1e-2


def test_notes(opened) -> None:
    klein, dev = opened("klein"), opened("dev")
    assert "the number 3 has no effect" in klein.notes(planned(klein, "a fox", 5, guidance=3.0))[0]
    heavy = (Input(role="reference", hash="1" * 64, weight=2.0),)
    plan = planned(dev, "a fox", 5).model_copy(update={"inputs": heavy})
    assert dev.check(plan) == () and "one weight" in dev.notes(plan)[0]
    assert dev.notes(planned(dev, "a fox", 5)) == ()


def test_sides_and_roles(opened) -> None:
    family = opened("klein")
    assert any("multiples of 8 px" in said for said in family.check(planned(family, "a fox", 5, width=68)))
    hint = (Input(role="hint", hash="1" * 64),)
    plan = planned(family, "a fox", 5).model_copy(update={"inputs": hint})
    assert any("it takes start, reference, mask" in said for said in family.check(plan))


def test_a_folder_without_its_parts_says_which(tmp_path: Path) -> None:
    folder = released(tmp_path, "klein 4B")
    assert claim(()) is None and claim((folder, folder)) is None
    (folder / "vae" / "config.json").unlink()
    (folder / "vae").rmdir()
    with pytest.raises(UnknownModel, match=r"FLUX\.2 model without vae: get these folders"):
        claim((folder,))


def test_no_torch_before_open(tmp_path: Path) -> None:
    (folder,) = tiny.klein(tmp_path)
    code = (
        "import sys; from pathlib import Path; from sfumato.language import read\n"
        "from sfumato.models.flux2 import claim; from sfumato.plan import draft\n"
        "family = claim((Path(sys.argv[1]),)); plan = draft(read('a fox')[0], family.defaults())\n"
        "print(family.check(plan), family.notes(plan), family.missing(), sorted(family.accepts))\n"
        "print('torch' in sys.modules or 'diffusers' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["() () () ['reference', 'start']", "False"]
