"""Distances between sets of pictures: closed forms, and what must hold of them."""

from __future__ import annotations

import pytest
import torch

from sfumato.train.metrics.distances import frechet, kernel


def normal(seed: int, count: int, size: int = 6) -> torch.Tensor:
    return torch.randn(count, size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def shaped(seed: int, mean: torch.Tensor, cov: torch.Tensor, count: int = 400) -> torch.Tensor:
    """Points whose mean and covariance are exactly these."""
    x = normal(seed, count, len(mean))
    x = x - x.mean(0)
    white = x @ torch.linalg.inv(torch.linalg.cholesky(torch.cov(x.T))).T
    return white @ torch.linalg.cholesky(cov).T + mean


def test_a_set_is_no_way_from_itself() -> None:
    one = normal(0, 100)
    assert abs(frechet(one, one)) < 1e-9
    assert abs(frechet(one, one[torch.randperm(100)])) < 1e-9


def test_normal_laws_that_share_their_axes_are_as_far_apart_as_the_formula_says() -> None:
    a, b = torch.tensor([1.0, 4.0, 9.0]).double(), torch.tensor([4.0, 1.0, 16.0]).double()
    one = shaped(1, torch.zeros(3).double(), torch.diag(a))
    other = shaped(2, torch.tensor([3.0, 0.0, -4.0]).double(), torch.diag(b))
    exact = 25 + (a.sqrt() - b.sqrt()).square().sum()
    assert frechet(one, other) == pytest.approx(float(exact), rel=1e-9)
    assert frechet(other, one) == pytest.approx(float(exact), rel=1e-9)


def test_turning_both_sets_changes_nothing() -> None:
    one, other = normal(3, 200), normal(4, 200) * 2 + 1
    turn, _ = torch.linalg.qr(normal(5, 6))
    assert frechet(one @ turn, other @ turn) == pytest.approx(frechet(one, other), rel=1e-9)
    assert kernel(one @ turn, other @ turn) == pytest.approx(kernel(one, other), rel=1e-9)


def test_the_kernel_distance_is_the_mean_over_pairs() -> None:
    one, other = normal(6, 5), normal(7, 4) + 0.5

    def k(x: torch.Tensor, y: torch.Tensor) -> float:
        return float((x @ y / 6 + 1) ** 3)

    inside = [
        sum(k(x, y) for i, x in enumerate(own) for j, y in enumerate(own) if i != j)
        / (len(own) * (len(own) - 1))
        for own in (one, other)
    ]
    between = sum(k(x, y) for x in one for y in other) / 20
    assert kernel(one, other) == pytest.approx(sum(inside) - 2 * between, rel=1e-9)


def test_sets_of_one_kind_are_nearer_than_others() -> None:
    one, same, other = normal(8, 500), normal(9, 500), normal(10, 500) + 0.3
    assert abs(kernel(one, same)) < kernel(one, other) / 10
    assert frechet(one, same) < frechet(one, other) / 3


@pytest.mark.parametrize("distance", [frechet, kernel])
def test_one_picture_has_no_spread(distance) -> None:
    with pytest.raises(ValueError, match="at least two"):
        distance(normal(0, 1), normal(1, 5))
