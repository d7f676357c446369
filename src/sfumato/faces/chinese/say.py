"""From a sentence of ours in English to the same one in Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from sfumato.faces.chinese import helps, models, notes, plans, problems, store, typed
from sfumato.faces.chinese.forms import Form, forms

LONGEST = 2000  # letters; looking through longer ones would take long
DEEPEST = 8  # sentences after or within one another


@lru_cache(maxsize=4096)
def chinese(said: str) -> str | None:
    """What is said, in Chinese; None where it is none of our sentences."""
    return None if len(said) > LONGEST else _said(said.strip(), DEEPEST)


def chinese_or(said: str, otherwise: str = "") -> str:
    """What is said, in Chinese; where that is not known, `otherwise` and the English."""
    return chinese(said) or f"{otherwise} {said}".strip()


@cache
def known() -> tuple[Form, ...]:
    """Every form; of several that fit, the one with the most words of its own is meant."""
    tables = (problems.TABLE, notes.TABLE, plans.TABLE, models.TABLE, store.TABLE, helps.TABLE, typed.TABLE)
    found = (own for table in tables for own in forms(table))
    return tuple(sorted(found, key=lambda own: -len(own.english)))


def _said(text: str, deep: int) -> str | None:
    if deep == 0:
        return None
    near = [own for own in known() if text.startswith(own.head)]
    return next(_readings(text, near, deep), None)


def _readings(text: str, near: list[Form], deep: int) -> Iterator[str]:
    """First as a sentence that others follow, then as the only one."""
    for own in near:
        found = own.begun.fullmatch(text)
        rest = found and _said(found["rest"].strip(), deep - 1)
        if found and rest and (values := _values(found.groupdict(), deep)) is not None:
            yield own.say(values) + rest
    for own in near:
        found = own.whole.fullmatch(text)
        if found and (values := _values(found.groupdict(), deep)) is not None:
            yield own.say(values)


def _values(found: dict[str, str], deep: int) -> dict[str, str] | None:
    """What stands in the places, those that are to be said in Chinese so; None where one cannot be."""
    values = {}
    for name, value in found.items():
        said = _said(value, deep - 1) if name.startswith("_") else value
        if said is None:
            return None
        values[name] = said
    return values
