"""Reference pictures that a transformer reads as tokens behind those of the picture it paints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

import torch
from torch import Tensor

from sfumato.engine import Ask


def reference(number: int) -> str:
    """The entry of a reference, counted from 1: what follows x in the sequence, of any size."""
    return f"reference.{number}"


class Reference(NamedTuple):
    """latent (B, C, h, w) of the rows' reference of this number."""

    number: int
    latent: Tensor


def references(asks: Sequence[Ask]) -> Iterator[Reference]:
    """Every reference of the rows, in order."""
    for number in count(1):
        if (name := reference(number)) not in asks[0].condition:
            return
        yield Reference(number, torch.stack([ask.condition[name] for ask in asks]))
