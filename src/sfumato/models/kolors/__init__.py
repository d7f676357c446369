"""Kolors: the U-Net of SDXL with a language model as its text encoder, which reads Chinese and English."""

from sfumato.models.kolors.claim import claim
from sfumato.models.kolors.family import Kolors

__all__ = ["Kolors", "claim"]
