"""What scripts/fuzz runs over for long, run over shortly: seeds, and changed seeds; no chance in it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from test_fuzz.targets import SEEDS, TARGETS

SHORT = settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
PIECES = [
    b"",
    b"\0",
    b"\xff" * 4,
    b"\x7f\xff\xff\xff",
    b"9" * 30,
    b"{",
    b"[" * 60,
    b'"',
    b"--",
    b"::",
    b"\xed\xa0\x80",
]


@st.composite
def changed(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """One of the seeds with some of its bytes replaced, taken out or doubled."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        stop = min(len(data), start + draw(st.integers(0, 9)))
        piece = draw(st.sampled_from([*PIECES, data[start:stop] * 2]) | st.binary(max_size=6))
        data = data[:start] + piece + data[stop:]
    return data


@pytest.mark.parametrize("name", TARGETS)
def test_changed_seeds(name: str) -> None:
    @SHORT
    @given(changed(SEEDS[name]) | st.binary(max_size=80))
    def run(data: bytes) -> None:
        TARGETS[name](data)

    for seed in SEEDS[name]:
        TARGETS[name](seed)
    run()
