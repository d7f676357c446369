"""Agreement with the schedulers of diffusers, step by step, on a small network that is far from linear."""

from __future__ import annotations

import diffusers
import numpy as np
import pytest
import torch

from sfumato.engine import SAMPLERS, Answer, NoisePath, State
from sfumato.engine.ladder import Ladder
from test_engine.schedulers import (
    PIXELS,
    RELATIVE,
    SD,
    SHAPE,
    agree,
    network,
    normal,
    ours,
    over_alpha,
    theirs,
)

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

PREDICTIONS = [("eps", "epsilon"), ("v", "v_prediction"), ("x0", "sample")]


@pytest.mark.parametrize(("predicts", "type_"), PREDICTIONS)
@pytest.mark.parametrize("spacing", ["leading+1", "trailing"])
def test_ddim(predicts: str, type_: str, spacing: str) -> None:
    scheduler = diffusers.DDIMScheduler(
        **SD,
        prediction_type=type_,
        timestep_spacing=spacing.partition("+")[0],
        steps_offset=1,
        clip_sample=False,
    )
    scheduler.set_timesteps(10)
    path = NoisePath("vp", predicts)  # type: ignore[arg-type]
    agree(ours("ddim", path, path.times(10, spacing), normal(0)), theirs(scheduler, normal(0)))


def test_ddim_with_zero_terminal_snr() -> None:
    """Begins in pure noise, where alpha is 0."""
    scheduler = diffusers.DDIMScheduler(
        **SD,
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        rescale_betas_zero_snr=True,
        clip_sample=False,
    )
    scheduler.set_timesteps(8)
    path = NoisePath("vp", "v", zero_snr=True)
    agree(ours("ddim", path, path.times(8, "trailing"), normal(1)), theirs(scheduler, normal(1)))


@pytest.mark.parametrize("eta", [0.4, 1.0])
def test_ddim_with_fresh_noise(eta: float) -> None:
    scheduler = diffusers.DDIMScheduler(**SD, timestep_spacing="trailing", clip_sample=False)
    scheduler.set_timesteps(10)
    path = NoisePath("vp", "eps")
    fresh = theirs(scheduler, normal(2), eta=lambda k: eta, variance_noise=lambda k: normal(100 + k))
    mine = ours(
        "",
        path,
        path.times(10, "trailing"),
        normal(2),
        lambda purpose, step, shape: normal(100 + step),
        eta=eta,
    )
    agree(mine, fresh)


@pytest.mark.parametrize(("predicts", "type_"), PREDICTIONS[:2])
@pytest.mark.parametrize(("schedule", "spacing"), [("leading+1", "leading"), ("karras", "linspace")])
def test_euler_discrete(predicts: str, type_: str, schedule: str, spacing: str) -> None:
    karras = schedule == "karras"
    scheduler = diffusers.EulerDiscreteScheduler(
        **SD, prediction_type=type_, timestep_spacing=spacing, steps_offset=1, use_karras_sigmas=karras
    )
    scheduler.set_timesteps(10)
    path = NoisePath("vp", predicts)  # type: ignore[arg-type]
    times = path.times(10, schedule)
    if karras:  # their clock is read off a float32 table; it is compared with ours in test_path
        scheduler.timesteps = torch.tensor([path.net_time(t) for t in times[:-1]])
    x = normal(3)
    mine = over_alpha(path, ours("euler", path, times, x), times[1:])
    agree(mine, theirs(scheduler, x / path.alpha(times[0])))


def test_euler_ancestral() -> None:
    scheduler = diffusers.EulerAncestralDiscreteScheduler(**SD, timestep_spacing="trailing")
    scheduler.set_timesteps(10)
    path = NoisePath("vp", "eps")
    times = path.times(10, "trailing")
    generator, again = (torch.Generator().manual_seed(5) for _ in range(2))
    fresh = [torch.randn(SHAPE, generator=again) for _ in range(10)]
    x = normal(4)
    mine = ours("euler-ancestral", path, times, x, lambda purpose, step, shape: fresh[step])
    other = theirs(scheduler, x / path.alpha(times[0]), generator=lambda k: generator)
    agree(over_alpha(path, mine, times[1:]), other)


@pytest.mark.parametrize(("predicts", "type_"), PREDICTIONS[:2])
def test_heun_discrete(predicts: str, type_: str) -> None:
    scheduler = diffusers.HeunDiscreteScheduler(**SD, prediction_type=type_, timestep_spacing="trailing")
    scheduler.set_timesteps(8)
    path = NoisePath("vp", predicts)  # type: ignore[arg-type]
    times = path.times(8, "trailing")
    x = normal(6)
    mine = ours("heun", path, times, x)[1::2]  # x after every second ask, where a step is complete
    other = theirs(scheduler, x / path.alpha(times[0]))
    agree(over_alpha(path, mine, times[1:-1]), other[1:-1:2])
    agree(ours("heun", path, times, x)[-1:], other[-1:])


