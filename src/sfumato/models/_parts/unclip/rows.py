"""Rows: which embeddings the prior paints for a plan, and from which texts.

The prior's x has one row for each. `imagine` has one for all parts together, whose weights act at every step
of the prior; `blend` has one for each part, whose weights act on the finished embeddings. Without any text
there is no row, and reference pictures alone make the picture. A negative prompt adds a last row, which takes
the place of the empty embedding in the decoder's guidance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum

from sfumato.plan import Plan

BLEND = "blend"


@dataclass(frozen=True)
class Row:
    """One row of the prior's x.

    texts   what the prior is guided to: one text for each part of its guidance
    null    what it is guided away from
    weight  of the finished embedding, beside those of reference pictures
    """

    texts: tuple[str, ...]
    null: str = ""
    weight: float = 1.0


def parts_of_guidance(plan: Plan) -> int:
    """How many texts a row is guided to at once."""
    return 1 if plan.operation == BLEND else max(len(plan.parts), 1)


def wanted(plan: Plan) -> tuple[Row, ...]:
    """The rows whose weighted sum is to be painted."""
    if plan.operation == BLEND:
        return tuple(Row((part.content,), weight=part.weight) for part in plan.parts)
    if plan.parts:
        return (Row(tuple(part.content for part in plan.parts), plan.negative),)
    return () if references(plan) else (Row(("",), plan.negative),)


def unwanted(plan: Plan) -> tuple[Row, ...]:
    """The row of the negative prompt: none without one.

    As released, it is guided away from itself in `imagine`, where the negative prompt is the null of every
    row, and from no text in `blend`, where it is not.
    """
    if not plan.negative:
        return ()
    null = "" if plan.operation == BLEND else plan.negative
    return (Row((plan.negative,) * parts_of_guidance(plan), null),)


def references(plan: Plan) -> tuple[float, ...]:
    """The weights of the reference pictures."""
    return tuple(item.weight for item in plan.inputs if item.role == "reference")


def weights(plan: Plan) -> tuple[float, ...]:
    """The weights of everything that is summed: the wanted rows, then the reference pictures."""
    return (*(row.weight for row in wanted(plan)), *references(plan))


def heard(plan: Plan) -> tuple[str, ...]:
    """The texts that a decoder which reads words is guided to: none where embeddings are blended."""
    return ("",) if plan.operation == BLEND else tuple(part.content for part in plan.parts) or ("",)


def sum_refusals(plan: Plan) -> Iterator[str]:
    """Words and pictures become one embedding: a sum whose weights are made to add up to 1."""
    summed = [round(weight, 6) for weight in weights(plan)]
    if not summed:
        yield f"There is nothing to {plan.operation}: give words or reference pictures."
    elif fsum(summed) <= 0:
        total = f"{fsum(summed):g}"
        yield f"The weights of words and reference pictures add up to {total}: make their sum positive."
