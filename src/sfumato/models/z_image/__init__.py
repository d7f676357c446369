"""Z-Image: Turbo, and the model that it was distilled from."""

from __future__ import annotations

from sfumato.models.z_image.family import ZImage, claim

__all__ = ["ZImage", "claim"]
