"""FLUX.1 without its weights: paper-size counts, layouts, schedules, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from math import exp
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch

from sfumato.engine import SAMPLERS, Ask, Commission, Condition, Line, board
from sfumato.language import read
from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.flux import Flux, claim
from sfumato.models.flux.files import LINE, UNSHIFTED
from sfumato.models.flux.model import _sequence
from sfumato.models.flux.pictures import budgeted
from sfumato.models.flux.sequence import folded, packed, places, text_places, unpacked
from sfumato.plan import Adapter, Input, Plan, PlanPart, draft
from tinies import flux as tiny
from tinies.flights import fly, gap
from tinies.released import T5_COUNT, T5_XXL, VAE, paper

# Paper size: the configs as released

TRANSFORMER = MappingProxyType(
    {
        "_class_name": "FluxTransformer2DModel",
        "in_channels": 64,
        "num_layers": 19,
        "num_single_layers": 38,
        "attention_head_dim": 128,
        "num_attention_heads": 24,
        "joint_attention_dim": 4096,
        "pooled_projection_dim": 768,
        "guidance_embeds": True,
    }
)
AUTOENCODER = MappingProxyType(
    {
        **VAE,
        "latent_channels": 16,
        "sample_size": 1024,
        "scaling_factor": 0.3611,
        "shift_factor": 0.1159,
        "use_quant_conv": False,
        "use_post_quant_conv": False,
    }
)
CLIP = MappingProxyType(
    {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12}
)
PARTS = MappingProxyType(
    {
        "scheduler": ("diffusers", "FlowMatchEulerDiscreteScheduler", LINE),
        "text_encoder": ("transformers", "CLIPTextModel", CLIP),
        "text_encoder_2": ("transformers", "T5EncoderModel", T5_XXL),
        "tokenizer": ("transformers", "CLIPTokenizer", {}),
        "tokenizer_2": ("transformers", "T5TokenizerFast", {}),
        "vae": ("diffusers", "AutoencoderKL", AUTOENCODER),
    }
)
PAPER = MappingProxyType(
    {
        "dev": ("FluxPipeline", (), 11_901_408_320),
        "schnell": ("FluxPipeline", (("guidance_embeds", False),), 11_891_178_560),
        "fill": ("FluxFillPipeline", (("in_channels", 384), ("out_channels", 64)), 11_902_391_360),
        "control": ("FluxControlPipeline", (("in_channels", 128), ("out_channels", 64)), 11_901_604_928),
        "kontext": ("FluxKontextPipeline", (), 11_901_408_320),
    }
)
TITLES = {
    "dev": "dev",
    "schnell": "schnell",
    "fill": "Fill",
    "control": "Depth or Canny",
    "kontext": "Kontext",
}


def released(folder: Path, kind: str) -> Path:
    """The released layout with configs alone."""
    pipeline, changes, _ = PAPER[kind]
    transformer = ("diffusers", "FluxTransformer2DModel", {**TRANSFORMER, **dict(changes)})
    return paper(folder, pipeline, {**PARTS, "transformer": transformer})


@pytest.mark.parametrize("kind", PAPER)
def test_paper_size(tmp_path: Path, kind: str) -> None:
    counts = parameters(Repository(released(tmp_path, kind)))
    assert counts == {
        "transformer": PAPER[kind][2],
        "vae": 83_819_683,
        "text_encoder": 123_060_480,
        "text_encoder_2": T5_COUNT,
    }


@pytest.mark.parametrize("kind", PAPER)
def test_the_kind_is_read_off_the_files(tmp_path: Path, kind: str) -> None:
    family = claim((released(tmp_path, kind),))
    assert family is not None
    assert family.summary.startswith(f"FLUX.1 {TITLES[kind]} (")
    assert family.release.factor == 8
    assert family.missing() == tuple(tmp_path / name for name in family.files.components)


def test_missing_shards_are_named(tmp_path: Path) -> None:
    family, part = claim((released(tmp_path, "dev"),)), tmp_path / "transformer"
    (part / "diffusion_pytorch_model-00001-of-00002.safetensors").touch()
    shards = {"a": "diffusion_pytorch_model-00001-of-00002.safetensors", "b": "second.safetensors"}
    index = part / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": shards}), encoding="utf-8")
    assert family is not None
    assert family.missing()[0] == part / "second.safetensors"


# Schedules


@pytest.mark.parametrize(
    ("width", "height"), [(256, 256), (1024, 1024), (1344, 768), (512, 768), (2048, 1024)]
)
@pytest.mark.parametrize("steps", [4, 28])
@pytest.mark.parametrize("config", [LINE, UNSHIFTED], ids=["dev", "schnell"])
def test_sigmas_are_those_of_diffusers(width: int, height: int, steps: int, config: Any) -> None:
    import numpy as np
    from diffusers import FlowMatchEulerDiscreteScheduler
    from diffusers.pipelines.flux.pipeline_flux import calculate_shift

    scheduler = FlowMatchEulerDiscreteScheduler.from_config(dict(config))
    tokens = (width // 16) * (height // 16)
    scheduler.set_timesteps(sigmas=np.linspace(1, 1 / steps, steps).tolist(), mu=calculate_shift(tokens))
    path, shape = noise_path(config), (16, height // 8, width // 8)
    times = torch.tensor(path.times(steps, "linear", 1.0, shape))
    assert (times - scheduler.sigmas).abs().max() < 1e-6
    other = replace(path, line=None if path.line else Line())
    assert (torch.tensor(other.times(steps, "linear", 1.0, shape)) - scheduler.sigmas).abs().max() > 1e-2


def test_the_shift_is_a_line_through_two_points() -> None:
    line = noise_path(LINE).line
    assert line is not None
    assert line.shift((16, 32, 32)) == pytest.approx(exp(0.5))
    assert line.shift((16, 128, 128)) == pytest.approx(exp(1.15))
    assert noise_path(UNSHIFTED).line is None


# Layouts


def test_a_token_is_a_patch_channel_by_channel() -> None:
    latent = torch.arange(2 * 4 * 6.0).reshape(1, 2, 4, 6)
    tokens = packed(latent)
    assert tokens.shape == (1, 6, 8)
    assert tokens[0, 0].tolist() == [0, 1, 6, 7, 24, 25, 30, 31]
    assert tokens[0, 1, :4].tolist() == [2, 3, 8, 9]  # along the row first
    assert torch.equal(unpacked(tokens, 4, 6), latent)


def test_places_are_picture_row_and_column() -> None:
    assert places(4, 6).tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 2], [0, 1, 0], [0, 1, 1], [0, 1, 2]]
    assert places(2, 4, picture=2).tolist() == [[2, 0, 0], [2, 0, 1]]
    assert text_places(3).tolist() == [[0, 0, 0]] * 3


def test_a_folded_mask_has_64_channels_row_by_row() -> None:
    mask = torch.zeros(1, 16, 24)
    mask[0, 9, 18] = 1  # row 1 of cell row 1, column 2 of cell column 2
    cells = folded(mask, 8)
    assert cells.shape == (64, 2, 3)
    assert cells.nonzero().tolist() == [[1 * 8 + 2, 1, 2]]


@pytest.mark.parametrize(
    ("size", "fitted"),
    [((56, 64), (56, 64)), ((1000, 500), (88, 40)), ((500, 1000), (40, 88)), ((9, 900), (8, 600))],
)
def test_a_reference_keeps_its_shape_and_gets_the_budget(
    size: tuple[int, int], fitted: tuple[int, int]
) -> None:
    width, height = size
    seen = budgeted(torch.zeros(3, height, width), 56 * 64, 8)
    assert tuple(seen.shape) == (3, fitted[1], fitted[0])


def test_references_follow_in_the_sequence_counted_from_1() -> None:
    x = torch.zeros(16, 4, 6)
    condition = Condition({"reference.1": torch.ones(16, 2, 2), "reference.2": torch.full((16, 4, 2), 2.0)})
    tokens, where = _sequence([Ask("base", x, 0.5, 0.5, condition)])
    assert tokens.shape == (1, 6 + 1 + 2, 64)
    assert where[:, 0].tolist() == [0] * 6 + [1, 2, 2]
    assert tokens[0, :, 0].tolist() == [0] * 6 + [1, 2, 2]


# Opened at tiny size


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Flux]:
    @cache
    def written(kind: str) -> Flux:
        family = claim(tiny.VARIANTS[kind](tmp_path_factory.mktemp(kind)))
        assert family is not None
        return family

    return written


def planned(family: Flux, text: str = "a red fox", inputs: tuple[Input, ...] = (), **knobs: Any) -> Plan:
    plan = draft(read(f"{text} --ar 3:2")[0], family.defaults(), entropy=lambda: 5)
    stage = plan.stages[0].model_copy(update={"steps": 3, **knobs})
    return plan.model_copy(update={"stages": (stage,), "inputs": inputs})


def given(*roles: str) -> tuple[Input, ...]:
    return tuple(Input(role=role, hash=f"{index:064x}") for index, role in enumerate(roles))


def drawn(inputs: tuple[Input, ...]) -> dict[str, torch.Tensor]:
    """For each input a picture of its own shape."""
    generator = torch.Generator().manual_seed(1)
    return {
        item.hash: torch.rand(3, 40 + 16 * index, 64, generator=generator) * 2 - 1
        for index, item in enumerate(inputs)
    }


DEFAULTS = {
    "dev": (28, 3.5),
    "schnell": (4, 1.0),
    "fill": (50, 30.0),
    "kontext": (28, 2.5),
    "control": (30, 10.0),
    "single-file": (28, 3.5),
}


@pytest.mark.parametrize("kind", DEFAULTS)
def test_defaults_are_the_release_s(opened, kind: str) -> None:
    defaults = opened(kind).defaults()
    (stage,) = defaults.stages
    assert (stage.steps, stage.guidance) == DEFAULTS[kind]
    assert (stage.sampler, stage.schedule, stage.shift) == ("euler", "linear", 1.0)
    assert (defaults.pixels, defaults.multiple) == (64 * 64, 8)


@pytest.mark.parametrize(("kind", "length"), [("dev", 512), ("schnell", 256)])
def test_t5_reads_so_many_tokens(tmp_path: Path, kind: str, length: int) -> None:
    network = tiny.transformer(guided=kind == "dev")
    family = claim((tiny.write(tmp_path, "FluxPipeline", network, length=512),))
    assert family is not None
    read_text = family.open("cpu", "float32").stages[0].read  # pyright: ignore
    assert read_text("a red fox")["text"].shape == (length, tiny.WORDS)
    assert read_text("a red fox " * 500)["text"].shape == (length, tiny.WORDS)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_paints_from_noise_and_from_a_picture(opened, sampler: str) -> None:
    family, inputs = opened("dev"), given("start")
    plans = [planned(family, sampler=sampler), planned(family, sampler=sampler, inputs=inputs, start=0.5)]
    assert [family.check(plan) for plan in plans] == [(), ()]
    for x in fly(family.open("cpu", "float32"), plans, drawn(inputs)).x:
        assert x.isfinite().all() and 0.1 < x.std() < 10


def test_parts_are_blended_by_weight_one_call_each(opened) -> None:
    family = opened("dev")
    model = family.open("cpu", "float32")
    fox, both = planned(family, "a red fox"), planned(family, "a red fox::2 two cats::1")
    assert fly(model, [both]).rows == (2,) * 3
    same = planned(family, "a red fox::1 a red fox::1")
    assert gap(fly(model, [same]).x[0], fly(model, [fox]).x[0]) < 1e-5
    assert gap(fly(model, [both]).x[0], fly(model, [fox]).x[0]) > 1e-3


def test_several_references_of_any_shape(opened) -> None:
    family, one, two = opened("kontext"), given("reference"), given("reference", "reference")
    model, plans = family.open("cpu", "float32"), [planned(family, inputs=one), planned(family, inputs=two)]
    assert [family.check(plan) for plan in plans] == [(), ()]
    flown = fly(model, plans, drawn(two))
    assert flown.rows == (1,) * 6  # what is not equally long never shares a pass
    assert gap(*flown.x) > 1e-3


def test_fill_reads_what_the_mask_leaves(opened) -> None:
    family, inputs = opened("fill"), given("start", "mask")
    model = family.open("cpu", "float32")
    everything = {**drawn(inputs), inputs[1].hash: torch.ones(3, 8, 8)}
    leg = board(Commission(planned(family, inputs=inputs), model, everything), 0).leg
    assert leg is not None
    (condition,) = leg.panes[0].conditions.values()
    assert condition["mask"].shape == (tiny.FACTOR**2, 12, 18)
    assert condition["mask"].min() == 1
    assert torch.equal(condition["masked"], model.stages[0].encode(torch.zeros(3, 48, 72)))


def test_the_words_of_a_plan_are_read_once(opened) -> None:
    model, plan, calls = opened("dev").open("cpu", "float32"), planned(opened("dev")), []
    for network in model.networks[1:]:
        network.register_forward_hook(lambda *_: calls.append(1))
    commission = Commission(plan, model)
    for number in range(len(plan.seeds)):
        board(commission, number)
    assert len(plan.seeds) == 4 and len(calls) == 2  # CLIP and T5


# What it refuses, and what it leaves out

REFUSED = (
    ("dev", {"negative": "rain"}, "leave out the negative prompt"),
    ("schnell", {"negative": "rain"}, "leave out the negative prompt"),
    ("dev", {"parts": (PlanPart(content="fox"), PlanPart(content="rain", weight=-0.5))}, "leave out `--no`"),
    ("dev", {"inputs": given("reference")}, "cannot take a picture as reference"),
    ("dev", {"inputs": given("mask")}, "give the picture as start too"),
    ("dev", {"inputs": given("start", "start")}, "reads one picture as start"),
    ("fill", {"inputs": given("hint", "mask", "start")}, "it takes start, mask."),
    ("kontext", {"inputs": given("hint")}, "it takes start, reference, mask."),
    ("fill", {}, "needs a picture as mask"),
    ("fill", {"inputs": given("mask")}, "needs a picture as start"),
    ("control", {}, "needs a picture as hint"),
    ("kontext", {"operation": "describe"}, "cannot describe"),
)
STAGE_REFUSED = (
    ("dev", {"weights": "0" * 64}, "needs other base weights"),
    ("dev", {"start": 0.5}, "give it a start picture"),
    ("fill", {"start": 0.5}, "from a picture: start it at 0"),
    ("dev", {"adapters": (Adapter(weights="0" * 64),)}, "an adapter"),
    ("dev", {"rescale": 0.5}, "rescale"),
    ("dev", {"interval": (0.1, 0.9)}, "interval"),
    ("dev", {"image_guidance": 1.5}, "image guidance"),
    ("dev", {"augment": 0.1}, "augment"),
    ("dev", {"schedule": "leading"}, "take linear"),
    ("dev", {"width": 68}, "multiples of 8"),
)


@pytest.mark.parametrize(("kind", "change", "words"), REFUSED)
def test_refused(opened, kind: str, change: dict[str, Any], words: str) -> None:
    plan = planned(opened(kind)).model_copy(update=change)
    assert any(words in sentence for sentence in opened(kind).check(plan))


@pytest.mark.parametrize(("kind", "change", "words"), STAGE_REFUSED)
def test_a_stage_refused(opened, kind: str, change: dict[str, Any], words: str) -> None:
    assert any(words in sentence for sentence in opened(kind).check(planned(opened(kind), **change)))


def test_notes(opened) -> None:
    dev, schnell, kontext = (opened(kind) for kind in ("dev", "schnell", "kontext"))
    assert "without guidance: the number 5 has no effect" in schnell.notes(planned(schnell, guidance=5.0))[0]
    assert schnell.notes(planned(schnell)) == dev.notes(planned(dev, guidance=5.0)) == ()
    assert "start picture has no effect" in dev.notes(planned(dev, inputs=given("start")))[0]
    heavy = tuple(item.model_copy(update={"weight": 2.0}) for item in given("reference"))
    assert "one weight" in kontext.notes(planned(kontext, inputs=heavy))[0]


def test_no_torch_before_open(tmp_path: Path) -> None:
    (folder,) = tiny.dev(tmp_path)
    code = (
        "import sys; from pathlib import Path; from sfumato.language import read\n"
        "from sfumato.models.flux import claim; from sfumato.plan import draft\n"
        "family = claim((Path(sys.argv[1]),)); plan = draft(read('a fox')[0], family.defaults())\n"
        "print(family.check(plan), family.notes(plan), family.missing(), family.accepts, family.summary)\n"
        "print('torch' in sys.modules or 'diffusers' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("() () () frozenset({'start'}) FLUX.1 dev")
    assert done.stdout.splitlines()[1] == "False"
