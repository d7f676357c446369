"""Styles, lights and richness: one for every word, the same for a row alone as in a batch, at any size."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from sfumato.train.world import lexicon
from sfumato.train.world.field import Field, edge, open_field
from sfumato.train.world.light import LIGHTS
from sfumato.train.world.rich import enrich
from sfumato.train.world.scene import Scene
from sfumato.train.world.styles import STYLES
from sfumato.train.world.styles.texture import frame, lattice, noise, voronoi
from sfumato.train.world.styles.tools import blur, edges, luma, saturate, shift, steps

FILTERS = {
    **{f"style {name}": f for name, f in STYLES.items()},
    **{f"light {name}": f for name, f in LIGHTS.items()},
}
SMALL = (96, 96)
CLOSE = 2 / 255


def opened(rows: int, size: tuple[int, int] = SMALL, seed: int = 5) -> Field:
    return open_field([Scene("objects", seed=seed + i) for i in range(rows)], size, torch.device("cpu"))


def drawn(field: Field) -> Tensor:
    """A sky over a meadow with a red ball and a dark post, another place for the ball in every row."""
    wide, tall = field.size[1] / min(field.size), field.size[0] / min(field.size)
    x, y = field.x, field.y * tall
    sky = torch.cat([0.35 + 0.5 * field.y, 0.6 + 0.3 * field.y, 0.95 - 0.1 * field.y], 1).expand(
        -1, -1, *field.size
    )
    green = torch.tensor([0.25, 0.6, 0.2])[None, :, None, None]
    red, dark = (
        torch.tensor([0.85, 0.12, 0.1])[None, :, None, None],
        torch.tensor([0.12, 0.1, 0.15])[None, :, None, None],
    )
    picture = sky + (green - sky) * edge(0.62 - field.y, 0.02)
    post = torch.maximum((x - 0.8 * wide).abs() - 0.04, (field.y - 0.5).abs() - 0.2)
    picture = picture + (dark - picture) * edge(post, 0.02)
    far = ((x - wide * (0.3 + 0.2 * field.draw(0))) ** 2 + (y - 0.5 * tall) ** 2).sqrt()
    return picture + (red - picture) * edge(far - 0.2, 0.02)


def test_every_word_has_its_filter() -> None:
    assert list(STYLES) == [word.en[0] for word in lexicon.STYLES]
    assert list(LIGHTS) == [word.en[0] for word in lexicon.LIGHTS]


@pytest.mark.parametrize("name", ["style plain", "light natural"])
def test_plain_and_natural_change_nothing(name: str) -> None:
    field = opened(2)
    assert torch.equal(FILTERS[name](drawn(field), field), drawn(field))


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("size", [(64, 64), (64, 128), (192, 64)])
def test_pictures_stay_pictures_at_every_aspect(name: str, size: tuple[int, int]) -> None:
    field = opened(2, size)
    out = FILTERS[name](drawn(field), field)
    assert out.shape == (2, 3, *size) and out.dtype == torch.float32
    assert out.isfinite().all() and out.min() >= 0 and out.max() <= 1
    assert out.std() > 0.02, "a picture of one colour shows nothing"


@pytest.mark.parametrize("name", FILTERS)
def test_a_row_does_not_depend_on_the_others(name: str) -> None:
    field = opened(3)
    picture = drawn(field)
    alone = field.rows(torch.tensor([False, True, False]))
    together = FILTERS[name](picture.clone(), field)
    assert (together[1:2] - FILTERS[name](picture[1:2], alone)).abs().max() <= CLOSE
    assert torch.equal(together, FILTERS[name](picture, field))


@pytest.mark.parametrize("name", FILTERS)
def test_it_looks_the_same_at_half_the_resolution(name: str) -> None:
    large, small = opened(2, (256, 256)), opened(2, (128, 128))
    shown = [interpolate(FILTERS[name](drawn(f), f), size=(32, 32), mode="area") for f in (large, small)]
    assert (shown[0] - shown[1]).abs().mean() < 0.03


def test_names_give_different_pictures() -> None:
    field = opened(2, (128, 128))
    picture = drawn(field)
    for table in (STYLES, LIGHTS):
        shown = torch.stack([f(picture, field).flatten() for f in table.values()])
        gaps = torch.cdist(shown, shown, p=1) / shown.shape[1] + torch.eye(len(table))
        assert gaps.min() > 0.025


@pytest.mark.parametrize("name", [name for name in FILTERS if name not in ("style plain", "light natural")])
def test_what_stands_there_can_still_be_seen(name: str) -> None:
    """The ball's outline stays: inside and outside it the picture differs more than within either."""
    field = opened(1, (128, 128))
    out = blur(FILTERS[name](drawn(field), field), 0.02)
    column = int(128 * float(0.3 + 0.2 * field.draws[0, 0]))
    outside, rim, inside = (
        out[0, :, 30:34, column].mean(1),
        out[0, :, 38, column],
        out[0, :, 62:66, column].mean(1),
    )
    differs = torch.stack([outside - rim, rim - inside, outside - inside]).abs().sum(1).max()
    assert differs > 0.08


