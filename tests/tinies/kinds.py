"""Every variant of every family that exists, and what each can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from sfumato.models.family import Family, kinds, recognise
from tinies.operations import OPERATIONS

Build = Callable[[Path], tuple[Path, ...]]


def variants() -> Iterator[tuple[str, Build]]:
    """(name, what writes its files) in order. A family without tiny files cannot be shown to work."""
    for kind in kinds():
        if find_spec(f"tinies.{kind}") is None:
            raise LookupError(f"the family {kind} has no tests/tinies/{kind}.py: add it, see tests/tinies.")
        yield from import_module(f"tinies.{kind}").VARIANTS.items()


def tiny_family(name: str, folder: Path) -> Family:
    """The variant's files written into an empty folder, and opened as a person would name them."""
    return recognise(dict(variants())[name](folder))


def abilities(family: Family) -> dict[str, list[str]]:
    """For every operation the sentences that refuse it; none where it works."""
    return {name: list(family.check(plan(family))) for name, plan in OPERATIONS.items()}
