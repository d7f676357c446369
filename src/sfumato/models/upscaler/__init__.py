"""Upscalers: one network each that makes a picture larger. ESRGAN, Real-ESRGAN, SwinIR, DAT and their kin."""

from __future__ import annotations

from sfumato.models.upscaler.family import Upscaler, claim

__all__ = ["Upscaler", "claim"]
