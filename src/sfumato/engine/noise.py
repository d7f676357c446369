"""Noise that belongs to the picture: numpy's counter-based Philox, keyed, on the CPU, in float32.

The exact derivation, so that any other program can make the same numbers:

- Philox 4x64-10 (Salmon et al. 2011) as in numpy.random.Philox.
- key     = (seed, first 8 bytes of SHA-256 of the purpose in UTF-8, little-endian), two 64-bit words
- counter = (0, 0, step, slice), four 64-bit words, lowest first; numpy counts up before its first block
- raw 64-bit words r0, r1, r2 ... become uniforms u = ((r >> 11) + 0.5) / 2**53, strictly inside (0, 1)
- pairs (u0, u1) become two normals sqrt(-2 ln u0) * cos(2 pi u1) and sqrt(-2 ln u0) * sin(2 pi u1)
  (Box & Muller 1958) in float64, then rounded to float32 and laid out in C order.

The raw stream of a numpy bit generator is guaranteed to stay the same between versions of numpy; the stream
of `standard_normal` is not, which is why the last two lines are done here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

WORD = 2**64


def noise(seed: int, slice: int, purpose: str, step: int, shape: Sequence[int]) -> Tensor:
    """Standard normal float32 tensor of this shape; equal arguments give equal bytes on every machine.

    seed, slice and step are in 0 ... 2**64 - 1. A seed's slices, purposes and steps are independent streams.
    """
    for name, number in (("seed", seed), ("slice", slice), ("step", step)):
        if not 0 <= number < WORD:
            raise ValueError(f"{name} {number} is out of range: it is a whole number from 0 to 2**64 - 1.")
    key = np.array([seed, _word(purpose)], dtype=np.uint64)
    counter = np.array([0, 0, step, slice], dtype=np.uint64)
    size = prod(shape)
    raw = np.random.Philox(key=key, counter=counter).random_raw(size + size % 2)  # type: ignore[arg-type]
    return torch.from_numpy(_normals(raw)[:size].reshape(tuple(shape)))


def _word(purpose: str) -> int:
    return int.from_bytes(hashlib.sha256(purpose.encode()).digest()[:8], "little")


def _normals(raw: np.ndarray) -> np.ndarray:
    uniform = ((raw >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    length = np.sqrt(-2.0 * np.log(uniform[0::2]))
    angle = 2.0 * np.pi * uniform[1::2]
    pairs = np.stack([length * np.cos(angle), length * np.sin(angle)], axis=-1)  # (size / 2, 2)
    return pairs.reshape(-1).astype(np.float32)


class Draw(Protocol):
    """Noise of one picture: draw(purpose, step, shape) -> float32 standard normal tensor."""

    def __call__(self, purpose: str, step: int, shape: Sequence[int]) -> Tensor: ...


@dataclass(frozen=True)
class Source:
    """The Draw of one picture in one place: its seed and slice, and a prefix that keeps stages apart."""

    seed: int
    slice: int
    place: str = ""

    def __call__(self, purpose: str, step: int, shape: Sequence[int]) -> Tensor:
        return noise(self.seed, self.slice, f"{self.place}/{purpose}", step, shape)
