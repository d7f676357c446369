"""From ratios to whole pixels, for budgets from a thumbnail to a megapixel."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.plan import Defaults, StageDefaults, fit

sides = st.integers(1, 3000)


@given(width=sides, height=sides, multiple=st.sampled_from([1, 4, 8, 16, 32, 64]), rows=st.integers(1, 64))
def test_fit_keeps_budget_multiple_and_ratio(width: int, height: int, multiple: int, rows: int) -> None:
    ratio = Fraction(max(width, height), min(width, height))
    pixels = int(multiple**2 * (ratio + rows**2))
    fitted = fit((width, height), pixels, multiple)
    assert fitted[0] % multiple == fitted[1] % multiple == 0
    assert 0 < fitted[0] * fitted[1] <= pixels
    long, short = (fitted[0], fitted[1]) if width >= height else (fitted[1], fitted[0])
    assert abs(long - ratio * short) < multiple
    assert fit((height, width), pixels, multiple) == fitted[::-1]


@given(rows=st.integers(1, 100), multiple=st.integers(1, 64))
def test_a_square_uses_the_whole_budget(rows: int, multiple: int) -> None:
    assert fit((1, 1), (rows * multiple) ** 2, multiple) == (rows * multiple, rows * multiple)


@given(scale=st.integers(1, 50))
def test_an_aspect_need_not_be_reduced(scale: int) -> None:
    assert fit((16 * scale, 9 * scale), 1024**2, 16) == fit((16, 9), 1024**2, 16) == (1360, 768)


def test_fit_refuses_a_budget_that_holds_nothing() -> None:
    with pytest.raises(ValueError, match="1023 pixels do not hold a picture of 16:1 in multiples of 8"):
        fit((16, 1), 1023, 8)
    assert fit((16, 1), 1024, 8) == (128, 8)


def test_defaults_refuse_an_aspect_that_their_budget_cannot_hold() -> None:
    stage = StageDefaults(name="base", weights="0", steps=1, sampler="euler", schedule="linear")
    with pytest.raises(ValueError, match="256 pixels do not hold a picture of 5:1"):
        Defaults(family="small", stages=(stage,), pixels=256, multiple=8, maximum_aspect=5)
