"""Order of convergence of the deterministic samplers, against the exact solution for Gaussian data."""

from __future__ import annotations

import pytest
import torch

from sfumato.engine import SAMPLERS, NoisePath
from sfumato.engine.ladder import Ladder
from test_engine.exact import best, even, exact, slope, start, walk


@pytest.mark.parametrize(
    ("name", "order", "steps"),
    [("euler", 1, (32, 64, 128, 256)), ("heun", 2, (12, 24, 48)), ("dpm++2m", 2, (16, 32, 64))],
)
def test_order_between_two_noise_levels(
    name: str, order: int, steps: tuple[int, ...], path: NoisePath
) -> None:
    errors = {}
    for count in steps:
        ladder = even(path, count)
        x = start(path, ladder.times[0])
        end = exact(path, x, ladder.times[0], ladder.times[-1])
        errors[count] = float((walk(name, ladder, x) - end).abs().max())
    assert abs(slope(errors) - order) < 0.15, errors
    assert errors[steps[-1]] < {1: 0.02, 2: 3e-3}[order], errors


@pytest.mark.parametrize(
    ("name", "order", "steps"),
    [("euler", 1, (16, 32, 64)), ("heun", 2, (16, 32, 64)), ("dpm++2m", 2, (256, 512, 1024))],
)
def test_order_from_pure_noise_to_the_picture(name: str, order: int, steps: tuple[int, ...]) -> None:
    """The whole flow path, both ends of which are infinite in ln(sigma / alpha).

    DPM-Solver++ 2M draws its line in that logarithm, so that it comes near its order late here.
    """
    path, errors = NoisePath("flow", "flow"), {}
    for count in steps:
        ladder = Ladder(path, path.times(count))
        x = start(path, 1.0).double()
        errors[count] = float((walk(name, ladder, x) - exact(path, x, 1.0, 0.0)).abs().max())
    assert slope(errors) > order - 0.25, errors


@pytest.mark.parametrize("name", ["euler", "dpm++2m"])
def test_the_kind_of_path_does_not_matter(name: str, every: tuple[NoisePath, ...]) -> None:
    """At equal sigma / alpha, x / alpha is the same on every path: these samplers know nothing else."""
    ends = []
    for path in every:
        ladder = even(path, 7)
        first, final = (path.alpha(t) for t in (ladder.times[0], ladder.times[-1]))
        ends.append(walk(name, ladder, first * torch.linspace(-8, 8, 21)) / final)
    for end in ends[1:]:
        torch.testing.assert_close(end, ends[0], rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("name", ["euler", "heun", "dpm++2m"])
def test_a_single_step_to_the_picture_is_the_first_answer(name: str, path: NoisePath) -> None:
    t = path.time(3.0)
    x = start(path, t)
    torch.testing.assert_close(walk(name, Ladder(path, (t, 0.0)), x), best(path, x, t), rtol=0, atol=1e-7)


def test_heun_asks_twice_where_noise_is_left(path: NoisePath) -> None:
    clean, noisy = Ladder(path, path.times(5)), even(path, 5)
    assert (SAMPLERS["heun"].asks(clean), SAMPLERS["heun"].asks(noisy)) == (9, 10)
    assert (SAMPLERS["dpm++2m"].asks(clean), SAMPLERS["dpm++2m"].asks(noisy)) == (5, 5)
