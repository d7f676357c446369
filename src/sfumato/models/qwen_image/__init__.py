"""Qwen-Image: pictures, and writing in them, from words in English and Chinese."""

from __future__ import annotations

from sfumato.models.qwen_image.family import QwenImage, claim

__all__ = ["QwenImage", "claim"]
