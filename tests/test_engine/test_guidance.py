"""Guidance: its algebra, what it asks, and its interval."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from sfumato.engine import NULL, Answer, Batcher, ClassifierFree, NoisePath, Straight, part, run
from sfumato.engine.parts import shares
from sfumato.models.gauss import words

FLOW = NoisePath("flow", "flow")
HUNDREDTHS = st.integers(-300, 300).map(lambda number: number / 100)


def answers(count: int, seed: int = 0) -> dict[str, Answer]:
    generator = torch.Generator().manual_seed(seed)
    names = [*(part(index) for index in range(count)), NULL]
    return {name: Answer(torch.randn(3, 4, 4, generator=generator)) for name in names}


def weighted(weights: list[float], **knobs) -> ClassifierFree:
    named = {part(index): weight for index, weight in enumerate(weights)}
    return ClassifierFree(**{"network": "base", "scale": 4.0, "weights": named, **knobs})


def joined(guidance: ClassifierFree, given: dict[str, Answer], t: float = 0.5) -> torch.Tensor:
    asked = {role: given[role] for role in guidance.roles(t)}
    return guidance.join(asked, torch.ones(3, 4, 4), t, FLOW).x0


@given(weights=st.lists(HUNDREDTHS, min_size=1, max_size=4), scale=st.floats(0, 20))
def test_the_formula_of_weighted_parts(weights: list[float], scale: float) -> None:
    assume(math.fsum(weights) > 0.05)
    given_ = answers(len(weights))
    null = given_[NULL].x0.double()
    mean = sum(weight * given_[part(i)].x0.double() for i, weight in enumerate(weights)) / math.fsum(weights)
    exact = null + scale * (mean - null)
    bound = 1e-5 * (1 + scale) * sum(map(abs, weights)) / math.fsum(weights)
    assert float((joined(weighted(weights, scale=scale), given_) - exact).abs().max()) < 4 * bound


@given(
    weights=st.lists(HUNDREDTHS, min_size=1, max_size=4), factor=st.sampled_from([0.1, 0.3, 2, 3, 7, 10, 0.7])
)
def test_proportional_weights_give_identical_bytes(weights: list[float], factor: float) -> None:
    assume(math.fsum(weights) > 0.005)
    given_ = answers(len(weights))
    one, two = weighted(weights), weighted([factor * weight for weight in weights])
    assert shares(one.weights) == shares(two.weights)  # before float32 hides a last bit
    assert one.roles(0.5) == two.roles(0.5)
    assert joined(one, given_).numpy().tobytes() == joined(two, given_).numpy().tobytes()


def test_one_part_is_plain_guidance_whatever_its_weight() -> None:
    given_ = answers(1)
    null, wanted = given_[NULL].x0, given_[part(0)].x0
    for weight in (0.3, 1.0, 17.0):
        assert torch.equal(joined(weighted([weight]), given_), null + 4.0 * (wanted - null))


def test_what_is_not_needed_is_not_asked() -> None:
    assert weighted([1.0]).roles(0.5) == (part(0), NULL)
    assert weighted([1.0], scale=1.0).roles(0.5) == (part(0),)
    assert weighted([1.0], scale=0.0).roles(0.5) == (NULL,)
    assert weighted([1.0, 0.0, -0.5]).roles(0.5) == (part(0), part(2), NULL)
    given_ = answers(1)
    assert joined(weighted([2.0], scale=1.0), given_) is given_[part(0)].x0
    assert joined(weighted([2.0], scale=0.0), given_) is given_[NULL].x0


def test_outside_the_interval_there_is_no_guidance() -> None:
    guidance = weighted([1.0], interval=(0.2, 0.8))
    asked = {t: len(guidance.roles(t)) for t in (0.1, 0.2, 0.21, 0.8, 0.81)}
    assert asked == {0.1: 1, 0.2: 1, 0.21: 2, 0.8: 2, 0.81: 1}
    given_ = answers(1)
    assert joined(guidance, given_, t=0.1) is given_[part(0)].x0


@pytest.mark.parametrize(
    ("interval", "guided"),
    [((0.0, 1.0), 10), ((0.0, 0.5), 5), ((0.3, 0.7), 4), ((0.7, 1.0), 3), ((0.5, 0.5), 0)],
)
def test_a_plans_interval_counts_steps(interval, guided: int, planned, staged, watched) -> None:
    model = watched(words(FLOW))
    knobs = {"steps": 10, "sampler": "euler", "schedule": "linear", "guidance": 3.0, "interval": interval}
    for _ in run(planned(staged(**knobs), pictures=1), model, batcher=Batcher(answering=Straight)):
        pass
    times = sorted({ask.t for call in model.calls for ask in call}, reverse=True)
    rows = [sum(ask.t == t for call in model.calls for ask in call) for t in times]
    first = round(interval[0] * 10)
    assert rows == [2 if first <= step < first + guided else 1 for step in range(10)]


def test_the_network_of_a_role() -> None:
    guidance = weighted([1.0], nets={NULL: "weak"})
    assert (guidance.net(part(0)), guidance.net(NULL)) == ("base", "weak")


def test_variance_is_that_of_the_first_part() -> None:
    given_ = {
        role: Answer(answer.x0, torch.full((3, 4, 4), float(i)))
        for i, (role, answer) in enumerate(answers(2).items())
    }
    for scale in (1.0, 3.0):
        guidance = weighted([1.0, 1.0], scale=scale)
        asked = {role: given_[role] for role in guidance.roles(0.5)}
        variance = guidance.join(asked, torch.ones(3, 4, 4), 0.5, FLOW).variance
        assert variance is not None and float(variance.max()) == 0


@pytest.mark.parametrize("predicts", ["eps", "v", "flow", "x0"])
def test_rescale_is_that_of_diffusers(predicts: str) -> None:
    """On the network's own output, as in Lin et al. 2023; their function is asked with that output."""
    from diffusers.guiders.guider_utils import rescale_noise_cfg

    path, t = NoisePath("vp", predicts), 600.0  # type: ignore[arg-type]
    given_ = answers(1, seed=3)
    x = torch.randn(3, 4, 4, generator=torch.Generator().manual_seed(8))
    out = {role: path.out(x, answer.x0, t) for role, answer in given_.items()}
    guided = out[NULL] + 4.0 * (out[part(0)] - out[NULL])
    theirs = rescale_noise_cfg(guided[None], out[part(0)][None], guidance_rescale=0.7)[0]
    ours = weighted([1.0], rescale=0.7).join(given_, x, t, path)
    torch.testing.assert_close(path.out(x, ours.x0, t), theirs, rtol=1e-4, atol=1e-4)
    plain = weighted([1.0], rescale=0.0).join(given_, x, t, path)
    assert float((plain.x0 - ours.x0).abs().max()) > 0.1


def test_rescale_one_restores_the_deviation() -> None:
    given_, x, t = answers(1, seed=4), torch.ones(3, 4, 4), 0.6
    ours = weighted([1.0], rescale=1.0, scale=9.0).join(given_, x, t, FLOW)
    spread = [float(FLOW.out(x, x0, t).std()) for x0 in (ours.x0, given_[part(0)].x0)]
    assert spread[0] == pytest.approx(spread[1], rel=1e-5)


def test_rescaling_what_has_no_deviation_changes_nothing() -> None:
    x, t = torch.zeros(3, 4, 4), 0.6
    flat = {part(0): Answer(torch.ones(3, 4, 4)), NULL: Answer(torch.zeros(3, 4, 4))}
    assert torch.equal(weighted([1.0], rescale=1.0).join(flat, x, t, FLOW).x0, 4 * torch.ones(3, 4, 4))


@pytest.mark.parametrize("weights", [[1.0, -1.0], [-0.5], [0.0], []])
def test_weights_without_a_positive_sum_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="make their sum positive"):
        weighted(weights)
