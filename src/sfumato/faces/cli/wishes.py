"""The options that speak of pictures and knobs: as they were typed for a server, as Wishes to work alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sfumato.studio import Wishes


class Shown(NamedTuple):
    """A picture's file and its part in the job; of a region, with its words."""

    role: str
    weight: float
    path: Path
    text: str = ""


class Typed(NamedTuple):
    """What is asked for beside the prompt; see sfumato.studio.Wishes."""

    pictures: tuple[Shown, ...] = ()
    negative: str = ""
    knobs: Mapping[str, str] = MappingProxyType({})
    then: tuple[tuple[float, str], ...] = ()
    regions: tuple[Shown, ...] = ()

    def wishes(self) -> Wishes:
        """With the pictures read. Raises FileNotFoundError, ValueError for one that cannot be."""
        from sfumato.studio import Wishes, give

        given = tuple(give(own.role, own.path, own.weight) for own in self.pictures)
        regions = tuple((give("region", own.path, own.weight), own.text) for own in self.regions)
        return Wishes(given, self.negative, self.knobs, self.then, regions)


REGION_WEIGHT = 3.0  # beside a prompt of weight 1, so that the region's words rule there


def typed(
    pictures: Sequence[str] = (),
    negative: str = "",
    knobs: Sequence[str] = (),
    then: Sequence[str] = (),
    regions: Sequence[str] = (),
) -> Typed:
    """What was typed, read. Raises ValueError for what cannot be, FileNotFoundError for a missing picture."""
    return Typed(
        tuple(map(_picture, pictures)),
        negative,
        dict(map(_knob, knobs)),
        tuple(map(_change, then)),
        tuple(map(_region, regions)),
    )


def there(path: Path) -> Path:
    """The path of a picture. Raises FileNotFoundError where there is none."""
    if not path.exists():
        raise FileNotFoundError(f"There is no picture {path}.")
    return path


def _picture(said: str) -> Shown:
    told, sign, path = said.partition("=")
    role, colon, weight = told.partition(":")
    share = _number(weight, f"`--picture {said}`", "ROLE:WEIGHT=FILE") if colon else 1.0
    if not (sign and role and path):
        raise ValueError(f"`--picture {said}` names no role: write ROLE=FILE, such as start=photo.png.")
    return Shown(role, share, there(Path(path)))


def _knob(said: str) -> tuple[str, str]:
    name, sign, value = said.partition("=")
    if not (sign and name and value):
        raise ValueError(f"`--knob {said}` sets nothing: write NAME=VALUE, such as guidance=5.")
    return name, value


def _change(said: str) -> tuple[float, str]:
    moment, sign, text = said.partition("=")
    if not (sign and text):
        raise ValueError(f"`--then {said}` says nothing: write PART=TEXT, such as 0.4='a blue owl'.")
    return _number(moment, f"`--then {said}`", "PART=TEXT"), text


def _region(said: str) -> Shown:
    told, sign, text = said.partition("=")
    path, colon, weight = told.rpartition(":")
    share = _number(weight, f"`--region {said}`", "MASK:WEIGHT=TEXT") if colon else REGION_WEIGHT
    if not (sign and text and told):
        raise ValueError(f"`--region {said}` says nothing: write MASK=TEXT, such as left.png='a tree'.")
    return Shown("region", share, there(Path(path if colon else told)), text)


def _number(said: str, where: str, form: str) -> float:
    try:
        return float(said)
    except ValueError:
        raise ValueError(f"{said!r} in {where} is no number: write {form}.") from None
