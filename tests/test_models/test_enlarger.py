"""The house model's enlarger: any size, no seams, the picture kept, and sharper than plain enlargement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from sfumato.engine import Commission, fitted, noise, resize, run, to_pixels
from sfumato.engine.batcher import Batcher
from sfumato.language import read
from sfumato.models.family import family
from sfumato.models.house.enlarger import Enlarger, EnlargerConfig
from sfumato.models.house.model import HouseModel, Larger
from sfumato.plan import Asked, Input, Plan, Source, Upscale, adjust, draft
from sfumato.train.metrics.enlarged import held_out, score
from sfumato.train.world.atlas import open_atlas
from tinies.flights import MOVED, PARITY, fly, gap

OWN = "0" * 64
SMALL = EnlargerConfig(width=8, blocks=2)


@pytest.fixture(scope="module")
def model() -> Iterator[HouseModel]:
    opened = family("house").open("cpu", "float32")
    assert isinstance(opened, HouseModel)
    yield opened
    opened.close()


def drawn(height: int, width: int) -> Tensor:
    """A picture that is smooth in places and steep in others."""
    rough = noise(0, 0, "picture", 0, (3, -(-height // 5), -(-width // 5)))
    return fitted(rough.clamp(-1, 1), width, height)


def planned(
    height: int, width: int, factor: float = 4.0, words: str = "a fox --seed 1", **more: bool
) -> Plan:
    (said,) = read(words)
    house = family("house")
    return Upscale(factor=factor, **more).plan(Asked(said, house.defaults(), [Source(OWN, width, height)]))


def windowed(plan: Plan, window: int) -> Plan:
    return adjust(plan, {"enlarger.window": str(window)})


@given(height=st.integers(1, 9), width=st.integers(1, 9))
def test_any_size_becomes_exactly_four_times_as_large(height: int, width: int) -> None:
    assert Enlarger(SMALL)(torch.zeros(1, 3, height, width)).shape == (1, 3, 4 * height, 4 * width)


def test_it_begins_as_plain_enlargement() -> None:
    picture = drawn(9, 7)[None]
    network = Enlarger(SMALL)
    torch.nn.init.zeros_(network.leave.bias)
    plain = torch.nn.functional.interpolate(picture, scale_factor=4.0, mode="bicubic")
    torch.testing.assert_close(network(picture), plain)


def test_a_pixel_depends_on_what_is_within_reach_and_on_nothing_else() -> None:
    torch.manual_seed(0)
    network = Enlarger(SMALL)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    black = torch.zeros(1, 3, 41, 41, dtype=torch.float64)
    dot = black.clone()
    dot[..., 20, 20] = 1
    with torch.no_grad():
        moved = (network.double()(dot) - network(black)).abs().amax((0, 1))
    near = torch.zeros(164, 164, dtype=torch.bool)
    reach = SMALL.reach
    near[4 * (20 - reach) : 4 * (21 + reach), 4 * (20 - reach) : 4 * (21 + reach)] = True
    assert not moved[~near].any()
    assert moved[4 * (20 - reach + 1)].any(), "it sees as far as it says, but for the margin of bicubic"


@pytest.mark.parametrize(
    ("size", "factor"), [((33, 21), 4.0), ((31, 17), 2.0), ((20, 27), 5.3), ((1, 3), 1.5)]
)
def test_a_picture_of_any_size_by_any_factor(model: HouseModel, size: tuple[int, int], factor: float) -> None:
    plan, picture = planned(*size, factor), drawn(*size)
    (made,) = finished(model, plan, picture)
    assert made.shape == (round(size[0] * factor), round(size[1] * factor), 3)


def test_windows_join_without_a_seam(model: HouseModel) -> None:
    """It sees no further than a window's surroundings; without these a border would show."""
    picture, plan = drawn(90, 70), planned(90, 70)
    whole = fly(model, [plan], {OWN: picture})
    parts = fly(model, [windowed(plan, 128)], {OWN: picture})
    assert sum(whole.rows) == 1 and sum(parts.rows) >= 6
    assert gap(parts.x[0], whole.x[0]) < PARITY
    blind = HouseModel(
        tuple(replace(own, around=0) if isinstance(own, Larger) else own for own in model.stages)
    )
    assert gap(fly(blind, [windowed(plan, 128)], {OWN: picture}).x[0], whole.x[0]) > MOVED


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_company_changes_no_bit(dtype: str) -> None:
    """Beside pictures of other sizes, and those that are painted."""
    house = family("house").open("cpu", dtype)
    one, other = planned(33, 21), planned(16, 40)
    (said,) = read("a fox --q .25 --seed 5")
    picture = {OWN: drawn(33, 21)}
    alone, together = (
        landed(house, [one], picture),
        landed(house, [one, one, other, draft(said, family("house").defaults())], picture),
    )
    assert torch.equal(alone[0], together[0]) and torch.equal(alone[0], together[1])
    house.close()


