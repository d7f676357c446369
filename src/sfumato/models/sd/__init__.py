"""Stable Diffusion 1 and 2 (Rombach et al. 2022), and what was trained on them, such as NovelAI v1 and v2."""

from sfumato.models.sd.claim import claim
from sfumato.models.sd.family import Sd

__all__ = ["Sd", "claim"]
