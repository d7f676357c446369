"""The released models of FLUX.1: what each reads and what it was made to be sampled with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

PATCH = 2
"""Sides of one token in the latent."""


@dataclass(frozen=True)
class Variant:
    """title    as sentences call it
    about       one line for lists
    steps       what its release samples with
    guidance    what its release puts into the embedding; 1 where the network has none
    length      tokens of text
    roles       roles of pictures it reads
    needs       those it cannot do without
    from_start  whether its run may begin from the start picture, in place of pure noise
    """

    title: str
    about: str
    steps: int
    guidance: float
    length: int = 512
    roles: frozenset[str] = frozenset({"start"})
    needs: frozenset[str] = frozenset()
    from_start: bool = True


DEV = Variant("FLUX.1 dev", "pictures from words, one pass a step", steps=28, guidance=3.5)
SCHNELL = Variant("FLUX.1 schnell", "pictures from words in 4 steps", steps=4, guidance=1.0, length=256)
FILL = Variant(
    "FLUX.1 Fill",
    "paints the masked part of a picture anew",
    steps=50,
    guidance=30.0,
    roles=frozenset({"start", "mask"}),
    needs=frozenset({"start", "mask"}),
    from_start=False,
)
KONTEXT = Variant(
    "FLUX.1 Kontext",
    "changes reference pictures as the words say",
    steps=28,
    guidance=2.5,
    roles=frozenset({"start", "reference"}),
)
# The two cannot be told apart by their files; their cards say guidance 10 (Depth) and 30 (Canny).
CONTROL = Variant(
    "FLUX.1 Depth or Canny",
    "follows a depth map or edges",
    steps=30,
    guidance=10.0,
    roles=frozenset({"start", "hint"}),
    needs=frozenset({"hint"}),
)

PIPELINES = MappingProxyType(
    {
        "FluxPipeline": DEV,
        "FluxFillPipeline": FILL,
        "FluxKontextPipeline": KONTEXT,
        "FluxControlPipeline": CONTROL,
    }
)
"""Which model the pipeline of a released folder stands for."""


def variant_of(transformer: Mapping[str, Any], latent_channels: int, pipeline: str) -> Variant:
    """Which model a transformer is, by what it reads beside the noisy latent; 2 x 2 latents are one token.

    Kontext's is dev's in shape: the pipeline tells them apart.
    """
    read = transformer.get("in_channels", 64) // PATCH**2 - latent_channels
    if read == latent_channels:
        return CONTROL
    if read > latent_channels:
        return FILL
    if not transformer.get("guidance_embeds", False):
        return SCHNELL
    return KONTEXT if PIPELINES.get(pipeline) is KONTEXT else DEV
