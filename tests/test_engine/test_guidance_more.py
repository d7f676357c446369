"""What guidance can do beside the plain difference: against diffusers' guiders, and each on its own."""

from __future__ import annotations

import pytest
import torch
from diffusers import DPMSolverMultistepScheduler
from diffusers.guiders import AdaptiveProjectedGuidance, AutoGuidance, ClassifierFreeZeroStarGuidance
from diffusers.guiders.adaptive_projected_guidance import MomentumBuffer
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import NULL, Answer, Bound, ClassifierFree, NoisePath, Pull, part
from sfumato.models._parts.limits import Limits
from sfumato.models.kandinsky.known import Finishing, Known

FLOW = NoisePath("flow", "flow")
SHAPE = (3, 4, 6)
SCALE = 5.0


def normal(seed: int) -> torch.Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))


def answers(seed: int) -> dict[str, Answer]:
    """Two that are neither alike nor at right angles."""
    both = normal(seed)
    return {part(0): Answer(both + normal(seed + 1)), NULL: Answer(0.6 * both + 0.5 * normal(seed + 2))}


def guidance(scale: float = SCALE, **knobs) -> ClassifierFree:
    return ClassifierFree(**{"network": "base", "scale": scale, "weights": {part(0): 1.0}, **knobs})


def joined(by: ClassifierFree, given_: dict[str, Answer], t: float = 0.5, kept=None) -> Answer:
    return by.join({role: given_[role] for role in by.roles(t)}, normal(77), t, FLOW, kept or {})


def same(mine: torch.Tensor, other: torch.Tensor) -> None:
    torch.testing.assert_close(mine, other, rtol=1e-5, atol=2e-5)


