"""The ×4 upscaler of Stable Diffusion 2 (Rombach et al. 2022) by itself: it makes any picture larger."""

from sfumato.models.sd_upscaler.family import SdUpscaler, claim

__all__ = ["SdUpscaler", "claim"]
