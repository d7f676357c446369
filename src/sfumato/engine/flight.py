"""Flight: one picture on its way through the stages of its plan.

Pure functions of frozen values: `board` puts a picture at its first stage, `asks` says what it wants to know,
`told` takes it one ask further. Whoever holds flights decides which are answered when.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite

import torch
from torch import Tensor

from sfumato.engine.ask import Answer, Ask, Look
from sfumato.engine.cache import recalled, remembered
from sfumato.engine.leg import (
    Commission,
    Leg,
    clean_x,
    first_x,
    noisy,
    open_leg,
    setting_of,
    stage_of,
)
from sfumato.engine.panes import merged
from sfumato.engine.samplers import sampler
from sfumato.engine.state import State


class BrokenAnswer(ValueError):
    """A network answered with something that is not a picture. `picture` and `step` count from 0."""

    def __init__(self, picture: int, stage: str, step: int, fault: str) -> None:
        super().__init__(
            f"picture {picture + 1} cannot go on: at step {step + 1} of stage {stage!r} {fault}. "
            "The weights may be damaged, or numbers became too large for the number format: try float32."
        )
        self.picture = picture
        self.step = step


@dataclass(frozen=True, eq=False)
class Flight:
    """A picture under way.

    commission  what it is a picture of
    picture     which picture of the plan, from 0
    state       all that going on needs
    leg         the stage it is in, None when it has landed
    x0          the clean x last believed in, None before the first answer
    """

    commission: Commission
    picture: int
    state: State
    leg: Leg | None
    x0: Tensor | None = None


@torch.no_grad()
def board(commission: Commission, picture: int, state: State | None = None) -> Flight:
    """Picture number `picture` of the plan at its beginning, or where `state` left it."""
    if state is None:
        return _enter(commission, picture, 0, {})
    stages = len(commission.plan.stages)
    if not 0 <= state.stage <= stages:
        raise ValueError(f"this state is in stage {state.stage + 1}, but the plan has {stages}.")
    leg = None if state.stage == stages else open_leg(commission, picture, state.stage, state.results)
    return Flight(commission, picture, state, leg)


def asks(flight: Flight) -> dict[str, Ask]:
    """One ask for each role of this step, and of each window; none when the picture has landed."""
    leg = flight.leg
    if leg is None:
        return {}
    look = _look(leg, flight.state)
    return {
        _named(leg, index, role): Ask(
            pane.guidance.net(role), pane.cut(look.x), look.t, look.to, pane.condition(role, leg.stage.name)
        )
        for index, pane in enumerate(leg.panes)
        for role in pane.guidance.roles(look.t)
    }


@torch.no_grad()
def told(flight: Flight, answers: Mapping[str, Answer]) -> Flight:
    """The flight one ask further, given an answer to each of `asks(flight)`. Raises BrokenAnswer.

    Looks that its step cache answers are not asked: the flight is then past them too.
    """
    if flight.leg is None:
        raise ValueError(f"picture {flight.picture + 1} has landed: it asked nothing.")
    flight = _further(flight, _joined(flight, flight.leg, answers))
    while flight.leg and (again := recalled(flight.leg, flight.state)) is not None:
        flight = _further(flight, again)
    return flight


def _further(flight: Flight, answer: Answer) -> Flight:
    """The flight with the answer to its present look, in all that it means."""
    leg, state = flight.leg, flight.state
    assert leg is not None
    state = leg.sampler.tell(state, answer, leg.setting.draw, leg.ladder)
    if answer.kept:
        state = replace(state, kept={**state.kept, **answer.kept})
    flight = Flight(flight.commission, flight.picture, state, leg, answer.x0)
    return flight if leg.sampler.ask(state, leg.ladder) else _leave(flight, leg, answer.x0)


def _joined(flight: Flight, leg: Leg, answers: Mapping[str, Answer]) -> Answer:
    """One answer about the whole x: every window's by its guidance, then limited and amended."""
    look, state = _look(leg, flight.state), flight.state
    kept: dict[str, Tensor] = {}
    seen = []
    for index, pane in enumerate(leg.panes):
        x = pane.cut(look.x)
        own = {role: answers[_named(leg, index, role)] for role in pane.guidance.roles(look.t)}
        for role, answer in own.items():
            _check(flight, leg, x, role, answer)
        before = {name: state.kept[full] for full, name in _own(leg, index, state.kept)}
        joined = pane.guidance.join(own, x, look.t, leg.ladder.path, before)
        kept |= {_named(leg, index, name): tensor for name, tensor in joined.kept.items()}
        seen.append(joined)
    answer = merged(leg.panes, seen, look.x)
    answer = Answer(leg.stage.limit(answer.x0), answer.variance)
    for amend in leg.amends:
        answer = amend.apply(answer)
    return Answer(answer.x0, answer.variance, {**kept, **remembered(leg, state, answer)})


