"""Karlo without its weights: sizes, files, defaults, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch

from sfumato.engine import NoisePath
from sfumato.language import read
from sfumato.models._parts.limits import Limits, limits_of
from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.family import Family, UnknownModel, recognise
from sfumato.models.karlo import claim
from sfumato.models.karlo.model import PROJECTION
from sfumato.plan import Input, Plan, draft
from tinies import karlo as tiny
from tinies.flights import fly
from tinies.kandinsky_oracle import named
from tinies.released import paper

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks

DECODER = MappingProxyType(
    {
        "sample_size": 64,
        "in_channels": 3,
        "out_channels": 6,
        "down_block_types": ("ResnetDownsampleBlock2D", *["SimpleCrossAttnDownBlock2D"] * 3),
        "mid_block_type": "UNetMidBlock2DSimpleCrossAttn",
        "up_block_types": (*["SimpleCrossAttnUpBlock2D"] * 3, "ResnetUpsampleBlock2D"),
        "block_out_channels": (320, 640, 960, 1280),
        "layers_per_block": 3,
        "cross_attention_dim": 1536,
        "class_embed_type": "identity",
        "attention_head_dim": 64,
        "resnet_time_scale_shift": "scale_shift",
    }
)
ENLARGER = MappingProxyType(
    {
        "sample_size": 256,
        "in_channels": 6,
        "out_channels": 3,
        "down_block_types": ("ResnetDownsampleBlock2D",) * 4,
        "up_block_types": ("ResnetUpsampleBlock2D",) * 4,
        "block_out_channels": (320, 640, 960, 1280),
        "layers_per_block": 3,
        "add_attention": False,
    }
)
UNCLIP = MappingProxyType({"_class_name": "UnCLIPScheduler", "num_train_timesteps": 1000})
PARTS: Mapping[str, tuple[str, str, Mapping[str, Any]]] = MappingProxyType(
    {
        "prior": ("diffusers", "PriorTransformer", {}),
        "text_encoder": (
            "transformers",
            "CLIPTextModelWithProjection",
            {
                "hidden_size": 768,
                "intermediate_size": 3072,
                "num_attention_heads": 12,
                "projection_dim": 768,
                "vocab_size": 49408,
            },
        ),
        "decoder": ("diffusers", "UNet2DConditionModel", DECODER),
        "super_res_first": ("diffusers", "UNet2DModel", ENLARGER),
        "super_res_last": ("diffusers", "UNet2DModel", ENLARGER),
        "text_proj": (
            "unclip",
            "UnCLIPTextProjModel",
            {"clip_extra_context_tokens": 10, "time_embed_dim": 1280, "cross_attention_dim": 1536},
        ),
    }
)


# Sizes


def test_networks_have_their_published_size(tmp_path: Path) -> None:
    here = Repository(paper(tmp_path / "karlo", "UnCLIPPipeline", PARTS))
    assert parameters(here) == {
        "prior": 1_022_030_080,
        "text_encoder": 123_650_304,
        "decoder": 885_439_686,
        "super_res_first": 691_579_523,
        "super_res_last": 691_579_523,
    }
    projection = here.load("text_proj", "meta", "float32", PROJECTION)
    own, wide = 768, 1536  # two into the time, ten tokens, one token of text with its norm, one nothing
    expected = 2 * (own + 1) * 1280 + (own + 1) * 10 * wide + (own + 1) * wide + 2 * wide + own
    assert sum(parameter.numel() for parameter in projection.parameters()) == expected == 14_965_504


def test_the_released_numbers(tmp_path: Path) -> None:
    folder = paper(tmp_path / "karlo", "UnCLIPPipeline", PARTS)
    family = claim((folder,))
    assert family is not None
    release = family.release
    assert (release.side, release.factor) == (64, 4)
    assert (release.multiple("decoder"), release.multiple("super")) == (8, 32)
    assert {path.name for path in family.missing()} == set(PARTS)


# Files


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    root = tmp_path_factory.mktemp("karlo")
    return {"words": tiny.words(root / "words"), "pictures": tiny.pictures(root / "pictures")}


@pytest.fixture(scope="module")
def whole(folders: Mapping[str, Path]) -> Family:
    return recognise(list(folders.values()))


def test_releases_come_alone_and_in_any_order(folders: Mapping[str, Path]) -> None:
    words, pictures = folders["words"], folders["pictures"]
    assert claim((words, pictures)) == claim((pictures, words))
    for paths, accepts, stages in (
        ((words,), {"start"}, ["prior", "decoder", "super"]),
        ((pictures,), {"start", "reference"}, ["decoder", "super"]),
        ((pictures, words), {"start", "reference"}, ["prior", "decoder", "super"]),
    ):
        family = recognise(paths)
        assert family.accepts == accepts and family.missing() == ()
        assert [stage.name for stage in family.defaults().stages] == stages
    assert claim(()) is None and claim((words, words / "decoder")) is None
    with pytest.raises(UnknownModel, match="the same release of Karlo twice"):
        claim((words, words))


def test_defaults_are_the_released_ones(whole: Family) -> None:
    defaults = whole.defaults()
    assert [(own.steps, own.guidance, own.sampler, own.schedule, own.scale) for own in defaults.stages] == [
        (25, 4.0, "ddpm", "linspace-whole", 1),
        (25, 8.0, "ddpm", "linspace-whole", 1),
        (7, 1.0, "ddpm", "linspace-whole", 4),
    ]
    assert (defaults.pixels, defaults.multiple) == (64, 2)


def test_what_each_scheduler_says(folders: Mapping[str, Path]) -> None:
    here = Repository(folders["words"])
    said = {name: here.config(f"{name}_scheduler") for name in ("prior", "decoder", "super_res")}
    paths = {name: noise_path(config) for name, config in said.items()}
    assert {name: path.predicts for name, path in paths.items()} == {
        "prior": "x0",
        "decoder": "eps",
        "super_res": "eps",
    }
    assert paths["decoder"] == NoisePath("vp", "eps", table="cosine", beta=(0.0001, 0.02))
    assert [limits_of(config) for config in said.values()] == [Limits(6.0), Limits(1.0), Limits(1.0)]


def test_an_older_config_means_the_cosine() -> None:
    """The released ones name no table."""
    assert noise_path({**UNCLIP, "prediction_type": "sample"}).table == "cosine"
    assert noise_path({"_class_name": "DDPMScheduler"}).table == "linear"


def test_nothing_needs_torch_before_opening(folders: Mapping[str, Path]) -> None:
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from sfumato.language import read\nfrom sfumato.plan import draft\n"
        "from sfumato.models.karlo import claim\n"
        "family = claim(tuple(map(Path, sys.argv[1:])))\n"
        "plan = draft(read('a fox')[0], family.defaults())\n"
        "assert family.check(plan) == () and family.notes(plan) == () and family.summary\n"
        "assert not {'torch', 'diffusers', 'transformers'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, folders.values())], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


# Refusals and notes


def planned(family: Family, text: str, *inputs: Input, **changes: Any) -> Plan:
    plan = draft(read(text)[0], family.defaults())
    stages = tuple(stage.model_copy(update={"steps": 3}) for stage in plan.stages)
    plan = plan.model_copy(update={"stages": stages, "seeds": plan.seeds[:1], "inputs": inputs})
    plan = plan.model_copy(update=changes)
    assert family.check(plan) == ()
    return plan


def test_what_cannot_be_made_is_refused(whole: Family, folders: Mapping[str, Path]) -> None:
    plan = planned(whole, "a red fox --seed 7")
    first, second, third = plan.stages
    for changes, sentence in (
        ({"stages": (second, third)}, "once each and in this order: prior, decoder, super"),
        ({"stages": (first, second, third.model_copy(update={"width": 48}))}, "4 times as wide and high"),
        ({"inputs": (named("reference", -2.0),)}, "add up to -1"),
        ({"inputs": (named("hint"),)}, "cannot take a picture as hint"),
        ({"stages": (first.model_copy(update={"start": 0.5}), second, third)}, "start it at 0"),
        ({"stages": (first, second.model_copy(update={"candidates": 2}), third)}, "knob candidates"),
    ):
        refused = whole.check(plan.model_copy(update=changes))
        assert any(sentence in said for said in refused), (changes, refused)
    alone = recognise([folders["pictures"]])
    lonely = draft(read("a fox")[0], alone.defaults())
    assert alone.check(lonely) == ("Karlo needs a picture as reference: give one.",)
    said = recognise([folders["words"]]).check(plan.model_copy(update={"inputs": (named("reference"),)}))
    assert any("cannot take a picture as reference" in sentence for sentence in said)


def test_words_alone_need_no_image_encoder(whole: Family, folders: Mapping[str, Path]) -> None:
    """A plan of one release is one of both, bit for bit."""
    words = recognise([folders["words"]])
    plan = planned(words, "a red fox --seed 7")
    assert whole.check(plan) == ()
    alone, both = (family.open("cpu", "float32") for family in (words, whole))
    assert torch.equal(fly(alone, [plan]).x[0], fly(both, [plan]).x[0])
    alone.close()
    both.close()


def test_what_has_no_effect_is_said(whole: Family) -> None:
    plan = planned(whole, "a red fox --seed 7")
    first, second, third = plan.stages
    loud = third.model_copy(update={"guidance": 5.0})
    (note,) = whole.notes(plan.model_copy(update={"stages": (first, second, loud)}))
    assert note == "Stage super reads no words: guidance has no effect there."
    other = second.model_copy(update={"guidance": 5.0})
    assert whole.notes(plan.model_copy(update={"stages": (first, other, loud)})) == ()
