"""What is left of a picture where a run begins, and why it decides whether pure black can be painted."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from types import MappingProxyType

import pytest
import torch
from torch import Tensor

from sfumato.engine import NoisePath

SDXL = NoisePath("vp", "eps")
PURE = NoisePath("vp", "v", zero_snr=True)
KOLORS = NoisePath("vp", "eps", count=1100, beta=(0.00085, 0.014))
EDM, FLOW = NoisePath("edm", "edm"), NoisePath("flow", "flow")

# Noise over picture at the last entry and at the first, as the published schedulers have them.
LEVELS = MappingProxyType(
    {
        "Stable Diffusion 1, 2, XL": (SDXL, 14.6146, 0.0292),
        "Kolors": (KOLORS, 29.0612, 0.0292),
        "Kandinsky 2": (NoisePath("vp", "eps", table="linear"), 25.1461, 0.0292),
        "Hunyuan-DiT": (NoisePath("vp", "v", beta=(0.00085, 0.02)), 65.93, 0.0292),
        "Hunyuan-DiT 1.0": (NoisePath("vp", "v", beta=(0.00085, 0.03)), 419.9, 0.0292),
        "PixArt": (NoisePath("vp", "eps", table="linear", beta=(1e-4, 0.02)), 157.4, 0.0100),
        "unCLIP, DeepFloyd IF, Kandinsky 3": (NoisePath("vp", "eps", table="cosine"), 20291.0, 0.0064),
        "NovelAI": (PURE, inf, 0.0292),
        "Playground v2.5": (EDM, 80.0, 0.002),
    }
)


@pytest.mark.parametrize("name", LEVELS)
def test_terminal_noise(name: str) -> None:
    path, most, least = LEVELS[name]
    assert path.ratio(path.span.high) == pytest.approx(most, rel=1e-4)
    assert path.ratio(path.span.low) == pytest.approx(least, rel=5e-3)


def test_more_noise_keeps_the_first_entry() -> None:
    """Lin et al. 2023, Algorithm 1: only the end of the table becomes pure noise."""
    assert PURE.alpha(1) == pytest.approx(SDXL.alpha(1), rel=1e-12)
    assert PURE.alpha(1000) == 0 and SDXL.alpha(1000) ** 2 == pytest.approx(4.660e-3, abs=1e-6)
    x, out = torch.ones(1), torch.full((1,), 2.0)
    assert PURE.x0(x, out, 1000).isfinite().all()
    with pytest.raises(ValueError, match="pure noise"):
        NoisePath("vp", "eps", zero_snr=True).x0(x, out, 1000)


# The experiment: pictures of one brightness each, spread evenly from black to white, whose deviation is .577.
# A network that knew them exactly would look only at a noisy picture's mean, whose noise is 1 / side of a
# pixel's. Whatever the run begins without cannot come back.

GREYS = torch.linspace(-1, 1, 401, dtype=torch.float64)
DRAWS, STEPS = 61, 200


def brightest(mean: Tensor, path: NoisePath, t: float, side: int) -> Tensor:
    """The expected brightness given the means (n,) of noisy pictures with side * side pixels."""
    spread = path.sigma(t) / side
    away = (mean[:, None] - path.alpha(t) * GREYS) / spread  # (n, greys)
    return torch.softmax(-away.square() / 2, dim=1) @ GREYS


def painted(path: NoisePath, side: int, schedule: str, shift: float = 1.0) -> float:
    """The deviation of the brightness of pictures that are painted from pure noise."""
    times = path.times(STEPS, schedule, shift)
    chances = (torch.arange(DRAWS, dtype=torch.float64) + 0.5) / DRAWS
    x = torch.special.ndtri(chances) * path.prior(times[0]) / side
    for t, to in pairwise(times):
        x = path.move(x, brightest(x, path, t, side), t, to)
    return float(x.std())


@pytest.mark.parametrize(
    ("path", "schedule", "shift", "small", "large"),
    [
        (SDXL, "trailing", 1.0, 0.228, 0.114),
        (KOLORS, "trailing", 1.0, 0.403, 0.225),
        (EDM, "karras", 1.0, 0.541, 0.472),
        (PURE, "trailing", 1.0, 0.558, 0.553),
        (FLOW, "linear", 3.0, 0.565, 0.565),
    ],
    ids=["sdxl", "kolors", "edm", "zero-snr", "flow"],
)
def test_which_noise_can_paint_black(
    path: NoisePath, schedule: str, shift: float, small: float, large: float
) -> None:
    """Deviations at 64 and at 128 pixels of side; the data's is .577."""
    assert painted(path, 64, schedule, shift) == pytest.approx(small, abs=0.02)
    assert painted(path, 128, schedule, shift) == pytest.approx(large, abs=0.02)
