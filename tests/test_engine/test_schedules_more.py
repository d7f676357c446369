"""Schedules beside the first ones: against diffusers, published tables and definitions."""

from __future__ import annotations

import math

import diffusers
import mpmath
import numpy as np
import pytest
from diffusers.pipelines.flux.pipeline_flux import calculate_shift
from diffusers.schedulers import AysSchedules
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import SAMPLERS, SCHEDULES, Ladder, Line, NoisePath, Source
from sfumato.engine.schedules import ALIGNED, beta_quantiles
from test_engine.exact import DEVIATION, MEAN, start, walk
from test_engine.schedulers import SD

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

FLOW, EDM, TABLE = NoisePath("flow", "flow"), NoisePath("edm", "edm"), NoisePath("vp", "eps")


# Exponential


def test_exponential_on_a_table_agrees_with_diffusers() -> None:
    scheduler = diffusers.EulerDiscreteScheduler(**SD, use_exponential_sigmas=True)
    scheduler.set_timesteps(12)
    times = TABLE.times(12, "exponential")
    np.testing.assert_allclose([TABLE.ratio(t) for t in times], scheduler.sigmas, rtol=5e-5)
    clocks = np.array([TABLE.net_time(t) for t in times[:-1]])
    np.testing.assert_allclose(clocks, scheduler.timesteps, rtol=1e-4, atol=1e-3)


def test_exponential_on_a_flow_and_an_edm_path_agrees_with_diffusers() -> None:
    flow = diffusers.FlowMatchEulerDiscreteScheduler(use_exponential_sigmas=True)
    edm = diffusers.EDMEulerScheduler(sigma_schedule="exponential")
    for path, scheduler in ((FLOW, flow), (EDM, edm)):
        scheduler.set_timesteps(9)
        np.testing.assert_allclose(path.times(9, "exponential"), scheduler.sigmas, rtol=1e-5)


def test_exponential_is_karras_with_an_endless_rho() -> None:
    steep = NoisePath("edm", "edm", rho=1e6)
    np.testing.assert_allclose(steep.times(9, "karras"), EDM.times(9, "exponential"), rtol=1e-4)
    assert abs(EDM.times(9, "karras")[4] / EDM.times(9, "exponential")[4] - 1) > 0.5


# Beta


@pytest.mark.parametrize("a", [0.4, 0.6, 0.9, 1.0])
def test_quantiles_are_those_of_the_beta_distribution(a: float) -> None:
    parts = np.linspace(0, 1, 23)
    below = [float(mpmath.betainc(a, a, 0, x, regularized=True)) for x in beta_quantiles(parts, a)]
    np.testing.assert_allclose(below, parts, rtol=0, atol=1e-9)


def test_quantiles_at_a_half_are_those_of_the_arc_sine() -> None:
    parts = np.linspace(0, 1, 23)
    np.testing.assert_allclose(beta_quantiles(parts, 0.5), np.sin(np.pi * parts / 2) ** 2, rtol=0, atol=1e-12)


def test_beta_times_crowd_at_both_ends(path: NoisePath) -> None:
    """Their formula (Lee et al. 2024) in t: low + (high - low) * quantile of beta(0.6, 0.6)."""
    times = np.array(path.times(9, "beta"))
    low, high = path.span
    parts = [mpmath.betainc(0.6, 0.6, 0, (t - low) / (high - low), regularized=True) for t in times[:-1]]
    np.testing.assert_allclose(np.array(parts, dtype=float), np.linspace(1, 0, 9), rtol=0, atol=1e-9)
    gaps = -np.diff(times[:-1])
    assert gaps[0] < 0.6 * gaps[4] and gaps[-1] < 0.6 * gaps[4]


# LCM


@pytest.mark.parametrize("steps", [*range(1, 9), 25, 50])
def test_the_times_of_lcm_are_those_of_diffusers(steps: int) -> None:
    scheduler = diffusers.LCMScheduler(**SD)
    scheduler.set_timesteps(steps)
    np.testing.assert_allclose(
        [TABLE.net_time(t) for t in TABLE.times(steps, "lcm")[:-1]], scheduler.timesteps, rtol=1e-12
    )


# Align your steps


@pytest.mark.parametrize(
    ("name", "key"),
    [("ays-sd1", "StableDiffusion"), ("ays-sdxl", "StableDiffusionXL"), ("ays-svd", "StableDiffusionVideo")],
)
def test_aligned_levels_are_those_of_diffusers(name: str, key: str) -> None:
    path = NoisePath("edm", "edm", sigma_max=700.0) if name == "ays-svd" else TABLE
    levels = [path.ratio(t) for t in path.times(10, name)]
    np.testing.assert_allclose(levels, AysSchedules[f"{key}Sigmas"], rtol=1e-4)
    if path is TABLE:
        clocks = [path.net_time(t) for t in path.times(10, name)[:-1]]
        np.testing.assert_allclose(clocks, AysSchedules[f"{key}Timesteps"], rtol=0, atol=0.7)


