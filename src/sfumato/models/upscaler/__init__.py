"""The ×4 upscaler of Stable Diffusion 2 (Rombach et al. 2022) by itself: it makes any picture larger."""

from sfumato.models.upscaler.family import Upscaler, claim

__all__ = ["Upscaler", "claim"]
