"""FLUX.1 against diffusers' pipelines over the same tiny files, and every trap that must be seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.engine import Ask, Commission, Condition, Source, board
from sfumato.language import read
from sfumato.models._parts.latent_stage import LatentModel
from sfumato.models.flux import Flux, claim
from sfumato.models.flux import model as model_module
from sfumato.models.flux import pictures as pictures_module
from sfumato.models.flux import spoken as spoken_module
from sfumato.plan import Input, Plan, draft
from tinies import flux as tiny
from tinies.flights import MOVED, PARITY, Tamper, entries, fly, gap, zeroed

STEPS = 4
FOX, CATS = "a red fox in the snow", "two cats and a lighthouse"
ROLES = {"fill": ("start", "mask"), "kontext": ("reference",), "control": ("hint",), "img2img": ("start",)}
GUIDANCE = {"dev": 3.5, "schnell": 1.0, "fill": 30.0, "kontext": 2.5, "control": 10.0, "img2img": 3.5}
KINDS = tuple(GUIDANCE)


@dataclass(frozen=True)
class Opened:
    """A tiny model, ours and theirs, two plans and what the pipeline makes of each alone."""

    kind: str
    family: Flux
    model: LatentModel
    pipeline: Any
    plans: tuple[Plan, Plan]
    given: Mapping[str, Tensor]


def drawn(seed: int, height: int = 48, width: int = 72) -> Tensor:
    """A picture (3, H, W) in [-1, 1], smooth enough that a mask leaves something."""
    noise = torch.randn(1, 3, 4, 5, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.interpolate(noise, (height, width), mode="bilinear")[0].clamp(-1, 1)


def picture(role: str, seed: int) -> Tensor:
    if role == "reference":
        return drawn(seed, height=64, width=56)  # another shape than the picture's, and about as large
    return drawn(seed) if role != "mask" else drawn(seed)[:1].sign().expand(3, -1, -1)


def planned(family: Flux, kind: str, text: str, seed: int) -> tuple[Plan, dict[str, Tensor]]:
    """A plan of one picture at 3:2 with the pictures it reads."""
    given = {
        f"{seed}{index}" * 32: picture(role, 10 * seed + index) for index, role in enumerate(roles(kind))
    }
    inputs = tuple(Input(role=role, hash=hash) for role, hash in zip(roles(kind), given, strict=True))
    plan = draft(read(f"{text} --ar 3:2")[0], family.defaults(), entropy=lambda: seed)
    half = kind == "img2img"
    plan = staged(plan, steps=STEPS * (1 + half), start=0.5 if half else 0.0)
    return plan.model_copy(update={"inputs": inputs}), given


def roles(kind: str) -> tuple[str, ...]:
    return ROLES.get(kind, ())


def staged(plan: Plan, **knobs: Any) -> Plan:
    return plan.model_copy(update={"stages": (plan.stages[0].model_copy(update=knobs),)})


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Opened]:
    @cache
    def files(kind: str) -> tuple[Path, ...]:
        return tiny.VARIANTS[kind](tmp_path_factory.mktemp(kind))

    @cache
    def open_kind(kind: str) -> Opened:
        import diffusers

        paths = files("dev" if kind == "img2img" else kind)
        family = claim(paths)
        assert family is not None
        name = "FluxImg2ImgPipeline" if kind == "img2img" else family.files.repository.pipeline
        pipeline = getattr(diffusers, name).from_pretrained(paths[0])
        pipeline.set_progress_bar_config(disable=True)
        (fox, first), (cats, second) = (planned(family, kind, text, n) for n, text in ((7, FOX), (8, CATS)))
        model = family.open("cpu", "float32")
        assert isinstance(model, LatentModel)
        return Opened(kind, family, model, pipeline, (fox, cats), {**first, **second})

    return open_kind


@pytest.fixture(scope="module")
def theirs(opened: Callable[[str], Opened]) -> Callable[[str, int], Tensor]:
    @cache
    def paint_once(kind: str, number: int) -> Tensor:
        flight = opened(kind)
        return painted(flight, flight.plans[number])

    return paint_once


def start_noise(plan: Plan, shape: tuple[int, ...]) -> Tensor:
    seed = plan.seeds[0]
    return Source(seed.number, seed.slice, place="base")("start", 0, shape)[None]


def painted(flight: Opened, plan: Plan, output: str = "latent", **more: Any) -> Tensor:
    """What the released pipeline makes of this plan: its last latent (C, h, w), or its picture in [0, 1]."""
    from diffusers import FluxPipeline
    from diffusers.models.autoencoders import vae
    from diffusers.pipelines.flux import pipeline_flux_img2img

    stage = plan.stages[0]
    noise = start_noise(plan, (tiny.CHANNELS, stage.height // tiny.FACTOR, stage.width // tiny.FACTOR))
    arguments = {
        "prompt": plan.parts[0].content,
        "num_inference_steps": stage.steps,
        "max_sequence_length": tiny.LENGTH,
        "guidance_scale": stage.guidance,
        "height": stage.height,
        "width": stage.width,
        "latents": FluxPipeline._pack_latents(noise, *noise.shape),
        **seen(flight, plan),
        **more,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vae, "randn_tensor", lambda shape, **_: torch.zeros(shape))  # ours encodes to the mean
        patch.setattr(pipeline_flux_img2img, "randn_tensor", lambda shape, **_: noise)
        out = flight.pipeline(output_type=output, **arguments).images
    if output != "latent":
        return out[0]
    return FluxPipeline._unpack_latents(out, stage.height, stage.width, tiny.FACTOR)[0]


def seen(flight: Opened, plan: Plan) -> dict[str, Any]:
    """The plan's pictures as the pipeline of this kind takes them."""
    pictures = {item.role: flight.given[item.hash][None] for item in plan.inputs}
    unit = {role: (values + 1) / 2 for role, values in pictures.items()}
    if flight.kind == "fill":
        return {"image": unit["start"], "mask_image": unit["mask"][:, :1]}
    if flight.kind == "kontext":
        size = {"max_area": plan.width * plan.height, "_auto_resize": False}
        return {**size, "image": unit["reference"]} if unit else size
    if flight.kind == "control":
        return {"control_image": pictures["hint"]}
    return {"image": unit["start"], "strength": 0.5, "latents": None} if flight.kind == "img2img" else {}


