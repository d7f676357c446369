"""The plain loop: all pictures of one plan, as a batcher of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from sfumato.engine.batcher import Batcher
from sfumato.engine.flight import Flight, asks_of_stage
from sfumato.engine.leg import Commission, stage_of
from sfumato.engine.stage import Model
from sfumato.engine.state import State

if TYPE_CHECKING:
    from sfumato.plan import Plan

Preview = Callable[[], Tensor]


@dataclass(frozen=True, eq=False)
class Progress:
    """How far a plan is, after a pass that took a picture further. Tuples have one entry for each picture.

    done, total  looks taken and to take, of all pictures together
    stage        name of the stage that the slowest picture is in
    previews     calling one decodes the picture as it is believed now, (3, H, W) in about [-1, 1]; None where
                 there is nothing to see: before the first answer of a stage, or when x is an embedding
    states       dump any of them, and `run` goes on from there to the same bytes; None has not begun
    finished     in the last Progress the pictures, (3, H, W); until then None
    """

    done: int
    total: int
    stage: str
    previews: tuple[Preview | None, ...]
    states: tuple[State | None, ...]
    finished: tuple[Tensor, ...] | None = None


def run(
    plan: Plan,
    model: Model,
    given: Mapping[str, Tensor] | None = None,
    states: Sequence[State | None] | None = None,
    batcher: Batcher | None = None,
) -> Iterator[Progress]:
    """Makes the pictures of a plan; yields when one is a look further, the pictures with the last one.

    given    the pictures that the plan's inputs name, by their hash: (3, H, W) in [-1, 1], of any size
    states   where to go on from, one for each seed of the plan; None begins, all of them or one
    batcher  an idle one that knows the model already; None finds all out anew

    To cancel, stop iterating. Raises BrokenAnswer when a network answers with NaN.
    """
    if states is not None and len(states) != len(plan.seeds):
        raise ValueError(f"{len(states)} states were given for a plan of {len(plan.seeds)} pictures.")
    starts = states if states is not None else (None,) * len(plan.seeds)
    commission, batcher = Commission(plan, model, given or {}), batcher or Batcher()
    tickets = [
        batcher.add(commission, picture, state=state, group="all") for picture, state in enumerate(starts)
    ]
    looks = [asks_of_stage(commission, number) for number in range(len(plan.stages))]
    flights: list[Flight | None] = [None] * len(starts)
    try:
        while batcher.busy:
            moved = dict(_moved(batcher))
            flights = [moved.get(ticket, flight) for ticket, flight in zip(tickets, flights, strict=True)]
            if moved and batcher.busy:
                yield _progress(plan, flights, starts, looks, None)
    finally:
        for ticket in tickets:
            batcher.cancel(ticket)
    yield _progress(plan, flights, starts, looks, tuple(shown(flight) for flight in flights if flight))


def _moved(batcher: Batcher) -> Iterator[tuple[int, Flight | None]]:
    """The pictures that the next pass takes further. Raises what ended one of them."""
    for event in batcher.step():
        if event.error:
            raise event.error
        yield event.ticket, event.flight


@torch.no_grad()
def shown(flight: Flight) -> Tensor:
    """The picture of a flight that has landed, (3, H, W) in about [-1, 1]."""
    return stage_of(flight.commission.model, flight.commission.plan.stages[-1]).decode(flight.state.x)


def preview(flight: Flight | None) -> Preview | None:
    """What decodes the picture as it is believed now; None where there is nothing to see."""
    if flight is None or flight.leg is None:
        return partial(shown, flight) if flight else None
    x0 = flight.x0
    return partial(flight.leg.stage.decode, x0) if x0 is not None and x0.dim() == 3 else None


def _progress(
    plan: Plan,
    flights: Sequence[Flight | None],
    starts: Sequence[State | None],
    looks: list[int],
    finished: tuple[Tensor, ...] | None,
) -> Progress:
    states = tuple(flight.state if flight else start for flight, start in zip(flights, starts, strict=True))
    slowest = min(min(state.stage if state else 0 for state in states), len(looks) - 1)
    return Progress(
        done=sum(sum(looks[: state.stage]) + state.step for state in states if state),
        total=sum(looks) * len(states),
        stage=plan.stages[slowest].name,
        previews=tuple(map(preview, flights)),
        states=states,
        finished=finished,
    )