def _named(leg: Leg, index: int, name: str) -> str:
    """A role, or what is kept, of one of the windows."""
    return name if len(leg.panes) == 1 else f"{index}:{name}"


def _own(leg: Leg, index: int, kept: Mapping[str, Tensor]) -> Iterator[tuple[str, str]]:
    """Of what is kept, the names of this window's own: in full, and as its guidance knows them."""
    prefix = _named(leg, index, "")
    return ((name, name.removeprefix(prefix)) for name in kept if name.startswith(prefix))


def asks_of_stage(commission: Commission, number: int) -> int:
    """How often one picture asks in one stage; the roles of one look count once."""
    staged = commission.plan.stages[number]
    if staged.start == 1:
        return 0
    ladder = commission.ladder(number)
    return sampler(staged.sampler).asks(ladder.between(staged.start, staged.end))


def _look(leg: Leg, state: State) -> Look:
    look = leg.sampler.ask(state, leg.ladder)
    if look is None:
        raise ValueError(f"this state stands at step {state.step}, past the end of stage {leg.stage.name!r}.")
    return look


def _check(flight: Flight, leg: Leg, x: Tensor, role: str, answer: Answer) -> None:
    fault = None
    if answer.x0.shape != x.shape:
        fault = f"the answer to {role!r} has shape {tuple(answer.x0.shape)} in place of {tuple(x.shape)}"
    elif answer.x0.dtype != torch.float32:
        fault = f"the answer to {role!r} is {answer.x0.dtype} in place of torch.float32"
    elif not _finite(answer.x0):
        fault = f"the network answered {role!r} with numbers that are not finite"
    elif answer.variance is not None and not _finite(answer.variance):
        fault = f"the network answered {role!r} with a variance that is not finite"
    if fault:
        raise BrokenAnswer(flight.picture, leg.stage.name, flight.state.step, fault)


def _finite(numbers: Tensor) -> bool:
    """Whether all are finite. Where their sum is, they are; it may also grow too large by itself."""
    return isfinite(numbers.sum()) or bool(numbers.isfinite().all())


# From stage to stage


def _enter(commission: Commission, picture: int, number: int, results: Mapping[str, Tensor]) -> Flight:
    """At the beginning of stage `number`, or landed after the last. A stage that starts at 1 does nothing."""
    stages = commission.plan.stages
    if number == len(stages):
        landed = State(number, results[stages[-1].name], results=results)
        return Flight(commission, picture, landed, None, landed.x)
    if stages[number].start == 1:
        stage = stage_of(commission.model, stages[number])
        clean = clean_x(stage, setting_of(commission, picture, number, results))
        return _enter(commission, picture, number + 1, {**results, stage.name: clean})
    leg = open_leg(commission, picture, number, results)
    return Flight(commission, picture, State(number, first_x(leg, number), results=results), leg)


def _leave(flight: Flight, leg: Leg, x0: Tensor) -> Flight:
    """To the next stage, or to the ground. A stage that stops early leaves its last x0 and its noisy x."""
    state, staged = flight.state, leg.setting.stage
    whole = leg.ladder.times[-1] == 0
    results = {**state.results, staged.name: state.x if whole else x0}
    if not whole:
        results[noisy(staged.name)] = state.x
    return _enter(flight.commission, flight.picture, state.stage + 1, results)
