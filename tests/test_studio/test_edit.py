"""Edits with the shipped model at its quickest, measured on the bytes of its pictures."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sfumato.engine import fitted, resize, to_pixels
from sfumato.engine.placing import continued
from sfumato.language import read
from sfumato.plan import Blend, Frame, Input, Pan, PlanError, Region, Restyle, Square, Upscale, Vary, Zoom
from sfumato.studio import Given, Job, Picture, Refused, Studio, Wishes, verify

QUICK = "--q .25 --seed 11"
FOX = f"a red fox in the snow {QUICK}"
HEN = f"a yellow hen on the beach {QUICK}"

Made = Callable[..., list[np.ndarray]]


def as_given(pixels: np.ndarray, role: str = "start", weight: float = 1.0) -> Given:
    digest = sha256(f"{pixels.shape}".encode() + pixels.tobytes()).hexdigest()
    values = torch.from_numpy(pixels.copy()).permute(2, 0, 1).float() / 127.5 - 1
    return Given(Input(role=role, hash=digest, weight=weight), values)


def mask_of(width: int, height: int, *boxes: tuple[int, int, int, int]) -> np.ndarray:
    """White in these (left, top, right, bottom)."""
    mask = np.zeros((height, width, 3), np.uint8)
    for left, top, right, bottom in boxes:
        mask[top:bottom, left:right] = 255
    return mask


def gap(pictures: list[np.ndarray], source: np.ndarray) -> float:
    return float(np.mean([np.abs(own.astype(float) - source).mean() for own in pictures]))


def psnr(one: np.ndarray, two: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / ((one.astype(float) - two) ** 2).mean()))


def same(ones: list[np.ndarray], others: list[np.ndarray]) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(ones, others, strict=True))


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio()


def worked(studio: Studio, job: Job, pictures: int) -> list[np.ndarray]:
    job = Job(job.plan.model_copy(update={"seeds": job.plan.seeds[:pictures]}), given=job.given)
    return [made.pixels for made in studio.work(job) if isinstance(made, Picture) and made.index is not None]


@pytest.fixture(scope="module")
def imagined(studio: Studio) -> Made:
    """The first pictures of a prompt."""

    def pictures(text: str, count: int = 1, wishes: Wishes | None = None) -> list[np.ndarray]:
        (job,) = studio.submit(text, wishes or Wishes())
        return worked(studio, job, count)

    return pictures


@pytest.fixture(scope="module")
def edited(studio: Studio) -> Made:
    """The first pictures of an edit of some others; a second one is a mask where the edit takes one."""

    def pictures(edit, *own: np.ndarray, prompt: str = FOX, count: int = 1, **wishes) -> list[np.ndarray]:
        (said,) = read(prompt)
        job = studio.edit(edit, [as_given(pixels) for pixels in own], said, Wishes(**wishes))
        return worked(studio, job, count)

    return pictures


@pytest.fixture(scope="module")
def fox(imagined: Made) -> np.ndarray:
    """128 x 128 pixels, which is what the model makes of a square."""
    (picture,) = imagined(FOX)
    assert picture.shape == (128, 128, 3)
    return picture


@pytest.fixture(scope="module")
def hen(imagined: Made) -> np.ndarray:
    return imagined(HEN)[0]


def resized(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """As a stage takes a picture that does not fit."""
    return to_pixels(fitted(as_given(pixels).pixels, width, height))


# From a picture


def test_strength_0_gives_the_picture_back_bit_for_bit(fox: np.ndarray, edited: Made) -> None:
    assert same(edited(Restyle(strength=0), fox, prompt=HEN, count=4), [fox] * 4)
    odd = fox[3:100, 5:124]
    (ours,) = edited(Restyle(strength=0), odd)
    assert np.array_equal(ours, resized(odd, ours.shape[1], ours.shape[0]))
    assert same(edited(Restyle(strength=0), fox, prompt=f"{HEN} --tile"), [fox])


def test_strength_1_ignores_the_picture(fox: np.ndarray, edited: Made, imagined: Made) -> None:
    assert same(edited(Restyle(strength=1), fox, prompt=HEN, count=2), imagined(HEN, 2))


def test_the_stronger_the_farther_from_the_picture(fox: np.ndarray, edited: Made) -> None:
    strengths = (0, 0.2, 0.4, 0.6, 0.8, 1)
    gaps = [gap(edited(Restyle(strength=own), fox, prompt=HEN, count=4), fox) for own in strengths]
    assert gaps == sorted(set(gaps)), gaps


def test_subtle_stays_nearer_than_strong(fox: np.ndarray, edited: Made) -> None:
    subtle, strong = (gap(edited(Vary(strong=own), fox, count=4), fox) for own in (False, True))
    assert 0 < subtle < strong


def test_a_remix_is_another_picture_than_a_variation(fox: np.ndarray, edited: Made) -> None:
    ours, remix = (edited(Vary(strong=True), fox, prompt=prompt, count=2) for prompt in (FOX, HEN))
    assert all(np.abs(one.astype(float) - two).mean() > 1 for one, two in zip(ours, remix, strict=True))


# Masks


@pytest.mark.parametrize(
    "boxes",
    [
        [(40, 40, 90, 100)],
        [(0, 0, 128, 30), (60, 60, 61, 61)],
        [(1, 2, 126, 127)],
    ],
    ids=["inside", "two", "nearly all"],
)
@pytest.mark.parametrize("prompt", [HEN, f"{FOX[:-2]}12"], ids=["hen", "fox"])
def test_a_mask_keeps_every_byte_outside_and_changes_the_inside(
    boxes: list, prompt: str, fox: np.ndarray, edited: Made
) -> None:
    mask = mask_of(128, 128, *boxes)
    white = mask[..., 0] > 0
    (ours,) = edited(Region(), fox, mask, prompt=prompt)
    assert np.array_equal(ours[~white], fox[~white])
    assert np.abs(ours[white].astype(float) - fox[white]).mean() > 1


@settings(max_examples=5)
@given(seed=st.integers(0, 999))
def test_any_mask_keeps_what_it_leaves(seed: int, fox: np.ndarray, edited: Made) -> None:
    """Scattered pixels too; a mask of another size lies where it does when it is resized."""
    random = np.random.default_rng(seed)
    side = int(random.choice([128, 64, 100]))
    mask = np.where(random.random((side, side, 1)) < 0.3, 255, 0).astype(np.uint8).repeat(3, axis=2)
    white = resized(mask, 128, 128).mean(axis=2) > 127.5
    (ours,) = edited(Region(), fox, mask, prompt=HEN)
    assert np.array_equal(ours[~white], fox[~white])
    assert white.any() and (ours[white] != fox[white]).any()


def test_what_lies_under_a_mask_is_not_seen(fox: np.ndarray, edited: Made) -> None:
    mask = mask_of(128, 128, (33, 21, 90, 77))
    hidden = np.where(mask > 0, np.uint8(255), fox)
    assert same(edited(Region(), fox, mask, prompt=HEN), edited(Region(), hidden, mask, prompt=HEN))


def test_the_seam_is_soft_inside_alone(fox: np.ndarray, edited: Made, studio: Studio) -> None:
    """Next to what is kept the painted hardly shows; deeper than the seam nothing of the old one does."""
    mask = mask_of(128, 128, (40, 40, 90, 90))
    (said,) = read(HEN)
    job = studio.edit(Region(), [as_given(fox), as_given(mask)], said)
    bare = Job(job.plan.model_copy(update={"post": ()}), given=job.given)
    (hard,), (soft,) = (worked(studio, own, 1) for own in (bare, job))
    assert np.array_equal(hard[45:85, 45:85], soft[45:85, 45:85])
    whole = torch.from_numpy(mask[None, ..., 0]).float() / 255
    around = to_pixels(continued(as_given(fox).pixels, whole))[40, 40:90].astype(float)
    edge = around + (hard[40, 40:90] - around) / 5
    assert np.abs(soft[40, 40:90] - edge).max() <= 0.5 + 1e-3


def test_a_region_of_a_prompt_is_drawn_there(imagined: Made) -> None:
    """Night on the left and day on the right: the means part, and elsewhere the first prompt stays."""
    left = as_given(mask_of(128, 128, (0, 0, 64, 128)), "region", weight=8)
    plain = imagined(f"a red fox on a white ground {QUICK}", 4)
    ours = imagined(
        f"a red fox on a white ground {QUICK}", 4, Wishes(regions=((left, "a blue sea at night"),))
    )
    moved = np.mean(
        [np.abs(one.astype(float) - two).mean(axis=(0, 2)) for one, two in zip(ours, plain, strict=True)],
        axis=0,
    )
    assert moved[:64].mean() > 3 * moved[64:].mean()


def test_a_switch_draws_the_first_prompt_until_it_comes(imagined: Made) -> None:
    """The later it comes, the nearer to the first prompt alone."""
    first, second = imagined(FOX, 4), imagined(HEN, 4)
    text = HEN.removesuffix(QUICK)
    ours = [imagined(FOX, 4, Wishes(then=((moment, text),))) for moment in (0.1, 0.4, 0.8)]
    gaps = [np.mean([gap([one], two) for one, two in zip(own, first, strict=True)]) for own in ours]
    assert gaps == sorted(gaps, reverse=True) and gaps[-1] > 0
    assert np.mean([gap([one], two) for one, two in zip(ours[0], second, strict=True)]) < gaps[0]


# Around a picture


@pytest.mark.parametrize("aspect", ["", " --ar 3:2", " --ar 1:2"], ids=["same", "wider", "taller"])
@pytest.mark.parametrize("factor", [1.5, 2.0, 1.27])
def test_zoom_keeps_the_picture_in_the_middle(
    factor: float, aspect: str, fox: np.ndarray, edited: Made
) -> None:
    (ours,) = edited(Zoom(factor=factor), fox, prompt=FOX + aspect)
    height, width = ours.shape[:2]
    side = round(min(height, width) / factor)
    top, left = (height - side) // 2, (width - side) // 2
    middle = ours[top : top + side, left : left + side]
    assert np.array_equal(middle, resized(fox, side, side))
    assert np.abs(middle.astype(int) - resize(fox, side, side)).max() <= 1
    around = np.ones((height, width), bool)
    around[top : top + side, left : left + side] = False
    edges = np.pad(middle, ((top, height - side - top), (left, width - side - left), (0, 0)), mode="edge")
    assert np.abs(ours.astype(float) - edges)[around].mean() > 1, "it is painted, not drawn out"


@pytest.mark.parametrize("fraction", [0.25, 0.5])
@pytest.mark.parametrize("to", ["left", "right", "up", "down"])
def test_pan_grows_one_side_and_keeps_the_picture(
    to: str, fraction: float, fox: np.ndarray, edited: Made
) -> None:
    (ours,) = edited(Pan(to=to, fraction=fraction), fox)  # type: ignore[arg-type]
    more = round(128 * fraction)
    old = ours[more:] if to == "up" else ours[:128] if to == "down" else ours
    old = old[:, more:] if to == "left" else old[:, :128] if to == "right" else old
    assert ours.shape[:2] == ((128 + more, 128) if to in ("up", "down") else (128, 128 + more))
    assert np.array_equal(old, fox)


def test_pan_after_pan_keeps_all_that_was(fox: np.ndarray, edited: Made) -> None:
    """A quarter of what the model paints at once: 128 pixels first, then 144."""
    (wide,) = edited(Pan(to="right", fraction=0.25), fox)
    (wider,) = edited(Pan(to="right", fraction=0.25), wide)
    (back,) = edited(Pan(to="left", fraction=0.25), wider)
    assert [own.shape[1] for own in (wide, wider, back)] == [160, 196, 232]
    assert np.array_equal(wider[:, :160], wide) and np.array_equal(back[:, 36:], wider)
    assert len({own[:, -32:].tobytes() for own in (wide, wider)}) == 2


def test_square_shows_the_whole_picture(fox: np.ndarray, edited: Made) -> None:
    wide = np.concatenate([fox, fox[:, ::-1]], axis=1)[:, :192]  # 192 x 128
    (ours,) = edited(Square(), wide)
    assert ours.shape == (128, 128, 3)
    assert np.array_equal(ours[21:106], resized(wide, 128, 85))
    assert same(edited(Square(), fox), [fox]), "a square is one already"


# Several pictures


def test_the_order_of_a_blend_changes_no_bit(fox: np.ndarray, hen: np.ndarray, edited: Made) -> None:
    third = fox[::-1].copy()
    blends = [edited(Blend(), *own) for own in ((fox, hen, third), (third, fox, hen), (hen, third, fox))]
    assert same(blends[0], blends[1]) and same(blends[0], blends[2])
    assert not same(blends[0], edited(Blend(), fox, hen))


def test_a_blend_of_one_picture_is_that_picture_painted_again(fox: np.ndarray, edited: Made) -> None:
    assert same(edited(Blend(), fox, fox), edited(Restyle(strength=0.8), fox))


# Larger


@pytest.mark.parametrize(("factor", "size"), [(2.0, (128, 128)), (1.37, (71, 45)), (3.0, (128, 96))])
def test_a_larger_picture_is_the_picture_when_it_is_made_smaller(
    factor: float, size: tuple[int, int], fox: np.ndarray, edited: Made
) -> None:
    width, height = size
    own = np.ascontiguousarray(fox[:height, :width])
    (subtle,), (creative,) = (
        edited(Upscale(factor=factor, creative=creative), own) for creative in (False, True)
    )
    new = (round(height * factor), round(width * factor), 3)
    assert subtle.shape == creative.shape == new
    back = [resize(made, width, height) for made in (subtle, creative)]
    pillow = np.asarray(Image.fromarray(subtle).resize(size, Image.Resampling.LANCZOS))
    assert psnr(back[0], own) >= 35 and psnr(pillow, own) >= 35
    assert psnr(back[1], own) < psnr(back[0], own) - 3, "the creative one takes more liberties"
    plain = resize(own, new[1], new[0])
    assert np.abs(subtle.astype(float) - plain).mean() > 0.3, "it is painted, not only resized"


# Tiles


def steps_around(picture: np.ndarray, axis: int) -> np.ndarray:
    """The mean absolute step to the next row, or column; the last one is that across the border."""
    first = picture.take([0], axis).astype(float)
    return np.abs(np.diff(picture.astype(float), axis=axis, append=first)).mean((1 - axis, 2))


@pytest.mark.parametrize("aspect", ["1:1", "3:2", "2:3"])
def test_a_tile_steps_across_its_border_as_it_does_inside(aspect: str, imagined: Made) -> None:
    """Every one, in both directions; and it has no seam elsewhere, as one that is no tile has when turned."""
    tiles, plain = (
        [
            steps_around(picture, axis)
            for prompt in ("a red fox in the snow", "flowers", "a boat on the sea", "a car in the city")
            for picture in imagined(f"{prompt}{tile} --ar {aspect} --q .25 --seed 1", 2)
            for axis in (0, 1)
        ]
        for tile in (" --tile", "")
    )
    assert all(steps[-1] <= steps[:-1].mean() for steps in tiles)
    seams, none = (np.mean([steps.max() / steps.mean() for steps in own]) for own in (plain, tiles))
    assert seams > 1.5 * none, (seams, none)


# Kept, made again, and refused


def test_an_edited_picture_is_made_again(fox: np.ndarray, tmp_path, edited: Made) -> None:
    """From its file and the pictures it was made from, whatever was asked for."""
    mask, region = mask_of(128, 128, (20, 20, 90, 90)), mask_of(128, 128, (0, 0, 64, 128))
    (said,) = read(FOX)
    studio = Studio(tmp_path)
    wishes = Wishes(
        then=((0.5, "a yellow hen"),), regions=((as_given(region), "a tree"),), knobs={"cache": "0.3"}
    )
    own = [as_given(fox), as_given(mask)]
    job = studio.edit(Region(), own, said, wishes)
    paths = [made for made in studio.work(job) if not hasattr(made, "plan") and not hasattr(made, "done")]
    assert len(paths) == 5
    assert verify(paths[1], given=(*own, as_given(region))).identical  # type: ignore[arg-type]
    with pytest.raises(Refused, match=r"other pictures \(region\)"):
        verify(paths[1], given=tuple(own))  # type: ignore[arg-type]


def test_a_stopped_edit_goes_on_to_the_same_bytes(fox: np.ndarray, tmp_path) -> None:
    (said,) = read(FOX)
    whole = Studio()
    job = whole.edit(Upscale(), [as_given(fox)], said)
    (expected,) = worked(whole, job, 1)
    studio = Studio(tmp_path)
    events = studio.work(job)
    next(events)
    events.close()  # as when the person interrupts it
    (left,) = studio.unfinished()
    assert left.job.plan == job.plan
    again = [made for made in studio.work(left.job) if isinstance(made, Picture)]
    assert np.array_equal(again[0].pixels, expected)


@pytest.mark.parametrize(
    ("edit", "count", "message"),
    [
        (Zoom(), 0, "one picture, not 0"),
        (Upscale(), 2, "one picture, not 2"),
        (Blend(), 1, "2 to 5 pictures, not 1"),
        (Region(), 1, "give its mask too"),
    ],
    ids=str,
)
def test_a_wrong_number_of_pictures_is_said(edit, count: int, message: str, fox: np.ndarray) -> None:
    with pytest.raises(PlanError, match=message):
        Studio().edit(edit, [as_given(fox)] * count)


def test_what_cannot_be_wished_is_said(fox: np.ndarray) -> None:
    studio, mask = Studio(), as_given(mask_of(9, 9), "mask")
    with pytest.raises(Refused, match="give the picture as start too"):
        studio.submit(FOX, Wishes(given=(mask,)))
    with pytest.raises(Refused, match="cannot take a picture as hint"):
        studio.submit(FOX, Wishes(given=(as_given(fox, "hint"),)))
    with pytest.raises(PlanError, match="after 0 and before 1"):
        studio.submit(FOX, Wishes(then=((1.0, "a hen"),)))
    with pytest.raises(PlanError, match="needs words"):
        studio.submit(FOX, Wishes(regions=((mask, ""),)))
    far = Input(role="start", hash="c" * 64, frame=Frame(left=500, top=0, width=9, height=9))
    with pytest.raises(PlanError, match="lies beside the 128×128 pixels"):
        studio.submit(FOX, Wishes(given=(Given(far, mask.pixels),)))
    with pytest.raises(PlanError, match="cache"):
        studio.edit(Restyle(), [as_given(fox)], wishes=Wishes(knobs={"cache": "2"}))
