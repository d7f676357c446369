"""An SDXL model in one .safetensors file, its networks read off the shapes of their tensors. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sfumato.models._parts.header import header
from sfumato.models._parts.unet.facts import SIZES, Facts, skippable
from sfumato.models._parts.unet.layout import clip_config, open_clip_config, unet_config, vae_config
from sfumato.models._parts.unet.single_file import UNET, VAE, SingleFile, Text

TEXT = "conditioner.embedders."
FIRST = f"{TEXT}0.transformer.text_model."
SECOND = (f"{TEXT}1.model.", f"{TEXT}0.model.")  # beside the first encoder, and alone
SCALE, EDM_SCALE = 0.13025, 0.5
SIDE = 1024  # of the pictures SDXL was trained at, in pixels

EDM = MappingProxyType(
    {
        "_class_name": "EDMDPMSolverMultistepScheduler",
        "sigma_min": 0.002,
        "sigma_max": 80.0,
        "sigma_data": 0.5,
        "rho": 7.0,
    }
)


def is_whole(path: Path) -> bool:
    """Whether this file holds the U-Net, the autoencoder and the text encoders of an SDXL model."""
    names = header(path).shapes
    parts = (f"{UNET}label_emb.0.0.weight", f"{VAE}decoder.conv_in.weight")
    return all(name in names for name in parts) and any(
        f"{prefix}text_projection" in names for prefix in SECOND
    )


@dataclass(frozen=True)
class LargeFile(SingleFile):
    """A base, a refiner, an inpainting model or a Playground."""

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        shapes = self.header.shapes
        second = next(prefix for prefix in SECOND if f"{prefix}text_projection" in shapes)
        found = [Text(second, open_clip_config(shapes, second), is_open=True, above=1, normed=False)]
        if f"{FIRST}final_layer_norm.weight" in shapes:
            found.insert(0, Text(FIRST, clip_config(shapes, FIRST), is_open=False, above=1, normed=False))
        return tuple(found)

    @cached_property
    def _facts(self) -> Facts:
        shapes, pooled = self.header.shapes, self.texts[-1].config["projection_dim"]
        vae: dict[str, Any] = vae_config(shapes, VAE)
        side = self.trained_side(SIDE) // 2 ** (len(vae["block_out_channels"]) - 1)
        vae["scaling_factor"] = EDM_SCALE if self.edm else SCALE
        numbers = SIZES - (len(self.texts) == 1)
        return Facts(
            unet=unet_config(shapes, UNET, pooled, numbers) | {"sample_size": side},
            vae=vae,
            scheduler=dict(EDM) if self.edm else self.scheduler(),
            pooled=pooled,
            zeros=len(self.texts) > 1,
            skippable=skippable(min(text.config["num_hidden_layers"] for text in self.texts), 1),
        )
