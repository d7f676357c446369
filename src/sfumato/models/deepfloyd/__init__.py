"""DeepFloyd IF, the open Imagen (Saharia et al. 2022): a cascade in pixels, and the SD x4 upscaler."""

from sfumato.models.deepfloyd.family import DeepFloyd, claim

__all__ = ["DeepFloyd", "claim"]
