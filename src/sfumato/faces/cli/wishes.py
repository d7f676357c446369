"""The options that speak of pictures and knobs, as Wishes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sfumato.studio import Given, Wishes, give


class Way(NamedTuple):
    """How pictures are made and kept, beside what they show."""

    output: Path
    as_json: bool
    models: Sequence[str]
    asked: Wishes
    deterministic: bool = False


REGION_WEIGHT = 3.0  # beside a prompt of weight 1, so that the region's words rule there


def wishes(
    pictures: Sequence[str] = (),
    negative: str = "",
    knobs: Sequence[str] = (),
    then: Sequence[str] = (),
    regions: Sequence[str] = (),
) -> Wishes:
    """What was typed, read. Raises ValueError for what cannot be, FileNotFoundError for a missing picture."""
    return Wishes(
        tuple(map(_picture, pictures)),
        negative,
        dict(map(_knob, knobs)),
        tuple(map(_change, then)),
        tuple(map(_region, regions)),
    )


def _picture(typed: str) -> Given:
    told, sign, path = typed.partition("=")
    role, colon, weight = told.partition(":")
    share = _number(weight, f"`--picture {typed}`", "ROLE:WEIGHT=FILE") if colon else 1.0
    if not (sign and role and path):
        raise ValueError(f"`--picture {typed}` names no role: write ROLE=FILE, such as start=photo.png.")
    return give(role, Path(path), share)


def _knob(typed: str) -> tuple[str, str]:
    name, sign, value = typed.partition("=")
    if not (sign and name and value):
        raise ValueError(f"`--knob {typed}` sets nothing: write NAME=VALUE, such as guidance=5.")
    return name, value


def _change(typed: str) -> tuple[float, str]:
    moment, sign, text = typed.partition("=")
    if not (sign and text):
        raise ValueError(f"`--then {typed}` says nothing: write PART=TEXT, such as 0.4='a blue owl'.")
    return _number(moment, f"`--then {typed}`", "PART=TEXT"), text


def _region(typed: str) -> tuple[Given, str]:
    told, sign, text = typed.partition("=")
    path, colon, weight = told.rpartition(":")
    share = _number(weight, f"`--region {typed}`", "MASK:WEIGHT=TEXT") if colon else REGION_WEIGHT
    if not (sign and text and told):
        raise ValueError(f"`--region {typed}` says nothing: write MASK=TEXT, such as left.png='a tree'.")
    return give("region", Path(path if colon else told), share), text


def _number(typed: str, where: str, form: str) -> float:
    try:
        return float(typed)
    except ValueError:
        raise ValueError(f"{typed!r} in {where} is no number: write {form}.") from None
