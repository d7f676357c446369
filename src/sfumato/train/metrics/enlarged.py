"""How well pictures were made larger: renders that nobody trained on, and numbers against the truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image

from sfumato.train.enlarging import AT_ONCE, SCALE, painted, roughened
from sfumato.train.world.atlas import Atlas

SEED = 1 << 40  # runs are numbered from below
SIDE = 256  # pixels of the truth
EDGES = 0.1  # share of a picture's places, those of its steepest steps
LOUDEST = 255.0
NEVER_OFF = 1e-10


class Enlarged(NamedTuple):
    """psnr       dB against the truth, all of it
    edge_psnr  dB at the tenth of all places where the truth is steepest
    sharpness  energy of the steps between neighbours over the truth's: 1 is as sharp as the truth
    """

    psnr: float
    edge_psnr: float
    sharpness: float


def held_out(atlas: Atlas, count: int, rough: bool) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The first so many of a fixed row of pairs: a small picture, uint8 (64, 64, 3), and the truth, four
    times as large. Small ones are made by bicubic; rough ones then get the flaws that small models have."""
    draw, flaw = (np.random.Generator(np.random.Philox(SEED + own)) for own in (0, 1))
    for first in range(0, count, AT_ONCE):
        for true in painted(draw, atlas, SIDE)[: count - first]:
            small = Image.fromarray(true).resize((SIDE // SCALE, SIDE // SCALE), Image.Resampling.BICUBIC)
            yield (roughened(np.asarray(small), flaw, clean=0) if rough else np.asarray(small)), true


def score(made: np.ndarray, true: np.ndarray) -> Enlarged:
    """Of one picture, uint8 (H, W, 3), against the truth of the same size."""
    off, steep = made.astype(np.float64) - true, steepness(true)
    at = steep >= np.quantile(steep, 1 - EDGES)
    return Enlarged(
        _psnr(off), _psnr(off[:-1, :-1][at]), float(steepness(made).sum() / max(steep.sum(), NEVER_OFF))
    )


def steepness(picture: np.ndarray) -> np.ndarray:
    """Squared steps of brightness to the neighbours on the right and below, (H - 1, W - 1)."""
    grey = picture.astype(np.float64).mean(2)
    return np.diff(grey, axis=0)[:, :-1] ** 2 + np.diff(grey, axis=1)[:-1] ** 2


def _psnr(off: np.ndarray) -> float:
    return float(20 * np.log10(LOUDEST) - 10 * np.log10(max(np.square(off).mean(), NEVER_OFF)))
