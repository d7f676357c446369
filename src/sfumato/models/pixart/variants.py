"""The released models of PixArt, told apart by their pipelines and configs. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

STEPS, GUIDANCE = 20, 4.5
SIZED = 128  # sample_size from which a config that is silent means size conditions, as diffusers reads it


class Variant(NamedTuple):
    """title   as sentences call it
    length  tokens of text
    """

    title: str
    length: int


PIPELINES: Mapping[str, Variant] = MappingProxyType(
    {"PixArtAlphaPipeline": Variant("PixArt-α", 120), "PixArtSigmaPipeline": Variant("PixArt-Σ", 300)}
)


def reads_sizes(transformer: Mapping[str, Any]) -> bool:
    """Whether the network reads the picture's size and aspect ratio: PixArt-α at 1024 pixels does."""
    said = transformer.get("use_additional_conditions")
    return transformer.get("sample_size", SIZED) == SIZED if said is None else said
