"""Sampler: it says where it wants to look and is told what was seen. It never calls a network."""

from __future__ import annotations

from typing import Protocol

from sfumato.engine.ask import Answer, Look
from sfumato.engine.ladder import Ladder
from sfumato.engine.noise import Draw
from sfumato.engine.state import State


class Sampler(Protocol):
    """Pure functions of a State: nothing is kept between calls, so any state can be saved and resumed."""

    def asks(self, ladder: Ladder) -> int:
        """How many looks climbing down this ladder takes."""
        ...

    def ask(self, state: State, ladder: Ladder) -> Look | None:
        """Where to look next, None when the ladder is climbed down."""
        ...

    def tell(self, state: State, answer: Answer, draw: Draw, ladder: Ladder) -> State:
        """The state after `answer` to the look that `ask(state)` named. `draw` is this picture's noise."""
        ...
