"""Pictures side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.studio.picture import grid


@given(count=st.integers(1, 12))
def test_every_picture_stands_in_the_grid_in_reading_order(count: int) -> None:
    pictures = [np.full((2, 3, 3), index + 1, dtype=np.uint8) for index in range(count)]
    whole = grid(pictures)
    columns, rows = whole.shape[1] // 3, whole.shape[0] // 2
    assert 0 <= columns - rows <= 1 and columns * rows >= count > columns * (rows - 1)
    assert whole[::2, ::3, 0].flatten().tolist() == [*range(1, count + 1), *[0] * (columns * rows - count)]


def test_four_are_two_by_two_and_sizes_must_agree() -> None:
    flat, tall = np.zeros((4, 6, 3), np.uint8), np.zeros((6, 4, 3), np.uint8)
    assert grid([flat] * 4).shape == (8, 12, 3)
    with pytest.raises(ValueError, match="one size"):
        grid([flat, tall])
    with pytest.raises(ValueError, match="at least one"):
        grid([])