def test_aligned_levels_of_a_pixel_model_begin_in_what_is_noise_to_it() -> None:
    path = NoisePath("vp", "eps", table="cosine")
    levels = [path.ratio(t) for t in path.times(10, "ays-if")]
    np.testing.assert_allclose(levels[:-1], ALIGNED["ays-if"][:-1], rtol=1e-9)
    assert path.alpha(path.times(10, "ays-if")[0]) < 0.01


@pytest.mark.parametrize("name", ["ays-sd1", "ays-sdxl"])
@pytest.mark.parametrize("steps", [1, 4, 20, 37])
def test_other_numbers_of_steps_lie_on_straight_lines_in_the_logarithm(name: str, steps: int) -> None:
    levels = [TABLE.ratio(t) for t in TABLE.times(steps, name)]
    for step, level in enumerate(levels[:-1]):
        place = 10 * step / steps
        before, after = (math.log(ALIGNED[name][min(math.floor(place) + k, 10)]) for k in (0, 1))
        between = before + (place - math.floor(place)) * (after - before)
        assert math.log(level) == pytest.approx(between, abs=1e-4)
    assert levels[-1] == 0


def test_aligned_levels_are_for_the_models_they_were_found_for() -> None:
    for path in (FLOW, EDM, NoisePath("vp", "v", zero_snr=True), NoisePath("vp", "eps", count=1100)):
        with pytest.raises(ValueError, match=r"largest noise level of 14\.615; here it is"):
            path.times(10, "ays-sdxl")


# Shifts


@pytest.mark.parametrize("mu", [0.4, 0.83, 1.15])
@pytest.mark.parametrize("kind", ["exponential", "linear"])
def test_shifts_by_mu_are_those_of_diffusers(kind: str, mu: float) -> None:
    """Their exponential shift by mu is ours by e^mu, their linear one ours by mu itself."""
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, time_shift_type=kind)
    scheduler.set_timesteps(sigmas=np.linspace(1, 1 / 7, 7), mu=mu)
    shift = math.exp(mu) if kind == "exponential" else mu
    np.testing.assert_allclose(FLOW.times(7, "linear", shift), scheduler.sigmas, rtol=1e-6)


@given(high=st.integers(8, 128), wide=st.integers(8, 128))
def test_the_shift_of_a_size_is_that_of_the_flux_pipeline(high: int, wide: int) -> None:
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True)
    scheduler.set_timesteps(sigmas=np.linspace(1, 1 / 5, 5), mu=calculate_shift(high * wide))
    path = NoisePath("flow", "flow", line=Line())
    np.testing.assert_allclose(path.times(5, shape=(16, 2 * high, 2 * wide)), scheduler.sigmas, rtol=1e-6)


# All of them


@pytest.mark.parametrize("schedule", ["exponential", "beta", "lcm"])
@pytest.mark.parametrize("shift", [1.0, 3.0])
def test_times_fall_to_zero(schedule: str, shift: float, path: NoisePath) -> None:
    if schedule == "exponential" and path.zero_snr:
        return
    for steps in (1, 2, 7, 40):
        times = path.times(steps, schedule, shift)
        assert len(times) == steps + 1 and times[-1] == 0 and (np.diff(times) < 0).all()
        assert times[0] == pytest.approx(path.span.high, rel=1e-9)
        assert steps < 7 or shift == 1 or times[3] > path.times(steps, schedule)[3]


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_sampler_climbs_every_ladder(name: str, path: NoisePath) -> None:
    """From pure noise to the picture: every x is a number, and the last near the data (0.7 +- 0.4).

    But for Heun's, whose mean of two directions overshoots in a step over most of an edm or vp path.
    """
    for schedule in SCHEDULES:
        for steps in (1, 2, 3, 10):
            try:
                ladder = Ladder(path, path.times(steps, schedule))
            except ValueError:
                continue
            x = start(path, ladder.times[0]).float()
            end = walk(name, ladder, x, Source(1, 0))
            assert end.isfinite().all()
            assert name == "heun" or float((end - MEAN).abs().max()) < 6 * DEVIATION


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: NoisePath("vp", "v", zero_snr=True).times(4, "exponential"), "pure noise"),
        (lambda: FLOW.times(51, "lcm"), "50 times to choose from: 51 steps"),
    ],
)
def test_what_has_no_meaning_is_refused_in_words(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
