"""The batcher: pictures of many jobs, one forward pass at a time.

Before every pass it asks its policy anew who goes first, and packs what all pictures ask that can share that
picture's pass: other prompts, seeds, steps, samplers and strengths. What each picture becomes is the same as
if it had been alone (see Rows).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf, prod
from typing import NamedTuple

from sfumato.engine.ask import Answer, Ask
from sfumato.engine.flight import Flight, asks, asks_of_stage, board, told
from sfumato.engine.leg import Commission, stage_of, with_memo
from sfumato.engine.memo import Memo
from sfumato.engine.policy import Policy, Standing, shortest_first
from sfumato.engine.rows import Answering, Rows, Straight
from sfumato.engine.stage import Model
from sfumato.engine.state import State

NUMBERS = 4_000_000  # of all x in one pass
COMPANY = 8.0  # times as long
LATELY = 0.98  # of what an owner was given, this much still counts after the next pass
ALONE = Straight(1)
AHEAD = 64  # pictures looked at for one pass, so that a long queue is not encoded before its turn


class Event(NamedTuple):
    """What a pass did to one picture.

    flight  one look further, or landed (its `leg` is None); None when it failed before it began
    error   why it ended, None when it goes on or has landed
    """

    ticket: int
    flight: Flight | None
    error: Exception | None = None


class Cost(NamedTuple):
    """Of one stage of a picture: its looks, and numbers of x asked about in each, every role counted."""

    looks: int
    numbers: int


@dataclass
class Seat:
    """One picture in the batcher.

    came   the work that had been done when it came
    asked  what it asks at its present look, once somebody wanted to know; `heard` is what was answered of it
    """

    commission: Commission
    picture: int
    state: State | None
    group: str
    owner: str
    priority: int
    came: float
    costs: tuple[Cost, ...]
    flight: Flight | None = None
    paused: bool = False
    asked: Mapping[str, Ask] = field(default_factory=dict)
    heard: dict[str, Answer] = field(default_factory=dict)

    @property
    def at(self) -> State | None:
        """Where it stands, None when it has not begun."""
        return self.flight.state if self.flight else self.state

    @property
    def left(self) -> float:
        """Work until it lands."""
        stage, step = (self.at.stage, self.at.step) if self.at else (0, 0)
        ahead = self.costs[stage:]
        return sum(cost.looks * cost.numbers for cost in ahead) - (step * ahead[0].numbers if ahead else 0)


class Known(NamedTuple):
    """What is known of one model."""

    model: Model
    rows: Answering
    memo: Memo


class Wanted(NamedTuple):
    """One role's ask of one picture."""

    ticket: int
    role: str
    ask: Ask


