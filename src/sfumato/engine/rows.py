"""Rows: how many rows a forward pass has, so that no picture depends on what else is running.

Kernels may round otherwise for another count of rows, and at some counts even for another place in the
batch. So every kind of ask (network, shape, number format) has one canonical count, at which place and
neighbours were seen not to matter; shorter batches are filled up to it, longer ones are cut. Any other count
is used only after all its rows had the bits of the canonical one. What is found depends on the machine alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from sfumato.engine.ask import Answer, Ask
from sfumato.engine.stage import Model

CANDIDATES = (4, 2, 1)  # for the canonical count; one row alone has neither place nor neighbours
MOST = 16
LOOK = 4  # rows about one picture, in a pass of its own


class Answering(Protocol):
    """How asks of one key become forward passes, of at most `most` rows.

    shares  whether asks of several pictures may come together; else each look of a picture comes by itself
    """

    @property
    def most(self) -> int: ...

    @property
    def shares(self) -> bool: ...

    def answer(self, model: Model, asks: Sequence[Ask]) -> list[Answer]: ...


@dataclass
class Rows:
    """What was found out about counts of rows, by kind of ask. One for each model.

    most    rows of the longest pass
    passes  how many rows every pass had so far, those of self-checks included
    """

    most: int = MOST
    shares: bool = True
    passes: list[int] = field(default_factory=list)
    _canonical: dict[Hashable, int] = field(default_factory=dict)
    _good: dict[tuple[Hashable, int], bool] = field(default_factory=dict)

    def answer(self, model: Model, asks: Sequence[Ask]) -> list[Answer]:
        """An answer to each of these asks, which have one key: the same bits in whatever company."""
        key = model.key(asks[0])
        if key not in self._canonical:
            seen = self._find(model, asks)
            self._canonical[key], self._good[key, len(seen)] = len(seen), True
            return [*seen, *self._canonically(model, key, asks[len(seen) :])][: len(asks)]
        return [answer for part in self._cut(key, asks) for answer in self._pass(model, key, part)]

    def good(self, key: Hashable) -> tuple[int, ...]:
        """The counts that are known to give the canonical bits."""
        return tuple(sorted(count for (own, count), good in self._good.items() if own == key and good))

    def _find(self, model: Model, asks: Sequence[Ask]) -> list[Answer]:
        """What the first asks are answered in a pass of the canonical count: of the candidates the largest at
        which turning the batch around changes no bit."""
        ahead: list[Answer] = []
        for count in CANDIDATES:
            batch = filled(asks, count)
            ahead, behind = self._run(model, batch), self._run(model, batch[::-1])[::-1]
            if all(map(same, ahead, behind)):
                return ahead
        return ahead  # it answers one question in two ways: nothing helps, and `verify` will say so

    def _cut(self, key: Hashable, asks: Sequence[Ask]) -> Iterator[Sequence[Ask]]:
        """Parts that are answered in one pass each: the longest that are good, or not yet seen to be bad."""
        first = 0
        while first < len(asks):
            left = len(asks) - first
            counts = (
                count for count in range(min(left, self.most), 0, -1) if self._good.get((key, count), True)
            )
            count = next(counts, left)
            yield asks[first : first + count]
            first += count

    def _pass(self, model: Model, key: Hashable, asks: Sequence[Ask]) -> list[Answer]:
        if self._good.get((key, len(asks))):
            return self._run(model, asks)
        answers = self._canonically(model, key, asks)
        if (key, len(asks)) not in self._good:
            self._good[key, len(asks)] = all(map(same, answers, self._run(model, asks)))
        return answers

    def _canonically(self, model: Model, key: Hashable, asks: Sequence[Ask]) -> list[Answer]:
        """In passes of the canonical count, the last one filled up."""
        count = self._canonical[key]
        parts = [asks[first : first + count] for first in range(0, len(asks), count)]
        return [own for part in parts for own in self._run(model, filled(part, count))[: len(part)]]

    @torch.no_grad()
    def _run(self, model: Model, asks: Sequence[Ask]) -> list[Answer]:
        self.passes.append(len(asks))
        return model.answer(asks)


@dataclass(frozen=True)
class Straight:
    """Passes of up to `most` rows, unchecked: for models whose bits no company can change, and for those
    whose pictures keep none (`shares` is false)."""

    most: int = MOST
    shares: bool = True

    def answer(self, model: Model, asks: Sequence[Ask]) -> list[Answer]:
        parts = [asks[first : first + self.most] for first in range(0, len(asks), self.most)]
        return [answer for part in parts for answer in model.answer(part)]


def apart() -> Straight:
    """For large networks on a processor, where a row of a pass takes nearly as long as a pass of one row.

    To find out which rows can share a pass would take passes of minutes, and several times the memory.
    """
    return Straight(LOOK, shares=False)


def filled(asks: Sequence[Ask], count: int) -> list[Ask]:
    """`count` of these asks: where there are fewer, they come again from the first."""
    return [asks[index % len(asks)] for index in range(count)]


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers are equal to the last bit; NaN is equal to NaN."""
    return _equal(one.x0, other.x0) and _equal(one.variance, other.variance)


def _equal(one: Tensor | None, other: Tensor | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(torch.allclose(one, other, rtol=0, atol=0, equal_nan=True))
