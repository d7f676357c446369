"""Amend: what the engine itself does to an answer, after guidance and limits, for every model alike.

Only the clean picture believed in is touched, never x: the sampler walks towards it as towards any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from sfumato.engine.ask import Answer
from sfumato.engine.noise import Draw
from sfumato.engine.placing import coarser
from sfumato.engine.stage import Setting, Stage, encoded_known


class Amend(Protocol):
    """One change to the answer about a whole x."""

    def apply(self, answer: Answer) -> Answer: ...


@dataclass(frozen=True, eq=False)
class KeepKnown:
    """Where nothing is painted anew, x0 is what is known, and so is the variance of a step.

    known  (C, H, W) in the stage's own space
    anew   (1, H, W): 1 where it is painted anew
    """

    known: Tensor
    anew: Tensor

    def apply(self, answer: Answer) -> Answer:
        x0 = torch.where(self.anew > 0, answer.x0, self.known)
        return Answer(x0, None if answer.variance is None else answer.variance * self.anew, answer.kept)


@dataclass(frozen=True)
class Torus:
    """A picture without borders: its margins, `rows` and `columns` wide, repeat what lies across it.

    What the network saw at both places is blended, by weights that fall towards the edge of what it saw.
    """

    rows: int
    columns: int

    def apply(self, answer: Answer) -> Answer:
        variance = None if answer.variance is None else self.closed(answer.variance)
        return Answer(self.closed(answer.x0), variance, answer.kept)

    def closed(self, x: Tensor) -> Tensor:
        """x (C, H, W) made periodic."""
        return _closed(_closed(x, self.rows, -2), self.columns, -1)

    def spread(self, x: Tensor) -> Tensor:
        """What lies within the margins, with margins that repeat it: periodic, and of the old size."""
        return _spread(_spread(x, self.rows, -2), self.columns, -1)


@dataclass(frozen=True)
class TorusDraw:
    """Noise on a torus: the margins of whatever is drawn as a picture repeat what lies across.

    height, width  of the stage's picture, in pixels, and `margin` of its margins
    """

    draw: Draw
    height: int
    width: int
    margin: int

    def __call__(self, purpose: str, step: int, shape: Sequence[int]) -> Tensor:
        noise = self.draw(purpose, step, shape)
        if len(shape) != 3:
            return noise
        return torus(self.margin, (self.height, self.width), (shape[-2], shape[-1])).spread(noise)


def torus(margin: int, size: tuple[int, int], places: tuple[int, int]) -> Torus:
    """Margins of a picture of `size` (height, width) in pixels, for an x of so many places.

    None is wider than what lies between: it could not repeat it.
    """
    rows, columns = (round(margin * there / pixels) for there, pixels in zip(places, size, strict=True))
    return Torus(min(rows, places[0] // 3), min(columns, places[1] // 3))


def amends(stage: Stage, setting: Setting, shape: Sequence[int], accepts: frozenset[str]) -> Iterator[Amend]:
    """What is to be done to the answers of a stage whose x has this shape.

    accepts  of the model: what it keeps by itself is left to it
    """
    if len(shape) != 3:
        return
    plan, places = setting.plan, (shape[-2], shape[-1])
    if plan.wrap:
        yield torus(plan.wrap, (plan.height, plan.width), places)
    anew = None if "mask" in accepts else setting.anew()
    if anew is not None:
        yield KeepKnown(encoded_known(stage, setting), coarser(anew, places))


def _closed(x: Tensor, margin: int, axis: int) -> Tensor:
    """Periodic along one axis. A place of the margin and what it repeats are one place, seen twice."""
    if not margin:
        return x
    x = x.movedim(axis, -1)
    inner = x.shape[-1] - 2 * margin
    weight = torch.ones(x.shape[-1], device=x.device)
    rise = (torch.arange(2 * margin, device=x.device) + 0.5) / (2 * margin)
    weight[: 2 * margin], weight[-2 * margin :] = rise, rise.flip(0)
    total = weight * x
    body = total[..., margin : margin + inner].clone()
    body[..., inner - margin :] += total[..., :margin]
    body[..., :margin] += total[..., margin + inner :]
    seen = weight[margin : margin + inner].clone()
    seen[inner - margin :] += weight[:margin]
    seen[:margin] += weight[margin + inner :]
    body = body / seen
    whole = torch.cat([body[..., inner - margin :], body, body[..., :margin]], dim=-1)
    return whole.movedim(-1, axis)


def _spread(x: Tensor, margin: int, axis: int) -> Tensor:
    if not margin:
        return x
    x = x.movedim(axis, -1)
    body = x[..., margin : x.shape[-1] - margin]
    whole = torch.cat([body[..., -margin:], body, body[..., :margin]], dim=-1)
    return whole.movedim(-1, axis).contiguous()
