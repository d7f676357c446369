"""Windows over a large picture: they cover it, overlap, and are one picture in the end."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import Answer
from sfumato.engine.panes import OVERLAP, Pane, Size, merged, windows
from sfumato.models.gauss import cascade, words
from sfumato.plan import Frame, PlanPart
from test_engine.begun import FLOW, beginning, digest, drawn, reading, reads

LENGTHS = st.integers(1, 80)
SIDES = st.integers(1, 40)


@given(width=LENGTHS, height=LENGTHS, side=SIDES)
def test_windows_cover_everything_and_stay_within(width: int, height: int, side: int) -> None:
    seen = torch.zeros(height, width, dtype=torch.int64)
    boxes = windows(Size(height, width), side)
    for box in boxes:
        assert box.left >= 0 and box.top >= 0
        assert box.left + box.width <= width and box.top + box.height <= height
        assert (box.width, box.height) == (min(side, width), min(side, height))
        seen[box.top : box.top + box.height, box.left : box.left + box.width] += 1
    assert int(seen.min()) >= 1
    assert len(set(boxes)) == len(boxes)


@given(length=st.integers(1, 16384), side=st.integers(1, 2048))
def test_neighbours_share_what_is_promised(length: int, side: int) -> None:
    """One in `OVERLAP` of their pixels, at least: a smaller seam would show."""
    lefts = [box.left for box in windows(Size(1, length), side)]
    assert all(before + side - after >= side // OVERLAP for before, after in pairwise(lefts))


@given(count=st.integers(1, 40), side=st.sampled_from([32, 64, 128, 512, 1024]))
def test_windows_begin_where_every_stage_has_a_place(count: int, side: int) -> None:
    """Of sizes that a family makes: multiples of 16 pixels stay so, for latents and smaller stages."""
    for box in windows(Size(side, side + 16 * count), side):
        assert box.left % 16 == 0


def test_no_window_and_a_wide_one_are_the_whole() -> None:
    whole = ((0, 0, 30, 20),)
    assert windows(Size(20, 30), 0) == windows(Size(20, 30), 30) == windows(Size(20, 30), 500) == whole


@given(width=LENGTHS, height=st.integers(1, 20), side=SIDES)
def test_weights_of_a_place_sum_to_one(width: int, height: int, side: int) -> None:
    """What all windows agree on stays as it is; one window alone changes only what it sees."""
    boxes, x = windows(Size(height, width), side), drawn("x", width, height)
    panes = [Pane(None, {}, box) for box in boxes]  # type: ignore[arg-type]
    whole = merged(panes, [Answer(box.cut(x), box.cut(x) ** 2) for box in boxes], x)
    torch.testing.assert_close(whole.x0, x, rtol=0, atol=1e-6)
    assert whole.variance is not None
    torch.testing.assert_close(whole.variance, x**2, rtol=0, atol=1e-6)
    first = [Answer(box.cut(torch.zeros_like(x)) + (index == 0)) for index, box in enumerate(boxes)]
    share = merged(panes, first, x).x0
    assert float(share.min()) >= 0 and float(share.max()) <= 1 + 1e-6
    beside = torch.ones_like(x)
    boxes[0].cut(beside).zero_()
    assert not (share * beside).any() and (boxes[0].cut(share) > 0).all()


@pytest.mark.parametrize("sampler", ["euler", "heun", "dpm++2m", "euler-ancestral"])
@pytest.mark.parametrize("window", [4, 7, 12])
def test_through_windows_a_witness_paints_the_same(window: int, sampler: str, planned, staged, last) -> None:
    """Each place alone decides its picture, so that nothing but the joining could change it."""
    knobs = {"width": 20, "height": 14, "sampler": sampler, "guidance": 2.0}
    parts = (("red fox", 1.0), ("hill", 0.5))
    whole = last(planned(staged(**knobs), parts=parts), words(FLOW)).finished
    ours = last(planned(staged(**knobs, window=window), parts=parts), words(FLOW)).finished
    for one, two in zip(whole, ours, strict=True):
        torch.testing.assert_close(one, two, rtol=0, atol=1e-5)


def test_momentum_and_the_smaller_picture_go_by_window(planned, staged, last) -> None:
    """What is read at a place, and what is kept of its last pull, is that of the place."""
    large = {"width": 24, "height": 16, "guidance": 2.0, "momentum": -0.5}
    small = staged("small", width=12, height=8)
    plans = [planned(small, staged("large", **large, window=window)) for window in (0, 12)]
    one, two = (last(plan, cascade(FLOW)).finished for plan in plans)
    for whole, ours in zip(one, two, strict=True):
        torch.testing.assert_close(whole, ours, rtol=0, atol=1e-5)


def test_start_masks_and_regions_go_by_window(planned, staged, last) -> None:
    frame = Frame(left=3, top=-2, width=16, height=14)
    inputs = (
        reads("start", "photo", frame),
        reads("mask", "mask"),
        reads("region", "region"),
    )
    given_ = {digest(item): drawn(item, 9, 9) for item in ("photo", "mask", "region")}
    parts = (PlanPart(content="red fox"), PlanPart(content="hen", region=digest("region")))
    one, two = (
        last(
            reading(planned(staged(width=20, height=14, start=0.4, window=window)), *inputs, parts=parts),
            beginning(),
            given=given_,
        ).finished
        for window in (0, 8)
    )
    for whole, ours in zip(one, two, strict=True):
        torch.testing.assert_close(whole, ours, rtol=0, atol=1e-5)


def test_every_window_is_asked_alone(planned, staged, watched) -> None:
    from sfumato.engine import Batcher, Straight, run

    model = watched(words(FLOW))
    plan = planned(staged(width=20, height=8, window=8, steps=3, sampler="euler", guidance=2.0), pictures=1)
    for _ in run(plan, model, batcher=Batcher(answering=Straight)):
        pass
    shapes = {tuple(ask.x.shape) for call in model.calls for ask in call}
    assert shapes == {(3, 8, 8)}
    assert sum(map(len, model.calls)) == 3 * 2 * len(windows(Size(8, 20), 8))
