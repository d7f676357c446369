"""UniPC: against diffusers step by step, its order of convergence, and both ends of every path."""

from __future__ import annotations

import diffusers
import pytest
import torch

from sfumato.engine import Ladder, NoisePath
from test_engine.exact import best, even, exact, slope, start, walk
from test_engine.schedulers import RELATIVE, SD, agree, normal, ours, theirs

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

FLOW = NoisePath("flow", "flow")


@pytest.mark.parametrize(("predicts", "type_"), [("eps", "epsilon"), ("v", "v_prediction"), ("x0", "sample")])
@pytest.mark.parametrize("steps", [1, 2, 3, 5, 20])
def test_agreement_with_diffusers(predicts: str, type_: str, steps: int) -> None:
    scheduler = diffusers.UniPCMultistepScheduler(
        **SD, prediction_type=type_, timestep_spacing="trailing", final_sigmas_type="zero"
    )
    scheduler.set_timesteps(steps)
    path = NoisePath("vp", predicts)  # type: ignore[arg-type]
    times = path.times(steps, "trailing")
    agree(ours("unipc", path, times, normal(7)), theirs(scheduler, normal(7)))


@pytest.mark.parametrize("steps", [3, 9])
def test_agreement_with_diffusers_on_a_flow(steps: int) -> None:
    scheduler = diffusers.UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0, final_sigmas_type="zero"
    )
    scheduler.set_timesteps(steps)
    scheduler.timesteps = scheduler.sigmas[:-1].double() * 1000  # not rounded to whole numbers
    scheduler._step_index = 0
    times = scheduler.sigmas.double().tolist()  # they begin a millionth short of pure noise
    agree(ours("unipc", FLOW, times, normal(8)), theirs(scheduler, normal(8)))


def test_agreement_can_fail() -> None:
    """Without its corrector it is another solver, and on another table as well."""
    scheduler = diffusers.UniPCMultistepScheduler(
        **SD, timestep_spacing="trailing", final_sigmas_type="zero", disable_corrector=list(range(9))
    )
    scheduler.set_timesteps(10)
    path, other = NoisePath("vp", "eps"), theirs(scheduler, normal(7))
    times = path.times(10, "trailing")
    agree(ours("dpm++2m", path, times, normal(7)), other)  # the predictor is DPM-Solver++ 2M
    for wrong in (path, NoisePath("vp", "eps", table="linear")):
        gap = (ours("unipc", wrong, times, normal(7))[-1] - other[-1]).abs().max()
        assert float(gap) > 100 * RELATIVE * float(other[-1].abs().max())


def off(ladder: Ladder) -> float:
    x = start(ladder.path, ladder.times[0]).double()
    end = exact(ladder.path, x, ladder.times[0], ladder.times[-1])
    return float((walk("unipc", ladder, x) - end).abs().max())


def test_the_corrector_lifts_the_order_to_three(path: NoisePath) -> None:
    errors = {count: off(even(path, count)) for count in (16, 32, 64)}
    assert abs(slope(errors) - 3) < 0.15, errors
    assert errors[64] < 3e-5, errors


def test_order_from_pure_noise_to_the_picture() -> None:
    """Steps beside infinite lambda are of lower order, so that the whole run is of second."""
    errors = {count: off(Ladder(FLOW, FLOW.times(count))) for count in (256, 512, 1024)}
    assert slope(errors) > 1.9, errors
    assert errors[1024] < 5e-6, errors


def test_it_is_nearer_than_its_predictor(path: NoisePath) -> None:
    ladder = even(path, 16)
    x = start(path, ladder.times[0]).double()
    end = exact(path, x, ladder.times[0], ladder.times[-1])
    gaps = [float((walk(name, ladder, x) - end).abs().max()) for name in ("unipc", "dpm++2m")]
    assert gaps[0] < 0.6 * gaps[1], gaps


def test_the_kind_of_path_does_not_matter(every: tuple[NoisePath, ...]) -> None:
    ends = []
    for path in every:
        ladder = even(path, 7)
        first, final = (path.alpha(t) for t in (ladder.times[0], ladder.times[-1]))
        ends.append(walk("unipc", ladder, first * torch.linspace(-8, 8, 21)) / final)
    for end in ends[1:]:
        torch.testing.assert_close(end, ends[0], rtol=1e-5, atol=2e-6)


def test_a_single_step_to_the_picture_is_the_first_answer(path: NoisePath) -> None:
    t = path.time(3.0)
    x = start(path, t)
    torch.testing.assert_close(walk("unipc", Ladder(path, (t, 0.0)), x), best(path, x, t), rtol=0, atol=1e-7)


@pytest.mark.parametrize("steps", [2, 3, 4, 9])
def test_it_begins_in_pure_noise(steps: int) -> None:
    """Where alpha is 0; as many looks as steps, and every x is a number."""
    for path in (FLOW, NoisePath("vp", "v", zero_snr=True)):
        seen = ours("unipc", path, path.times(steps), normal(3))
        assert len(seen) == steps and all(x.isfinite().all() for x in seen)