# Projection, length and momentum


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("eta", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("limit", [0.0, 2.5, 1e4])
@pytest.mark.parametrize("momentum", [None, -0.75, 0.3])
def test_a_pull_taken_apart_is_that_of_diffusers(
    rows: int, eta: float, limit: float, momentum: float | None
) -> None:
    """Four looks, one picture or two at once. Their paper's formula takes s - 1 where ours takes s."""
    guider = AdaptiveProjectedGuidance(
        guidance_scale=SCALE - 1,
        adaptive_projected_guidance_momentum=momentum,
        adaptive_projected_guidance_rescale=limit,
        eta=eta,
        use_original_formulation=True,
    )
    guider.momentum_buffer = None if momentum is None else MomentumBuffer(momentum)
    mine = guidance(pull=Pull(eta, momentum or 0.0, limit))
    kept: list[dict] = [{} for _ in range(rows)]
    for look in range(4):
        given_ = [answers(10 * look + 100 * row) for row in range(rows)]
        wanted, null = (torch.stack([each[role].x0 for each in given_]) for role in (part(0), NULL))
        theirs = guider.forward(wanted, null).pred
        for row in range(rows):
            answer = joined(mine, given_[row], kept=kept[row])
            kept[row] |= answer.kept
            same(answer.x0, theirs[row])
    assert all(set(each) == ({"pull"} if momentum else set()) for each in kept)


def test_each_part_of_a_pull_changes_it() -> None:
    given_, before = answers(0), {"pull": normal(50)}
    pulls = (Pull(), Pull(parallel=0.0), Pull(momentum=-0.5), Pull(limit=1.0), Pull(zero_star=True))
    ends = [joined(guidance(pull=pull), given_, kept=before).x0 for pull in pulls]
    for index, end in enumerate(ends):
        assert all(float((end - other).abs().max()) > 0.1 for other in ends[index + 1 :])


def test_as_it_is_a_pull_is_plain_guidance_bit_for_bit() -> None:
    given_ = answers(0)
    null, wanted = given_[NULL].x0, given_[part(0)].x0
    assert torch.equal(
        joined(guidance(), given_, kept={"pull": normal(50)}).x0, null + SCALE * (wanted - null)
    )
    same(joined(guidance(pull=Pull(limit=1e5)), given_).x0, null + SCALE * (wanted - null))


@given(seed=st.integers(0, 10_000), scale=st.floats(1.5, 20))
def test_without_its_parallel_part_guidance_leaves_the_length_along_the_answer(
    seed: int, scale: float
) -> None:
    given_ = answers(seed)
    wanted = given_[part(0)].x0.double()
    along = [
        float((joined(guidance(scale, pull=Pull(parallel)), given_).x0 * wanted).sum() / (wanted**2).sum())
        for parallel in (0.0, 0.5, 1.0)
    ]
    assert along[0] == pytest.approx(1, abs=1e-4)
    assert along[1] - along[0] == pytest.approx(along[2] - along[1], abs=1e-3)


@given(seed=st.integers(0, 10_000), limit=st.floats(0.01, 30))
def test_no_pull_is_longer_than_its_limit(seed: int, limit: float) -> None:
    given_ = answers(seed)
    wanted, null = given_[part(0)].x0, given_[NULL].x0
    moved = (joined(guidance(pull=Pull(limit=limit)), given_).x0 - wanted) / (SCALE - 1)
    expected = min(float((wanted - null).norm()), limit)
    assert float(moved.norm()) == pytest.approx(expected, rel=1e-3, abs=1e-4)


def test_answers_that_are_nothing_or_equal_are_no_trouble() -> None:
    nothing, pull = torch.zeros(SHAPE), Pull(0.3, -0.5, 1.0, True)
    for given_ in (
        {part(0): Answer(nothing), NULL: Answer(normal(0))},
        {part(0): Answer(normal(0)), NULL: Answer(normal(0))},
        {part(0): Answer(nothing), NULL: Answer(nothing)},
    ):
        assert joined(guidance(pull=pull), given_).x0.isfinite().all()


# CFG-Zero*


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("predicts", ["flow", "v", "eps", "x0"])
def test_zero_star_is_that_of_diffusers(rows: int, predicts: str) -> None:
    """On the network's own output; their guider is asked with that output."""
    path = NoisePath("flow" if predicts == "flow" else "vp", predicts)  # type: ignore[arg-type]
    t, x, mine = path.time(1.7), normal(9), guidance(pull=Pull(zero_star=True))
    guider = ClassifierFreeZeroStarGuidance(guidance_scale=SCALE, zero_init_steps=0)
    guider.set_state(step=0, num_inference_steps=10, timestep=torch.tensor(0))
    given_ = [answers(100 * row) for row in range(rows)]
    outs = (torch.stack([path.out(x, each[role].x0, t) for each in given_]) for role in (part(0), NULL))
    theirs = guider.forward(*outs).pred
    for row in range(rows):
        out = path.out(x, mine.join(given_[row], x, t, path).x0, t)
        torch.testing.assert_close(out, theirs[row], rtol=1e-4, atol=1e-4)
        plain = path.out(x, guidance().join(given_[row], x, t, path).x0, t)
        assert float((plain - theirs[row]).abs().max()) > 0.05


def test_a_null_that_differs_by_a_factor_pulls_nowhere() -> None:
    x, t, out = normal(9), 0.4, normal(10)
    given_ = {part(0): Answer(FLOW.x0(x, out, t)), NULL: Answer(FLOW.x0(x, 0.3 * out, t))}
    same(
        guidance(pull=Pull(zero_star=True)).join(given_, x, t, FLOW).x0,
        given_[part(0)].x0,
    )


@pytest.mark.parametrize("predicts", ["flow", "v", "eps", "x0"])
def test_a_silent_look_is_that_of_diffusers(predicts: str) -> None:
    """Their output is 0 then; at the time itself, and below, guidance is as ever."""
    path = NoisePath("flow" if predicts == "flow" else "vp", predicts)  # type: ignore[arg-type]
    t, x, given_ = path.time(1.7), normal(9), answers(0)
    silent = guidance(silent=path.time(1.6))
    guider = ClassifierFreeZeroStarGuidance(guidance_scale=SCALE, zero_init_steps=1)
    guider.set_state(step=0, num_inference_steps=10, timestep=torch.tensor(0))
    theirs = guider.forward(given_[part(0)].x0[None], given_[NULL].x0[None]).pred[0]
    assert silent.roles(t) == (part(0),) and silent.roles(path.time(1.6)) == (part(0), NULL)
    mine = silent.join({part(0): given_[part(0)]}, x, t, path)
    same(path.out(x, mine.x0, t), theirs)
    low = path.time(1.6)
    assert torch.equal(silent.join(given_, x, low, path).x0, guidance().join(given_, x, low, path).x0)


def test_on_a_flow_a_silent_look_leaves_x_where_it_is() -> None:
    x = normal(9)
    x0 = guidance(silent=0.5).join({part(0): Answer(normal(1))}, x, 0.8, FLOW).x0
    same(FLOW.move(x, x0, 0.8, 0.6), x)


# A weaker network in place of the null


def test_autoguidance_is_that_of_diffusers() -> None:
    guider = AutoGuidance(guidance_scale=SCALE, auto_guidance_layers=[0], dropout=0.1)
    guider.set_state(step=0, num_inference_steps=10, timestep=torch.tensor(0))
    given_, mine = answers(0), guidance(nets={NULL: "weak"})
    assert [mine.net(role) for role in mine.roles(0.5)] == ["base", "weak"]
    theirs = guider.forward(given_[part(0)].x0[None], given_[NULL].x0[None]).pred[0]
    same(joined(mine, given_).x0, theirs)


# Thresholds


@pytest.mark.parametrize("threshold", [1.0, 0.5, 3.0])
@pytest.mark.parametrize("percentile", [0.0, 0.9, 0.995, 1.0])
def test_a_bound_is_dynamic_thresholding_of_diffusers(threshold: float, percentile: float) -> None:
    """Theirs is for a threshold of 1, on which ours is a scale."""
    scheduler = DPMSolverMultistepScheduler(
        thresholding=True, dynamic_thresholding_ratio=percentile, sample_max_value=1e9
    )
    x0 = torch.cat([3 * normal(0), 0.1 * normal(1)])
    theirs = scheduler._threshold_sample(x0[None] / threshold)[0] * threshold
    mine = Bound(threshold, percentile).apply(x0)
    torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-6)
    assert float(mine.abs().max()) <= threshold * (1 + 1e-6) and float(x0.abs().max()) > threshold