@dataclass
class Batcher:
    """Call `step` while it is `busy`. For one thread.

    policy     who goes first
    numbers    most numbers of x in one pass, but never less than one row
    company    how many times as long as the job that goes first another may be and share its pass. Where
               rows cost time, on a CPU and on a GPU that a few rows fill, the rows of a long job make every
               pass of a short one several times as long, and save only the fixed part of a pass. `inf` lets
               everybody in: more pictures a second, and longer waits for short jobs.
    answering  makes, for each model, what turns asks into passes; the networks that a model names in
               `one_by_one` have a pass for every row, which no company can change. Where it does not share,
               every pass is of one picture alone.
    work       numbers of x asked about so far: the clock by which waiting is measured
    """

    policy: Policy = shortest_first
    numbers: int = NUMBERS
    company: float = COMPANY
    answering: Callable[[], Answering] = Rows
    work: float = 0.0
    _seats: dict[int, Seat] = field(default_factory=dict)
    _given: dict[str, float] = field(default_factory=dict)
    _known: dict[int, Known] = field(default_factory=dict)
    _tickets: int = 0

    def add(
        self,
        commission: Commission,
        picture: int,
        *,
        state: State | None = None,
        group: str = "",
        owner: str = "",
        priority: int = 0,
    ) -> int:
        """A ticket for one picture of a job; nothing is computed yet.

        state  where it goes on from
        group  pictures of one group, such as a grid, go forward together and count as one length
        """
        ticket, self._tickets = self._tickets, self._tickets + 1
        commission = with_memo(commission, self.known(commission.model).memo)
        group, costs = group or f"picture {ticket}", tuple(costs_of(commission))
        self._seats[ticket] = Seat(commission, picture, state, group, owner, priority, self.work, costs)
        return ticket

    def cancel(self, ticket: int) -> State | None:
        """Take a picture out, if it is still here; where it stood, None when it had not begun."""
        seat = self._seats.pop(ticket, None)
        if seat:
            _dropped(seat)
        return seat.at if seat else None

    def pause(self, ticket: int) -> State | None:
        """Let a picture wait until `go_on`; where it stands."""
        self._seats[ticket].paused = True
        return self._seats[ticket].at

    def go_on(self, ticket: int) -> None:
        self._seats[ticket].paused = False

    def prioritise(self, ticket: int, priority: int) -> None:
        """Pictures of a higher priority go first, from the next pass on."""
        self._seats[ticket].priority = priority

    @property
    def busy(self) -> bool:
        """Whether a picture is here that is not paused."""
        return any(not seat.paused for seat in self._seats.values())

    def known(self, model: Model) -> Known:
        """What is known of this model's passes, and what it has read; kept until `forget`."""
        if id(model) not in self._known:
            self._known[id(model)] = Known(model, self.answering(), Memo())
        return self._known[id(model)]

    def forget(self, model: Model) -> None:
        """Give back what is held for this model, once no picture of it is here any more."""
        self._known.pop(id(model), None)

    def step(self) -> tuple[Event, ...]:
        """One forward pass, and what it did. A picture that fails leaves with its error; no other notices."""
        events: list[Event] = []
        batch = self._pack(events)
        if batch:
            heard = self._put(batch, events)
            self._charge(heard)
            for ticket in dict.fromkeys(wanted.ticket for wanted in heard):
                events += self._tell(ticket)
        return tuple(events)

    def _pack(self, events: list[Event]) -> list[Wanted]:
        """What the picture that goes first asks, and all that can share its pass."""
        batch: list[Wanted] = []
        room, longest = 1, inf
        first, key = None, None  # the model and the kind of ask that the pass is of
        for ticket, left in self._order()[:AHEAD]:
            model = self._seats[ticket].commission.model
            if batch and not self.known(model).rows.shares:
                break
            if batch and (model is not first or left > longest):
                continue
            for wanted in self._wanted(ticket, events):
                own = model.key(wanted.ask)
                if not batch:
                    first, key, room, longest = model, own, self._room(model, wanted.ask), self.company * left
                elif len(batch) == room or own != key:
                    continue
                batch.append(wanted)
            if len(batch) == room:
                break
        return batch

    def _put(self, batch: list[Wanted], events: list[Event]) -> list[Wanted]:
        """What of a batch is answered. Where a pass fails, every picture is asked alone."""
        model = self._seats[batch[0].ticket].commission.model
        try:
            answers = self._rows(model, batch[0].ask).answer(model, [wanted.ask for wanted in batch])
        except Exception as error:  # whatever a network raises, as in `_wanted`
            alone = {wanted.ticket: [own for own in batch if own.ticket == wanted.ticket] for wanted in batch}
            if len(alone) > 1:
                return [wanted for own in alone.values() for wanted in self._put(own, events)]
            events += [self._out(ticket, error) for ticket in alone]
            return []
        for wanted, answer in zip(batch, answers, strict=True):
            self._seats[wanted.ticket].heard[wanted.role] = answer
        return batch

    def _room(self, model: Model, ask: Ask) -> int:
        """Rows like this ask that one pass may have."""
        return min(self._rows(model, ask).most, max(1, self.numbers // max(1, ask.x.numel())))

    def _rows(self, model: Model, ask: Ask) -> Answering:
        """What turns asks like this one into passes."""
        return ALONE if ask.net in getattr(model, "one_by_one", ()) else self.known(model).rows

    def _order(self) -> list[tuple[int, float]]:
        """All that are not paused, the first to go first, and what is left of their jobs; of a group, the one
        that is behind."""
        left = {ticket: seat.left for ticket, seat in self._seats.items() if not seat.paused}
        if len(left) < 2:  # as with every large model on a processor, where nothing is to be weighed
            return list(left.items())
        together: dict[str, float] = {}
        for ticket, own in left.items():
            group = self._seats[ticket].group
            together[group] = together.get(group, 0.0) + own
        owners = {self._seats[ticket].owner for ticket in left}
        fair = sum(self._given.get(owner, 0.0) for owner in owners) / len(owners)

        def place(ticket: int) -> tuple[tuple[float, float], str, float, int]:
            seat = self._seats[ticket]
            overdrawn = max(0.0, self._given.get(seat.owner, 0.0) - fair)
            standing = Standing(seat.priority, together[seat.group], self.work - seat.came, overdrawn)
            return self.policy(standing), seat.group, -left[ticket], ticket

        return [(ticket, together[self._seats[ticket].group]) for ticket in sorted(left, key=place)]

    def _wanted(self, ticket: int, events: list[Event]) -> list[Wanted]:
        """What this picture still asks at its present look; boards it when it has not begun."""
        seat = self._seats[ticket]
        try:
            if seat.flight is None:
                seat.flight = board(seat.commission, seat.picture, seat.state)
            seat.asked = seat.asked or asks(seat.flight)
        except Exception as error:  # whatever a family raises is the end of this picture, and of no other
            events.append(self._out(ticket, error))
            return []
        if seat.flight.leg is None:
            events.append(self._out(ticket))
        return [Wanted(ticket, role, ask) for role, ask in seat.asked.items() if role not in seat.heard]

    def _charge(self, batch: list[Wanted]) -> None:
        self._given = {owner: given * LATELY for owner, given in self._given.items()}
        for wanted in batch:
            owner, cost = self._seats[wanted.ticket].owner, wanted.ask.x.numel()
            self._given[owner] = self._given.get(owner, 0.0) + cost
            self.work += cost

    def _tell(self, ticket: int) -> Iterator[Event]:
        """The picture one look further, once every role of the look was answered."""
        seat = self._seats[ticket]
        assert seat.flight is not None
        if seat.asked.keys() - seat.heard.keys():
            return
        try:
            seat.flight, seat.asked, seat.heard = told(seat.flight, seat.heard), {}, {}
        except Exception as error:
            yield self._out(ticket, error)
            return
        yield self._out(ticket) if seat.flight.leg is None else Event(ticket, seat.flight)

    def _out(self, ticket: int, error: Exception | None = None) -> Event:
        seat = self._seats.pop(ticket)
        _dropped(seat)
        return Event(ticket, seat.flight, error)


def _dropped(seat: Seat) -> None:
    """Tells a model that has begun on what a picture asks that nobody waits for it any more."""
    drop = getattr(seat.commission.model, "drop", None)
    if drop and seat.flight:
        for ask in (seat.asked or asks(seat.flight)).values():
            drop(ask)


def costs_of(commission: Commission) -> Iterator[Cost]:
    """What every stage of one picture costs."""
    for number, staged in enumerate(commission.plan.stages):
        size = prod(stage_of(commission.model, staged).shape(commission.plan, staged))
        roles = max(1, len(commission.plan.parts)) + (staged.guidance != 1)
        yield Cost(asks_of_stage(commission, number), size * roles)
