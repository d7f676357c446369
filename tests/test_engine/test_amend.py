"""What the engine does to answers: what is known stays known, and what tiles has no border."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import SAMPLERS, Answer, NoisePath, noise
from sfumato.engine.amend import KeepKnown, Torus, TorusDraw, torus
from sfumato.models.gauss import spread, words
from test_engine.begun import FLOW, drawn, reading

MARGINS = st.integers(0, 4)
INNER = st.integers(4, 11)
SHIFTS = st.integers(-12, 12)


def periodic(x: torch.Tensor, rows: int, columns: int) -> bool:
    """Whether the margins hold, bit for bit, what lies across them."""
    height, width = x.shape[-2] - 2 * rows, x.shape[-1] - 2 * columns
    down = torch.equal(x[:, : 2 * rows], x[:, height : height + 2 * rows])
    return down and torch.equal(x[:, :, : 2 * columns], x[:, :, width : width + 2 * columns])


def inner(x: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
    return x[:, rows : x.shape[1] - rows, columns : x.shape[2] - columns]


@given(seed=st.integers(0, 999), share=st.sampled_from([0.0, 0.3, 1.0]))
def test_what_is_known_has_the_known_bits(seed: int, share: float) -> None:
    anew = (torch.rand(1, 8, 8, generator=torch.Generator().manual_seed(seed)) < share).float()
    answer = Answer(drawn("answer"), torch.rand(3, 8, 8) + 0.1, {"pull": torch.ones(1)})
    ours = KeepKnown(drawn("known"), anew).apply(answer)
    mask = anew.bool().expand(3, 8, 8)
    assert torch.equal(ours.x0[~mask], drawn("known")[~mask]) and torch.equal(ours.x0[mask], answer.x0[mask])
    assert ours.variance is not None and answer.variance is not None
    assert not ours.variance[~mask].any() and torch.equal(ours.variance[mask], answer.variance[mask])
    assert ours.kept == answer.kept


@given(rows=MARGINS, columns=MARGINS, height=INNER, width=INNER)
def test_closed_is_periodic_and_leaves_the_periodic_alone(
    rows: int, columns: int, height: int, width: int
) -> None:
    own, x = Torus(rows, columns), drawn("x", width + 2 * columns, height + 2 * rows)
    closed, spread_ = own.closed(x), own.spread(x)
    assert closed.shape == x.shape and periodic(closed, rows, columns)
    assert periodic(spread_, rows, columns)
    assert torch.equal(inner(spread_, rows, columns), inner(x, rows, columns))
    torch.testing.assert_close(own.closed(spread_), spread_, rtol=0, atol=1e-6)


@given(rows=MARGINS, columns=MARGINS, height=INNER, width=INNER, down=SHIFTS, across=SHIFTS)
def test_a_rolled_picture_is_closed_as_itself(
    rows: int, columns: int, height: int, width: int, down: int, across: int
) -> None:
    """For whatever does the same at every place, here a curve: where the border lies leaves no trace."""
    own, body = Torus(rows, columns), drawn("x", width, height)

    def answered(picture: torch.Tensor) -> torch.Tensor:
        framed = torch.nn.functional.pad(picture, (columns, columns, rows, rows))
        return inner(own.closed(torch.sin(3 * own.spread(framed))), rows, columns)

    rolled = answered(body.roll((down, across), (1, 2)))
    torch.testing.assert_close(rolled, answered(body).roll((down, across), (1, 2)), rtol=0, atol=1e-6)


def test_without_margins_nothing_is_touched() -> None:
    x = drawn("x")
    assert Torus(0, 0).closed(x) is x and Torus(0, 0).spread(x) is x


@pytest.mark.parametrize("shape", [(5,), (4, 5)])
def test_noise_that_is_no_picture_stays(shape: tuple[int, ...]) -> None:
    def draw(purpose, step, shape):
        return noise(1, 0, purpose, step, shape)

    assert torch.equal(TorusDraw(draw, 12, 12, 2)("start", 0, shape), draw("start", 0, shape))
    assert periodic(TorusDraw(draw, 12, 12, 2)("start", 0, (3, 12, 12)), 2, 2)
    assert periodic(TorusDraw(draw, 12, 12, 2)("augment", 0, (3, 6, 6)), 1, 1)


def test_margins_follow_the_size_of_x() -> None:
    assert torus(16, (160, 160), (20, 20)) == Torus(2, 2)
    assert torus(16, (160, 320), (20, 20)) == Torus(2, 1)


@dataclass(frozen=True, eq=False)
class Smeared:
    """Answers as the model does, and then sees the borders of what it is shown, as networks do."""

    model: object

    def __getattr__(self, name):
        return getattr(self.model, name)

    def answer(self, asks):
        own = [torch.nn.functional.avg_pool2d(answer.x0, 3, 1, 1) for answer in self.model.answer(asks)]
        return [Answer(x0) for x0 in own]


@pytest.mark.parametrize("sampler", sorted(SAMPLERS))
def test_a_tile_has_no_border(sampler: str, planned, staged, last) -> None:
    """With every sampler, those that draw noise too, and a network that pads what it sees with nothing."""
    plan = planned(staged(sampler=sampler, schedule="linear", width=16, height=12, guidance=2.0))
    finished = last(reading(plan, wrap=3), Smeared(words(FLOW))).finished
    assert all(periodic(picture, 3, 3) for picture in finished)
    assert not any(periodic(picture, 3, 3) for picture in last(plan, Smeared(words(FLOW))).finished)


def test_a_tile_of_learned_variance_has_no_border(planned, staged, last) -> None:
    knobs = {"schedule": "linear", "sampler": "ddpm", "width": 16, "height": 12}
    plan = reading(planned(staged(**knobs)), wrap=3)
    for picture in last(plan, spread(NoisePath("vp", "v"))).finished:
        assert periodic(picture, 3, 3)


def test_a_tile_of_a_witness_is_what_it_paints_of_the_same_noise(planned, staged, last) -> None:
    """Each place alone decides its picture, so that margins change nothing within them."""
    own = staged(width=16, height=12)
    tiled = last(reading(planned(own), wrap=3), words(FLOW)).finished
    plain = last(planned(own), words(FLOW)).finished
    for one, two in zip(tiled, plain, strict=True):
        torch.testing.assert_close(inner(one, 3, 3), inner(two, 3, 3), rtol=0, atol=1e-5)


def test_margins_larger_than_what_they_repeat_are_refused(planned, staged) -> None:
    plan = planned(staged(width=16, height=12))
    assert reading(plan, wrap=4).wrap == 4
    with pytest.raises(ValueError, match=r"5 pixels at every side .* 16×12"):
        reading(plan, wrap=5)
    assert torus(4, (12, 12), (5, 5)) == Torus(1, 1)
