"""NoisePath: levels, tables and conversions against their definitions and against diffusers."""

from __future__ import annotations

import math

import diffusers
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import Ladder, Line, NoisePath

# diffusers turns tensors into arrays in a way that numpy 2 warns about.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SMALLEST = 0.02
PREDICTIONS = ("x0", "eps", "v", "flow", "edm")


def inside(path: NoisePath, part: float) -> float:
    """A time strictly between the clean picture and pure noise."""
    return path.time(math.exp(math.log(SMALLEST) + part * (math.log(12.0) - math.log(SMALLEST))))


def tensors(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(3, 4, 4, generator=generator), torch.randn(3, 4, 4, generator=generator)


# Levels


def test_levels_are_those_of_the_kind(path: NoisePath) -> None:
    for part in (0.0, 0.3, 0.7, 1.0):
        t = inside(path, part)
        alpha, sigma = path.alpha(t), path.sigma(t)
        expected = {"flow": (1 - t, t), "edm": (1.0, t), "vp": (alpha, math.sqrt(1 - alpha**2))}[path.kind]
        assert (alpha, sigma) == pytest.approx(expected, rel=1e-12)
        assert path.ratio(t) == pytest.approx(sigma / alpha, rel=1e-12)
    assert (path.alpha(0), path.sigma(0)) == (1, 0)


@given(part=st.floats(0, 1), which=st.integers(0, 5))
def test_time_is_the_inverse_of_ratio(part: float, which: int, every: tuple[NoisePath, ...]) -> None:
    path = every[which]
    ratio = math.exp(math.log(1e-4) + part * (math.log(12) - math.log(1e-4)))
    assert path.ratio(path.time(ratio)) == pytest.approx(ratio, rel=1e-9)


def test_ratio_rises_without_jumps(path: NoisePath) -> None:
    times = np.linspace(0, path.span.high, 7919)[:-1]
    ratios = np.array([path.ratio(t) for t in times.tolist()])
    angles = np.arctan(ratios)
    assert (np.diff(angles) > 0).all()
    assert np.diff(angles).max() < 0.06 if path.kind != "edm" else True


@pytest.mark.parametrize(
    ("table", "beta", "count", "sigma_max", "sigma_min"),
    [
        ("scaled-linear", (0.00085, 0.012), 1000, 14.6146, 0.0292),
        ("scaled-linear", (0.00085, 0.014), 1100, 29.0612, 0.0292),
        ("linear", (0.00085, 0.012), 1000, 25.1461, 0.0292),
        ("scaled-linear", (0.00085, 0.02), 1000, 65.93, 0.0292),
        ("linear", (1e-4, 0.02), 1000, 157.4, 0.0100),
        ("cosine", (1e-4, 0.02), 1000, 20291, 0.0064),
    ],
)
def test_tables_have_the_noise_levels_of_the_released_models(
    table: str, beta: tuple[float, float], count: int, sigma_max: float, sigma_min: float
) -> None:
    path = NoisePath("vp", "eps", table=table, beta=beta, count=count)  # type: ignore[arg-type]
    assert path.ratio(count) == pytest.approx(sigma_max, rel=1e-3)
    assert path.ratio(1) == pytest.approx(sigma_min, abs=1e-4)


@pytest.mark.parametrize(
    ("table", "theirs"),
    [("linear", "linear"), ("scaled-linear", "scaled_linear"), ("cosine", "squaredcos_cap_v2")],
)
@pytest.mark.parametrize("zero_snr", [False, True])
def test_tables_agree_with_diffusers(table: str, theirs: str, zero_snr: bool) -> None:
    scheduler = diffusers.DDIMScheduler(
        beta_schedule=theirs, beta_start=0.00085, beta_end=0.012, rescale_betas_zero_snr=zero_snr
    )
    path = NoisePath("vp", "v", table=table, beta=(0.00085, 0.012), zero_snr=zero_snr)  # type: ignore[arg-type]
    ours = np.array([path.alpha(k + 1.0) ** 2 for k in range(1000)])
    # They add up float32; the absolute error of alpha^2 stays at that of float32.
    np.testing.assert_allclose(ours, scheduler.alphas_cumprod.numpy(), rtol=5e-5, atol=2e-7)


def test_zero_snr_keeps_the_first_entry_and_empties_the_last() -> None:
    plain, zero = NoisePath("vp", "v"), NoisePath("vp", "v", zero_snr=True)
    assert zero.alpha(1) == pytest.approx(plain.alpha(1), rel=1e-12)
    assert zero.alpha(1000) == 0 and zero.sigma(1000) == 1 and zero.ratio(1000) == math.inf
    assert zero.alpha(999.5) > 0


def test_preconditioning_agrees_with_diffusers() -> None:
    scheduler = diffusers.EDMEulerScheduler()
    path = NoisePath("edm", "edm")
    x, out = tensors(0)
    for sigma in (0.002, 0.1, 1.0, 7.0, 80.0):
        theirs = scheduler.precondition_outputs(x, out, torch.tensor(sigma))
        torch.testing.assert_close(path.x0(x, out, sigma), theirs, rtol=1e-5, atol=1e-6)
        scaled = scheduler.precondition_inputs(x, torch.tensor(sigma))
        torch.testing.assert_close(path.net_scale(sigma) * x, scaled, rtol=1e-6, atol=0)
        assert path.net_time(sigma) == pytest.approx(float(scheduler.precondition_noise(sigma)), rel=1e-6)


def test_net_time_is_what_the_network_was_trained_with() -> None:
    assert [NoisePath("vp", "eps").net_time(t) for t in (1000, 1, 0.5, 0)] == [999, 0, 0, 0]
    assert NoisePath("flow", "flow").net_time(0.25) == 250
    assert NoisePath("flow", "flow", clock=1).net_time(0.25) == 0.25


# Conversions


@given(seed=st.integers(0, 1000), which=st.integers(0, 5), part=st.floats(0, 1))
def test_every_prediction_is_read_by_its_definition(
    seed: int, which: int, part: float, every: tuple[NoisePath, ...]
) -> None:
    path = every[which]
    t = inside(path, part)
    x0, eps = tensors(seed)
    x = path.mix(x0, eps, t)
    alpha, sigma = path.alpha(t), path.sigma(t)
    norm, data = math.hypot(alpha, sigma), 0.5
    ratio = sigma / alpha
    skip, scale = data**2 / (ratio**2 + data**2), ratio * data / math.sqrt(ratio**2 + data**2)
    defined = {
        "x0": x0,
        "eps": eps,
        "v": (alpha * eps - sigma * x0) / norm,
        "flow": eps - x0,
        "edm": (x0 - skip * x / alpha) / scale,
    }
    for name, out in defined.items():
        torch.testing.assert_close(path.x0(x, out, t, name), x0, rtol=0, atol=3e-4)
        torch.testing.assert_close(path.out(x, x0, t, name), out, rtol=0, atol=2e-3)
        assert path.x0(x, out, t, name).dtype == torch.float32


@given(seed=st.integers(0, 1000), which=st.integers(0, 5), part=st.floats(0, 1), data=st.data())
def test_there_and_back_between_any_two_predictions(
    seed: int, which: int, part: float, data: st.DataObject, every: tuple[NoisePath, ...]
) -> None:
    path = every[which]
    one, two = (data.draw(st.sampled_from(PREDICTIONS)) for _ in range(2))
    t = inside(path, part)
    x, out = tensors(seed)
    other = path.out(x, path.x0(x, out, t, one), t, two)
    back = path.out(x, path.x0(x, other, t, two), t, one)
    torch.testing.assert_close(back, out, rtol=0, atol=3e-3)


def test_moving_keeps_the_picture_and_the_noise(path: NoisePath) -> None:
    """x made of x0 and eps, moved with that x0, is x made of the same two at the other time."""
    x0, eps = tensors(1)
    t, to = inside(path, 0.9), inside(path, 0.4)
    torch.testing.assert_close(
        path.move(path.mix(x0, eps, t), x0, t, to), path.mix(x0, eps, to), rtol=0, atol=2e-6
    )
    assert torch.equal(path.move(path.mix(x0, eps, t), x0, t, 0.0), x0)


def test_half_precision_outputs_give_float32(path: NoisePath) -> None:
    x, out = tensors(2)
    assert path.x0(x.bfloat16(), out.bfloat16(), inside(path, 0.5)).dtype == torch.float32


# Times


def test_times_fall_to_zero(path: NoisePath) -> None:
    for schedule in ("linear", "trailing", "linspace", "karras"):
        if schedule == "karras" and path.zero_snr:
            continue
        for steps in (1, 2, 7, 40):
            for shift in (1.0, 3.0):
                times = path.times(steps, schedule, shift)
                assert len(times) == steps + 1 and times[-1] == 0
                assert (np.diff(times) < 0).all()
                assert times[0] == pytest.approx(path.span.high, rel=1e-9)


@given(steps=st.integers(1, 60), first=st.floats(0.2, 5), second=st.floats(0.2, 5))
def test_shifts_multiply(steps: int, first: float, second: float) -> None:
    path = NoisePath("flow", "flow")
    both = path.times(steps, shift=first * second)
    once = path.times(steps, shift=first)
    again = [second * u / (1 + (second - 1) * u) for u in once]
    np.testing.assert_allclose(both, again, rtol=1e-9)


def test_a_line_shifts_with_the_size_of_the_picture() -> None:
    """FLUX.1: mu runs through (256, 0.5) and (4096, 1.15); sigma = e^mu / (e^mu + 1 / t - 1)."""
    path = NoisePath("flow", "flow", line=Line())
    for shape, mu in (((16, 32, 32), 0.5), ((16, 128, 128), 1.15), ((16, 64, 96), None)):
        tokens = shape[1] * shape[2] / 4
        mu = mu if mu is not None else 0.5 + (1.15 - 0.5) * (tokens - 256) / (4096 - 256)
        uniform = np.linspace(1, 1 / 5, 5)
        expected = np.exp(mu) / (np.exp(mu) + 1 / uniform - 1)
        np.testing.assert_allclose(path.times(5, shape=shape)[:-1], expected, rtol=1e-12)
    assert path.times(5) == NoisePath("flow", "flow").times(5)


def test_karras_times_are_equation_5() -> None:
    path = NoisePath("edm", "edm")
    expected = [(80 ** (1 / 7) + i / 9 * (0.002 ** (1 / 7) - 80 ** (1 / 7))) ** 7 for i in range(10)]
    np.testing.assert_allclose(path.times(10, "karras")[:-1], expected, rtol=1e-12)


@pytest.mark.parametrize("schedule", ["leading", "leading+1", "trailing", "linspace"])
@pytest.mark.parametrize("steps", [4, 7, 20, 30])
def test_discrete_times_agree_with_diffusers(schedule: str, steps: int) -> None:
    spacing, _, offset = schedule.partition("+")
    scheduler = diffusers.EulerDiscreteScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        timestep_spacing=spacing,
        steps_offset=int(offset or 0),
    )
    scheduler.set_timesteps(steps)
    path = NoisePath("vp", "eps")
    times = path.times(steps, schedule)
    np.testing.assert_allclose([path.net_time(t) for t in times[:-1]], scheduler.timesteps, rtol=1e-6)
    if spacing != "linspace":  # there they interpolate sigma and not its logarithm between entries
        np.testing.assert_allclose([path.ratio(t) for t in times], scheduler.sigmas, rtol=5e-5)