# Parity


@pytest.mark.parametrize("kind", KINDS)
def test_two_prompts_in_one_batch_equal_two_runs_of_the_pipeline(opened, theirs, kind: str) -> None:
    flight = opened(kind)
    assert [flight.family.check(plan) for plan in flight.plans] == [(), ()]
    assert [plan.stages[0].guidance for plan in flight.plans] == [GUIDANCE[kind]] * 2
    flown = fly(flight.model, flight.plans, flight.given)
    assert flown.rows == (2,) * STEPS
    for number, x in enumerate(flown.x):
        assert gap(x, theirs(kind, number)) < PARITY


@pytest.mark.parametrize("kind", KINDS)
def test_exchanged_prompts_are_seen(opened, theirs, kind: str) -> None:
    flight = opened(kind)
    fox, cats = flight.plans
    exchanged = [fox.model_copy(update={"parts": cats.parts}), cats.model_copy(update={"parts": fox.parts})]
    for number, x in enumerate(fly(flight.model, exchanged, flight.given).x):
        assert gap(x, theirs(kind, number)) > MOVED


@pytest.mark.parametrize("kind", KINDS)
def test_a_pass_a_step(opened, kind: str) -> None:
    flight, calls = opened(kind), []
    hook = flight.model.look.transformer.register_forward_hook(lambda *_: calls.append(1))
    assert fly(flight.model, flight.plans[:1], flight.given).rows == (1,) * STEPS
    hook.remove()
    assert len(calls) == STEPS


