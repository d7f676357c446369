"""The edits, and what can be wished for beside the prompt, as plans of any family: more rows of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import Tensor

from sfumato.language import read
from sfumato.models.family import Family
from sfumato.plan import (
    Asked,
    Blend,
    Edit,
    Pan,
    Plan,
    Region,
    Restyle,
    Source,
    Square,
    Upscale,
    Vary,
    Zoom,
    switched,
    with_region,
)
from tinies.operations import GIVEN, PLAIN, STEPS, every_stage, hash_of, named, plain, short, smooth

TEXT = "a red fox in the snow --seed 7"
OTHER = "the sea at night"
OWN = "own"
HALF = 0.5  # of a run, or of a picture
MANY = 8  # steps: of fewer hardly a look can be left out
LARGER = 1.9  # times: no whole multiple, so that margins are painted and cut off


def given(family: Family) -> Mapping[str, Tensor]:
    """All pictures that plans of a family read: with one as large as the family paints."""
    own = plain(family)
    return {**GIVEN, hash_of(OWN): smooth(OWN, own.height, own.width)}


def edited(family: Family, edit: Edit, *names: str, text: str = TEXT) -> Plan:
    """The edit of the pictures of these names, with few steps."""
    (prompt,), pictures = read(text), given(family)
    found = [(hash_of(name), pictures[hash_of(name)]) for name in names]
    sources = [Source(own, picture.shape[2], picture.shape[1]) for own, picture in found]
    defaults = family.defaults()
    few = tuple(stage.model_copy(update={"steps": STEPS}) for stage in defaults.stages)
    asked = Asked(prompt, defaults.model_copy(update={"stages": few}), sources, family.accepts)
    return short(family, edit.plan(asked))


def _pan(to: str) -> Callable[[Family], Plan]:
    return lambda family: edited(family, Pan.model_validate({"to": to}), OWN)


def _windows(family: Family) -> Plan:
    """Windows as large as the shorter side."""
    plan = plain(family)
    stages = (stage.model_copy(update={"window": min(stage.width, stage.height)}) for stage in plan.stages)
    return plan.model_copy(update={"stages": tuple(stages)})


def many(family: Family, cache: float = 0.0) -> Plan:
    """The plain plan with more steps, and a step cache."""
    return every_stage(plain(family), steps=MANY, cache=cache)


EDITS: Mapping[str, Callable[[Family], Plan]] = MappingProxyType(
    {
        "restyle": lambda family: edited(family, Restyle(strength=HALF), "start"),
        "restyle, strength 0": lambda family: edited(family, Restyle(strength=0), "start"),
        "vary (subtle)": lambda family: edited(family, Vary(), "start"),
        "vary (strong)": lambda family: edited(family, Vary(strong=True), "start"),
        "vary (region)": lambda family: edited(family, Region(), "start", "mask"),
        "zoom out": lambda family: edited(family, Zoom(), "start"),
        "make square": lambda family: edited(family, Square(), "start"),
        "pan left": _pan("left"),
        "pan right": _pan("right"),
        "pan up": _pan("up"),
        "pan down": _pan("down"),
        "upscale (subtle)": lambda family: edited(family, Upscale(factor=LARGER), OWN),
        "upscale (creative)": lambda family: edited(family, Upscale(factor=LARGER, creative=True), OWN),
        "blend of two pictures": lambda family: edited(family, Blend(), "start", "another"),
        "`--tile`": lambda family: plain(family, f"{PLAIN} --tile"),
        "prompt switch": lambda family: switched(plain(family), HALF, OTHER),
        "regional prompt": lambda family: with_region(plain(family), named("region", "mask"), OTHER),
        "step cache": lambda family: many(family, cache=1.0),
        "windows": _windows,
    }
)
