"""Pictures that a plan reads, as stages get them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from PIL import Image

from sfumato.engine import Commission, Setting, as_mask, board, fitted, from_start, noise, resize, to_pixels
from sfumato.plan import Input

RED, MASK = "a" * 64, "b" * 64


@pytest.fixture
def setting(planned, staged, given) -> Setting:
    """The first setting of a plan that reads two pictures."""
    from sfumato.engine import NoisePath
    from sfumato.models.gauss import words

    inputs = (Input(role="reference", hash=RED, weight=0.25), Input(role="reference", hash=MASK))
    plan = planned(staged()).model_copy(update={"inputs": (*inputs, Input(role="start", hash=RED))})
    leg = board(Commission(plan, words(NoisePath("flow", "x0")), given), 0).leg
    assert leg is not None
    return leg.setting


@pytest.fixture
def given() -> dict[str, torch.Tensor]:
    return {RED: noise(1, 0, "red", 0, (3, 20, 31)).clamp(-1, 1), MASK: torch.ones(3, 5, 5)}


def test_pictures_come_by_role_in_order_with_their_weights(setting: Setting, given) -> None:
    found = setting.pictures("reference")
    assert [weight for _, weight in found] == [0.25, 1.0]
    assert torch.equal(found[0].picture, given[RED]) and torch.equal(found[1].picture, given[MASK])
    assert setting.pictures("hint") == () and setting.picture("hint") is None


def test_a_single_picture_has_the_size_of_the_stage(setting: Setting) -> None:
    picture = setting.picture("start")
    assert picture is not None
    assert picture.shape == (3, setting.stage.height, setting.stage.width)


def test_a_picture_that_was_not_given_is_said(setting: Setting) -> None:
    with pytest.raises(ValueError, match=f"start picture {RED[:12]}.*not given"):
        replace(setting, given={}).pictures("start")


def test_a_stage_begins_from_the_start_picture_in_its_own_space(setting: Setting) -> None:
    class Halved:
        name = "halved"

        def encode(self, picture: torch.Tensor) -> torch.Tensor:
            return picture / 2

    expected = setting.picture("start")
    found = from_start(Halved(), setting)  # type: ignore[arg-type]
    assert expected is not None and found is not None and torch.equal(found, expected / 2)
    silent = replace(setting, plan=setting.plan.model_copy(update={"inputs": ()}))
    assert from_start(Halved(), silent) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("width", "height"), [(31, 20), (62, 40), (10, 7), (8, 40)])
def test_fitted_is_resize_without_rounding(width: int, height: int) -> None:
    picture = noise(2, 0, "fit", 0, (3, 20, 31)).clamp(-1, 1) * 0.5
    ours = to_pixels(fitted(picture, width, height)).astype(int)
    whole = resize(to_pixels(picture), width, height).astype(int)
    assert abs(ours - whole).max() <= 3  # of 255: the other rounds twice


def test_fitted_agrees_with_pillow() -> None:
    picture = noise(3, 0, "fit", 0, (1, 24, 36)).clamp(-1, 1) * 0.5
    theirs = Image.fromarray(picture[0].numpy()).resize((17, 11), Image.Resampling.LANCZOS)
    ours = fitted(picture, 17, 11)[0]
    gap = (ours - torch.from_numpy(__import__("numpy").array(theirs)))[2:-2, 2:-2].abs().max()
    assert gap < 1e-4  # at the edges Pillow leaves out what lies outside in another way


def test_a_flat_picture_stays_flat() -> None:
    assert torch.allclose(fitted(torch.full((3, 9, 9), 0.3), 40, 5), torch.tensor(0.3))


def test_a_mask_is_what_is_brighter_than_grey() -> None:
    picture = torch.stack([torch.tensor([[-1.0, -0.1, 0.0, 0.1, 1.0]])] * 3)
    assert as_mask(picture).tolist() == [[[0, 0, 0, 1, 1]]]
