"""The plain loop: all pictures of one plan, answered together, one look each a round."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from sfumato.engine.ask import Answer, Ask
from sfumato.engine.flight import Flight, asks, asks_of_stage, board, told
from sfumato.engine.leg import Commission, stage_of
from sfumato.engine.rows import Answering, Rows
from sfumato.engine.stage import Model
from sfumato.engine.state import State

if TYPE_CHECKING:
    from sfumato.plan import Plan

Preview = Callable[[], Tensor]


@dataclass(frozen=True, eq=False)
class Progress:
    """How far a plan is, after every round of answers. Each tuple has one entry for each picture.

    done, total  looks taken and to take, of all pictures together
    stage        name of the stage that the slowest picture is in
    previews     calling one decodes the picture as it is believed now, (3, H, W) in about [-1, 1]; None where
                 there is nothing to see: before the first answer of a stage, or when x is an embedding
    states       dump any of them, and `run` goes on from there to the same bytes
    finished     in the last Progress the pictures, (3, H, W); until then None
    """

    done: int
    total: int
    stage: str
    previews: tuple[Preview | None, ...]
    states: tuple[State, ...]
    finished: tuple[Tensor, ...] | None = None


def run(
    plan: Plan,
    model: Model,
    given: Mapping[str, Tensor] | None = None,
    states: Sequence[State | None] | None = None,
    rows: Answering | None = None,
) -> Iterator[Progress]:
    """Makes the pictures of a plan; yields after every round of answers, and the pictures with the last one.

    given   the pictures that the plan's inputs name, by their hash: (3, H, W) in [-1, 1], of any size
    states  where to go on from, one for each seed of the plan; None begins, all of them or one
    rows    what is known of this model's passes; None finds it out anew

    To cancel, stop iterating. Raises BrokenAnswer when a network answers with NaN.
    """
    if states is not None and len(states) != len(plan.seeds):
        raise ValueError(f"{len(states)} states were given for a plan of {len(plan.seeds)} pictures.")
    starts = states if states is not None else (None,) * len(plan.seeds)
    commission = Commission(plan, model, given or {})
    flights = [board(commission, picture, state) for picture, state in enumerate(starts)]
    rows = rows or Rows()
    looks = [asks_of_stage(commission, number) for number in range(len(plan.stages))]
    while any(flight.leg for flight in flights):
        flights = _round(model, flights, rows)
        if any(flight.leg for flight in flights):
            yield _progress(plan, flights, looks, None)
    yield _progress(plan, flights, looks, _decoded(plan, model, flights))


def _round(model: Model, flights: list[Flight], rows: Answering) -> list[Flight]:
    """Every picture that is not finished, one look further."""
    wanted = [asks(flight) for flight in flights]
    answers = iter(answer(model, [ask for own in wanted for ask in own.values()], rows))
    heard = [{role: next(answers) for role in own} for own in wanted]
    return [told(flight, own) if own else flight for flight, own in zip(flights, heard, strict=True)]


@torch.no_grad()
def answer(model: Model, wanted: Sequence[Ask], rows: Answering) -> list[Answer]:
    """An answer to every ask, in order: asks with equal keys together."""
    groups: dict[Hashable, list[int]] = {}
    for index, ask in enumerate(wanted):
        groups.setdefault(model.key(ask), []).append(index)
    answers: dict[int, Answer] = {}
    for group in groups.values():
        given = rows.answer(model, [wanted[index] for index in group])
        answers |= dict(zip(group, given, strict=True))
    return [answers[index] for index in range(len(wanted))]


def _progress(
    plan: Plan, flights: list[Flight], looks: list[int], finished: tuple[Tensor, ...] | None
) -> Progress:
    states = tuple(flight.state for flight in flights)
    slowest = min(min(state.stage for state in states), len(looks) - 1)
    return Progress(
        done=sum(sum(looks[: state.stage]) + state.step for state in states),
        total=sum(looks) * len(flights),
        stage=plan.stages[slowest].name,
        previews=tuple(_preview(flight) for flight in flights),
        states=states,
        finished=finished,
    )


def _preview(flight: Flight) -> Preview | None:
    x0 = flight.x0 if flight.leg else flight.state.x
    stage = (
        flight.leg.stage
        if flight.leg
        else stage_of(flight.commission.model, flight.commission.plan.stages[-1])
    )
    return partial(stage.decode, x0) if x0 is not None and x0.dim() == 3 else None


@torch.no_grad()
def _decoded(plan: Plan, model: Model, flights: list[Flight]) -> tuple[Tensor, ...]:
    last = stage_of(model, plan.stages[-1])
    return tuple(last.decode(flight.state.x) for flight in flights)
