"""The samplers by the names plans use."""

from __future__ import annotations

from types import MappingProxyType

from sfumato.engine.samplers.ancestral import Ancestral
from sfumato.engine.samplers.euler import Euler
from sfumato.engine.samplers.heun import Heun
from sfumato.engine.samplers.multistep import Multistep
from sfumato.engine.samplers.sampler import Sampler

SAMPLERS: MappingProxyType[str, Sampler] = MappingProxyType(
    {
        "euler": Euler(),
        "ddim": Euler(),
        "ddpm": Ancestral(),
        "heun": Heun(),
        "dpm++2m": Multistep(),
        "euler-ancestral": Ancestral(),
    }
)


def sampler(name: str) -> Sampler:
    """The sampler of this name; ValueError when there is none."""
    if name not in SAMPLERS:
        raise ValueError(f"there is no sampler {name!r}: choose one of {', '.join(SAMPLERS)}.")
    return SAMPLERS[name]


__all__ = ["SAMPLERS", "Ancestral", "Euler", "Heun", "Multistep", "Sampler", "sampler"]
