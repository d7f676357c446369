"""The released models of Stable Diffusion 3, and what each is sampled with. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Variant(NamedTuple):
    """title     as sentences call it
    steps     of the pipeline (3) or of its card (3.5)
    guidance  likewise; 1 where it was distilled away
    """

    title: str
    steps: int
    guidance: float


MEDIUM = Variant("Stable Diffusion 3 medium", 28, 7.0)
MEDIUM_35 = Variant("Stable Diffusion 3.5 medium", 40, 4.5)
LARGE = Variant("Stable Diffusion 3.5 large", 28, 3.5)
TURBO = Variant("Stable Diffusion 3.5 large turbo", 4, 1.0)


def variant_of(transformer: Mapping[str, Any], name: str) -> Variant:
    """Which model a transformer is. Turbo is large's twin in all its configs: the folder's name tells."""
    if transformer.get("dual_attention_layers"):
        return MEDIUM_35
    if not transformer.get("qk_norm"):
        return MEDIUM
    return TURBO if "turbo" in name.lower() else LARGE
