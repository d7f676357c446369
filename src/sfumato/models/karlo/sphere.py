"""The sphere of CLIP embeddings: what lies between them, and where a difference of texts leads."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def slerp(first: Tensor, second: Tensor, part: float) -> Tensor:
    """The vector (D,) this part of the way from one to the other, along the great circle of their directions.

    Beyond 0 and 1 the circle goes on. Where the two point the same or the opposite way it is a straight line.
    """
    unit = [vector.double() / vector.double().norm() for vector in (first, second)]
    angle = torch.acos((unit[0] @ unit[1]).clamp(-1, 1))
    if torch.sin(angle) < 1e-6:
        return (1 - part) * first + part * second
    own = torch.sin((1 - part) * angle) * first + torch.sin(part * angle) * second
    return (own / torch.sin(angle)).to(first.dtype)


def between(embeddings: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """One embedding (D,) out of several with weights, whose sum is above 0.

    The heaviest is turned towards the next, by what that one weighs of both, and so on.
    """
    order = sorted(range(len(weights)), key=lambda index: -weights[index])
    joined, total = embeddings[order[0]], weights[order[0]]
    for index in order[1:]:
        total += weights[index]
        joined = slerp(joined, embeddings[index], weights[index] / total)
    return joined


def difference(wanted: Tensor, unwanted: Tensor, length: Tensor) -> Tensor:
    """The direction from one text's embedding to another's, both taken as unit vectors, in this length; zeros
    where they point the same way (Ramesh et al. 2022, Section 3.3)."""
    away = wanted / wanted.norm() - unwanted / unwanted.norm()
    size = away.norm()
    return away * (length / size) if size > 0 else away
