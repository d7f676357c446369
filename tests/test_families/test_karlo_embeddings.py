"""What Karlo's decoder is told: words and pictures on the sphere, differences of texts, best of several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.engine import NULL, Commission, noise, part
from sfumato.engine.leg import setting_of
from sfumato.language import read
from sfumato.models._parts.unclip.embeddings import nearest
from sfumato.models._parts.unclip.rows import Row
from sfumato.models.family import Family, recognise
from sfumato.models.karlo.painted import differs, rows
from sfumato.models.karlo.sphere import between, difference, slerp
from sfumato.plan import Input, Plan, draft
from tinies import karlo as tiny
from tinies.flights import MOVED, fly, gap
from tinies.kandinsky_oracle import named, picture

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Family:
    return recognise(tiny.whole(tmp_path_factory.mktemp("karlo")))


@pytest.fixture(scope="module")
def model(whole: Family) -> Iterator[Any]:
    opened = whole.open("cpu", "float32")
    yield opened
    opened.close()


# The sphere


def vectors(count: int, width: int = 16) -> list[Tensor]:
    return list(noise(3, 0, "sphere", 0, (count, width)).unbind())


def angle(first: Tensor, second: Tensor) -> float:
    return float(torch.acos((first @ second / first.norm() / second.norm()).clamp(-1, 1)))


def test_between_two_directions() -> None:
    a, b = (vector / vector.norm() for vector in vectors(2))
    for along in (0.0, 0.25, 0.5, 1.0):
        own = slerp(a, b, along)
        assert float(own.norm()) == pytest.approx(1, abs=1e-6), "it stays on the sphere"
        assert angle(a, own) == pytest.approx(along * angle(a, b), abs=1e-3)
    assert torch.allclose(slerp(a, b, 0.3), slerp(b, a, 0.7), atol=1e-6)
    assert gap(slerp(a, b, 0.5), (a + b) / 2) > MOVED, "a straight line would be shorter"
    assert torch.allclose(slerp(a, 2 * a, 0.25), 1.25 * a)
    assert torch.isfinite(slerp(a, -a, 0.5)).all()


def test_between_several_directions() -> None:
    a, b, c = vectors(3)
    assert torch.equal(between([a], (0.3,)), a)
    assert torch.allclose(between([a, b], (1, 3)), slerp(a, b, 0.75), atol=1e-6)
    assert torch.allclose(between([a, b, c], (1, 3, 2)), between([c, a, b], (2, 1, 3)), atol=1e-6)
    assert torch.equal(between([a, b, c], (2, 1, 0)), between([a, b], (2, 1)))
    beyond = between([a, b], (1, -0.25))
    assert angle(beyond, b) > angle(a, b), "a negative weight leads away"


# Words and pictures


def planned(family: Family, text: str, *inputs: Input, **changes: Any) -> Plan:
    plan = draft(read(text)[0], family.defaults())
    stages = tuple(stage.model_copy(update={"steps": 3}) for stage in plan.stages)
    plan = plan.model_copy(update={"stages": stages, "seeds": plan.seeds[:1], "inputs": inputs})
    plan = plan.model_copy(update=changes)
    assert family.check(plan) == ()
    return plan


def candidates(plan: Plan, count: int) -> Plan:
    first, *rest = plan.stages
    return plan.model_copy(update={"stages": (first.model_copy(update={"candidates": count}), *rest)})


GIVEN = MappingProxyType({named(role).hash: picture(role, 16, 16) for role in ("reference", "start")})


def told(model: Any, plan: Plan, results: Mapping[str, Tensor]) -> Any:
    """The decoder's conditions."""
    return model.decoder.conditions(setting_of(Commission(plan, model, GIVEN), 0, 1, results))


def test_what_the_decoder_is_told(whole: Family, model: Any) -> None:
    text = "a red fox::2 the sea::1 --seed 7"
    plan = planned(whole, text, negative="cars")
    results = fly(model, [plan]).states[0].results
    painted = model.prior.networks.from_x(results["prior"])
    seen = told(model, plan, results)
    assert set(seen) == {part(0), part(1), NULL}
    assert torch.equal(seen[part(0)]["embedding"], painted[0])
    assert torch.equal(seen[part(0)]["embedding"], seen[part(1)]["embedding"])
    assert not torch.equal(seen[part(0)]["states"], seen[part(1)]["states"])
    assert torch.equal(seen[NULL]["embedding"], painted[1]), "what the prior made of the negative prompt"
    plain = planned(whole, text)
    learned = model.decoder.projection.learned_classifier_free_guidance_embeddings
    assert torch.equal(told(model, plain, results)[NULL]["embedding"], learned)


def test_a_blend_lies_on_the_sphere(whole: Family, model: Any) -> None:
    plan = planned(whole, "a red fox::3 the sea::1 --seed 7", operation="blend")
    results = fly(model, [plan]).states[0].results
    fox, sea = model.prior.networks.from_x(results["prior"])
    seen = told(model, plan, results)
    assert set(seen) == {part(0), NULL}
    assert torch.equal(seen[part(0)]["states"], seen[NULL]["states"]), "without words"
    assert gap(seen[part(0)]["embedding"], slerp(fox, sea, 0.25)) < 1e-6
    assert gap(seen[part(0)]["embedding"], 0.75 * fox + 0.25 * sea) > MOVED


