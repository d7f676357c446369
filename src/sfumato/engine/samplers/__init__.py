"""The samplers by the names plans use; sfumato.plan.knobs says in a line what each is."""

from __future__ import annotations

from types import MappingProxyType

from sfumato.engine.samplers.ancestral import Ancestral
from sfumato.engine.samplers.consistency import Consistency
from sfumato.engine.samplers.euler import Euler
from sfumato.engine.samplers.heun import Heun
from sfumato.engine.samplers.multistep import Multistep, MultistepSde
from sfumato.engine.samplers.sampler import Sampler
from sfumato.engine.samplers.unipc import UniPC

SAMPLERS: MappingProxyType[str, Sampler] = MappingProxyType(
    {
        "euler": Euler(),
        "ddim": Euler(),
        "ddpm": Ancestral(),
        "heun": Heun(),
        "dpm++2m": Multistep(),
        "euler-ancestral": Ancestral(),
        "dpm++sde": MultistepSde(),
        "unipc": UniPC(),
        "lcm": Consistency(),
    }
)


def sampler(name: str) -> Sampler:
    """The sampler of this name; ValueError when there is none."""
    if name not in SAMPLERS:
        raise ValueError(f"there is no sampler {name!r}: choose one of {', '.join(SAMPLERS)}.")
    return SAMPLERS[name]


__all__ = [
    "SAMPLERS",
    "Ancestral",
    "Consistency",
    "Euler",
    "Heun",
    "Multistep",
    "MultistepSde",
    "Sampler",
    "UniPC",
    "sampler",
]
