"""Hunyuan-DiT 1.0, 1.1 and 1.2: pictures from English and Chinese words."""

from __future__ import annotations

from sfumato.models.hunyuan.family import Hunyuan, claim

__all__ = ["Hunyuan", "claim"]