def test_different_guidance_shares_a_pass(opened) -> None:
    flight = opened("dev")
    plans = [staged(plan, guidance=g) for plan, g in zip(flight.plans, (1.5, 5.0), strict=True)]
    flown = fly(flight.model, plans)
    assert flown.rows == (2,) * STEPS
    for plan, other, x in zip(plans, (5.0, 1.5), flown.x, strict=True):
        assert gap(x, painted(flight, plan)) < PARITY
        assert gap(x, painted(flight, plan, guidance_scale=other)) > MOVED


def test_kontext_without_a_reference_draws_from_words(opened) -> None:
    flight = opened("kontext")
    plan = flight.plans[0].model_copy(update={"inputs": ()})
    assert flight.family.check(plan) == ()
    x = fly(flight.model, [plan]).x[0]
    assert gap(x, painted(flight, plan)) < PARITY
    assert gap(x, painted(flight, flight.plans[0])) > MOVED


def test_decoded_pictures_are_equal(opened) -> None:
    flight = opened("dev")
    plan, space = flight.plans[0], flight.model.stage.space
    x = fly(flight.model, [plan]).x[0]
    picture = painted(flight, plan, output="pt")
    assert gap((space.decode(x) + 1).clamp(0, 2) / 2, picture) < PARITY
    for wrong in (replace(space, mean=0.0), replace(space, scale=1.0)):
        assert gap((wrong.decode(x) + 1).clamp(0, 2) / 2, picture) > MOVED


# What must be seen when it is missing

ENTRIES = {
    "dev": ("guidance", "pooled", "text"),
    "schnell": ("pooled", "text"),
    "fill": ("guidance", "mask", "masked", "pooled", "text"),
    "kontext": ("guidance", "pooled", "reference.1", "text"),
    "control": ("guidance", "hint", "pooled", "text"),
}


@pytest.mark.parametrize("kind", ENTRIES)
def test_these_are_all_entries(opened, kind: str) -> None:
    assert entries(conditions(opened(kind))) == ENTRIES[kind]


def conditions(flight: Opened) -> list[Condition]:
    legs = [board(Commission(plan, flight.model, flight.given), 0).leg for plan in flight.plans]
    return [condition for leg in legs if leg for condition in leg.panes[0].conditions.values()]


@pytest.mark.parametrize(("kind", "entry"), [(kind, entry) for kind in ENTRIES for entry in ENTRIES[kind]])
def test_every_entry_reaches_the_picture(opened, theirs, kind: str, entry: str) -> None:
    flight = opened(kind)
    x = fly(flight.model, flight.plans[:1], flight.given, tamper=zeroed(entry)).x[0]
    assert gap(x, theirs(kind, 0)) > MOVED


def entry_as(name: str, change: Callable[[Condition], Tensor]) -> Tamper:
    def tampered(ask: Ask) -> Ask:
        return replace(ask, condition=ask.condition.replace(**{name: change(ask.condition)}))

    return tampered


def without_references(ask: Ask) -> Ask:
    return replace(ask, condition=ask.condition.without("reference.1"))


def without_filling(condition: Condition) -> Tensor:
    """Words behind the text's end, as a mask would hide them."""
    return condition["text"] * (torch.arange(tiny.LENGTH) < 7)[:, None]


TAMPERS = {
    "guidance 1": ("dev", entry_as("guidance", lambda c: torch.ones_like(c["guidance"]))),
    "guidance not in thousandths": ("dev", entry_as("guidance", lambda c: c["guidance"] / 1000)),
    "pooled out of T5": ("dev", entry_as("pooled", lambda c: c["text"].mean(0))),
    "filling hidden": ("dev", entry_as("text", without_filling)),
    "reference left out": ("kontext", without_references),
}


@pytest.mark.parametrize("fault", TAMPERS)
def test_a_wrong_entry_is_seen(opened, theirs, fault: str) -> None:
    kind, tamper = TAMPERS[fault]
    flight = opened(kind)
    x = fly(flight.model, flight.plans[:1], flight.given, tamper=tamper).x[0]
    assert gap(x, theirs(kind, 0)) > MOVED


# Traps: what each is in place of the right function, by its name


