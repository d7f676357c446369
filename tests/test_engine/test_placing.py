"""Placing: where a given picture lies, checked place by place against plain arithmetic of indices."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import Commission, fitted
from sfumato.engine.leg import setting_of
from sfumato.engine.placing import Box, coarser, continued, covered, painted_anew, placed
from sfumato.models.gauss import cascade, words
from sfumato.plan import Frame, Plan, PostStep
from test_engine.begun import FLOW, digest, drawn, reading, reads

SIDE = 12
OFFSETS = st.integers(-2 * SIDE, 2 * SIDE)
LENGTHS = st.integers(1, 2 * SIDE)


@pytest.fixture(scope="session")
def canvas(planned, staged) -> Callable[..., Plan]:
    """A plan of this width and height."""

    def plan_of(width: int = SIDE, height: int = SIDE, **changed) -> Plan:
        return reading(planned(staged(width=width, height=height)), **changed)

    return plan_of


def touches(frame: Frame, width: int, height: int) -> bool:
    across = frame.left < width and frame.left + frame.width > 0
    return across and frame.top < height and frame.top + frame.height > 0


FRAMES = st.builds(Frame, left=OFFSETS, top=OFFSETS, width=LENGTHS, height=LENGTHS).filter(
    lambda frame: touches(frame, SIDE, SIDE)
)


def nearest(index: int, first: int, length: int) -> int:
    """The place of a picture that lies from `first` on which is nearest to this one of the canvas."""
    return min(max(index - first, 0), length - 1)


@given(frame=FRAMES)
def test_a_picture_lies_in_its_frame_and_its_edges_go_on(frame: Frame, canvas) -> None:
    picture = drawn("photo", 9, 7)
    own = fitted(picture, frame.width, frame.height)
    rows = [nearest(y, frame.top, frame.height) for y in range(SIDE)]
    columns = [nearest(x, frame.left, frame.width) for x in range(SIDE)]
    assert torch.equal(placed(picture, canvas(), frame, (SIDE, SIDE)), own[:, rows][:, :, columns])


@given(frame=FRAMES)
def test_covered_is_the_frame_on_the_canvas(frame: Frame, canvas) -> None:
    rows = (torch.arange(SIDE) >= frame.top) & (torch.arange(SIDE) < frame.top + frame.height)
    columns = (torch.arange(SIDE) >= frame.left) & (torch.arange(SIDE) < frame.left + frame.width)
    assert torch.equal(covered(canvas(), frame)[0], (rows[:, None] & columns[None, :]).float())


@given(frame=FRAMES, over=FRAMES)
def test_what_is_painted_anew_is_under_a_mask_or_beside_the_picture(
    frame: Frame, over: Frame, canvas
) -> None:
    plan, mask = canvas(), drawn("mask", 5, 6)
    white = placed(mask, plan, over, (SIDE, SIDE)).mean(dim=0, keepdim=True) > 0
    expected = (covered(plan, frame) == 0) | (white & (covered(plan, over) == 1))
    assert torch.equal(painted_anew([(mask, over)], frame, plan), expected.float())


def test_a_picture_without_a_frame_fills_the_whole_and_is_itself_where_it_fits(canvas) -> None:
    picture = drawn("photo", 10, 6)
    assert torch.equal(placed(picture, canvas(10, 6), None, (6, 10)), picture)
    assert torch.equal(placed(picture, canvas(10, 6), None, (12, 20)), fitted(picture, 20, 12))
    assert covered(canvas(10, 6), None).min() == 1


@pytest.mark.parametrize("size", [(24, 24), (48, 48), (12, 12)], ids=str)
def test_in_a_picture_that_tiles_what_lies_across_goes_on(size: tuple[int, int], canvas) -> None:
    plan, margin = canvas(24, 24, wrap=4), 4 * size[0] // 24
    whole = placed(drawn("photo", 16, 16), plan, None, size)
    inner = size[0] - 2 * margin
    assert torch.equal(whole[:, margin:-margin, margin:-margin], fitted(drawn("photo", 16, 16), inner, inner))
    for axis in (-1, -2):
        assert torch.equal(whole.narrow(axis, 0, 2 * margin), whole.narrow(axis, inner, 2 * margin))


@given(seed=st.integers(0, 999), other=st.integers(0, 999), share=st.sampled_from([0.05, 0.5, 0.95, 1.0]))
def test_what_goes_on_over_the_painted_shows_nothing_of_what_was_there(
    seed: int, other: int, share: float
) -> None:
    anew = (torch.rand(1, 9, 14, generator=torch.Generator().manual_seed(seed)) < share).float()
    one = drawn("kept", 14, 9)
    two = torch.where(anew > 0, drawn(f"hidden {other}", 14, 9), one)
    ours = continued(one, anew)
    assert torch.equal(ours, continued(two, anew))
    assert torch.equal(torch.where(anew > 0, one, ours), one)
    kept = one[:, anew[0] == 0]
    if kept.numel():
        low, high = (bound[:, None, None] for bound in (kept.min(dim=1).values, kept.max(dim=1).values))
        assert bool(((ours >= low - 1e-5) & (ours <= high + 1e-5)).all()), "it adds nothing of its own"


def test_a_slope_goes_on_as_a_slope() -> None:
    slope = torch.linspace(-1, 1, 32).expand(3, 32, 32)
    hole = torch.zeros(1, 32, 32)
    hole[:, 10:20, 10:20] = 1
    assert float((continued(slope, hole) - slope).abs().max()) < 0.2


SIZES = st.tuples(st.integers(1, 300), st.integers(1, 300))


@given(old=SIZES, new=SIZES, cut=st.integers(0, 299))
def test_boxes_side_by_side_stay_so_in_another_size(old: tuple, new: tuple, cut: int) -> None:
    """No gap and no overlap comes from rounding, unless one would be empty; the whole stays the whole."""
    height, width = old
    assert Box(0, 0, width, height).scaled(old, new) == (0, 0, new[1], new[0])
    left, right = Box(0, 0, cut % width, height), Box(cut % width, 0, width - cut % width, height)
    one, two = left.scaled(old, new), right.scaled(old, new)
    assert two.left == round(cut % width * (new[1] / width)) and one.left == 0
    assert one.width == max(1, two.left) and min(one.width, two.width, one.height) >= 1
    assert two.left + two.width == max(new[1], two.left + 1)


@given(data=st.data(), factor=st.integers(1, 4))
def test_a_coarse_place_is_painted_anew_when_any_of_it_is(data: st.DataObject, factor: int) -> None:
    seed, share = data.draw(st.integers(0, 999)), data.draw(st.sampled_from([0.02, 0.2, 0.9]))
    fine = (
        torch.rand(1, 3 * factor, 5 * factor, generator=torch.Generator().manual_seed(seed)) < share
    ).float()
    blocks = fine.reshape(3, factor, 5, factor).amax(dim=(1, 3))[None]
    assert torch.equal(coarser(fine, (3, 5)), blocks)


def test_a_stage_sees_the_mask_white_where_it_paints(planned, staged) -> None:
    """As networks that read masks take it: 1 where anew, -1 where kept, in the size of the stage."""
    frame = Frame(left=4, top=0, width=8, height=12)
    stages = staged("small", width=6, height=6), staged("large", width=12, height=12)
    plan = reading(planned(*stages), reads("start", "photo", frame), post=(PostStep(name="keep"),))
    commission = Commission(plan, cascade(FLOW), {digest("photo"): drawn("photo")})
    for number, (side, edge) in enumerate(((6, 2), (12, 4))):
        mask = setting_of(commission, 0, number, {}).picture("mask")
        assert mask is not None and mask.shape == (3, side, side)
        assert (mask[:, :, :edge] == 1).all() and (mask[:, :, edge:] == -1).all()


def test_a_picture_that_is_not_put_back_is_painted_over(planned, staged) -> None:
    """A frame alone keeps nothing: it says where the picture lies that is begun from."""
    frame = Frame(left=0, top=0, width=5, height=8)
    commission = Commission(
        reading(planned(staged()), reads("start", "photo", frame)), words(FLOW), {digest("photo"): drawn("x")}
    )
    assert setting_of(commission, 0, 0, {}).anew() is None