@pytest.mark.parametrize(("predicts", "type_"), PREDICTIONS)
@pytest.mark.parametrize("steps", [5, 20])
def test_dpm_solver_multistep(predicts: str, type_: str, steps: int) -> None:
    scheduler = diffusers.DPMSolverMultistepScheduler(
        **SD, prediction_type=type_, timestep_spacing="trailing", final_sigmas_type="zero"
    )
    scheduler.set_timesteps(steps)
    path = NoisePath("vp", predicts)  # type: ignore[arg-type]
    times = path.times(steps, "trailing")
    agree(ours("dpm++2m", path, times, normal(7)), theirs(scheduler, normal(7)))


def test_dpm_solver_multistep_on_a_flow() -> None:
    scheduler = diffusers.DPMSolverMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0, final_sigmas_type="zero"
    )
    scheduler.set_timesteps(8)
    path = NoisePath("flow", "flow")
    scheduler.timesteps = scheduler.sigmas[:-1].double() * 1000  # not rounded to whole numbers
    scheduler._step_index = 0
    agree(ours("dpm++2m", path, scheduler.sigmas.double().tolist(), normal(8)), theirs(scheduler, normal(8)))


@pytest.mark.parametrize(
    ("name", "kind"), [("euler", "EDMEulerScheduler"), ("dpm++2m", "EDMDPMSolverMultistepScheduler")]
)
def test_edm(name: str, kind: str) -> None:
    scheduler = getattr(diffusers, kind)()
    scheduler.set_timesteps(10)
    path = NoisePath("edm", "edm")
    x = 80 * normal(9)
    agree(ours(name, path, path.times(10, "karras"), x), theirs(scheduler, x))


@pytest.mark.parametrize("shift", [1.0, 3.0])
def test_flow_match_euler(shift: float) -> None:
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(shift=shift)
    scheduler.set_timesteps(10)
    path = NoisePath("flow", "flow")
    agree(ours("euler", path, path.times(10, "linspace", shift), normal(10)), theirs(scheduler, normal(10)))


def test_flow_match_heun() -> None:
    scheduler = diffusers.FlowMatchHeunDiscreteScheduler(shift=3.0)
    scheduler.set_timesteps(8)
    path = NoisePath("flow", "flow")
    times = [float(scheduler.sigmas[0]), *scheduler.sigmas[1::2].tolist()]
    mine, other = ours("heun", path, times, normal(11)), theirs(scheduler, normal(11))
    agree(mine[1::2], other[1::2])
    agree(mine[-1:], other[-1:])


@pytest.mark.parametrize("steps", [6, 50])
def test_ddpm_with_learned_variance(steps: int) -> None:
    """The step of DeepFloyd IF and of the Kandinsky 2 decoders."""
    scheduler = diffusers.DDPMScheduler(
        **PIXELS, variance_type="learned_range", clip_sample=False, timestep_spacing="leading"
    )
    scheduler.set_timesteps(steps)
    path = NoisePath("vp", "eps", table="cosine")
    times = path.times(steps, "leading")
    generator, again = (torch.Generator().manual_seed(13) for _ in range(2))
    fresh = [torch.randn((1, *SHAPE), generator=again)[0] for _ in range(steps)]
    # The first steps of this table divide by alpha of 5e-5: begin where float32 still holds the picture.
    first = next(index for index, t in enumerate(times) if path.alpha(t) > 0.02)
    ladder, state = Ladder(path, times[first:]), State(0, normal(12))
    x, draws = normal(12), iter(fresh)
    mine, other = [], []
    for t in scheduler.timesteps[first:]:
        look = SAMPLERS["euler-ancestral"].ask(state, ladder)
        assert look is not None
        out, part = network(look.x, float(t)), torch.tanh(network(look.x, 1000 - float(t)))
        answer = Answer(path.x0(look.x, out, look.t), (part + 1) / 2)
        noise = next(draws) if look.to else None
        state = SAMPLERS["euler-ancestral"].tell(state, answer, lambda *key, n=noise: n, ladder)
        part = torch.tanh(network(x, 1000 - float(t)))
        both = torch.cat([network(x, float(t)), part])[None]
        x = scheduler.step(both, t, x[None], generator=generator).prev_sample[0]
        mine.append(state.x)
        other.append(x)
    agree(mine, other)


def test_agreement_can_fail() -> None:
    """A wrong clock, sampler or schedule is far outside the tolerance."""
    scheduler = diffusers.DDIMScheduler(**SD, timestep_spacing="trailing", clip_sample=False)
    scheduler.set_timesteps(10)
    other = theirs(scheduler, normal(0))[-1]
    path = NoisePath("vp", "eps")
    wrong = (
        ours("ddim", NoisePath("vp", "eps", table="linear"), path.times(10, "trailing"), normal(0)),
        ours("ddim", NoisePath("vp", "v"), path.times(10, "trailing"), normal(0)),
        ours("dpm++2m", path, path.times(10, "trailing"), normal(0)),
        ours("ddim", path, path.times(10, "leading"), normal(0)),
    )
    for attempt in wrong:
        assert float((attempt[-1] - other).abs().max()) > 100 * RELATIVE * float(other.abs().max())
    assert np.isfinite(other.numpy()).all()
