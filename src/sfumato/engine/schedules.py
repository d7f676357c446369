"""Schedules: the noise tables networks were trained on, and how a sampler spreads its steps over a path."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

if TYPE_CHECKING:
    from sfumato.engine.path import NoisePath


Unit = TypeVar("Unit", float, np.ndarray)


class Span(NamedTuple):
    """Smallest and largest positive time of a path."""

    low: float
    high: float


# Tables


def ratios(table: str, count: int, beta: tuple[float, float], zero_snr: bool) -> tuple[float, ...]:
    """sigma / alpha of a discrete vp table, preceded by 0 for the clean picture: count + 1 rising values."""
    kept = np.cumprod(1 - _betas(table, count, beta))  # alpha squared, (count,)
    if zero_snr:
        kept = _without_terminal_signal(kept)
    with np.errstate(divide="ignore"):
        return (0.0, *np.sqrt((1 - kept) / kept).tolist())


def _betas(table: str, count: int, beta: tuple[float, float]) -> np.ndarray:
    low, high = beta
    if table == "linear":  # Ho et al. 2020
        return np.linspace(low, high, count)
    if table == "scaled-linear":  # Rombach et al. 2022: linear in the square root
        return np.linspace(low**0.5, high**0.5, count) ** 2
    if table == "cosine":  # Nichol & Dhariwal 2021, Equation 17, capped at 0.999
        kept = np.cos((np.arange(count + 1) / count + 0.008) / 1.008 * np.pi / 2) ** 2
        return np.minimum(1 - kept[1:] / kept[:-1], 0.999)
    raise ValueError(f"there is no noise table {table!r}: choose linear, scaled-linear or cosine.")


def _without_terminal_signal(kept: np.ndarray) -> np.ndarray:
    """Lin et al. 2023, Algorithm 1: the first entry stays, the last becomes exactly 0."""
    alpha = np.sqrt(kept)
    alpha = (alpha - alpha[-1]) * alpha[0] / (alpha[0] - alpha[-1])
    return alpha**2


# Spreading steps


def shifted(u: Unit, shift: float) -> Unit:
    """u' = s u / (1 + (s - 1) u) on [0, 1] (Esser et al. 2024, Equation 23)."""
    return shift * u / (1 + (shift - 1) * u)


def spread(path: NoisePath, n: int, schedule: str, shift: float) -> tuple[float, ...]:
    """n + 1 falling times of this path, ending at 0."""
    if n < 1:
        raise ValueError(f"{n} steps were asked for: a picture needs at least one.")
    if not 0 < shift < inf:
        raise ValueError(f"shift {shift} has no meaning: it is a factor above 0, 1 changes nothing.")
    if schedule not in SCHEDULES:
        raise ValueError(f"there is no schedule {schedule!r}: choose one of {', '.join(SCHEDULES)}.")
    times = np.append(SCHEDULES[schedule](path, n, shift), 0.0)
    if not (np.diff(times) < 0).all():
        raise ValueError(f"{n} steps are too many for the {schedule} schedule here: two fall together.")
    return tuple(times.tolist())


def _linear(path: NoisePath, n: int, shift: float) -> np.ndarray:
    """Uniform in t from t_max to 0."""
    return shifted(1 - np.arange(n) / n, shift) * path.span.high


def _trailing(path: NoisePath, n: int, shift: float) -> np.ndarray:
    """Linear, rounded to whole entries of a vp table."""
    times = _linear(path, n, shift)
    return np.round(times) if path.kind == "vp" else times


def _leading(path: NoisePath, n: int, shift: float) -> np.ndarray:
    """Whole strides from entry 0 of a vp table: what pixel models and Kandinsky 2 were released with."""
    return _strides(path, n, shift, first=0)


def _leading_one_up(path: NoisePath, n: int, shift: float) -> np.ndarray:
    """Whole strides from entry 1: what SD 1, 2 and XL were released with."""
    return _strides(path, n, shift, first=1)


