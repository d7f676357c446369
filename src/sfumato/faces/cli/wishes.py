"""The options that speak of pictures and knobs, as Wishes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sfumato.studio import Given, Wishes, give


def wishes(pictures: Sequence[str] = (), negative: str = "", knobs: Sequence[str] = ()) -> Wishes:
    """What was typed, read. Raises ValueError for what cannot be, FileNotFoundError for a missing picture."""
    return Wishes(tuple(map(_picture, pictures)), negative, dict(map(_knob, knobs)))


def _picture(typed: str) -> Given:
    told, sign, path = typed.partition("=")
    role, colon, weight = told.partition(":")
    try:
        share = float(weight) if colon else 1.0
    except ValueError:
        raise ValueError(f"{weight!r} in `--picture {typed}` is no number: write ROLE:WEIGHT=FILE.") from None
    if not (sign and role and path):
        raise ValueError(f"`--picture {typed}` names no role: write ROLE=FILE, such as start=photo.png.")
    return give(role, Path(path), share)


def _knob(typed: str) -> tuple[str, str]:
    name, sign, value = typed.partition("=")
    if not (sign and name and value):
        raise ValueError(f"`--knob {typed}` sets nothing: write NAME=VALUE, such as guidance=5.")
    return name, value
