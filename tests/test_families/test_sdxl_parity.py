"""SDXL against diffusers' pipelines over the same tiny folders, from the same noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import diffusers
import pytest
import torch
from torch import Tensor

from sfumato.engine import Ask, NoisePath, Source
from sfumato.models._parts.unet.model import UnetModel
from sfumato.models._parts.unet.text import Reader
from sfumato.plan import Plan
from tinies import sdxl
from tinies.flights import MOVED, PARITY, fly, gap, zeroed
from tinies.sdxl_oracle import (
    PROMPTS,
    Shelf,
    Tiny,
    agree,
    changed,
    conditions_of,
    drawn,
    moves,
    shared,
    start_noise,
    with_stage,
)

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

ANCESTRAL = diffusers.schedulers.scheduling_euler_ancestral_discrete


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    shelf = Shelf(partial(tmp_path_factory.mktemp, "sdxl"), {})
    yield shelf
    shelf.close()


# The base


@pytest.fixture(scope="module")
def base(opened: Shelf) -> Tiny:
    return opened("base")


@pytest.fixture(scope="module")
def base_latents(base: Tiny) -> list[Tensor]:
    pipe = base.pipe("StableDiffusionXLPipeline")
    return [drawn(pipe, plan, base.model) for plan in base.plans()]


def test_base(base: Tiny, base_latents: list[Tensor]) -> None:
    flown = fly(base.model, base.plans())
    shared(flown)
    agree(flown, base_latents)


def test_swapped_prompts_move_it(base: Tiny, base_latents: list[Tensor]) -> None:
    one, other = base.plans()
    swapped = one.model_copy(update={"parts": other.parts})
    assert gap(fly(base.model, [swapped]).x[0], base_latents[0]) > MOVED


def test_guidance_moves_it(base: Tiny, base_latents: list[Tensor]) -> None:
    assert gap(fly(base.model, base.plans(PROMPTS[:1], guidance=1.0)).x[0], base_latents[0]) > MOVED


def test_every_entry_counts(base: Tiny, base_latents: list[Tensor]) -> None:
    names = conditions_of(base, base.plans()[0])
    assert set(names) == {"tokens", "pooled", "ids"}
    assert all(moves(base, base_latents[0], tamper=zeroed(name)) for name in names)


def turned(ask: Ask) -> Ask:
    """Width before height."""
    return changed(ask, ids=ask.condition["ids"][[1, 0, 2, 3, 5, 4]])


def cropped(ask: Ask) -> Ask:
    """The corner where the target is."""
    return changed(ask, ids=ask.condition["ids"][[0, 1, 4, 5, 2, 3]])


def second_first(ask: Ask) -> Ask:
    return changed(ask, tokens=ask.condition["tokens"].roll(64, dims=-1))


@pytest.mark.parametrize("fault", [turned, cropped, second_first])
def test_layout_of_conditions(base: Tiny, base_latents: list[Tensor], fault: Callable[[Ask], Ask]) -> None:
    assert moves(base, base_latents[0], tamper=fault)


@dataclass(frozen=True, eq=False)
class LastLayer:
    """An encoder whose layer before the last is its last."""

    encoder: Any

    @property
    def device(self) -> torch.device:
        return self.encoder.device

    def __call__(self, ids: Tensor, output_hidden_states: bool) -> Any:
        seen = self.encoder(ids, output_hidden_states=output_hidden_states)
        texts = {"text_embeds": seen.text_embeds} if "text_embeds" in seen else {}
        return SimpleNamespace(hidden_states=(*seen.hidden_states, None), **texts)


def last_layer(reader: Reader) -> Reader:
    return replace(reader, encoder=LastLayer(reader.encoder))


def padded_with_end(reader: Reader) -> Reader:
    return replace(reader, tokenizer=sdxl.clip_tokenizer())


def with_readers(model: UnetModel, change: Callable[[Reader], Reader]) -> UnetModel:
    parts = model.stages[0].parts
    return with_stage(model, parts=replace(parts, readers=tuple(map(change, parts.readers))))


@pytest.mark.parametrize("fault", [last_layer, padded_with_end])
def test_reading(base: Tiny, base_latents: list[Tensor], fault: Callable[[Reader], Reader]) -> None:
    broken = with_readers(base.model, fault)
    assert gap(fly(broken, base.plans()[:1]).x[0], base_latents[0]) > MOVED


def test_no_prompt_is_zeros(base: Tiny, base_latents: list[Tensor]) -> None:
    facts = base.model.stages[0].facts
    broken = with_stage(base.model, facts=replace(facts, zeros=False))
    assert gap(fly(broken, base.plans()[:1]).x[0], base_latents[0]) > MOVED


def test_negative_prompt_and_rescale(base: Tiny, base_latents: list[Tensor]) -> None:
    plans = base.plans(negative="a small blue car", rescale=0.7)
    pipe = base.pipe("StableDiffusionXLPipeline")
    theirs = [drawn(pipe, plan, base.model, guidance_rescale=0.7) for plan in plans]
    flown = fly(base.model, plans)
    shared(flown)
    agree(flown, theirs)
    assert gap(theirs[0], base_latents[0]) > MOVED
    plain = drawn(pipe, plans[0], base.model)
    assert gap(plain, theirs[0]) > MOVED, "rescaling would not be seen"


# Playground


@pytest.mark.parametrize("kind", ["EDMEulerScheduler", "EDMDPMSolverMultistepScheduler"])
def test_playground_25(opened: Shelf, kind: str) -> None:
    tiny = opened(kind, partial(sdxl.playground_25, kind=kind))
    plans, pipe = tiny.plans(), tiny.pipe("StableDiffusionXLPipeline")
    assert plans[0].stages[0].sampler == ("euler" if kind.startswith("EDME") else "dpm++2m")
    stage = tiny.model.stages[0]
    # Their first sigma is sqrt(80^2 + 1), 8e-5 more than the noise they begin with has.
    fit = stage.path.sigma_max / pipe.scheduler.init_noise_sigma
    theirs = [drawn(pipe, plan, tiny.model, latents=start_noise(plan, tiny.model) * fit) for plan in plans]
    flown = fly(tiny.model, plans)
    shared(flown)
    agree(flown, theirs)
    for name in conditions_of(tiny, plans[0]):
        assert moves(tiny, theirs[0], tamper=zeroed(name))
    path = NoisePath("edm", "edm", sigma_data=1.0)
    for broken in (with_stage(tiny.model, path=path), with_stage(tiny.model, path=replace(path, rho=3.0))):
        assert gap(fly(broken, plans[:1]).x[0], theirs[0]) > MOVED


def test_samplers_of_playground_25_differ(opened: Shelf) -> None:
    tiny = opened("EDMEulerScheduler", partial(sdxl.playground_25, kind="EDMEulerScheduler"))
    first, second = (
        fly(tiny.model, tiny.plans(PROMPTS[:1], sampler=name)).x[0] for name in ("euler", "dpm++2m")
    )
    assert gap(first, second) > MOVED


def test_playground_2(opened: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = opened("playground-v2")
    plans, pipe = tiny.plans(), tiny.pipe("StableDiffusionXLPipeline")
    theirs = []
    for plan in plans:
        monkeypatch.setattr(ANCESTRAL, "randn_tensor", fresh_noise(plan))
        theirs.append(drawn(pipe, plan, tiny.model))
    flown = fly(tiny.model, plans)
    shared(flown)
    agree(flown, theirs)
    assert gap(fly(tiny.model, tiny.plans(PROMPTS[:1], sampler="euler")).x[0], theirs[0]) > MOVED


def fresh_noise(plan: Plan) -> Callable[..., Tensor]:
    """Our noise of each step, in the oracle's order."""
    draw = Source(plan.seeds[0].number, plan.seeds[0].slice, place="base")
    steps = iter(range(plan.stages[0].steps))
    return lambda shape, **_: draw("ancestral", next(steps), tuple(shape[1:]))[None]


