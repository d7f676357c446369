"""SDE-DPM-Solver++ 2M: against diffusers with the same noise, and mean and covariance in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, expm1, inf, log, sqrt

import diffusers
import pytest
import torch

from sfumato.engine import NoisePath
from sfumato.models.gauss import words
from sfumato.models.gauss.model import tokens
from test_engine.exact import slope
from test_engine.schedulers import RELATIVE, SD, SHAPE, agree, normal, ours, theirs

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SIZE = 64
ERRORS = 4.5  # how many standard errors a figure may be off; 12 figures a test
FLOW = NoisePath("flow", "flow")
ONE = torch.eye(3, dtype=torch.float64)


def fresh(purpose: str, step: int, shape: object) -> torch.Tensor:
    assert purpose == "sde"
    return normal(100 + step)


@pytest.mark.parametrize(("predicts", "type_"), [("eps", "epsilon"), ("v", "v_prediction"), ("x0", "sample")])
@pytest.mark.parametrize("steps", [1, 5, 20])
def test_agreement_with_diffusers(predicts: str, type_: str, steps: int) -> None:
    scheduler = diffusers.DPMSolverMultistepScheduler(
        **SD,
        prediction_type=type_,
        algorithm_type="sde-dpmsolver++",
        timestep_spacing="trailing",
        final_sigmas_type="zero",
    )
    scheduler.set_timesteps(steps)
    path = NoisePath("vp", predicts)  # type: ignore[arg-type]
    other = theirs(scheduler, normal(7), variance_noise=lambda k: normal(100 + k))
    agree(ours("dpm++sde", path, path.times(steps, "trailing"), normal(7), fresh), other)


def test_agreement_with_diffusers_on_a_flow() -> None:
    scheduler = diffusers.DPMSolverMultistepScheduler(
        prediction_type="flow_prediction",
        algorithm_type="sde-dpmsolver++",
        use_flow_sigmas=True,
        flow_shift=3.0,
        final_sigmas_type="zero",
    )
    scheduler.set_timesteps(8)
    scheduler.timesteps = scheduler.sigmas[:-1].double() * 1000  # not rounded to whole numbers
    scheduler._step_index = 0
    other = theirs(scheduler, normal(8), variance_noise=lambda k: normal(100 + k))
    agree(ours("dpm++sde", FLOW, scheduler.sigmas.double().tolist(), normal(8), fresh), other)


def test_agreement_with_diffusers_on_an_edm_path() -> None:
    scheduler = diffusers.EDMDPMSolverMultistepScheduler(algorithm_type="sde-dpmsolver++")
    scheduler.set_timesteps(10)
    generator, again = (torch.Generator().manual_seed(5) for _ in range(2))
    noises = [torch.randn(SHAPE, generator=again) for _ in range(10)]
    path = NoisePath("edm", "edm")
    other = theirs(scheduler, 80 * normal(9), generator=lambda k: generator)
    times = path.times(10, "karras")
    agree(ours("dpm++sde", path, times, 80 * normal(9), lambda _, step, __: noises[step]), other)


def test_agreement_can_fail() -> None:
    path = NoisePath("vp", "eps")
    times = path.times(10, "trailing")
    right = ours("dpm++sde", path, times, normal(7), fresh)[-1]
    other = ours("dpm++sde", path, times, normal(7), lambda _, step, __: normal(101 + step))[-1]
    first_order = ours("", path, times, normal(7), lambda _, step, __: normal(100 + step), eta=1.0)[-1]
    for wrong in (other, first_order, ours("dpm++2m", path, times, normal(7))[-1]):
        assert float((wrong - right).abs().max()) > 100 * RELATIVE * float(right.abs().max())


def lam(path: NoisePath, t: float) -> float:
    ratio = path.ratio(t)
    return -inf if ratio == inf else (-log(ratio) if ratio else inf)


def law_after(path: NoisePath, times: Sequence[float], covariance: torch.Tensor, mean: torch.Tensor):
    """Mean and covariance of the picture, through those of x and the last answer together.

    The step as k-diffusion writes it, with h the step in lambda: e^-h sigma' / sigma x
    + alpha' (1 - e^-2h) (D + (D - D before) h / 2 h before) + sigma' sqrt(1 - e^-2h) noise.
    """
    middle = torch.zeros(6, dtype=torch.float64)
    both = torch.zeros(6, 6, dtype=torch.float64)
    both[:3, :3] = path.prior(times[0]) ** 2 * ONE
    for k in range(len(times) - 1):
        t, to = times[k], times[k + 1]
        alpha, sigma = path.alpha(t), path.sigma(t)
        gain = alpha * covariance @ torch.linalg.inv(alpha**2 * covariance + sigma**2 * ONE)
        h = lam(path, to) - lam(path, t)
        share = h / (lam(path, t) - lam(path, times[k - 1])) / 2 if k and h < inf else 0.0
        of_x, of_x0 = exp(-h) * path.sigma(to) / sigma, -path.alpha(to) * expm1(-2 * h)
        of_answer = of_x0 * (1 + share)
        turn = torch.zeros(6, 6, dtype=torch.float64)
        turn[:3, :3], turn[:3, 3:], turn[3:, :3] = of_x * ONE + of_answer * gain, -of_x0 * share * ONE, gain
        rest = mean - alpha * gain @ mean
        middle = turn @ middle + torch.cat([of_answer * rest, rest])
        both = turn @ both @ turn.T
        both[:3, :3] += (path.sigma(to) * sqrt(-expm1(-2 * h))) ** 2 * ONE
    return middle[:3], both[:3, :3]


@pytest.mark.parametrize("steps", [2, 3, 12])
def test_mean_and_covariance(steps: int, path: NoisePath, planned, staged, last) -> None:
    model = words(path)
    stage = staged(steps=steps, schedule="linear", sampler="dpm++sde", width=SIZE, height=SIZE)
    values = torch.cat([x.double().reshape(3, -1) for x in last(planned(stage), model).finished], dim=1)
    text = tokens("red fox").double().mean(dim=0)
    mean, covariance = law_after(path, path.times(steps), model.networks["base"].law.covariance, text)
    diagonal, count = covariance.diagonal(), values.shape[1]
    far = (values.mean(dim=1) - mean).abs() / (diagonal / count).sqrt()
    error = ((torch.outer(diagonal, diagonal) + covariance**2) / count).sqrt()
    wide = (torch.cov(values) - covariance).abs() / error
    assert float(far.max()) < ERRORS and float(wide.max()) < ERRORS


def test_the_covariance_comes_to_that_of_the_data_at_second_order() -> None:
    """Its largest error over evenly spaced lambda; that of ancestral steps falls at first order."""
    covariance = words(FLOW).networks["base"].law.covariance
    mean = torch.tensor([0.3, -0.2, 0.9], dtype=torch.float64)
    errors = {}
    for steps in (20, 40, 80):
        ratios = torch.logspace(3, -3, steps, dtype=torch.float64).tolist()
        times = (*(FLOW.time(ratio) for ratio in ratios), 0.0)
        middle, after = law_after(FLOW, times, covariance, mean)
        errors[steps] = float((after - covariance).abs().max())
        assert float((middle - mean).abs().max()) < 2e-3
    assert slope(errors) > 1.6, errors
