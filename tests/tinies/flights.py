"""Several plans in one batch, and conditions tampered with on their way to the network."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from sfumato.engine import (
    Answer,
    Ask,
    Commission,
    Condition,
    Model,
    State,
    asks,
    board,
    dump,
    load,
    told,
)
from sfumato.plan import Plan

Tamper = Callable[[Ask], Ask]


@dataclass(frozen=True)
class Flown:
    """states  the finished state of picture 0 of each plan
    rows    rows of every forward pass
    """

    states: tuple[State, ...]
    rows: tuple[int, ...]

    @property
    def x(self) -> tuple[Tensor, ...]:
        """What the last stage of each left, in its own space."""
        return tuple(state.x for state in self.states)


def fly(
    model: Model,
    plans: Sequence[Plan],
    given: Mapping[str, Tensor] | None = None,
    tamper: Tamper | None = None,
    saved: bool = False,
) -> Flown:
    """All plans at once, answered together wherever their keys are equal.

    tamper  changes every ask before it is answered
    saved   every state becomes bytes and is read back after every answer, and the flight boards anew
    """
    jobs = [Commission(plan, model, given or {}) for plan in plans]
    flights = [board(job, 0) for job in jobs]
    rows: list[int] = []
    while any(flight.leg for flight in flights):
        wanted = [asks(flight) for flight in flights]
        flat = [tamper(ask) if tamper else ask for own in wanted for ask in own.values()]
        answers = iter(_answered(model, flat, rows))
        heard = [{role: next(answers) for role in own} for own in wanted]
        flights = [told(flight, own) if own else flight for flight, own in zip(flights, heard, strict=True)]
        if saved:
            flights = [
                board(job, 0, load(dump(flight.state))) for job, flight in zip(jobs, flights, strict=True)
            ]
    return Flown(tuple(flight.state for flight in flights), tuple(rows))


@torch.no_grad()
def _answered(model: Model, wanted: Sequence[Ask], rows: list[int]) -> list[Answer]:
    """An answer to every ask, in order: those with equal keys in one pass, whose rows are noted."""
    groups: dict[Hashable, list[int]] = {}
    for index, ask in enumerate(wanted):
        groups.setdefault(model.key(ask), []).append(index)
    answers: dict[int, Answer] = {}
    for group in groups.values():
        rows.append(len(group))
        answers |= dict(zip(group, model.answer([wanted[index] for index in group]), strict=True))
    return [answers[index] for index in range(len(wanted))]


def zeroed(entry: str) -> Tamper:
    """The named entry of every condition becomes zeros: dropped, in a shape that still fits."""

    def change(ask: Ask) -> Ask:
        if entry not in ask.condition:
            return ask
        blank = torch.zeros_like(ask.condition[entry])
        return replace(ask, condition=ask.condition.replace(**{entry: blank}))

    return change


def entries(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Every name that any of these conditions has."""
    return tuple(sorted({name for condition in conditions for name in condition.entries}))


def gap(ours: Tensor, theirs: Tensor) -> float:
    """Largest difference over the largest value of `theirs`."""
    return float((ours.float() - theirs.float()).abs().max() / theirs.float().abs().max())


PARITY = 1e-4
"""How far the final latents of ours and of the oracle may be apart, as a `gap`."""

MOVED = 100 * PARITY
"""How far a deliberate fault must move them."""
