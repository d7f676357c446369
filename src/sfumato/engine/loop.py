"""All pictures of one plan on their way through a batcher, and the plain loop: a batcher of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import torch
from torch import Tensor

from sfumato.engine.batcher import Batcher, Event
from sfumato.engine.flight import Flight, asks_of_stage
from sfumato.engine.leg import Commission, stage_of, with_memo
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
    batcher = batcher or Batcher()
    group = Group.enter(Commission(plan, model, given or {}), batcher, states, group="all")
    try:
        while not group.landed:
            progress = group.hear(batcher.step())
            if group.error:
                raise group.error
            if progress:
                yield progress
    finally:
        group.leave()


@dataclass(eq=False)
class Group:
    """All pictures of one plan in a batcher, which others may be in, too.

    starts   where they stood when they came
    flights  how they stand; None until they have moved
    looks    how often one of them looks in each stage
    error    what ended one of them; none of them is in the batcher any more
    """

    commission: Commission
    batcher: Batcher
    tickets: tuple[int, ...]
    starts: tuple[State | None, ...]
    flights: list[Flight | None]
    looks: tuple[int, ...]
    error: Exception | None = None

    @classmethod
    def enter(
        cls,
        commission: Commission,
        batcher: Batcher,
        states: Sequence[State | None] | None = None,
        **more: Any,
    ) -> Self:
        """Put them in; `states` as in `run`.

        more  group, owner, priority: as Batcher.add takes them
        """
        pictures = len(commission.plan.seeds)
        if states is not None and len(states) != pictures:
            raise ValueError(f"{len(states)} states were given for a plan of {pictures} pictures.")
        starts = tuple(states) if states is not None else (None,) * pictures
        commission = with_memo(commission, batcher.known(commission.model).memo)
        looks = tuple(asks_of_stage(commission, number) for number in range(len(commission.plan.stages)))
        add = partial(batcher.add, commission, **more)
        tickets = tuple(add(picture, state=state) for picture, state in enumerate(starts))
        return cls(commission, batcher, tickets, starts, [None] * pictures, looks)

    @property
    def landed(self) -> bool:
        """Whether all pictures are finished."""
        return all(flight is not None and flight.leg is None for flight in self.flights)

    @property
    def states(self) -> tuple[State | None, ...]:
        """Where every picture stands, None where it has not begun."""
        pairs = zip(self.flights, self.starts, strict=True)
        return tuple(flight.state if flight else start for flight, start in pairs)

    def hear(self, events: Iterable[Event]) -> Progress | None:
        """How far the plan is after a pass; None where that took no picture of it further, or ended one."""
        mine = {event.ticket: event for event in events if event.ticket in self.tickets}
        self.error = next((event.error for event in mine.values() if event.error), None)
        if self.error:
            self.leave()
        if self.error or not mine:
            return None
        for place, ticket in enumerate(self.tickets):
            if ticket in mine:
                self.flights[place] = mine[ticket].flight
        return self._progress()

    def leave(self) -> None:
        """Take those that are still under way out of the batcher."""
        for ticket in self.tickets:
            self.batcher.cancel(ticket)

    def _progress(self) -> Progress:
        looks, states = self.looks, self.states
        slowest = min(min(state.stage if state else 0 for state in states), len(looks) - 1)
        return Progress(
            done=sum(sum(looks[: state.stage]) + state.step for state in states if state),
            total=sum(looks) * len(states),
            stage=self.commission.plan.stages[slowest].name,
            previews=tuple(map(preview, self.flights)),
            states=states,
            finished=tuple(shown(flight) for flight in self.flights if flight) if self.landed else None,
        )


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
