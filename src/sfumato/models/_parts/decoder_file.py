"""Which folder is a decoder that can be named beside a model, and what latents it decodes. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from math import isclose
from pathlib import Path
from typing import Any

from sfumato.models._parts.repository import Repository, spatial_factor
from sfumato.models.family import UnknownModel

DECODER_CLASS = "ConsistencyDecoderVAE"
SCALE = 0.18215  # of the latents of Stable Diffusion 1 and 2, by which their kin are known


def is_decoder(path: Path) -> bool:
    """Whether this is the folder of DALL-E 3's consistency decoder."""
    return path.is_dir() and Repository(path).config("").get("_class_name") == DECODER_CLASS


def require_fitting(decoder: Path, model: Path, vae: Mapping[str, Any]) -> None:
    """Raises UnknownModel where the model's latents, by its autoencoder's config, are not what it decodes."""
    own = Repository(decoder).config("")
    widths = {"block_out_channels": own.get("encoder_block_out_channels", (1,) * 4)}
    same = isclose(vae.get("scaling_factor", SCALE), own.get("scaling_factor", SCALE), rel_tol=1e-3)
    if same and spatial_factor(vae) == spatial_factor(widths) and not vae.get("latents_mean"):
        return
    raise UnknownModel(
        f"{decoder.name} decodes latents of Stable Diffusion 1 and 2, and those of {model.name} are others: "
        "leave it out."
    )
