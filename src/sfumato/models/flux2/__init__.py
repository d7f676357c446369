"""FLUX.2 by Black Forest Labs: dev, and klein with its base models."""

from __future__ import annotations

from sfumato.models.flux2.family import Flux2, claim

__all__ = ["Flux2", "claim"]
