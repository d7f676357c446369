"""Distances between two sets of pictures, by features of theirs: (N, C) and (M, C), any extractor's."""

from __future__ import annotations

import torch
from torch import Tensor


def frechet(one: Tensor, other: Tensor) -> float:
    """Fréchet distance of the normal laws with the means and covariances of both (Heusel et al. 2017).

    Needs more pictures than features to mean much. ValueError for fewer than two pictures.
    """
    if min(len(one), len(other)) < 2:
        raise ValueError("a Fréchet distance needs at least two pictures on each side.")
    a, b = one.double(), other.double()
    cov_a, cov_b = torch.cov(a.T), torch.cov(b.T)
    root = _root(torch.atleast_2d(cov_a))
    shared = _root(root @ torch.atleast_2d(cov_b) @ root).trace()
    apart = (a.mean(0) - b.mean(0)).square().sum()
    return float(apart + torch.atleast_2d(cov_a).trace() + torch.atleast_2d(cov_b).trace() - 2 * shared)


def kernel(one: Tensor, other: Tensor) -> float:
    """Unbiased squared maximum mean discrepancy under (x·y / C + 1)³: KID (Bińkowski et al. 2018).

    About 0 for sets of one kind, even below it. ValueError for fewer than two pictures.
    """
    if min(len(one), len(other)) < 2:
        raise ValueError("a kernel distance needs at least two pictures on each side.")
    a, b = one.double(), other.double()
    inside = sum(_off_diagonal(_cubic(x, x)) for x in (a, b))
    return float(inside - 2 * _cubic(a, b).mean())


def _root(matrix: Tensor) -> Tensor:
    """The square root of a symmetric matrix without negative eigenvalues."""
    values, vectors = torch.linalg.eigh((matrix + matrix.T) / 2)
    return vectors @ torch.diag(values.clamp(0).sqrt()) @ vectors.T


def _cubic(a: Tensor, b: Tensor) -> Tensor:
    return (a @ b.T / a.shape[1] + 1) ** 3


def _off_diagonal(matrix: Tensor) -> Tensor:
    count = len(matrix)
    return (matrix.sum() - matrix.trace()) / (count * (count - 1))