def landed(model: HouseModel, plans: list[Plan], pictures: dict[str, Tensor]) -> list[Tensor]:
    batcher, done = Batcher(), {}
    tickets = [batcher.add(Commission(plan, model, pictures), 0) for plan in plans]
    while batcher.busy:
        for event in batcher.step():
            assert event.error is None and event.flight is not None
            done[event.ticket] = event.flight.state.x
    return [done[ticket] for ticket in tickets]


def finished(model: HouseModel, plan: Plan, picture: Tensor) -> list[np.ndarray]:
    from sfumato.engine import finished as finish

    *_, last = run(plan, model, {OWN: picture})
    assert last.finished is not None
    return [finish(to_pixels(own), plan, {OWN: picture}) for own in last.finished]


@pytest.mark.parametrize("factor", [2.0, 4.0])
def test_scaled_back_it_is_the_picture(model: HouseModel, factor: float) -> None:
    """Also where it is noise, which nothing that was learned knows."""
    for picture in (drawn(40, 56), noise(0, 0, "picture", 0, (3, 40, 56)).mul(0.3)):
        (made,) = finished(model, planned(40, 56, factor), picture)
        own = to_pixels(picture)
        assert psnr(resize(made, 56, 40), own) >= 35
        assert (made != resize(own, round(56 * factor), round(40 * factor))).any()


def test_the_creative_one_paints_over_what_the_enlarger_made(model: HouseModel) -> None:
    plan, picture = planned(48, 64, 2.0, creative=True), drawn(48, 64)
    assert [own.name for own in plan.stages] == ["enlarger", "base", "upper"]
    (ours,) = fly(model, [plan], {OWN: picture}).x
    bare = plan.model_copy(update={"stages": plan.stages[1:]})
    (without,) = fly(model, [bare], {OWN: picture}).x
    assert ours.shape == without.shape and gap(ours, without) > MOVED


@pytest.mark.minutes
def test_the_shipped_weights_are_sharper_than_lanczos_where_nobody_trained(model: HouseModel) -> None:
    """By a decibel, at edges too, and with half as much again of the truth's sharpness."""
    for rough in (False, True):
        scores = []
        for small, true in held_out(open_atlas(), 8, rough):
            picture = torch.from_numpy(small.copy()).permute(2, 0, 1).float() / 127.5 - 1
            (made,) = finished(model, planned(64, 64), picture)
            plain = resize(small, 256, 256)
            scores.append((score(made, true), score(plain, true)))
        ours, lanczos = (np.mean(own, axis=0) for own in zip(*scores, strict=True))
        assert ours[0] > lanczos[0] + 1 and ours[1] > lanczos[1] + 0.7
        assert 1 > ours[2] > 1.5 * lanczos[2]


def psnr(one: np.ndarray, two: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(((one.astype(float) - two) ** 2).mean(), 1e-9)))


# What cannot be


def without_picture() -> Plan:
    return planned(8, 8).model_copy(update={"inputs": ()})


def odd() -> Plan:
    plan = planned(8, 8)
    stage = plan.stages[0].model_copy(update={"width": 30})
    return plan.model_copy(update={"stages": (stage,)})


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (without_picture(), "needs a picture as start"),
        (odd(), "multiples of 4 px, and 30×32 is not"),
        (adjust(planned(8, 8), {"guidance": "5"}), "leave out guidance"),
        (adjust(planned(8, 8), {"end": ".5"}), "cannot stop half way"),
    ],
)
def test_what_it_cannot_do_is_said(plan: Plan, said: str) -> None:
    assert any(said in sentence for sentence in family("house").check(plan))
    assert not family("house").check(planned(8, 8))


def test_words_have_no_part_in_it(model: HouseModel) -> None:
    """Weights, `--no` and unknown words of the picture's own prompt change nothing, and are no reason to
    refuse or to remark."""
    picture, house = drawn(9, 12), family("house")
    said = planned(9, 12, words="a fox::2 a zebra::1 --no snow --stop 50 --tile --seed 1")
    assert house.check(said) == () and house.notes(said) == ()
    ours, plain = (fly(model, [plan], {OWN: picture}).x[0] for plan in (said, planned(9, 12)))
    assert torch.equal(ours, plain)


def test_only_the_picture_that_is_given_decides(model: HouseModel) -> None:
    """Not the seed: nothing is drawn."""
    picture, plan = drawn(9, 12), planned(9, 12)
    other = plan.model_copy(update={"seeds": (plan.seeds[0].model_copy(update={"number": 8}),)})
    assert plan.inputs[0] == Input(role="start", hash=OWN, frame=plan.inputs[0].frame)
    assert torch.equal(*(fly(model, [own], {OWN: picture}).x[0] for own in (plan, other)))
    assert not torch.equal(*(fly(model, [plan], {OWN: own}).x[0] for own in (picture, picture.flip(1))))
