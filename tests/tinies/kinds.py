"""Every variant of every family that exists, and what each can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from sfumato.models.family import Family, kinds, recognise
from sfumato.plan import Plan
from tinies.edits import EDITS
from tinies.operations import OPERATIONS, plain

NO_EFFECT = "no effect"

ROWS = MappingProxyType({**OPERATIONS, **EDITS})
"""Everything that is asked of every variant."""

Build = Callable[[Path], tuple[Path, ...]]


def variants() -> Iterator[tuple[str, Build]]:
    """("KIND/VARIANT", what writes its files). A family without tiny files cannot be shown to work."""
    for kind in kinds():
        if find_spec(f"tinies.{kind}") is None:
            raise LookupError(f"the family {kind} has no tests/tinies/{kind}.py: add it, see tests/tinies.")
        for name, build in import_module(f"tinies.{kind}").VARIANTS.items():
            yield f"{kind}/{name}", build


def tiny_family(name: str, folder: Path) -> Family:
    """The variant's files written into an empty folder, and opened as a person would name them."""
    return recognise(dict(variants())[name](folder))


def abilities(family: Family) -> dict[str, dict[str, list[str]]]:
    """For every operation the sentences that refuse it, or say that it has no effect; none where it works."""
    return {name: _said(family, plan(family)) for name, plan in ROWS.items()}


def _said(family: Family, plan: Plan) -> dict[str, list[str]]:
    if refused := list(family.check(plan)):
        return {"refused": refused}
    without = idle(family, plan)
    return {NO_EFFECT: without} if without else {}


def idle(family: Family, plan: Plan) -> list[str]:
    """The sentences that say that something of this plan, which a plain plan has not, changes nothing."""
    usual = family.notes(plain(family))
    return [note for note in family.notes(plan) if "no effect" in note and note not in usual]