def _strides(path: NoisePath, n: int, shift: float, first: int) -> np.ndarray:
    if path.kind != "vp":
        raise ValueError(f"the leading schedules count entries of a vp table; this is a {path.kind} path.")
    times = np.arange(n)[::-1] * (path.count // n) + first + 1.0  # entry k is t = k + 1
    return np.minimum(shifted(times / path.count, shift) * path.count, path.count)


def _linspace(path: NoisePath, n: int, shift: float) -> np.ndarray:
    """Uniform from t_max to the smallest time trained at, both included; then 0.

    On a flow path the smallest time is shifted too before it is spread, as SD3 was released.
    """
    low = path.span.low / path.span.high
    if path.kind == "flow":
        low = shifted(low, shift)
    return shifted(np.linspace(1, low, n), shift) * path.span.high


def _whole(path: NoisePath, n: int, shift: float) -> np.ndarray:
    """Linspace, rounded to whole entries of a vp table: unCLIP's and Kandinsky's priors were released so."""
    if path.kind != "vp":
        return _linspace(path, n, shift)
    top = path.count - 1
    # important: multiplied in this order, as released; a last bit decides which way half an entry goes.
    entries = np.arange(n)[::-1] * (top / (n - 1)) if n > 1 else np.array([top])
    if shift != 1:
        entries = shifted((entries + 1) / path.count, shift) * path.count - 1
    return np.round(entries) + 1  # halves go to even


def _open(path: NoisePath, n: int, shift: float) -> np.ndarray:
    """n + 1 even entries of a vp table, rounded, without the last one, entry 0: DPM-Solver's releases."""
    if path.kind != "vp":
        return _linear(path, n, shift)
    entries = np.linspace(0, path.count - 1, n + 1)[:0:-1]
    if shift != 1:
        entries = shifted((entries + 1) / path.count, shift) * path.count - 1
    return np.round(entries) + 1  # halves go to even


def _karras(path: NoisePath, n: int, shift: float) -> np.ndarray:
    """Uniform in level**(1 / rho) (Karras et al. 2022, Eq. 5); level is sigma / alpha, on a flow path t."""
    low, high = _levels(path, "karras")
    ramp = shifted(np.linspace(1, 0, n), shift)
    return _at(
        path, (low ** (1 / path.rho) + ramp * (high ** (1 / path.rho) - low ** (1 / path.rho))) ** path.rho
    )


def _exponential(path: NoisePath, n: int, shift: float) -> np.ndarray:
    """Uniform in the logarithm of the level; level is sigma / alpha, on a flow path t."""
    low, high = _levels(path, "exponential")
    return _at(path, low * (high / low) ** shifted(np.linspace(1, 0, n), shift))


def _levels(path: NoisePath, schedule: str) -> Span:
    if path.kind == "flow":
        return path.span
    high = path.ratio(path.span.high)
    if high == inf:
        raise ValueError(
            f"the {schedule} schedule needs a largest noise level, but this path ends in pure noise."
        )
    return Span(path.ratio(path.span.low), high)


def _at(path: NoisePath, levels: np.ndarray) -> np.ndarray:
    """The times of these levels, none of them beyond the path's end."""
    if path.kind == "flow":
        return levels
    high = path.ratio(path.span.high)
    return np.array([path.time(min(level, high)) for level in levels.tolist()])


def _beta(path: NoisePath, n: int, shift: float) -> np.ndarray:
    """Times at even parts of a beta(0.6, 0.6) distribution: closer at both ends (Lee et al. 2024)."""
    low, high = path.span
    return low + (high - low) * beta_quantiles(shifted(np.linspace(1, 0, n), shift), 0.6)


def beta_quantiles(parts: np.ndarray, a: float, halvings: int = 52) -> np.ndarray:
    """Where the distribution beta(a, a) has these parts (0 ... 1) of its mass below it, to about 1e-9."""
    nodes, weights = np.polynomial.legendre.leggauss(64)

    def mass(x: np.ndarray) -> np.ndarray:
        """Of 0 ... x <= 1/2, up to a factor: with u = x**a the pole of the density at 0 is gone."""
        u = np.outer(x**a, (nodes + 1) / 2)  # (n, 64)
        return x**a * ((1 - u ** (1 / a)) ** (a - 1) @ weights)

    wanted = 2 * np.minimum(parts, 1 - parts) * mass(np.array([0.5]))
    x = np.zeros_like(wanted)
    for power in range(2, halvings + 2):
        x = np.where(mass(x + 0.5**power) <= wanted, x + 0.5**power, x)
    return np.where(parts > 0.5, 1 - x, x)


def _lcm(path: NoisePath, n: int, shift: float) -> np.ndarray:
    """Of 50 even times from t_max, n as evenly spread as whole places allow: what LCM was released with."""
    if n > LCM_TIMES:
        raise ValueError(f"the lcm schedule has {LCM_TIMES} times to choose from: {n} steps are too many.")
    places = np.arange(n) * LCM_TIMES // n
    return shifted(1 - places / LCM_TIMES, shift) * path.span.high


LCM_TIMES = 50

# Noise levels found to lose least in ten steps (Sabour et al. 2024, Table 3), as printed there.
ALIGNED: MappingProxyType[str, tuple[float, ...]] = MappingProxyType(
    {
        "ays-sd1": (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029),
        "ays-sdxl": (14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029),
        "ays-if": (160.41, 8.081, 3.315, 1.885, 1.207, 0.785, 0.553, 0.293, 0.186, 0.030, 0.006),
        "ays-svd": (700.00, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002),
    }
)
# From this level on x holds less than a hundredth of the picture: any path may begin there in pure noise.
NOISE_ONLY = 100.0


def _aligned(name: str, path: NoisePath, n: int, shift: float) -> np.ndarray:
    """Align your steps: the levels of a published table, between them a straight line in the logarithm.

    The last level of the table gives way to the picture itself, as its authors have it. Raises ValueError
    where the path's largest level is another than the table's.
    """
    levels = np.array(ALIGNED[name])
    high, own = float(levels[0]), path.ratio(path.span.high)
    if abs(own / high - 1) > 0.1 and not own > high > NOISE_ONLY:
        raise ValueError(
            f"the {name} schedule was found for a largest noise level of {high:g}; here it is {own:.4g}: "
            "choose another schedule."
        )
    places = np.linspace(0, 1, len(levels))
    ramp = 1 - shifted(1 - np.arange(n) / n, shift)
    wanted = np.exp(np.interp(ramp, places, np.log(levels)))
    return np.array([path.time(min(level, own)) for level in wanted.tolist()])


SCHEDULES: MappingProxyType[str, Callable[[NoisePath, int, float], np.ndarray]] = MappingProxyType(
    {
        "linear": _linear,
        "trailing": _trailing,
        "leading": _leading,
        "leading+1": _leading_one_up,
        "linspace": _linspace,
        "linspace-whole": _whole,
        "linspace-open": _open,
        "karras": _karras,
        "exponential": _exponential,
        "beta": _beta,
        "lcm": _lcm,
        "ays-sd1": partial(_aligned, "ays-sd1"),
        "ays-sdxl": partial(_aligned, "ays-sdxl"),
        "ays-if": partial(_aligned, "ays-if"),
        "ays-svd": partial(_aligned, "ays-svd"),
    }
)
