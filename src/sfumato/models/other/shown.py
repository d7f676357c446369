"""What a pipeline's step shows: its latents, made small and decoded by its own autoencoder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from sfumato.engine import fitted

SIDE = 16  # places of the longer side of what is decoded: of 1024 pixels a 64th of the work
DECODED = frozenset({"diffusers.AutoencoderKL", "diffusers.AutoencoderDC"})


def shows(components: Mapping[str, str]) -> bool:
    """Whether latents of the pipeline with these components can be shown."""
    return components.get("vae") in DECODED


def sketch(pipe: Any, latents: Tensor | None, height: int, width: int) -> Tensor | None:
    """Latents as a picture (3, height, width) in [-1, 1]; None where they are not the autoencoder's, or it
    waits off the device: a step does not wait for it to take its turn.

    They still have their noise. What making them small leaves of it is little.
    """
    if latents is None or not _ready(pipe):
        return None
    if latents.dim() == 3 and hasattr(pipe, "_unpack_latents"):
        latents = unpacked(pipe, latents, height, width)
    config = pipe.vae.config
    if latents.dim() != 4 or latents.shape[1] != config.latent_channels:
        return None
    clean = smaller(latents[:1].float()) / config.scaling_factor + (config.get("shift_factor") or 0.0)
    (picture,) = pipe.vae.decode(clean.to(latents.device, pipe.vae.dtype), return_dict=False)[0]
    return fitted(torch.nan_to_num(picture.float().cpu()).clamp(-1, 1), width, height)


def unpacked(pipe: Any, tokens: Tensor, height: int, width: int) -> Tensor:
    """Tokens (1, N, D) of a picture of this size as latents (1, C, h, w)."""
    return pipe._unpack_latents(tokens, height, width, pipe.vae_scale_factor)


def smaller(latents: Tensor) -> Tensor:
    """(1, C, h, w), means of equal parts, so that neither side is longer than SIDE."""
    height, width = latents.shape[-2:]
    longer = max(height, width)
    size = [max(1, side * SIDE // longer) for side in (height, width)]
    return interpolate(latents, size=size, mode="area") if longer > SIDE else latents


def _ready(pipe: Any) -> bool:
    vae = getattr(pipe, "vae", None)
    return shows({"vae": f"diffusers.{type(vae).__name__}"}) and not hasattr(vae, "_hf_hook")
