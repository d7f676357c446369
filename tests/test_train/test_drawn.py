"""Sprites drawn by code: whole, clear at the rim, the same everywhere, and unlike one another."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations, islice

import numpy as np
import pytest
from numpy.random import Generator, Philox
from numpy.testing import assert_allclose, assert_array_equal

from sfumato.train.world import drawn
from sfumato.train.world.drawn.pen import FINER, FINISHES, SPRITE_PX, Finish, Pen, blend, rgb
from sfumato.train.world.drawn.shapes import box, ellipse, ribbon
from sfumato.train.world.drawn.sprites import fitted

KINDS = frozenset("animal plant person building vehicle sky object nature".split())
RIM = 2
ALIKE = 5.0  # mean distance of two sprites where either is seen, of 255, that is too small to tell them apart
THINGS = tuple(drawn.PAINTERS)
PEOPLE = tuple(drawn.CHARACTERS)


@cache
def looks(name: str, count: int = drawn.LOOKS) -> np.ndarray:
    """The first looks: (count, 128, 128, 4) numbers up to 255."""
    return np.stack([np.asarray(image, np.float32) for image in islice(drawn.draw_things([name]), count)])


@cache
def designs(name: str, count: int = drawn.DESIGNS) -> np.ndarray:
    """The first designs in their views: (count, 3, 128, 128, 4) numbers up to 255."""
    wanted = islice(drawn.draw_characters([name]), count * len(drawn.VIEWS))
    flat = np.stack([np.asarray(image, np.float32) for image in wanted])
    return flat.reshape(count, len(drawn.VIEWS), *flat.shape[1:])


def over_gray(sprites: np.ndarray) -> np.ndarray:
    alpha = sprites[..., 3:] / 255
    return sprites[..., :3] * alpha + 128 * (1 - alpha)


def distances(sprites: np.ndarray) -> np.ndarray:
    """Mean distance of each pair over the pixels where either is seen."""
    seen = sprites[..., 3] > 60
    pairs = combinations(zip(over_gray(sprites), seen, strict=True), 2)
    return np.array([np.abs(a - b).mean(-1)[here | there].mean() for (a, here), (b, there) in pairs])


def extent(sprite: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what can be seen."""
    down, across = np.nonzero(sprite[..., 3] > 12)
    return int(across.min()), int(down.min()), int(across.max()) + 1, int(down.max()) + 1


def assert_whole(sprite: np.ndarray) -> None:
    inner = sprite[RIM:-RIM, RIM:-RIM, 3]
    assert sprite[..., 3].sum() == inner.sum(), "something lies in the rim"
    assert (inner > 200).mean() > 0.03


def assert_fills_its_square(sprite: np.ndarray) -> None:
    assert_whole(sprite)
    left, top, right, bottom = extent(sprite)
    assert 0.92 <= max(right - left, bottom - top) / SPRITE_PX <= 0.96
    assert abs(left + right - SPRITE_PX) <= 3
    assert abs(top + bottom - SPRITE_PX) <= 3


def assert_one_height_in_the_middle(views: np.ndarray) -> None:
    boxes = [extent(sprite) for sprite in views]
    heights = [bottom - top for _, top, _, bottom in boxes]
    assert max(heights) - min(heights) <= 2
    assert max(heights) >= 0.9 * SPRITE_PX
    for sprite, (left, _, right, _) in zip(views, boxes, strict=True):
        assert_whole(sprite)
        assert abs(left + right - SPRITE_PX) <= 3


@pytest.mark.parametrize("name", THINGS)
def test_a_thing_fills_its_square_and_no_look_is_another(name: str) -> None:
    sprites = looks(name, 2)
    for sprite in sprites:
        assert_fills_its_square(sprite)
    assert distances(sprites).min() > ALIKE


@pytest.mark.minutes
@pytest.mark.parametrize("name", THINGS)
def test_all_looks_of_a_thing_fill_their_squares_and_differ(name: str) -> None:
    sprites = looks(name)
    assert sprites.shape == (drawn.LOOKS, SPRITE_PX, SPRITE_PX, 4)
    for sprite in sprites:
        assert_fills_its_square(sprite)
    assert distances(sprites).min() > ALIKE


def test_different_things_look_different() -> None:
    first = np.stack([looks(name, 2)[0] for name in THINGS])
    assert distances(first).min() > 4 * ALIKE


@pytest.mark.parametrize("name", PEOPLE)
def test_views_of_a_character_have_one_height_and_differ(name: str) -> None:
    for views in designs(name, 2):
        assert_one_height_in_the_middle(views)
        assert distances(views).min() > ALIKE


