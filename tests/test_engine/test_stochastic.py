"""Ancestral sampling of Gaussian data: mean and covariance, step after step, by conditioning Gaussians."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from sfumato.engine import Answer, Ladder, NoisePath, State
from sfumato.engine.samplers.ancestral import Ancestral, step_variances
from sfumato.models.gauss import spread, words
from sfumato.models.gauss.model import tokens

SIZE = 64
ERRORS = 4.5  # how many standard errors a figure may be off; 12 figures a test


def reverse(path: NoisePath, t: float, to: float) -> tuple[float, float, float]:
    """x_to given x_t and x0 is N(a x_t + b x0, v): two Gaussian facts about x_to, weighted by precision."""
    if path.sigma(to) == 0:
        return 0.0, 1.0, 0.0
    forward = path.alpha(t) / path.alpha(to)
    added = path.sigma(t) ** 2 - forward**2 * path.sigma(to) ** 2
    precision = 1 / path.sigma(to) ** 2 + forward**2 / added
    return forward / added / precision, path.alpha(to) / path.sigma(to) ** 2 / precision, 1 / precision


def law_after(path: NoisePath, times, covariance: torch.Tensor, mean: torch.Tensor):
    """Mean and covariance of the picture when every answer is E[x0 | x]."""
    one = torch.eye(len(mean), dtype=torch.float64)
    middle, spread_ = torch.zeros(len(mean), dtype=torch.float64), path.prior(times[0]) ** 2 * one
    for t, to in pairwise(times):
        alpha, sigma = path.alpha(t), path.sigma(t)
        gain = alpha * covariance @ torch.linalg.inv(alpha**2 * covariance + sigma**2 * one)
        of_x, of_x0, fresh = reverse(path, t, to)
        matrix = of_x * one + of_x0 * gain
        middle = matrix @ middle + of_x0 * (mean - alpha * gain @ mean)
        spread_ = matrix @ spread_ @ matrix.T + fresh * one
    return middle, spread_


def measured(pictures) -> tuple[torch.Tensor, torch.Tensor, int]:
    values = torch.cat([picture.double().reshape(3, -1) for picture in pictures], dim=1)
    return values.mean(dim=1), torch.cov(values), values.shape[1]


def close(pictures, mean: torch.Tensor, covariance: torch.Tensor) -> bool:
    """Within so many standard errors of a Gaussian sample."""
    seen_mean, seen, count = measured(pictures)
    diagonal = covariance.diagonal()
    mean_error = (diagonal / count).sqrt()
    error = ((torch.outer(diagonal, diagonal) + covariance**2) / count).sqrt()
    off = max(((seen_mean - mean).abs() / mean_error).max(), ((seen - covariance).abs() / error).max())
    return float(off) < ERRORS


@pytest.mark.parametrize("steps", [3, 12])
def test_mean_and_covariance(steps: int, path: NoisePath, planned, staged, last) -> None:
    model = words(path)
    stage = staged(steps=steps, schedule="linear", sampler="euler-ancestral", width=SIZE, height=SIZE)
    finished = last(planned(stage), model).finished
    mean = tokens("red fox").double().mean(dim=0)
    assert close(finished, *law_after(path, path.times(steps), model.networks["base"].law.covariance, mean))


def test_many_steps_give_the_law_of_the_data() -> None:
    path = NoisePath("vp", "v", zero_snr=True)
    covariance = words(path).networks["base"].law.covariance
    mean = torch.tensor([0.3, -0.2, 0.9], dtype=torch.float64)
    errors = []
    for steps in (100, 200, 400):
        middle, after = law_after(path, path.times(steps), covariance, mean)
        errors.append(float((after - covariance).abs().max()))
        assert float((middle - mean).abs().max()) < 1e-6
    assert errors[2] < 0.015 and errors[0] / errors[2] > 2.8


@pytest.mark.parametrize("steps", [2, 5])
@pytest.mark.parametrize("kind", ["flow", "vp"])
def test_learned_variance_is_exact_at_any_number_of_steps(
    kind: str, steps: int, planned, staged, last
) -> None:
    """With E[x0 | x] and the true variance of each step, x is exact at every time. The last step returns
    E[x0 | x], which lacks only the covariance of x0 given the last x."""
    path = NoisePath("vp", "v", zero_snr=True) if kind == "vp" else NoisePath("flow", "flow")
    model = spread(path)
    stage = staged(steps=steps, schedule="linear", sampler="euler-ancestral", width=SIZE, height=SIZE)
    plan, law = planned(stage), model.networks["base"].law
    t = path.times(steps)[-2]
    mean = tokens("red fox").double().mean(dim=0)
    exact = law.covariance - law.left(path.alpha(t), path.sigma(t))
    assert close(last(plan, model).finished, mean, exact)
    assert not close(last(plan, words_like(model)).finished, mean, exact)


def words_like(model):
    """The same network with its variance kept to itself."""
    networks = {name: replace(network, tells_variance=False) for name, network in model.networks.items()}
    return replace(model, networks=networks)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_step_variances_are_those_of_the_forward_process(part: float, path: NoisePath) -> None:
    t, to = path.time(2.0), path.time(2.0 * part)
    low, high = step_variances(path, t, to)
    forward = path.alpha(t) / path.alpha(to)
    assert low == pytest.approx(reverse(path, t, to)[2], rel=1e-9)
    assert high == pytest.approx(path.sigma(t) ** 2 - forward**2 * path.sigma(to) ** 2, rel=1e-9)
    assert math.isclose(high / low, (path.sigma(t) / path.sigma(to)) ** 2, rel_tol=1e-9)


def test_a_known_variance_overrules_eta(path: NoisePath) -> None:
    """0 is the posterior variance, 1 the forward one: neither depends on eta."""
    ladder = Ladder(path, (path.time(2.0), path.time(0.7)))
    x, x0, fresh = (torch.full((1, 1, 1), value) for value in (0.9, -0.4, 1.3))
    low, high = step_variances(path, *ladder.times)
    of_x, of_x0, _ = reverse(path, *ladder.times)
    for part, variance in ((0.0, low), (1.0, high), (0.5, math.sqrt(low * high))):
        told = Answer(x0, torch.full_like(x0, part))
        ends = [
            Ancestral(eta).tell(State(0, x), told, lambda *key: fresh, ladder).x for eta in (0.0, 0.3, 1.0)
        ]
        exact = of_x * 0.9 + of_x0 * -0.4 + math.sqrt(variance) * 1.3
        assert [float(end) for end in ends] == pytest.approx([exact] * 3, abs=3e-6)
