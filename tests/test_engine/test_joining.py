"""What is painted around a picture takes over its colours at the border, and nothing else changes."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from sfumato.engine.joining import SEAM, distance, joined
from sfumato.engine.placing import Box

HEIGHT, WIDTH = 48, 64
boxes = st.builds(Box, st.integers(-20, 40), st.integers(-20, 30), st.integers(24, 40), st.integers(24, 40))


def random(seed: int) -> Tensor:
    return torch.rand(3, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def smooth(seed: int) -> Tensor:
    """A picture that changes slowly."""
    rows, columns = torch.linspace(0, 1, HEIGHT)[:, None], torch.linspace(0, 1, WIDTH)[None, :]
    slopes = torch.rand(3, 2, generator=torch.Generator().manual_seed(seed)) * 0.6 - 0.3
    return torch.stack([down * rows + across * columns for down, across in slopes])


@given(box=boxes, reach=st.floats(0, 60), seed=st.integers(0, 99))
def test_what_is_kept_and_what_is_far_stays(box: Box, reach: float, seed: int) -> None:
    picture = random(seed)
    ours, away = joined(picture, random(seed + 1), box, reach), distance(box, HEIGHT, WIDTH)
    stays = ((away == 0) | (away >= max(reach, 1))).expand(3, -1, -1)
    assert torch.equal(ours[stays], picture[stays])


@given(box=boxes)
def test_distance_is_that_of_the_nearest_pixel_of_the_box(box: Box) -> None:
    rows, columns = torch.meshgrid(torch.arange(HEIGHT), torch.arange(WIDTH), indexing="ij")
    points = torch.stack([rows, columns], -1).reshape(-1, 2).float()
    down, across = (
        torch.arange(own, own + size) for own, size in ((box.top, box.height), (box.left, box.width))
    )
    inside = torch.cartesian_prod(down, across).float()
    assert torch.allclose(
        distance(box, HEIGHT, WIDTH).flatten(), torch.cdist(points, inside).amin(1), atol=1e-4
    )


@given(box=boxes, tone=st.tuples(*[st.floats(-0.5, 0.5)] * 3))
def test_one_tone_that_is_off_is_taken_back_and_fades(box: Box, tone: tuple[float, ...]) -> None:
    known, away = torch.zeros(3, HEIGHT, WIDTH), distance(box, HEIGHT, WIDTH)
    off = torch.tensor(tone)[:, None, None] * (away > 0)
    left = (1 - (1 - away / 20).clamp(min=0).square()) * (away / SEAM).clamp(max=1)
    assert torch.allclose(joined(known + off, known, box, 20.0), known + off * left, atol=1e-5)


@given(box=boxes, seed=st.integers(0, 99))
def test_what_goes_on_smoothly_is_left_alone(box: Box, seed: int) -> None:
    picture = smooth(seed)
    assert (joined(picture, picture, box, 30.0) - picture).abs().max() < 0.05


def test_a_border_of_two_tones_is_joined_at_both() -> None:
    """Left of a picture that is dark above and light below, all is grey."""
    known = torch.full((3, HEIGHT, WIDTH), -0.5)
    known[:, HEIGHT // 2 :] = 0.5
    box = Box(32, 0, 32, HEIGHT)
    painted = torch.where(distance(box, HEIGHT, WIDTH) > 0, torch.zeros(3, HEIGHT, WIDTH), known)
    ours = joined(painted, known, box, 32.0)
    seam = (ours[:, :, 31] - known[:, :, 32]).abs().mean(0)
    assert seam[:20].max() < 0.1 and seam[28:].max() < 0.1  # of a step of .5
    assert ours[:, :20, 31].mean() == pytest.approx(-0.47, abs=0.03)
