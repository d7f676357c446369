"""PixArt-α and PixArt-Σ: 256, 512, 1024 and 2048 pixels, with or without compressed keys and values."""

from __future__ import annotations

from sfumato.models.pixart.family import PixArt, claim

__all__ = ["PixArt", "claim"]