def test_what_lies_within_a_bound_is_left_as_it_is() -> None:
    x0 = normal(0).clamp(-0.9, 0.9)
    for bound in (Bound(), Bound(1.0), Bound(1.0, 0.5)):
        assert torch.equal(bound.apply(x0), x0)


def test_a_bound_takes_pictures_of_any_size() -> None:
    assert float(Bound(1.0).apply(torch.full((3, 2400, 2400), 2.0)).max()) == 1


def test_a_bound_acts_at_every_look() -> None:
    bound, given_ = Bound(0.5), {role: Answer(4 * answer.x0) for role, answer in answers(0).items()}
    for knobs in ({}, {"scale": 1.0}, {"scale": 0.0}, {"interval": (0.6, 0.9)}, {"silent": 0.2}):
        assert float(joined(guidance(**{"bound": bound, **knobs}), given_).x0.abs().max()) <= 0.5


# Around another guidance


def test_a_guidance_around_another_hands_on_what_is_kept() -> None:
    inner, given_ = guidance(pull=Pull(momentum=-0.5)), answers(0)
    outer = Finishing(inner, Limits(), Known(torch.zeros(SHAPE), torch.zeros(1, 4, 6)))
    first = outer.join(given_, normal(77), 0.5, FLOW, {})
    again = [by.join(given_, normal(77), 0.4, FLOW, first.kept).x0 for by in (outer, inner)]
    assert set(first.kept) == {"pull"} and torch.equal(*again)
    assert float((again[0] - outer.join(given_, normal(77), 0.4, FLOW, {}).x0).abs().max()) > 0.1
