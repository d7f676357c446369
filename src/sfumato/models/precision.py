"""Which device to compute on, and in which number format: measured, not looked up."""

from __future__ import annotations

import time

import torch

SIDE, ROUNDS = 512, 4
WORTH = 1.5  # bf16 must be this much faster than fp32 to be chosen


def choose_device() -> str:
    """ "cuda" or "mps" where there is one, else "cpu"."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def choose_dtype(device: str) -> str:
    """ "bfloat16" where matrix products are clearly faster in it, measured here and now; else "float32"."""
    slow, fast = _seconds(device, torch.float32), _seconds(device, torch.bfloat16)
    return "bfloat16" if slow > WORTH * fast else "float32"


def _seconds(device: str, dtype: torch.dtype) -> float:
    a = torch.ones(SIDE, SIDE, device=device, dtype=dtype)
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        float((a @ a)[0, 0])
        times.append(time.perf_counter() - started)
    return min(times)
