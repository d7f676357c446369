"""Stable Diffusion 3 and 3.5: medium, large and large turbo, with and without T5."""

from __future__ import annotations

from sfumato.models.sd3.family import Sd3, claim

__all__ = ["Sd3", "claim"]
