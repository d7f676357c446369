"""Finishing arithmetic, against Pillow and by properties."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sfumato.engine import resize, to_pixels


def picture(width: int, height: int, seed: int = 0) -> np.ndarray:
    """Smooth waves with some noise, uint8 (H, W, 3)."""
    y, x = np.mgrid[0:height, 0:width]
    waves = np.stack([np.sin(x / 5 + phase) * np.cos(y / 7 + phase) for phase in (0, 1, 2)], axis=-1)
    noise = np.random.default_rng(seed).normal(0, 10, waves.shape)
    return np.clip(127 + 100 * waves + noise, 0, 255).astype(np.uint8)


def test_pixels_of_known_values() -> None:
    x = torch.tensor([-2.0, -1.0, 0.0, 1.0, 2.0, -1 + 2 * 77 / 255]).expand(3, 2, 6)
    pixels = to_pixels(x)
    assert pixels.shape == (2, 6, 3) and pixels.dtype == np.uint8
    assert pixels[0, :, 0].tolist() == [0, 0, 128, 255, 255, 77]


def test_every_level_survives_there_and_back() -> None:
    levels = torch.arange(256).reshape(1, 16, 16).expand(3, 16, 16)
    assert np.array_equal(to_pixels(levels / 127.5 - 1)[:, :, 1], np.arange(256).reshape(16, 16))


def test_infinities_are_clipped_and_halves_go_to_even() -> None:
    x = torch.tensor([-torch.inf, torch.inf, 2 / 255, -2 / 255]).expand(3, 1, 4)
    assert to_pixels(x)[0, :, 0].tolist() == [0, 255, *np.rint((x[0, 0, 2:].numpy() + 1) * 127.5)]


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="not numbers"):
        to_pixels(torch.full((3, 2, 2), torch.nan))


@pytest.mark.parametrize("size", [(40, 30), (80, 60), (97, 31), (13, 71), (20, 15), (5, 3), (1, 1)])
def test_resize_is_lanczos(size: tuple[int, int]) -> None:
    """Pillow rounds between its two passes and weighs in fixed point: one level of difference."""
    before = picture(40, 30)
    theirs = np.asarray(Image.fromarray(before).resize(size, Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(resize(before, *size).astype(int) - theirs).max() <= 1


@given(level=st.integers(0, 255), width=st.integers(1, 50), height=st.integers(1, 50))
def test_a_flat_picture_stays_flat(level: int, width: int, height: int) -> None:
    assert (resize(np.full((9, 14, 3), level, dtype=np.uint8), width, height) == level).all()


def test_the_same_size_changes_nothing() -> None:
    before = picture(31, 17)
    assert np.array_equal(resize(before, 31, 17), before)
    with pytest.raises(ValueError, match="at least 1 x 1"):
        resize(before, 0, 4)