def test_karras_on_a_table_agrees_with_diffusers() -> None:
    scheduler = diffusers.EulerDiscreteScheduler(
        beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, use_karras_sigmas=True
    )
    scheduler.set_timesteps(12)
    path = NoisePath("vp", "eps")
    times = path.times(12, "karras")
    np.testing.assert_allclose([path.ratio(t) for t in times], scheduler.sigmas, rtol=5e-5)
    clocks = np.array([path.net_time(t) for t in times[:-1]])
    np.testing.assert_allclose(clocks, scheduler.timesteps, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("shift", [1.0, 3.0])
def test_flow_times_agree_with_diffusers(shift: float) -> None:
    path = NoisePath("flow", "flow")
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(shift=shift)
    scheduler.set_timesteps(9)
    np.testing.assert_allclose(path.times(9, "linspace", shift), scheduler.sigmas, rtol=1e-6)
    scheduler.set_timesteps(sigmas=np.linspace(1, 1 / 9, 9))
    np.testing.assert_allclose(path.times(9, "linear", shift), scheduler.sigmas, rtol=1e-6)


def test_parts_of_a_run_that_are_steps_are_exactly_their_times(path: NoisePath) -> None:
    for steps in range(1, 60):
        ladder = Ladder(path, path.times(steps))
        assert all(ladder.at(step / steps) == t for step, t in enumerate(ladder.times))
        assert ladder.times[0] > ladder.at(0.5 / steps) > ladder.times[1]


# Refusals


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: NoisePath("cosine", "eps"), "no noise path 'cosine'"),  # type: ignore[arg-type]
        (lambda: NoisePath("vp", "noise"), "no network predicts 'noise'"),  # type: ignore[arg-type]
        (lambda: NoisePath("vp", "eps", table="sigmoid"), "no noise table 'sigmoid'"),  # type: ignore[arg-type]
        (lambda: NoisePath("flow", "flow").sigma(1.5), "outside"),
        (lambda: NoisePath("vp", "eps").alpha(-1), "outside"),
        (lambda: NoisePath("vp", "eps").alpha(math.nan), "outside"),
        (lambda: NoisePath("flow", "flow").times(0), "at least one"),
        (lambda: NoisePath("flow", "flow").times(4, "bogus"), "no schedule 'bogus'"),
        (lambda: NoisePath("flow", "flow").times(4, shift=0), "shift 0"),
        (lambda: NoisePath("flow", "flow").times(4, "leading"), "vp table"),
        (lambda: NoisePath("vp", "eps").times(1500, "trailing"), "too many"),
        (lambda: NoisePath("vp", "v", zero_snr=True).times(4, "karras"), "pure noise"),
        (lambda: NoisePath("flow", "eps").x0(*tensors(0), 1.0), "pure noise"),
        (lambda: NoisePath("flow", "eps").out(*tensors(0), 0.0), "no noise"),
    ],
)
def test_what_has_no_meaning_is_refused_in_words(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
