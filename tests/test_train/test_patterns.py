"""Patterns and abstract pictures: they tile where they should, vary, and come alone as in a batch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from sfumato.train.world.field import Field, open_field
from sfumato.train.world.patterns import paint_abstract, paint_geometric, paint_pattern
from sfumato.train.world.scene import Scene


def opened(rows: int, size: tuple[int, int] = (128, 128), seed: int = 0) -> Field:
    scenes = [Scene("pattern", seed=seed + i, colour=(5 * i + seed) % 12) for i in range(rows)]
    return open_field(scenes, size, torch.device("cpu"))


def hearts(rows: int) -> Tensor:
    """A red disc with a dark left half, premultiplied, (rows, 4, 64, 64)."""
    y, x = torch.meshgrid(torch.linspace(-1, 1, 64), torch.linspace(-1, 1, 64), indexing="ij")
    cover = ((0.9 - (x**2 + y**2).sqrt()) * 20).clamp(0, 1)
    red = cover * (0.3 + 0.6 * (x > 0))
    return torch.stack([red, 0.1 * cover, 0.1 * cover, cover]).expand(rows, -1, -1, -1).contiguous()


def repeated(field: Field) -> Tensor:
    return paint_pattern(field, hearts(len(field.draws)))


PAINTERS = {"pattern": repeated, "geometric": paint_geometric, "abstract": paint_abstract}
Painter = Callable[[Field], Tensor]


@pytest.mark.parametrize("paint", PAINTERS.values(), ids=PAINTERS)
@pytest.mark.parametrize("size", [(64, 64), (64, 128), (192, 64)])
def test_pictures_are_pictures(paint: Painter, size: tuple[int, int]) -> None:
    out = paint(opened(24, size))
    assert out.shape == (24, 3, *size) and out.dtype == torch.float32
    assert out.isfinite().all() and out.min() >= 0 and out.max() <= 1
    assert (out.std((2, 3)).amax(1) > 0.02).all(), "a picture of one colour shows nothing"


@pytest.mark.parametrize("paint", PAINTERS.values(), ids=PAINTERS)
def test_a_row_does_not_depend_on_the_others(paint: Painter) -> None:
    field = opened(12)
    together = paint(field)
    assert torch.equal(together, paint(field))
    for row in (0, 5, 11):
        alone = paint(field.rows(torch.arange(12) == row))
        assert (together[row : row + 1] - alone).abs().max() <= 2 / 255


@pytest.mark.parametrize("paint", [repeated, paint_geometric], ids=["pattern", "geometric"])
@pytest.mark.parametrize("size", [(128, 128), (128, 192)])
def test_left_meets_right_and_top_meets_bottom(paint: Painter, size: tuple[int, int]) -> None:
    """Across its border a picture steps no more than between its most unlike neighbouring lines inside."""
    out = paint(opened(40, size))
    for axis in (2, 3):
        inside = out.diff(dim=axis).abs().mean((1, 5 - axis)).amax(1)
        over = (out.select(axis, 0) - out.select(axis, -1)).abs().mean((1, 2))
        assert (over <= 1.25 * inside + 0.01).all()


@pytest.mark.parametrize("paint", PAINTERS.values(), ids=PAINTERS)
def test_it_looks_the_same_at_half_the_resolution(paint: Painter) -> None:
    shown = [interpolate(paint(opened(16, (s, s))), size=(32, 32), mode="area") for s in (256, 128)]
    assert (shown[0] - shown[1]).abs().mean() < 0.03


@pytest.mark.parametrize("paint", PAINTERS.values(), ids=PAINTERS)
def test_rows_differ(paint: Painter) -> None:
    field = opened(20)
    shown = paint(field.rows(torch.arange(20) >= 0)).flatten(1)
    gaps = torch.cdist(shown, shown, p=1) / shown.shape[1] + torch.eye(len(shown))
    assert gaps.min() > 0.015


def test_the_thing_is_there_many_times_on_its_colour() -> None:
    field = opened(30)
    out = repeated(field)
    thing = (out[:, 0] > 0.8) & (out[:, 1] < 0.2) & (out[:, 2] < 0.2)
    plain = (out - field.colour).abs().amax(1) < 0.11
    other = torch.tensor([(5 * i) % 12 != 0 for i in range(30)])  # red things on red are not told apart
    assert (thing[other].float().mean((1, 2)) > 0.02).all()
    assert (plain[other].float().mean((1, 2)) > 0.25).all()
