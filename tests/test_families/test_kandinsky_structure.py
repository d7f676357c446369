"""Kandinsky 2.2 without its weights: sizes, files, rows, schedules, limits, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch

from sfumato.engine import NoisePath
from sfumato.language import read
from sfumato.models._parts.limits import Limits, limits_of
from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.scheduler import noise_path, steps
from sfumato.models._parts.unclip.rows import Row, parts_of_guidance, unwanted, wanted, weights
from sfumato.models.family import Family, UnknownModel, recognise
from sfumato.models.kandinsky import claim
from sfumato.models.kandinsky.files import Half
from sfumato.models.kandinsky.known import shrunk
from sfumato.plan import Input, Plan, PlanPart, draft
from tinies import kandinsky as tiny
from tinies.flights import fly, gap

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks

CLIP_TEXT = MappingProxyType(
    {
        "hidden_size": 1280,
        "intermediate_size": 5120,
        "num_hidden_layers": 32,
        "num_attention_heads": 20,
        "projection_dim": 1280,
        "vocab_size": 49408,
        "hidden_act": "gelu",
    }
)
CLIP_VISION = MappingProxyType(
    {
        "hidden_size": 1664,
        "intermediate_size": 8192,
        "num_hidden_layers": 48,
        "num_attention_heads": 16,
        "projection_dim": 1280,
        "image_size": 224,
        "patch_size": 14,
        "hidden_act": "gelu",
    }
)
UNET = MappingProxyType(
    {
        "sample_size": 64,
        "in_channels": 4,
        "out_channels": 8,
        "down_block_types": ["ResnetDownsampleBlock2D", *["SimpleCrossAttnDownBlock2D"] * 3],
        "mid_block_type": "UNetMidBlock2DSimpleCrossAttn",
        "up_block_types": [*["SimpleCrossAttnUpBlock2D"] * 3, "ResnetUpsampleBlock2D"],
        "block_out_channels": [384, 768, 1152, 1536],
        "layers_per_block": 3,
        "cross_attention_dim": 768,
        "attention_head_dim": 64,
        "resnet_time_scale_shift": "scale_shift",
        "encoder_hid_dim": 1280,
        "encoder_hid_dim_type": "image_proj",
        "addition_embed_type": "image",
    }
)
MOVQ = MappingProxyType(
    {
        "block_out_channels": [128, 256, 256, 512],
        "down_block_types": [*["DownEncoderBlock2D"] * 3, "AttnDownEncoderBlock2D"],
        "up_block_types": ["AttnUpDecoderBlock2D", *["UpDecoderBlock2D"] * 3],
        "layers_per_block": 2,
        "latent_channels": 4,
        "vq_embed_dim": 4,
        "num_vq_embeddings": 16384,
        "norm_type": "spatial",
    }
)


def released(folder: Path, pipeline: str, parts: Mapping[str, tuple[str, Mapping[str, Any]]]) -> Path:
    """A folder with configs and no weights; a part is its class and its config."""
    index: dict[str, Any] = {"_class_name": pipeline}
    for name, (kind, config) in parts.items():
        library, _, cls = kind.partition(".")
        index[name] = [library, cls]
        (folder / name).mkdir(parents=True)
        named = {**config, "_class_name": cls} if library == "diffusers" else dict(config)
        (folder / name / "config.json").write_text(json.dumps(named), encoding="utf-8")
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


def released_prior(folder: Path) -> Path:
    parts = {
        "prior": ("diffusers.PriorTransformer", {"embedding_dim": 1280}),
        "text_encoder": ("transformers.CLIPTextModelWithProjection", CLIP_TEXT),
        "image_encoder": ("transformers.CLIPVisionModelWithProjection", CLIP_VISION),
    }
    return released(folder, "KandinskyV22PriorPipeline", parts)


def released_decoder(folder: Path, task: str = "", **changes: Any) -> Path:
    parts = {
        "unet": ("diffusers.UNet2DConditionModel", {**UNET, **changes}),
        "movq": ("diffusers.VQModel", MOVQ),
    }
    return released(folder, f"KandinskyV22{task}Pipeline", parts)


# Sizes


def test_prior_has_its_published_size(tmp_path: Path) -> None:
    assert parameters(Repository(released_prior(tmp_path / "prior"))) == {
        "prior": 1_026_225_920,
        "text_encoder": 694_659_840,
        "image_encoder": 1_844_907_264,
    }


@pytest.mark.parametrize(
    ("task", "changes", "count"),
    [
        ("", {}, 1_253_057_288),
        ("Inpaint", {"in_channels": 9}, 1_253_074_568),
        ("Controlnet", {"in_channels": 8, "addition_embed_type": "image_hint"}, 1_253_429_212),
    ],
)
def test_decoders_have_their_published_size(tmp_path: Path, task: str, changes: Any, count: int) -> None:
    folder = released_decoder(tmp_path / "decoder", task, **changes)
    assert parameters(Repository(folder)) == {"unet": count, "movq": 67_832_495}


def test_the_released_size_and_tokens(tmp_path: Path) -> None:
    both = (released_prior(tmp_path / "prior"), released_decoder(tmp_path / "decoder"))
    family = claim(both)
    assert family is not None
    assert len(family.missing()) == 5
    unet = Repository(both[1]).load("unet", "meta")
    assert unet.encoder_hid_proj.num_image_text_embeds == 32
    assert unet.config.encoder_hid_dim_type == "image_proj", "no text is read"


# Files


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    root = tmp_path_factory.mktemp("kandinsky")
    parts = tiny.prior_parts()
    made = {"prior": tiny.prior(root / "prior", parts), "both": tiny.combined(root / "both", parts)}
    return made | {f"decoder{task}": tiny.decoder(root / f"decoder{task}", task) for task in tiny.TASKS}


@pytest.fixture(scope="module")
def base(folders: Mapping[str, Path]) -> Family:
    return recognise([folders["prior"], folders["decoder"]])


@pytest.fixture(scope="module")
def inpaint(folders: Mapping[str, Path]) -> Family:
    return recognise([folders["prior"], folders["decoderInpaint"]])


def test_halves_come_in_any_order(folders: Mapping[str, Path]) -> None:
    for task, accepts in (("", set()), ("Inpaint", {"mask"}), ("Controlnet", {"hint"})):
        prior, decoder = folders["prior"], folders[f"decoder{task}"]
        family = claim((decoder, prior))
        assert family == claim((prior, decoder))
        assert family is not None and family.accepts == {"start", "reference", *accepts}


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (("prior",), "prior is the prior .* name the folder of a decoder too"),
        (("decoderInpaint",), "decoderInpaint is a decoder .* name the folder of the prior too"),
        (("prior", "prior", "decoder"), "are each a prior"),
        (("decoder", "prior", "decoderInpaint"), "are each a decoder"),
        (("both", "decoder"), "are each a decoder"),
    ],
)
def test_half_a_model_is_refused(folders: Mapping[str, Path], names: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(UnknownModel, match=sentence):
        claim(tuple(folders[name] for name in names))


def test_other_files_are_not_claimed(folders: Mapping[str, Path], tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text('{"_class_name": "FluxPipeline"}', encoding="utf-8")
    assert claim(()) is None
    assert claim((folders["prior"], tmp_path)) is None
    assert claim((folders["prior"], tmp_path / "model_index.json")) is None


def test_a_combined_folder_is_the_same_model(folders: Mapping[str, Path], base: Family) -> None:
    both = recognise([folders["both"]])
    assert both.defaults() == base.defaults()
    pictures = []
    for family in (base, both):
        model = family.open("cpu", "float32")
        pictures.append(fly(model, [planned(family)]).x[0])
        model.close()
    assert torch.equal(*pictures)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    family = recognise(tiny.base(tmp_path))
    assert family.missing() == ()
    for file in (tmp_path / "decoder" / "movq").glob("*.safetensors"):
        file.unlink()
    assert family.missing() == (tmp_path / "decoder" / "movq",)


def test_nothing_needs_torch_before_opening(folders: Mapping[str, Path]) -> None:
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from sfumato.language import read\nfrom sfumato.plan import draft\n"
        "from sfumato.models.kandinsky import claim\n"
        "family = claim(tuple(map(Path, sys.argv[1:])))\n"
        "plan = draft(read('a fox')[0], family.defaults())\n"
        "assert family.check(plan) == () and family.notes(plan) == () and family.summary\n"
        "assert not {'torch', 'diffusers', 'transformers'} & set(sys.modules)\n"
    )
    paths = (str(folders["prior"]), str(folders["decoder"]))
    done = subprocess.run([sys.executable, "-c", program, *paths], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# Defaults, schedules and limits


def test_defaults_are_the_released_ones(base: Family) -> None:
    defaults = base.defaults()
    first, second = ((own.steps, own.guidance, own.sampler, own.schedule) for own in defaults.stages)
    assert first == (25, 4.0, "ddpm", "linspace-whole")
    assert second == (100, 4.0, "ddpm", "leading")
    assert (defaults.pixels, defaults.multiple) == ((12 * 4) ** 2, 16)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 7, 25, 49, 50, 100, 211, 1000])
def test_priors_times_are_unclips(n: int) -> None:
    from diffusers import UnCLIPScheduler

    theirs = UnCLIPScheduler(prediction_type="sample")
    theirs.set_timesteps(n)
    path = NoisePath("vp", "x0", table="cosine")
    assert [path.net_time(t) for t in path.times(n, "linspace-whole")[:-1]] == theirs.timesteps.tolist()


@pytest.mark.parametrize("n", [1, 4, 7, 50, 100])
def test_decoders_times_are_ddpms(n: int) -> None:
    from diffusers import DDPMScheduler

    theirs = DDPMScheduler()
    theirs.set_timesteps(n)
    path = NoisePath("vp", "eps", table="linear")
    assert [path.net_time(t) for t in path.times(n, "leading")[:-1]] == theirs.timesteps.tolist()


def test_noise_at_the_end(folders: Mapping[str, Path]) -> None:
    ends = []
    for name in ("prior", "decoder"):
        path = noise_path(Half(folders[name]).config("scheduler"))
        ends.append((path.predicts, path.alpha(1000) ** 2))
    assert ends[0] == ("x0", pytest.approx(2.43e-9, rel=1e-2))
    assert ends[1] == ("eps", pytest.approx(1.579e-3, rel=1e-3))


def test_an_old_unclip_config_means_the_cosine(tmp_path: Path) -> None:
    (tmp_path / "scheduler").mkdir()
    said = {"_class_name": "UnCLIPScheduler", "prediction_type": "sample", "clip_sample_range": 10.0}
    (tmp_path / "scheduler" / "scheduler_config.json").write_text(json.dumps(said), encoding="utf-8")
    config = Half(tmp_path).config("scheduler")
    assert noise_path(config) == NoisePath("vp", "x0", table="cosine", beta=(0.0001, 0.02))
    assert steps(config).schedule == "linspace-whole"
    assert limits_of(config) == Limits(10.0)


@pytest.mark.parametrize("scale", [0.2, 1.5, 9.0])
def test_limits_are_the_schedulers(scale: float) -> None:
    from diffusers import DDPMScheduler

    x0 = torch.randn(4, 8, 12, generator=torch.Generator().manual_seed(3)) * scale
    theirs = DDPMScheduler(thresholding=True, sample_max_value=2.0, dynamic_thresholding_ratio=0.9)
    assert torch.allclose(limits_of(theirs.config).apply(x0), theirs._threshold_sample(x0[None])[0])
    clamped = limits_of({"_class_name": "DDPMScheduler", "clip_sample_range": 2.0})
    assert torch.equal(clamped.apply(x0), x0.clamp(-2, 2))
    assert limits_of({"_class_name": "EulerDiscreteScheduler"}).apply(x0) is x0


def test_a_mask_is_grown_as_released() -> None:
    from diffusers.pipelines.kandinsky2_2.pipeline_kandinsky2_2_inpainting import prepare_mask

    keep = torch.from_numpy(np.random.default_rng(0).random((1, 9, 13)) > 0.1).float()
    assert 0 < int(shrunk(keep).sum()) < int(keep.sum())
    assert torch.equal(shrunk(keep), prepare_mask(keep.clone()[None])[0])


# Rows


def planned(family: Family, text: str = "a red fox --seed 7", **changes: Any) -> Plan:
    plan = draft(read(text)[0], family.defaults())
    stages = tuple(stage.model_copy(update={"steps": 2}) for stage in plan.stages)
    return plan.model_copy(update={"stages": stages, "seeds": plan.seeds[:1], **changes})


def given(role: str, weight: float = 1.0) -> Input:
    return Input(role=role, hash="0" * 64, weight=weight)


def test_rows_of_a_plan(base: Family) -> None:
    two = planned(base, "a fox::2 the sea::1")
    assert wanted(two) == (Row(("a fox", "the sea")),) and parts_of_guidance(two) == 2
    assert unwanted(two) == ()
    both = two.model_copy(update={"operation": "blend", "inputs": (given("reference", 0.5),)})
    assert wanted(both) == (Row(("a fox",), weight=2.0), Row(("the sea",)))
    assert parts_of_guidance(both) == 1 and weights(both) == (2.0, 1.0, 0.5)
    away = two.model_copy(update={"negative": "cars"})
    assert wanted(away)[0].null == "cars" and unwanted(away) == (Row(("cars", "cars"), "cars"),)
    away = both.model_copy(update={"negative": "cars"})
    assert wanted(away)[0].null == "" and unwanted(away) == (Row(("cars",), ""),)
    silent = two.model_copy(update={"parts": ()})
    assert wanted(silent) == (Row(("",)),)
    assert wanted(silent.model_copy(update={"inputs": (given("reference"),)})) == ()


# Refusals and notes


def test_what_cannot_be_made_is_refused(base: Family, inpaint: Family) -> None:
    plan = planned(base)
    assert base.check(plan) == ()
    first, second = plan.stages
    text = (PlanPart(content="a fox"),)
    for changes, sentence in (
        ({"stages": (second,)}, "in two stages, prior and then decoder"),
        ({"stages": (second, first)}, "in two stages, prior and then decoder"),
        ({"width": 40}, "multiples of 16 pixels, not 40×"),
        ({"operation": "describe"}, "cannot describe"),
        ({"operation": "blend", "parts": ()}, "nothing to blend"),
        ({"parts": text, "inputs": (given("reference", -1.5),)}, "add up to -0.5"),
        ({"parts": text, "inputs": (given("mask"),)}, "give the picture as start too"),
        ({"parts": text, "inputs": (given("hint"),)}, "as hint: it takes start, reference, mask."),
        ({"parts": (PlanPart(content="a fox", interval=(0.0, 0.5)), *text)}, "cannot change on the way"),
        (
            {"parts": (*text, PlanPart(content="snow", region="a" * 64)), "inputs": (given("region"),)},
            "cannot have regions",
        ),
        ({"parts": text, "inputs": (given("region"),)}, "together with its text"),
        ({"stages": (first.model_copy(update={"start": 0.5}), second)}, "start it at 0"),
        ({"stages": (first, second.model_copy(update={"start": 0.5}))}, "Stage decoder begins at 0.5"),
    ):
        refused = base.check(plan.model_copy(update=changes))
        assert any(sentence in said for said in refused), (changes, refused)
    masked = planned(inpaint, inputs=(given("mask"),))
    assert any("give the picture as start too" in said for said in inpaint.check(masked))
    for family in (base, inpaint):
        assert family.check(planned(family, inputs=(given("mask"), given("start")))) == ()


def test_what_is_left_out_is_said(base: Family, inpaint: Family) -> None:
    quoted = planned(base, 'a sign that says "fox"', inputs=(given("start"), given("hint"), given("hint")))
    notes = " ".join(base.notes(quoted))
    assert "never sees letters" in notes and "one picture as hint: the first" in notes
    assert "The picture to start from has no effect" in notes
    for family in (base, inpaint):
        assert family.notes(planned(family, inputs=(given("start"), given("mask")))) == ()


def test_several_starts_are_their_mean(base: Family) -> None:
    """By their weights. None is left out, so nothing is said."""
    inputs = tuple(
        Input(role="start", hash=letter * 64, weight=weight) for letter, weight in (("b", 3.0), ("c", 1.0))
    )
    plan = planned(base, inputs=inputs)
    first, second = plan.stages
    plan = plan.model_copy(update={"stages": (first, second.model_copy(update={"start": 1.0}))})
    assert base.check(plan) == base.notes(plan) == ()
    model = base.open("cpu", "float32")
    shape = (3, plan.height, plan.width)
    pictures = {item.hash: torch.full(shape, value) for item, value in zip(inputs, (0.5, -0.5), strict=True)}
    decoder = model.stages[1]
    light, dark = (decoder.encode(picture) for picture in pictures.values())
    begun = fly(model, [plan.model_copy(update={"seeds": plan.seeds[:1]})], pictures).x[0]
    assert gap(begun, 0.75 * light + 0.25 * dark) < 1e-6 < gap(begun, light)