def patch_major(latent: Tensor) -> Tensor:
    batch, channels, height, width = latent.shape
    cut = latent.reshape(batch, channels, height // 2, 2, width // 2, 2)
    return cut.permute(0, 2, 4, 3, 5, 1).reshape(batch, height * width // 4, 4 * channels)


def turned(height: int, width: int, picture: int = 0) -> Tensor:
    from sfumato.models.flux.sequence import places

    return places(height, width, picture)[:, [0, 2, 1]]


def first_axis_last(height: int, width: int, picture: int = 0) -> Tensor:
    from sfumato.models.flux.sequence import places

    return places(height, width, picture)[:, [1, 2, 0]]


def never_offset(height: int, width: int, picture: int = 0) -> Tensor:
    from sfumato.models.flux.sequence import places

    return places(height, width)


def counted(length: int) -> Tensor:
    return torch.arange(length).float()[:, None].expand(-1, 3)


def column_by_column(mask: Tensor, factor: int) -> Tensor:
    from sfumato.models.flux.sequence import folded

    return folded(mask, factor).unflatten(0, (factor, factor)).transpose(0, 1).flatten(0, 1)


def keeping(picture: Tensor) -> Tensor:
    from sfumato.engine import as_mask

    return 1 - as_mask(picture)


TRAPS = {
    "packed patch by patch": ("dev", model_module, "packed", patch_major),
    "rows and columns exchanged": ("dev", model_module, "places", turned),
    "places on the wrong axes": ("dev", model_module, "places", first_axis_last),
    "words have places": ("dev", spoken_module, "text_places", counted),
    "reference in the place of the picture": ("kontext", model_module, "places", never_offset),
    "mask before masked": ("fill", model_module, "BESIDE", ("mask", "masked")),
    "mask folded column by column": ("fill", pictures_module, "folded", column_by_column),
    "mask of what is kept": ("fill", pictures_module, "as_mask", keeping),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_seen(opened, theirs, monkeypatch: pytest.MonkeyPatch, trap: str) -> None:
    kind, module, name, wrong = TRAPS[trap]
    flight = opened(kind)
    monkeypatch.setattr(module, name, wrong)
    x = fly(flight.model, flight.plans[:1], flight.given).x[0]
    assert gap(x, theirs(kind, 0)) > MOVED


def with_path(model: LatentModel, **changes: Any) -> LatentModel:
    return replace(model, stage=replace(model.stage, path=replace(model.stage.path, **changes)))


def with_space(model: LatentModel, **changes: Any) -> LatentModel:
    return replace(model, stage=replace(model.stage, space=replace(model.stage.space, **changes)))


MODELS = {
    "clock to 1000": (("dev", "schnell"), lambda model: with_path(model, clock=1000.0)),
    "no shift": (("dev",), lambda model: with_path(model, line=None)),
    "latents not shifted": (("fill", "kontext", "control", "img2img"), lambda m: with_space(m, mean=0.0)),
    "latents not scaled": (("fill", "kontext", "control", "img2img"), lambda m: with_space(m, scale=1.0)),
}


@pytest.mark.parametrize(("fault", "kind"), [(fault, kind) for fault in MODELS for kind in MODELS[fault][0]])
def test_a_wrong_model_is_seen(opened, theirs, fault: str, kind: str) -> None:
    flight = opened(kind)
    x = fly(MODELS[fault][1](flight.model), flight.plans[:1], flight.given).x[0]
    assert gap(x, theirs(kind, 0)) > MOVED


def test_schnell_has_no_place_for_guidance_and_dev_cannot_do_without(opened) -> None:
    given_guidance = entry_as("guidance", lambda _: torch.tensor(3.5))
    with pytest.raises(TypeError):
        fly(opened("schnell").model, opened("schnell").plans, tamper=given_guidance)
    with pytest.raises(TypeError):
        fly(
            opened("dev").model,
            opened("dev").plans,
            tamper=lambda ask: replace(ask, condition=ask.condition.without("guidance")),
        )
