"""The last steps: arithmetic on whole bytes, checked as such."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sfumato.engine import finished, fitted, resize, to_pixels
from sfumato.engine.placing import continued
from sfumato.plan import Frame, Input, Plan, PostStep
from test_engine.begun import digest, reading, reads

SEEDS = st.integers(0, 999)
BLACK, WHITE = (np.full((12, 16, 3), level, np.uint8) for level in (0, 255))


def pixels(seed: int, width: int = 16, height: int = 12) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def smooth(seed: int, width: int, height: int) -> np.ndarray:
    """A picture without more detail than a resampled one can have."""
    return resize(pixels(seed, max(2, width // 4), max(2, height // 4)), width, height)


def tensor(picture: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(picture.copy()).permute(2, 0, 1).float() / 127.5 - 1


def masked(mask: np.ndarray) -> torch.Tensor:
    """A mask (H, W) of truths as a picture, white where it is true."""
    return torch.from_numpy(np.where(mask, 1.0, -1.0)).float().expand(3, *mask.shape)


@pytest.fixture(scope="session")
def canvas(planned, staged) -> Callable[..., Plan]:
    """A plan of 16 x 12 pixels with these inputs and steps."""

    def plan_of(*inputs: Input, post: tuple[PostStep, ...], **changed) -> Plan:
        return reading(planned(staged(width=16, height=12)), *inputs, post=post, **changed)

    return plan_of


# keep


def masks() -> st.SearchStrategy[np.ndarray]:
    """Scattered pixels, everything, nothing, and blocks."""
    scattered = SEEDS.map(lambda seed: np.random.default_rng(seed).random((12, 16)) < seed / 999)

    def block(corners: tuple[int, int, int, int]) -> np.ndarray:
        mask = np.zeros((12, 16), bool)
        mask[min(corners[:2]) : max(corners[:2]), min(corners[2:]) : max(corners[2:])] = True
        return mask

    rows, columns = st.integers(0, 12), st.integers(0, 16)
    return scattered | st.tuples(rows, rows, columns, columns).map(block)


def rings(mask: np.ndarray) -> np.ndarray:
    """Of every pixel of the mask how many steps, diagonal ones too, lead out of it; 0 outside."""
    found, left = np.zeros(mask.shape, int), mask
    while left.any() and not left.all():
        found += left
        around = np.pad(left, 1, mode="edge")
        shifts = [around[1 + y : 13 + y, 1 + x : 17 + x] for y in (-1, 0, 1) for x in (-1, 0, 1)]
        left = np.logical_and.reduce(shifts)
    return np.where(left, 99, found)


@given(mask=masks(), amount=st.integers(0, 6), seed=SEEDS)
def test_what_is_kept_has_the_given_bytes_and_the_seam_lies_inside(
    mask: np.ndarray, amount: int, seed: int, canvas
) -> None:
    plan = canvas(
        reads("start", "photo"), reads("mask", "mask"), post=(PostStep(name="keep", amount=amount),)
    )
    photo, painted = pixels(seed), pixels(seed + 1)
    ours = finished(painted, plan, {digest("photo"): tensor(photo), digest("mask"): masked(mask)})
    assert np.array_equal(ours[~mask], photo[~mask])
    deep = rings(mask) > amount
    assert np.array_equal(ours[deep], painted[deep])
    share = np.minimum(rings(mask), amount + 1)[..., None] / (amount + 1)
    around = to_pixels(continued(tensor(photo), torch.from_numpy(mask[None]).float()))
    mixed = share * painted.astype(float) + (1 - share) * around
    assert np.abs(ours - mixed)[mask].max(initial=0) <= 0.5 + 1e-3


@given(mask=masks(), seed=SEEDS)
def test_what_lies_under_a_mask_shows_nowhere(mask: np.ndarray, seed: int, canvas) -> None:
    plan = canvas(reads("start", "photo"), reads("mask", "mask"), post=(PostStep(name="keep", amount=4),))
    photo = pixels(seed)
    hidden = np.where(mask[..., None], pixels(seed + 2), photo)
    ours, theirs = (
        finished(pixels(seed + 1), plan, {digest("photo"): tensor(own), digest("mask"): masked(mask)})
        for own in (photo, hidden)
    )
    assert np.array_equal(ours, theirs)


@given(one=masks(), two=masks(), seed=SEEDS)
def test_several_masks_are_one(one: np.ndarray, two: np.ndarray, seed: int, canvas) -> None:
    keep = (PostStep(name="keep", amount=2),)
    apart = canvas(reads("start", "photo"), reads("mask", "one"), reads("mask", "two"), post=keep)
    together = canvas(reads("start", "photo"), reads("mask", "both"), post=keep)
    given_ = {
        digest("photo"): tensor(pixels(seed)),
        digest("one"): masked(one),
        digest("two"): masked(two),
        digest("both"): masked(one | two),
    }
    ours, theirs = (finished(pixels(seed + 1), plan, given_) for plan in (apart, together))
    assert np.array_equal(ours, theirs)


@given(
    frame=st.builds(
        Frame,
        left=st.integers(-8, 15),
        top=st.integers(-8, 11),
        width=st.integers(9, 30),
        height=st.integers(9, 30),
    ),
    seed=SEEDS,
)
def test_a_framed_picture_is_kept_where_it_lies(frame: Frame, seed: int, canvas) -> None:
    plan = canvas(reads("start", "photo", frame), post=(PostStep(name="keep", amount=0),))
    photo, painted = tensor(pixels(seed, 20, 20)), pixels(seed + 1)
    known, expected = to_pixels(fitted(photo, frame.width, frame.height)), painted.copy()
    top, left = max(0, frame.top), max(0, frame.left)
    shown = known[top - frame.top : 12 - frame.top, left - frame.left : 16 - frame.left]
    expected[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    assert np.array_equal(finished(painted, plan, {digest("photo"): photo}), expected)


# crop and extend


@given(left=st.integers(0, 15), top=st.integers(0, 11), width=st.integers(1, 16), height=st.integers(1, 12))
def test_crop_is_what_lies_within(left: int, top: int, width: int, height: int, canvas) -> None:
    width, height = min(width, 16 - left), min(height, 12 - top)
    frame = Frame(left=left, top=top, width=width, height=height)
    ours = finished(pixels(0), canvas(post=(PostStep(name="crop", frame=frame),)), {})
    assert np.array_equal(ours, pixels(0)[top : top + height, left : left + width])


def test_crop_without_a_frame_leaves_the_margins_out(canvas) -> None:
    plan = canvas(post=(PostStep(name="crop"),), wrap=3)
    assert np.array_equal(finished(pixels(0), plan, {}), pixels(0)[3:-3, 3:-3])


@pytest.mark.parametrize(
    ("frame", "size", "photo_at", "painted_at"),
    [
        (Frame(left=-10, top=0, width=18, height=12), (26, 12), (0, 0), (10, 0)),
        (Frame(left=6, top=0, width=18, height=12), (24, 12), (6, 0), (0, 0)),
        (Frame(left=0, top=-9, width=16, height=14), (16, 21), (0, 0), (0, 9)),
        (Frame(left=0, top=4, width=16, height=14), (16, 18), (0, 4), (0, 0)),
    ],
    ids=["right", "left", "down", "up"],
)
def test_extend_shows_the_whole_picture_and_what_was_painted_beside_it(
    frame: Frame, size, photo_at, painted_at, canvas
) -> None:
    plan = canvas(reads("start", "photo", frame), post=(PostStep(name="extend"),))
    photo = pixels(1, frame.width, frame.height)
    ours = finished(pixels(2), plan, {digest("photo"): tensor(photo)})
    width, height = size
    expected = np.zeros((height, width, 3), np.uint8)
    expected[painted_at[1] : painted_at[1] + 12, painted_at[0] : painted_at[0] + 16] = pixels(2)
    expected[photo_at[1] : photo_at[1] + frame.height, photo_at[0] : photo_at[0] + frame.width] = photo
    assert np.array_equal(ours, expected)


# agree


def psnr(one: np.ndarray, two: np.ndarray) -> float:
    error = ((one.astype(float) - two.astype(float)) ** 2).mean()
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


@given(seed=SEEDS, width=st.integers(9, 16), height=st.integers(7, 12))
def test_what_agrees_becomes_the_given_picture_when_it_is_made_smaller(
    seed: int, width: int, height: int, canvas
) -> None:
    """Also by Pillow's kernel; without the step, or by a picture that is only resized, it does not."""
    plan = canvas(reads("start", "photo"), post=(PostStep(name="agree", amount=4),))
    photo = smooth(seed, width - 4, height - 4)
    rough = np.clip(resize(photo, 16, 12).astype(int) + (pixels(seed + 1) // 8).astype(int) - 16, 0, 255)
    rough = rough.astype(np.uint8)
    ours = finished(rough, plan, {digest("photo"): tensor(photo)})
    back = Image.fromarray(ours).resize((width - 4, height - 4), Image.Resampling.LANCZOS)
    before = psnr(resize(rough, width - 4, height - 4), photo)
    assert psnr(resize(ours, width - 4, height - 4), photo) > max(35.0, before)
    assert psnr(np.asarray(back), photo) > 30
    assert (ours != resize(photo, 16, 12)).any(), "what it adds is still there"


# near


@given(seed=SEEDS, width=st.integers(9, 16), height=st.integers(7, 12), wanted=st.floats(20, 36))
def test_what_is_too_far_off_is_corrected_just_so_far(
    seed: int, width: int, height: int, wanted: float, canvas
) -> None:
    """One that is near enough does not change at all; another keeps most of what it may."""
    plan = canvas(reads("start", "photo"), post=(PostStep(name="near", amount=wanted),))
    photo = smooth(seed, width - 4, height - 4)
    rough = resize(photo, 16, 12).astype(int) // 2 + pixels(seed + 1).astype(int) // 4
    ours = finished(rough.astype(np.uint8), plan, {digest("photo"): tensor(photo)})
    back = psnr(resize(ours, width - 4, height - 4), photo)
    assert back >= wanted - 0.7, "rounding is what is missing"
    assert np.array_equal(finished(ours, plan, {digest("photo"): tensor(photo)}), ours) or back < wanted
    whole = canvas(reads("start", "photo"), post=(PostStep(name="agree", amount=4),))
    agreed = finished(rough.astype(np.uint8), whole, {digest("photo"): tensor(photo)})
    assert back < psnr(resize(agreed, width - 4, height - 4), photo)


# Bad input


def test_steps_come_in_their_order(canvas) -> None:
    frame = Frame(left=0, top=0, width=8, height=6)
    crop, keep = PostStep(name="crop", frame=frame), PostStep(name="keep")
    plan = canvas(reads("start", "photo"), post=(keep, crop))
    ours = finished(WHITE, plan, {digest("photo"): tensor(BLACK)})
    assert ours.shape == (6, 8, 3) and not ours.any()
    assert finished(WHITE, canvas(post=()), {}) is WHITE


@pytest.mark.parametrize(
    ("inputs", "step", "message"),
    [
        (
            (),
            PostStep(name="polish"),
            "no finishing step 'polish': choose one of keep, join, crop, fit, extend, turn, agree, near",
        ),
        ((), PostStep(name="keep"), "one with the role start"),
        ((), PostStep(name="extend"), "one with the role start"),
        ((), PostStep(name="agree"), "one with the role start"),
        ((), PostStep(name="near"), "one with the role start"),
        ((reads("start", "lost"),), PostStep(name="keep"), r"a start picture \w{12}…, which was not given"),
        (
            (reads("start", "lost"),),
            PostStep(name="agree"),
            r"a start picture \w{12}…, which was not given",
        ),
        (
            (reads("start", "photo"), reads("mask", "lost")),
            PostStep(name="keep"),
            r"a mask picture \w{12}…, which was not given",
        ),
        (
            (),
            PostStep(name="crop", frame=Frame(left=-3, top=0, width=8, height=6)),
            "sticks out of the 16 × 12 pixels",
        ),
        (
            (),
            PostStep(name="crop", frame=Frame(left=0, top=8, width=8, height=6)),
            "sticks out of the 16 × 12 pixels",
        ),
    ],
)
def test_what_cannot_be_finished_is_said(inputs: tuple, step: PostStep, message: str, canvas) -> None:
    with pytest.raises(ValueError, match=message):
        finished(WHITE, canvas(*inputs, post=(step,)), {digest("photo"): tensor(BLACK)})


# fit


def test_fit_is_all_of_the_picture_in_the_size_of_the_frame(canvas) -> None:
    picture = pixels(3, 9, 7)
    step = PostStep(name="fit", frame=Frame(left=0, top=0, width=5, height=13))
    made = finished(picture, canvas(post=(step,)), {})
    assert made.shape == (13, 5, 3) and np.array_equal(made, resize(picture, 5, 13))


# turn


@given(seed=SEEDS, width=st.integers(1, 9), height=st.integers(1, 9))
def test_a_turned_picture_goes_round_calmly(canvas, seed: int, width: int, height: int) -> None:
    """The same picture, moved, steps across its borders no further than inside; a calm one stays."""
    picture, turn = pixels(seed, width, height), canvas(post=(PostStep(name="turn"),))
    turned = finished(picture, turn, {})
    for axis in (0, 1):
        on = np.diff(turned.astype(int), axis=axis, append=turned.take([0], axis))
        steps = np.abs(on).sum((1 - axis, 2))
        assert steps[-1] * len(steps) <= steps.sum()
    moved = (np.roll(picture, (down, across), (0, 1)) for down in range(height) for across in range(width))
    assert any(np.array_equal(own, turned) for own in moved)
    assert np.array_equal(finished(turned, turn, {}), turned)
