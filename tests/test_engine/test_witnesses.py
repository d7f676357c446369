"""The four witnesses, through the same `run`: each picture against the exact map of its first noise."""

from __future__ import annotations

import math

import pytest
import torch

from sfumato.engine import Batcher, NoisePath, Source, Straight, run
from sfumato.models.gauss import cascade, pair, spread, words
from sfumato.models.gauss.model import tokens

EDM = NoisePath("edm", "edm")
FLOW = NoisePath("flow", "flow")
SMOOTH = (FLOW, EDM, NoisePath("vp", "eps", table="linear", beta=(1e-4, 0.02)))


def root(covariance: torch.Tensor, power: float) -> torch.Tensor:
    values, vectors = torch.linalg.eigh(covariance)
    return vectors @ torch.diag(values**power) @ vectors.T


def solution(
    path: NoisePath, noise: torch.Tensor, mean: torch.Tensor, covariance: torch.Tensor
) -> torch.Tensor:
    """Where the flow of probability takes pure noise:
    mean + C^1/2 (alpha^2 C + sigma^2)^-1/2 (x - alpha mean)."""
    t = path.span.high
    wide = path.alpha(t) ** 2 * covariance + path.sigma(t) ** 2 * torch.eye(3, dtype=torch.float64)
    matrix = root(covariance, 0.5) @ root(wide, -0.5)
    return mean + torch.einsum("cd,dhw->chw", matrix, path.prior(t) * noise.double() - path.alpha(t) * mean)


def mean_of(text: str) -> torch.Tensor:
    return tokens(text).double().mean(dim=0)[:, None, None]


def start(stage: str, index: int, side: int, seed: int = 7) -> torch.Tensor:
    return Source(seed, index, place=stage)("start", 0, (3, side, side))


def off(picture: torch.Tensor, exact: torch.Tensor) -> float:
    return float((picture.double() - exact).abs().max())


def law(sample: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return sample.mean(dim=1), torch.cov(sample)


@pytest.mark.parametrize("path", SMOOTH, ids=lambda path: path.kind)
def test_a_second_stage_reads_the_first(path: NoisePath, planned, staged, last) -> None:
    model = cascade(path)
    plan = planned(staged("small", steps=120), staged("large", steps=120, width=16, height=16))
    progress = last(plan, model)
    small, large = (model.networks[name] for name in ("small", "large"))
    for index, (state, picture) in enumerate(zip(progress.states, progress.finished, strict=True)):
        first = solution(path, start("small", index, 8), mean_of("red fox"), small.law.covariance)
        assert off(state.results["small"], first) < 4e-3
        enlarged = torch.nn.functional.interpolate(first[None], scale_factor=2, mode="nearest")[0]
        mean = mean_of("red fox") + torch.einsum("cd,dhw->chw", large.reads, enlarged)
        exact = solution(path, start("large", index, 16), mean, large.law.covariance)
        assert picture.shape == (3, 16, 16) and off(picture, exact) < 6e-3


def test_the_cascade_has_the_law_of_both_stages_together(planned, staged, last) -> None:
    """Covariance of the large picture and, across both, with the small one, within standard errors."""
    model = cascade(FLOW)
    plan = planned(
        staged("small", steps=40, width=48, height=48),
        staged("large", steps=40, width=96, height=96),
        pictures=3,
    )
    progress = last(plan, model)
    small, large = (model.networks[name] for name in ("small", "large"))
    below, above = small.law.covariance, large.law.covariance
    exact = torch.cat(
        [
            torch.cat([below, below @ large.reads.T], dim=1),
            torch.cat([large.reads @ below, large.reads @ below @ large.reads.T + above], dim=1),
        ]
    )
    # One large place for each small one, so that the samples are independent.
    pairs = [
        torch.cat([state.results["small"], picture[:, ::2, ::2]]).double().reshape(6, -1)
        for state, picture in zip(progress.states, progress.finished, strict=True)
    ]
    mean, covariance = law(torch.cat(pairs, dim=1))
    count = 3 * 48 * 48
    diagonal = exact.diagonal()
    error = ((torch.outer(diagonal, diagonal) + exact**2) / count).sqrt()
    assert float(((covariance - exact).abs() / error).max()) < 4.5
    expected = mean_of("red fox").flatten()
    expected = torch.cat([expected, expected + large.reads @ expected])
    assert float(((mean - expected).abs() / (diagonal / count).sqrt()).max()) < 4.5


def test_learned_variance_reaches_the_sampler(planned, staged, watched) -> None:
    """The network tells it for every step, between its bounds, as it knows where the step goes."""
    model = watched(spread(NoisePath("vp", "v", zero_snr=True)))
    plan = planned(staged(schedule="linear", sampler="euler-ancestral"))
    for _ in run(plan, model, batcher=Batcher(answering=Straight)):
        pass
    told = [model.model.answer([ask])[0].variance for call in model.calls for ask in call]
    assert all(part is not None and part.shape == (3, 8, 8) for part in told)
    inside = torch.stack([part for part in told if part.any()])
    assert float(inside.min()) > 0 and float(inside.max()) < 1


@pytest.mark.parametrize("scale", [1.0, 1.5, 3.0])
def test_two_networks_in_one_guidance(scale: float, planned, staged, last, watched) -> None:
    """Guided away from a network that knows less, a deviation shrinks from sigma_max by
    prod (l_i / (l_i + sigma_max^2))^(w_i / 2), with weights s and 1 - s."""
    model = watched(pair(EDM))
    progress = last(planned(staged(steps=80, guidance=scale)), model)
    strong, weak = (model.model.networks[name].law.covariance for name in ("base", "weak"))
    matrix = torch.eye(3, dtype=torch.float64)
    for covariance, weight in ((strong, scale), (weak, 1 - scale)):
        wide = covariance + 80**2 * torch.eye(3, dtype=torch.float64)
        matrix = matrix @ root(covariance, weight / 2) @ root(wide, -weight / 2)
    mean = mean_of("red fox")
    for index, picture in enumerate(progress.finished):
        exact = mean + torch.einsum("cd,dhw->chw", matrix, 80 * start("base", index, 8).double() - mean)
        assert off(picture, exact) < 6e-3
    asked = {ask.net for call in model.calls for ask in call}
    assert asked == ({"base"} if scale == 1 else {"base", "weak"})
    assert all(len({ask.net for ask in call}) == 1 for call in model.calls)


def test_conditions_of_two_lengths(planned, staged, last, watched) -> None:
    """Weighted parts of two, five and (for the null) one token: guidance moves the mean, nothing else."""
    parts, scale = (("red fox", 2.0), ("a snowy hill at night", 1.0), ("cars", -0.5)), 2.5
    model = watched(words(FLOW))
    progress = last(planned(staged(steps=60, guidance=scale), parts=parts), model)
    wanted = sum(weight * mean_of(text) for text, weight in parts) / 2.5
    covariance = model.model.networks["base"].law.covariance
    for index, picture in enumerate(progress.finished):
        exact = solution(FLOW, start("base", index, 8), scale * wanted, covariance)
        assert off(picture, exact) < 6e-3
    lengths = {tuple(sorted(ask.condition["tokens"].shape[0] for ask in call)) for call in model.calls}
    # Both pictures' rows of one length share a call; "cars" and the null have one token each.
    assert lengths == {(2, 2), (5, 5), (1, 1, 1, 1)}
    assert math.isclose(sum(map(len, model.calls)), 2 * 4 * progress.total / 2)
