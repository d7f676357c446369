"""Noise: the documented derivation done again in whole numbers, a golden value, and independence."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import Source, noise

MASK = 2**64 - 1
GOLDEN = "f95eff3fa702cb3e728af43e0d7707401b4a583fe184133e"


def philox(counter: list[int], key: list[int]) -> list[int]:
    """Philox 4x64-10 written from Salmon et al. 2011, Section 4.3, with Python's whole numbers."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        left, right = 0xD2E7470EE14C6C93 * c0, 0xCA5A826395121157 * c2
        c0, c1, c2, c3 = (right >> 64) ^ c1 ^ k0, right & MASK, (left >> 64) ^ c3 ^ k1, left & MASK
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) & MASK, (k1 + 0xBB67AE8584CAA73B) & MASK
    return [c0, c1, c2, c3]


def by_hand(seed: int, slice: int, purpose: str, step: int, size: int) -> np.ndarray:
    word = int.from_bytes(hashlib.sha256(purpose.encode()).digest()[:8], "little")
    raw: list[int] = []
    while len(raw) < size + 1:
        raw += philox([len(raw) // 4 + 1, 0, step, slice], [seed, word])
    values = []
    for first, second in zip(raw[::2], raw[1::2], strict=True):
        length = math.sqrt(-2 * math.log(((first >> 11) + 0.5) / 2**53))
        angle = 2 * math.pi * ((second >> 11) + 0.5) / 2**53
        values += [length * math.cos(angle), length * math.sin(angle)]
    return np.array(values[:size], dtype=np.float32)


def test_the_hand_written_generator_gives_the_published_answer() -> None:
    """Random123's known-answer vector for a counter and key of zeros."""
    assert philox([0, 0, 0, 0], [0, 0]) == [
        0x16554D9ECA36314C,
        0xDB20FE9D672D0FDC,
        0xD7E772CEE186176B,
        0x7E68B68AEC7BA23B,
    ]


@given(
    seed=st.integers(0, MASK),
    slice=st.integers(0, MASK),
    purpose=st.text(max_size=20).filter(lambda text: text.isprintable()),
    step=st.integers(0, MASK),
    size=st.integers(1, 41),
)
def test_noise_is_what_its_docstring_says(seed: int, slice: int, purpose: str, step: int, size: int) -> None:
    ours = noise(seed, slice, purpose, step, (size,)).numpy()
    # numpy's and C's logarithm may differ in the last bit of float64, which float32 nearly always hides.
    np.testing.assert_array_max_ulp(ours, by_hand(seed, slice, purpose, step, size), maxulp=1)


def test_golden_values() -> None:
    values = noise(123456789, 2, "base/start", 5, (2, 3))
    assert values.dtype == torch.float32
    assert values.numpy().tobytes().hex() == GOLDEN


def test_a_larger_picture_continues_the_stream() -> None:
    whole = noise(1, 0, "start", 0, (4, 8, 8)).reshape(-1)
    assert torch.equal(whole[:63], noise(1, 0, "start", 0, (63,)))


def test_values_are_standard_normal() -> None:
    """Kolmogorov-Smirnov against the normal law at a level of about 1e-4, and the first four moments."""
    values = np.sort(noise(3, 1, "law", 0, (200_000,)).numpy().astype(np.float64))
    size = len(values)
    expected = np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in values])
    distance = np.abs(expected - (np.arange(size) + 0.5) / size).max()
    assert distance < 2.2 / math.sqrt(size)
    moments = [np.mean(values**order) for order in (1, 2, 3, 4)]
    errors = np.sqrt(np.array([1, 2, 15, 96]) / size)
    assert (np.abs(np.array(moments) - [0, 1, 0, 3]) < 4.5 * errors).all()


@pytest.mark.parametrize(
    "other",
    [
        (8, 0, "base/start", 0),
        (7, 1, "base/start", 0),
        (7, 0, "base/ancestral", 0),
        (7, 0, "large/start", 0),
        (7, 0, "base/start", 1),
        (2**63, 0, "base/start", 0),
    ],
)
def test_streams_are_independent(other: tuple[int, int, str, int]) -> None:
    size = 40_000
    one, two = noise(7, 0, "base/start", 0, (size,)).double(), noise(*other, (size,)).double()
    for shift in range(-4, 5):  # also not the same stream a little later
        correlation = float((one * two.roll(shift)).mean())
        assert abs(correlation) < 4.5 / math.sqrt(size)


def test_a_source_keeps_places_apart() -> None:
    draw = Source(5, 1, place="base")
    assert torch.equal(draw("start", 2, (3,)), noise(5, 1, "base/start", 2, (3,)))
    assert not torch.equal(draw("start", 2, (3,)), Source(5, 1, place="large")("start", 2, (3,)))


@pytest.mark.parametrize(("seed", "slice", "step"), [(-1, 0, 0), (2**64, 0, 0), (0, -1, 0), (0, 0, 2**64)])
def test_keys_out_of_range_are_refused(seed: int, slice: int, step: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        noise(seed, slice, "start", step, (1,))
