"""What a parameter is: its names, its kind, and what each model accepts. The rows are in `table.py` and
`legacy.py`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sfumato.language.versions import EVERY, NAMES


@dataclass(frozen=True, slots=True)
class Range:
    """What one group of models accepts, ends included. `choices` lists the values where a range would say too
    much.

    For `--aspect`, `high` is the widest ratio (14 means 1:14 to 14:1).
    """

    models: tuple[str, ...]
    low: float = 0
    high: float = 0
    default: float | str | None = None
    choices: tuple[float | str, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """One parameter of the language.

    `kind` names the way its value is read (see `values.READERS`); `key` is the place in the job, empty when a
    parameter is understood but has no place there; `value` is what a flag stores; `remark` is the note a
    prompt gets for saying it; `example` is what to write.
    """

    name: str
    kind: str
    help: str
    example: str
    aliases: tuple[str, ...] = ()
    key: str = ""
    value: bool | str | tuple[int, int] = True
    ranges: tuple[Range, ...] = (Range(EVERY),)
    remark: str = ""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every spelling, the long one first."""
        return (self.name, *self.aliases)

    @cached_property
    def models(self) -> tuple[str, ...]:
        """The models that take it, in the order they came; the open profile is not one of them."""
        taken = {model for each in self.ranges for model in each.models}
        return tuple(name for name in NAMES if name in taken)

    def range_for(self, model: str) -> Range | None:
        """What `model` (or the open profile) accepts; None when it does not take this parameter."""
        return next((each for each in self.ranges if model in each.models), None)
