"""Flight: one picture on its way through the stages of its plan.

Pure functions of frozen values: `board` puts a picture at its first stage, `asks` says what it wants to know,
`told` takes it one ask further. Whoever holds flights decides which are answered when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from sfumato.engine.ask import Answer, Ask, Look
from sfumato.engine.leg import Commission, Leg, first_x, ladder_of, noisy, open_leg, stage_of
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
    """One ask for each role of this step; none when the picture has landed."""
    if flight.leg is None:
        return {}
    guidance, look = flight.leg.guidance, _look(flight.leg, flight.state)
    return {
        role: Ask(guidance.net(role), look.x, look.t, look.to, flight.leg.condition(role))
        for role in guidance.roles(look.t)
    }


@torch.no_grad()
def told(flight: Flight, answers: Mapping[str, Answer]) -> Flight:
    """The flight one ask further, given an answer to each of `asks(flight)`. Raises BrokenAnswer."""
    leg = flight.leg
    if leg is None:
        raise ValueError(f"picture {flight.picture + 1} has landed: it asked nothing.")
    look = _look(leg, flight.state)
    for role, answer in answers.items():
        _check(flight, leg, look, role, answer)
    kept = flight.state.kept
    joined = leg.guidance.join(answers, look.x, look.t, leg.ladder.path, kept)
    kept = {**kept, **joined.kept}
    joined = Answer(leg.stage.limit(joined.x0), joined.variance)
    state = replace(leg.sampler.tell(flight.state, joined, leg.setting.draw, leg.ladder), kept=kept)
    flight = replace(flight, state=state, x0=joined.x0)
    return flight if leg.sampler.ask(state, leg.ladder) else _leave(flight, leg, joined.x0)


def asks_of_stage(commission: Commission, number: int) -> int:
    """How often one picture asks in one stage; the roles of one look count once."""
    staged = commission.plan.stages[number]
    ladder = ladder_of(stage_of(commission.model, staged), commission.plan, staged)
    return sampler(staged.sampler).asks(ladder.between(staged.start, staged.end))


def _look(leg: Leg, state: State) -> Look:
    look = leg.sampler.ask(state, leg.ladder)
    if look is None:
        raise ValueError(f"this state stands at step {state.step}, past the end of stage {leg.stage.name!r}.")
    return look


def _check(flight: Flight, leg: Leg, look: Look, role: str, answer: Answer) -> None:
    fault = None
    if answer.x0.shape != look.x.shape:
        fault = f"the answer to {role!r} has shape {tuple(answer.x0.shape)} in place of {tuple(look.x.shape)}"
    elif answer.x0.dtype != torch.float32:
        fault = f"the answer to {role!r} is {answer.x0.dtype} in place of torch.float32"
    elif not answer.x0.isfinite().all():
        fault = f"the network answered {role!r} with numbers that are not finite"
    elif answer.variance is not None and not answer.variance.isfinite().all():
        fault = f"the network answered {role!r} with a variance that is not finite"
    if fault:
        raise BrokenAnswer(flight.picture, leg.stage.name, flight.state.step, fault)


# From stage to stage


def _enter(commission: Commission, picture: int, number: int, results: Mapping[str, Tensor]) -> Flight:
    leg = open_leg(commission, picture, number, results)
    return Flight(commission, picture, State(number, first_x(leg, number), results=results), leg)


def _leave(flight: Flight, leg: Leg, x0: Tensor) -> Flight:
    """To the next stage, or to the ground. A stage that stops early leaves its last x0 and its noisy x."""
    stages, state, staged = flight.commission.plan.stages, flight.state, leg.setting.stage
    whole = leg.ladder.times[-1] == 0
    results = {**state.results, staged.name: state.x if whole else x0}
    if not whole:
        results[noisy(staged.name)] = state.x
    if state.stage + 1 < len(stages):
        return _enter(flight.commission, flight.picture, state.stage + 1, results)
    landed = State(state.stage + 1, results[staged.name], results=results)
    return replace(flight, state=landed, leg=None, x0=landed.x)