# Other tables, and pixels


def test_v_prediction_from_pure_noise(opened: Shelf) -> None:
    tiny = opened("v-prediction")
    pipe = tiny.pipe("StableDiffusionXLPipeline")
    theirs = [drawn(pipe, plan, tiny.model) for plan in tiny.plans()]
    flown = fly(tiny.model, tiny.plans())
    shared(flown)
    agree(flown, theirs)
    stage = tiny.model.stages[0]
    for path in (replace(stage.path, zero_snr=False), replace(stage.path, predicts="x0")):
        assert gap(fly(with_stage(tiny.model, path=path), tiny.plans()[:1]).x[0], theirs[0]) > MOVED


@pytest.mark.parametrize("name", ["base", "playground-v2.5"])
def test_pixels(opened: Shelf, name: str) -> None:
    tiny = opened(name)
    plan, pipe, stage = tiny.plans()[0], tiny.pipe("StableDiffusionXLPipeline"), tiny.model.stages[0]
    theirs = drawn(pipe, plan, tiny.model, output_type="pt") * 2 - 1
    x = drawn(pipe, plan, tiny.model)
    assert gap(stage.decode(x).clamp(-1, 1), theirs) < PARITY
    latent = stage.parts.latent
    for fault in ({"scale": 1.0}, {"mean": 1.0}, {"deviation": 2.0}):
        broken = replace(stage, parts=replace(stage.parts, latent=replace(latent, **fault)))
        assert gap(broken.decode(x).clamp(-1, 1), theirs) > MOVED
