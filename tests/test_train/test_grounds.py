"""Every ground is painted, whole, the same for the same row, and looks like no other."""

from __future__ import annotations

from itertools import combinations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from sfumato.train.world.field import Field, open_field
from sfumato.train.world.grounds import HORIZONS, PAINTERS, paint_plain
from sfumato.train.world.lexicon import CLOSED, COLOURS, GROUNDS, TIMES, WEATHERS
from sfumato.train.world.scene import Scene

NAMES = [word.en[0] for word in GROUNDS]
OPEN = [name for name in NAMES if name not in CLOSED]
LEVEL = 2 / 255


def canvas(size: tuple[int, int], *scenes: Scene) -> Field:
    return open_field(scenes, size, torch.device("cpu"))


def assorted(count: int) -> list[Scene]:
    return [
        Scene(
            "scene",
            time=k % len(TIMES),
            weather=k % len(WEATHERS),
            colour=k % len(COLOURS),
            richness=k / count,
            seed=k,
        )
        for k in range(count)
    ]


def coarse(picture: Tensor) -> Tensor:
    """Colours (3, 6, 6) of a picture's parts."""
    return torch.nn.functional.adaptive_avg_pool2d(picture, 6)


def test_every_ground_has_a_painter_and_a_horizon() -> None:
    assert set(PAINTERS) == set(HORIZONS) == set(NAMES)
    assert all(0.4 < y <= 1.0 for y in HORIZONS.values())


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_whole_at_every_aspect(name: str) -> None:
    for size in ((48, 96), (96, 48), (40, 120)):
        picture = PAINTERS[name](canvas(size, *assorted(6)))
        assert picture.shape == (6, 3, *size) and picture.dtype == torch.float32
        assert torch.isfinite(picture).all() and picture.min() >= 0 and picture.max() <= 1


@pytest.mark.parametrize("name", NAMES)
def test_a_row_does_not_depend_on_the_others(name: str) -> None:
    scenes = assorted(6)
    together = PAINTERS[name](canvas((64, 64), *scenes))
    for row in (0, 3, 5):
        alone = PAINTERS[name](canvas((64, 64), scenes[row]))[0]
        assert (alone - together[row]).abs().max() <= LEVEL


@pytest.mark.parametrize("name", NAMES)
def test_large_and_small_are_the_same_picture(name: str) -> None:
    scenes = assorted(3)
    small, large = PAINTERS[name](canvas((128, 128), *scenes)), PAINTERS[name](canvas((256, 256), *scenes))
    assert (avg_pool2d(small, 8) - avg_pool2d(large, 16)).abs().mean() < 0.02


def test_names_give_different_pictures() -> None:
    scene = Scene("scene", seed=3)
    pictures = {name: coarse(PAINTERS[name](canvas((64, 64), scene))[0]) for name in NAMES}
    close = [
        pair for pair in combinations(NAMES, 2) if (pictures[pair[0]] - pictures[pair[1]]).abs().mean() < 0.02
    ]
    assert not close


@pytest.mark.parametrize("name", NAMES)
def test_seeds_vary_a_ground(name: str) -> None:
    one, two = PAINTERS[name](canvas((64, 64), Scene("scene", seed=1), Scene("scene", seed=2)))
    assert (one - two).abs().mean() > 0.015


@pytest.mark.parametrize("name", OPEN)
def test_night_is_darker_than_day_and_weather_is_seen(name: str) -> None:
    night = [word.en[0] for word in TIMES].index("night")
    day, dark, *weathers = PAINTERS[name](
        canvas(
            (64, 64),
            Scene("scene"),
            Scene("scene", time=night),
            *(Scene("scene", weather=k) for k in range(1, 6)),
        )
    )
    assert dark.mean() < day.mean() - 0.08
    assert all((picture - day).abs().mean() > 0.01 for picture in weathers)


@pytest.mark.parametrize("name", sorted(CLOSED))
def test_closed_grounds_know_no_weather(name: str) -> None:
    calm, storm = PAINTERS[name](canvas((64, 64), Scene("scene"), Scene("scene", time=2, weather=5)))
    assert torch.equal(calm, storm)


def test_plain_rows_keep_their_colour_and_most_are_flat() -> None:
    scenes = [Scene("objects", colour=k % len(COLOURS), seed=k) for k in range(60)]
    field = canvas((32, 64), *scenes)
    change = (paint_plain(field) - field.colour).abs().amax((1, 2, 3))
    assert change.max() <= 0.0901
    assert 0.4 < (change == 0).float().mean() < 0.8
