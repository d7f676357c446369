"""Consistency sampling and few-step flow: exact for networks that jump, and as diffusers does it."""

from __future__ import annotations

import diffusers
import numpy as np
import pytest
import torch

from sfumato.engine import SAMPLERS, Answer, Ladder, NoisePath, Source, State
from test_engine.exact import DEVIATION, MEAN, deviation, exact, no_noise
from test_engine.schedulers import RELATIVE, SD, SHAPE, agree, normal, ours, theirs

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

FLOW = NoisePath("flow", "flow")
PREDICTIONS = [("eps", "epsilon"), ("v", "v_prediction"), ("x0", "sample")]


@pytest.mark.parametrize(("predicts", "type_"), PREDICTIONS)
@pytest.mark.parametrize("steps", [1, 2, 4, 8])
def test_agreement_with_diffusers(predicts: str, type_: str, steps: int) -> None:
    """Their boundary scalings are 1 and 0 to within 1e-6 at these times: what they mend is at t = 0."""
    scheduler = diffusers.LCMScheduler(**SD, prediction_type=type_)
    scheduler.set_timesteps(steps)
    generator, again = (torch.Generator().manual_seed(5) for _ in range(2))
    fresh = [torch.randn(SHAPE, generator=again) for _ in range(steps)]
    path = NoisePath("vp", predicts)  # type: ignore[arg-type]
    other = theirs(scheduler, normal(1), generator=lambda k: generator)
    agree(
        ours("lcm", path, path.times(steps, "lcm"), normal(1), lambda purpose, step, shape: fresh[step]),
        other,
    )


@pytest.mark.parametrize("steps", [1, 4])
def test_agreement_with_diffusers_on_a_flow(steps: int) -> None:
    scheduler = diffusers.FlowMatchLCMScheduler(shift=3.0)
    scheduler.set_timesteps(sigmas=np.linspace(1, 1 / steps, steps))
    generator, again = (torch.Generator().manual_seed(5) for _ in range(2))
    fresh = [torch.randn(SHAPE, generator=again) for _ in range(steps)]
    other = theirs(scheduler, normal(1), generator=lambda k: generator)
    times = FLOW.times(steps, "linear", 3.0)
    agree(ours("lcm", FLOW, times, normal(1), lambda purpose, step, shape: fresh[step]), other)


def test_agreement_can_fail() -> None:
    path, draw = NoisePath("vp", "eps"), Source(3, 0)
    right = ours("lcm", path, path.times(4, "lcm"), normal(1), draw)[-1]
    others = (
        ours("lcm", path, path.times(4, "trailing"), normal(1), draw)[-1],
        ours("lcm", path, path.times(4, "lcm"), normal(1), Source(4, 0))[-1],
        ours("euler", path, path.times(4, "lcm"), normal(1))[-1],
    )
    for other in others:
        assert float((other - right).abs().max()) > 100 * RELATIVE * float(right.abs().max())


@pytest.mark.parametrize("steps", [1, 3, 8])
def test_a_perfect_denoiser_of_one_picture_gives_that_picture(steps: int, path: NoisePath) -> None:
    """And every x on the way is that picture with fresh noise of just that time."""
    picture, draw = normal(4), Source(1, 0)
    ladder, state = Ladder(path, path.times(steps)), State(0, path.prior(path.span.high) * normal(5))
    for step in range(steps):
        assert SAMPLERS["lcm"].ask(state, ladder)
        state = SAMPLERS["lcm"].tell(state, Answer(picture), draw, ladder)
        to = ladder.times[step + 1]
        expected = picture if to == 0 else path.mix(picture, draw("consistency", step, SHAPE), to)
        torch.testing.assert_close(state.x, expected, rtol=1e-6, atol=1e-6)
    assert SAMPLERS["lcm"].ask(state, ladder) is None and torch.equal(state.x, picture)


@pytest.mark.parametrize("steps", [1, 2, 4, 8])
def test_a_perfect_jump_gives_the_law_of_the_data_at_any_number_of_steps(steps: int, path: NoisePath) -> None:
    """The jump along the flow of Gaussian data: mean and deviation are those of the data, at each time."""
    size, draw, ladder = 40_000, Source(2, 0), Ladder(path, path.times(steps))
    t = ladder.times[0]
    state = State(0, path.alpha(t) * MEAN + deviation(path, t) * draw("start", 0, (size,)))
    while look := SAMPLERS["lcm"].ask(state, ladder):
        x0 = exact(path, look.x, look.t, 0.0)
        state = SAMPLERS["lcm"].tell(state, Answer(x0), draw, ladder)
        to = ladder.times[state.step]
        assert float(state.x.mean()) == pytest.approx(
            path.alpha(to) * MEAN, abs=4.5 * deviation(path, to) / size**0.5
        )
        assert float(state.x.std()) == pytest.approx(deviation(path, to), rel=4.5 / (2 * size) ** 0.5)
    assert deviation(path, 0.0) == DEVIATION


# Few-step flow needs no sampler of its own: a distilled network answers with where the flow ends.


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
@pytest.mark.parametrize("shift", [1.0, 3.0])
@pytest.mark.parametrize("name", ["euler", "dpm++2m", "heun", "unipc"])
def test_a_distilled_flow_is_exact_in_one_to_four_steps(name: str, steps: int, shift: float) -> None:
    """Straight ways, as a perfect student has them: x0 is the same at every look of one picture."""
    x = normal(6).double()
    end = exact(FLOW, x, 1.0, 0.0)
    sampler, ladder, state = SAMPLERS[name], Ladder(FLOW, FLOW.times(steps, "linear", shift)), State(0, x)
    while look := sampler.ask(state, ladder):
        straight = look.t * x + (1 - look.t) * end
        torch.testing.assert_close(look.x, straight, rtol=0, atol=1e-6)
        state = sampler.tell(state, Answer(end), no_noise, ladder)
    torch.testing.assert_close(state.x, end, rtol=0, atol=1e-6)


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_few_steps_of_a_flow_agree_with_diffusers(steps: int) -> None:
    """As FLUX.1 schnell is run: no shift, even times."""
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler(shift=1.0)
    scheduler.set_timesteps(sigmas=np.linspace(1, 1 / steps, steps))
    agree(ours("euler", FLOW, FLOW.times(steps), normal(10)), theirs(scheduler, normal(10)))
