"""Stable Diffusion XL: base, refiner, inpainting, and what was trained on it, such as Playground."""

from sfumato.models.sdxl.claim import claim
from sfumato.models.sdxl.family import Sdxl

__all__ = ["Sdxl", "claim"]
