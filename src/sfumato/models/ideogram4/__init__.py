"""Ideogram 4: one stream of words and picture, guided away from a network that knows no words."""

from __future__ import annotations

from sfumato.models.ideogram4.family import Ideogram4, claim

__all__ = ["Ideogram4", "claim"]