@pytest.mark.minutes
@pytest.mark.parametrize("name", PEOPLE)
def test_all_designs_of_a_character_are_whole_and_differ(name: str) -> None:
    sprites = designs(name)
    assert sprites.shape == (drawn.DESIGNS, 3, SPRITE_PX, SPRITE_PX, 4)
    for views in sprites:
        assert_one_height_in_the_middle(views)
        assert distances(views).min() > ALIKE
    assert distances(sprites[:, 0]).min() > ALIKE


def colours(sprite: np.ndarray) -> np.ndarray:
    """Shares of 4 × 4 × 4 colours among what can be seen."""
    seen = sprite[sprite[..., 3] > 200][:, :3] // 64
    counts = np.bincount((seen @ (16, 4, 1)).astype(int), minlength=64)
    return counts / counts.sum()


@pytest.mark.minutes
@pytest.mark.parametrize("name", PEOPLE)
def test_a_view_is_of_its_own_design(name: str) -> None:
    """By its colours alone the back is mostly nearer to the front of its design than to other fronts."""
    fronts, backs = (np.stack([colours(views[k]) for views in designs(name)]) for k in (0, 2))
    far = np.abs(backs[:, None] - fronts[None]).sum(-1)
    nearer = far.diagonal()[:, None] <= far
    assert nearer.mean() > 0.85


def test_drawing_again_gives_the_same() -> None:
    again = np.stack([np.asarray(image) for image in drawn.draw_things(["willow", "castle"])])
    for k, name in enumerate(("willow", "castle")):
        first = k * drawn.LOOKS
        assert_array_equal(again[first : first + 2], looks(name, 2))


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError, match="unicorn"):
        next(drawn.draw_things(["unicorn"]))


def test_names_are_those_of_the_painters_and_clear() -> None:
    assert {en[0] for en, _, _ in drawn.NAMES} == set(THINGS) | set(PEOPLE)
    assert all(kind in KINDS for _, _, kind in drawn.NAMES)
    for k in (0, 1):
        said = Counter(name for named in drawn.NAMES for name in named[k])
        assert all(said) and max(said.values()) == 1, said.most_common(3)


def pen(look: int = 0) -> Pen:
    return Pen(look, Generator(Philox(7)))


def test_an_even_layer_has_its_colour_and_its_place() -> None:
    paper = pen()
    paper.glaze(box(0.25, 0.25, 0.75, 0.75), "ff8000", alpha=1.0)
    side = SPRITE_PX * FINER
    inner = paper.canvas[side // 4 + 1 : 3 * side // 4, side // 4 + 1 : 3 * side // 4]
    assert_allclose(inner, np.broadcast_to((1.0, 128 / 255, 0.0, 1.0), inner.shape), atol=1e-6)
    assert paper.canvas[: side // 4 - 1].sum() == 0


def test_light_falls_from_the_upper_left() -> None:
    for look, finish in enumerate(FINISHES):
        paper = pen(look)
        paper.finish = Finish(0.0, finish.slope, finish.relief, 0.0)
        paper.fill(ellipse(0.5, 0.5, 0.4), "808080", ink=0)
        bright, dark = (paper.canvas[k, k, :3].mean() for k in (140, -140))
        assert bright > dark + 0.05


def test_what_is_painted_inside_a_shape_stays_there() -> None:
    paper = pen()
    with paper.inside(box(0.0, 0.0, 0.5, 1.0)), paper.inside(box(0.0, 0.0, 1.0, 0.5)):
        paper.glaze(box(0, 0, 1, 1), "ffffff", alpha=1.0)
    assert abs(float(paper.canvas[..., 3].mean()) - 0.25) < 0.01


def test_a_hole_is_left_out() -> None:
    paper = pen(2)
    paper.fill(ellipse(0.5, 0.5, 0.4), "c03030", hole=ellipse(0.5, 0.5, 0.2))
    centre, ring = SPRITE_PX * FINER // 2, round((0.5 + 0.3) * SPRITE_PX * FINER)
    assert paper.canvas[centre, centre, 3] == 0
    assert paper.canvas[centre, ring, 3] == pytest.approx(1)


def test_picks_use_all_options_before_one_comes_again() -> None:
    assert [pen(look).pick("a b c") for look in range(6)] == ["a", "b", "c", "b", "c", "a"]


def test_a_ribbon_is_as_wide_as_it_says() -> None:
    shape = ribbon(((0.2, 0.5), (0.5, 0.5), (0.8, 0.5)), 0.1, 0.3)
    assert_allclose(shape[0] - shape[-1], (0, 0.1), atol=1e-9)
    assert_allclose(shape[2] - shape[3], (0, 0.3), atol=1e-9)


def test_colours_are_read_and_mixed() -> None:
    assert_allclose(rgb("ff0080"), (1, 0, 128 / 255))
    assert_allclose(blend("000000", "ffffff", 0.25), (0.25, 0.25, 0.25))


def test_an_empty_canvas_is_an_error() -> None:
    with pytest.raises(ValueError, match="painted nothing"):
        fitted([pen().canvas])
