"""Samplers and schedules by the names that the web UI gives them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from sfumato.plan import SAMPLER_HELP, SCHEDULE_HELP

SAMPLERS: Mapping[str, str] = MappingProxyType(
    {
        "Euler": "euler",
        "Euler a": "euler-ancestral",
        "Heun": "heun",
        "DPM++ 2M": "dpm++2m",
        "DPM++ SDE": "dpm++sde",
        "DPM++ 2M SDE": "dpm++sde",
        "DDIM": "ddim",
        "DDPM": "ddpm",
        "UniPC": "unipc",
        "LCM": "lcm",
    }
)
"""Their sampler → ours that walks the steps the same way."""

SCHEDULES: Mapping[str, str] = MappingProxyType(
    {
        "Automatic": "",
        "Uniform": "linear",
        "Simple": "linear",
        "Normal": "linspace",
        "SGM Uniform": "trailing",
        "Karras": "karras",
        "Exponential": "exponential",
        "Beta": "beta",
        "DDIM": "leading",
    }
)
"""Their schedule → ours; "" is the model's own."""

NEITHER = frozenset({"", "automatic", "use same sampler", "use same scheduler", "none"})


class Walk(NamedTuple):
    """How the steps are walked, in our names; "" is the model's own.

    notes  what of the asked names is not here
    """

    sampler: str
    schedule: str
    notes: tuple[str, ...]


def walk_of(sampler: str, scheduler: str) -> Walk:
    """Ours for their names: older clients write the schedule behind the sampler, as `DPM++ 2M Karras`."""
    behind = next((own for own in SCHEDULES if sampler.lower().endswith(f" {own.lower()}")), "")
    first = (
        sampler[: -len(behind) - 1] if behind and _ours(sampler, SAMPLERS, SAMPLER_HELP) is None else sampler
    )
    second = behind if first != sampler and scheduler.lower() in NEITHER else scheduler
    ours = _ours(first, SAMPLERS, SAMPLER_HELP)
    schedule = _ours(second, SCHEDULES, SCHEDULE_HELP)
    notes = [f"There is no sampler {first[:60]!r} here: the model's own was used."] if ours is None else []
    if schedule is None:
        notes.append(f"There is no schedule {second[:60]!r} here: the model's own was used.")
    return Walk(ours or "", schedule or "", tuple(notes))


def _ours(name: str, theirs: Mapping[str, str], own: Mapping[str, str]) -> str | None:
    """Our name; "" where none was named, None for one that nobody knows."""
    folded = name.strip().lower()
    if folded in NEITHER:
        return ""
    known = {**{key: key for key in own}, **{key.lower(): value for key, value in theirs.items()}}
    return known.get(folded)


def their_sampler(name: str) -> str:
    """Our sampler as infotexts name it."""
    return next((theirs for theirs, own in SAMPLERS.items() if own == name), name)


def their_schedule(name: str) -> str:
    """Our schedule as infotexts name it."""
    return next((theirs for theirs, own in SCHEDULES.items() if own == name), name)
