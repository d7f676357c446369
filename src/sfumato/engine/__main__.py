"""`python -m sfumato.engine` draws paths, schedules and noise, and shows how samplers converge."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from sfumato.engine import SAMPLERS, Answer, Ladder, NoisePath, Source, State, noise

PATHS = (NoisePath("flow", "flow"), NoisePath("edm", "edm"), NoisePath("vp", "eps"))
WIDTH = 60


def curves(path: NoisePath, rows: int = 16) -> Iterator[str]:
    """alpha (a) and sigma (s) from the picture, above, to noise, below."""
    top = path.span.high
    yield f"{path.kind}: alpha (a) and sigma / sigma_max (s) for t from 0 to {top:g}"
    for t in np.linspace(0, top, rows + 1).tolist():
        line = [" "] * (WIDTH + 1)
        line[round(WIDTH * path.sigma(t) / path.sigma(top))] = "s"
        line[round(WIDTH * path.alpha(t))] = "a"
        yield f"{t:8.2f} |{''.join(line)}|"


def steps(path: NoisePath, count: int = 8) -> Iterator[str]:
    for schedule, shift in (
        ("linear", 1.0),
        ("linear", 3.0),
        ("karras", 1.0),
        ("exponential", 1.0),
        ("beta", 1.0),
    ):
        times = "  ".join(f"{t:.3g}" for t in path.times(count, schedule, shift))
        yield f"  {schedule}, shift {shift:g}: {times}"


def histogram(rows: int = 13) -> Iterator[str]:
    yield "noise(seed=123456789, slice=0, purpose='demo', step=0)"
    counts, edges = np.histogram(noise(123456789, 0, "demo", 0, (100_000,)).numpy(), rows, (-3.25, 3.25))
    for count, edge in zip(counts, edges, strict=False):
        yield f"{edge + 0.25:8.2f} |{'#' * int(count * WIDTH / counts.max())}"


def convergence(counts: tuple[int, ...] = (4, 8, 16, 32, 64)) -> Iterator[str]:
    """Largest error of one picture against 4,096 Heun steps, on data with the deviations 0.2, 0.5 and 1."""
    path = NoisePath("flow", "flow")
    exact = walk("heun", Ladder(path, path.times(4096)))
    yield "error by steps    " + "".join(f"{count:>10}" for count in counts)
    for name in ("euler", "dpm++2m", "heun", "unipc"):
        errors = [walk(name, Ladder(path, path.times(count))) - exact for count in counts]
        yield f"{name:>16}  " + "".join(f"{float(error.abs().max()):10.5f}" for error in errors)


def walk(name: str, ladder: Ladder) -> torch.Tensor:
    """One picture of Gaussian data: the best denoiser multiplies by alpha s^2 / (alpha^2 s^2 + sigma^2)."""
    sampler, draw, path = SAMPLERS[name], Source(7, 0), ladder.path
    square = torch.tensor([0.2, 0.5, 1.0], dtype=torch.float64)[:, None] ** 2
    state = State(0, draw("start", 0, (3, 16)).double())
    while look := sampler.ask(state, ladder):
        alpha, sigma = path.alpha(look.t), path.sigma(look.t)
        x0 = alpha * square / (alpha**2 * square + sigma**2) * look.x
        state = sampler.tell(state, Answer(x0), draw, ladder)
    return state.x


if __name__ == "__main__":
    for shown in PATHS:
        print("\n".join((*curves(shown), *steps(shown), "")))
    print("\n".join((*histogram(), "", *convergence())))