def test_two_pictures_are_blended(whole: Family, model: Any) -> None:
    both = (named("reference", 1.0), named("start", 3.0).model_copy(update={"role": "reference"}))
    plan = planned(whole, "a --seed 7", *both, parts=())
    sight = model.decoder.embeddings.sight
    first, second = (sight.see(GIVEN[item.hash]) for item in both)
    seen = told(model, plan, {"prior": torch.zeros(0, tiny.WIDTH)})
    assert gap(seen[part(0)]["embedding"], slerp(first, second, 0.75)) < 1e-6


def test_a_difference_of_texts_moves_a_picture(whole: Family, model: Any) -> None:
    """norm(z_wanted - z_unwanted), and the picture turned towards it: no prior is asked."""
    plan = planned(whole, "a red fox --no the sea --seed 7", named("reference", 3.0))
    assert differs(plan) and rows(plan) == ()
    assert model.prior.shape(plan, plan.stages[0]) == (0, tiny.WIDTH)
    seen = told(model, plan, {"prior": torch.zeros(0, tiny.WIDTH)})[part(0)]["embedding"]
    picture_ = model.decoder.embeddings.sight.see(GIVEN[named("reference").hash])
    fox, sea = (model.prior.networks.words.read(text)["pooled"] for text in ("a red fox", "the sea"))
    towards = difference(fox, sea, picture_.norm())
    assert float(towards.norm()) == pytest.approx(float(picture_.norm()), rel=1e-5)
    assert gap(seen, slerp(picture_, towards, 0.25)) < 1e-5, "the words weigh one in four"
    for wrong in (slerp(picture_, fox, 0.25), slerp(picture_, difference(sea, fox, picture_.norm()), 0.25)):
        assert gap(seen, wrong) > MOVED
    heavier = plan.model_copy(update={"inputs": (named("reference", 1.0),)})
    other = told(model, heavier, {"prior": torch.zeros(0, tiny.WIDTH)})[part(0)]["embedding"]
    assert gap(other, slerp(picture_, towards, 0.5)) < 1e-5
    same = planned(whole, "the sea --no the sea --seed 7", named("reference", 3.0))
    told_same = told(model, same, {"prior": torch.zeros(0, tiny.WIDTH)})[part(0)]["embedding"]
    assert torch.equal(told_same, picture_), "no difference, no way to go"
    without = planned(whole, "a red fox --no the sea --seed 7")
    assert not differs(without) and rows(without) == (Row(("a red fox", "the sea")),)
    assert fly(model, [plan], GIVEN).x[0].isfinite().all()


# Best of n


def test_the_nearest_is_chosen() -> None:
    words = torch.stack(vectors(2))
    drawn = torch.stack([torch.stack(vectors(6)[i : i + 2]) for i in (0, 2, 4)])  # (3, 2, D)
    best = nearest(drawn, words)
    assert torch.equal(best, words), "the texts' own embeddings are nearest to them"
    turned = nearest(drawn.flip(0), words)
    assert torch.equal(turned, best)
    assert not torch.equal(nearest(drawn, -words), best)


@pytest.mark.parametrize("operation", ["imagine", "blend"])
def test_several_are_drawn_and_the_best_is_painted(whole: Family, model: Any, operation: str) -> None:
    plan = planned(whole, "a red fox::1 the sea::2 --seed 7", negative="cars", operation=operation)
    many, one = candidates(plan, 4), candidates(plan, 1)
    assert whole.check(many) == whole.notes(many) == ()
    count = len(model.prior.rows(plan))
    flown = {n: fly(model, [own]).states[0] for n, own in ((1, one), (4, many))}
    drawn = flown[4].results["prior"]
    assert drawn.shape == (4 * count, tiny.WIDTH)
    assert gap(drawn[:count], flown[1].results["prior"]) < 1e-5, "the first is what one alone would be"
    images = model.prior.networks.from_x(drawn).unflatten(0, (4, count))
    reader = model.prior.networks.words
    fox, sea, cars = (reader.read(text)["pooled"] for text in ("a red fox", "the sea", "cars"))
    wanted = [fox, sea] if operation == "blend" else [fox / 3 + 2 * sea / 3]
    scores = torch.stack([images[:, row] @ text for row, text in enumerate([*wanted, cars])], dim=1)
    best = [images[int(scores[:, row].argmax()), row] for row in range(count)]
    seen = told(model, many, flown[4].results)
    mixed = slerp(best[0], best[1], 2 / 3) if operation == "blend" else best[0]
    assert gap(seen[part(0)]["embedding"], mixed) < 1e-5
    assert torch.equal(seen[NULL]["embedding"], best[-1])
    assert len(set(scores.argmax(0).tolist())) > 1 or int(scores[:, 0].argmax()) > 0, "not simply the first"


def test_candidates_share_passes(whole: Family, model: Any) -> None:
    plans = [candidates(planned(whole, f"{text} --seed 7"), 3) for text in ("a red fox", "the sea")]
    flown = fly(model, plans)
    assert flown.rows[:3] == (4, 4, 4)
    for plan, x in zip(plans, flown.x, strict=True):
        assert gap(x, fly(model, [plan]).x[0]) < 1e-4
