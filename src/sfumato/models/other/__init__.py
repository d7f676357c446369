"""Every other text-to-image repository of diffusers, its pipeline run as it is."""

from __future__ import annotations

from sfumato.models.other.family import Other, claim

__all__ = ["LAST", "Other", "claim"]

LAST = True
"""Asked when no other kind knows the files."""