@pytest.mark.parametrize("name", ["pencil sketch", "blueprint"])
def test_drawings_in_one_colour_have_one_hue(name: str) -> None:
    field = opened(2)
    out = STYLES[name](drawn(field), field).permute(1, 0, 2, 3).flatten(1)
    assert torch.linalg.svdvals(out - out.mean(1, keepdim=True))[1:].max() < 0.1 * torch.linalg.norm(out)


def test_monochrome_has_no_colour() -> None:
    field = opened(1)
    out = LIGHTS["monochrome"](drawn(field), field)
    assert torch.equal(out[:, 0], out[:, 1]) and torch.equal(out[:, 1], out[:, 2])


def test_warm_is_redder_and_cool_is_bluer() -> None:
    field = opened(2)
    picture = drawn(field)
    warmth = [float((out[:, 0] - out[:, 2]).mean()) for out in
              (LIGHTS["cool"](picture, field), picture, LIGHTS["warm"](picture, field))]  # fmt: skip
    assert warmth[0] < warmth[1] - 0.05 and warmth[2] > warmth[1] + 0.05


def test_dark_and_bright_are() -> None:
    field = opened(2)
    picture = drawn(field)
    tone = [float(luma(LIGHTS[name](picture, field)).mean()) for name in ("dark", "natural", "bright")]
    assert tone[0] < tone[1] * 0.6 and tone[2] > tone[1] * 1.2


def richly(field: Field, amount: float) -> Tensor:
    return enrich(drawn(field), replace(field, richness=torch.full_like(field.richness, amount)))


def test_richness_grows() -> None:
    field = opened(4, (128, 128))
    shown = [richly(field, amount) for amount in (0.0, 0.2, 0.4, 0.5, 0.6, 0.8, 1.0)]
    depth = [float((out.amax(1) - out.amin(1)).mean() + out.std((2, 3)).mean()) for out in shown]
    assert all(later > earlier for earlier, later in pairwise(depth))
    away = [float((out - shown[0]).abs().mean()) for out in shown]
    assert all(later > earlier for earlier, later in pairwise(away))


def test_half_as_rich_is_as_it_was_given() -> None:
    field = opened(2)
    assert (richly(field, 0.5) - drawn(field)).abs().max() < 1e-6


def test_a_flat_picture_has_no_edges_and_a_step_has_one() -> None:
    flat = torch.full((1, 3, 32, 32), 0.4)
    assert edges(flat, 0.03).max() < 1e-5
    step = (torch.arange(64) >= 32).float().expand(1, 3, 64, -1)
    found = edges(step, 0.05)[0, 0, 32]
    assert found.argmax() in (31, 32) and 0.8 < found.max() < 2.0 and found[:20].max() < 1e-4


def test_blur_keeps_the_mean_and_shift_moves() -> None:
    torch.manual_seed(0)
    picture = torch.rand(1, 3, 64, 64)
    for sigma in (0.01, 0.03, 0.1):
        assert abs(float(blur(picture, sigma).mean() - picture.mean())) < 0.01
    assert torch.equal(shift(picture, 2 / 64, 1 / 64)[..., 1:, 2:], picture[..., :-1, :-2])


def test_steps_keep_levels_and_saturation_keeps_brightness() -> None:
    levels = torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0])
    assert torch.equal(steps(levels, 4), levels)
    colour = torch.tensor([0.5, 0.45, 0.4])[None, :, None, None]
    assert (luma(saturate(colour, 1.5)) - luma(colour)).abs().max() < 1e-6


def test_random_lattices_are_even_and_seeded() -> None:
    field = opened(2)
    values = lattice(field, 450, (200, 200))
    assert values.min() >= 0 and values.max() < 1
    assert abs(float(values.mean()) - 0.5) < 0.005 and abs(float(values.std()) - 12**-0.5) < 0.005
    flat = values.flatten(1)
    assert (
        abs(
            float(
                torch.corrcoef(torch.stack([flat[0], flat[1], flat[0].roll(1), flat[0].roll(200)]))[0, 1:]
                .abs()
                .max()
            )
        )
        < 0.02
    )
    assert not torch.equal(noise(field, 450, 9)[0], noise(field, 450, 9)[1])


def test_cells_have_one_colour_each() -> None:
    field = opened(1)
    border, centre, colour = voronoi(field, 450, 8, 0.8, drawn(field))
    assert border.min() >= 0 and centre.max() < 1.5
    inner = border[0, 0] > 0.1
    assert 40 < len(torch.unique(colour[0, :, inner].T.mul(1e4).round(), dim=0)) <= 100


def test_a_frame_lies_along_the_border() -> None:
    field = opened(1)
    border = frame(field, 0.1, 0.0, 0.01)[0, 0]
    assert border[0].min() == 1 and border[:, -1].min() == 1 and border[20:-20, 20:-20].max() == 0


@pytest.mark.parametrize("name", FILTERS)
def test_errors_of_rounding_do_not_show(name: str) -> None:
    """Another device rounds otherwise: a picture that differs in its last bits must come out the same."""
    field = opened(3, (128, 128))
    picture = drawn(field)
    torch.manual_seed(0)
    rounded = (picture + (torch.rand_like(picture) - 0.5) * 1e-6).clamp(0, 1)
    assert (FILTERS[name](picture, field) - FILTERS[name](rounded, field)).abs().max() <= CLOSE
