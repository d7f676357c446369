"""A whole model in one .safetensors file, in the layout it was trained in. No torch, and no weight is read.

The file says nothing about its networks but the shapes of their tensors: what they are is read off these.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sfumato.models._parts.header import Header, header
from sfumato.models.sdxl.facts import SIZES, Facts
from sfumato.models.sdxl.layout import clip_config, open_clip_config, unet_config, vae_config
from sfumato.models.weights import fingerprint

if TYPE_CHECKING:
    from sfumato.models.sdxl.parts import Parts

UNET, VAE, TEXT = "model.diffusion_model.", "first_stage_model.", "conditioner.embedders."
FIRST = f"{TEXT}0.transformer.text_model."
SECOND = (f"{TEXT}1.model.", f"{TEXT}0.model.")  # beside the first encoder, and alone
SCALE, EDM_SCALE = 0.13025, 0.5
SIDE = 1024  # of the pictures SDXL was trained at, in pixels

EULER = MappingProxyType(
    {
        "_class_name": "EulerDiscreteScheduler",
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "num_train_timesteps": 1000,
        "steps_offset": 1,
        "timestep_spacing": "leading",
        "prediction_type": "epsilon",
    }
)
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
class SingleFile:
    """The checkpoint, and where its tokenizers come from (see vocabulary.words_for)."""

    path: Path
    words: Path | None

    @cached_property
    def header(self) -> Header:
        return header(self.path)

    @property
    def second(self) -> str:
        """The prefix of the encoder that gives the pooled text."""
        return next(prefix for prefix in SECOND if f"{prefix}text_projection" in self.header.shapes)

    @cached_property
    def texts(self) -> tuple[dict[str, Any], ...]:
        """Configs of the text encoders, in order."""
        shapes = self.header.shapes
        first = (clip_config(shapes, FIRST),) if f"{FIRST}final_layer_norm.weight" in shapes else ()
        return (*first, open_clip_config(shapes, self.second))

    @cached_property
    def facts(self) -> Facts:
        shapes, pooled = self.header.shapes, self.texts[-1]["projection_dim"]
        vae: dict[str, Any] = vae_config(shapes, VAE)
        side = self._trained_side() // 2 ** (len(vae["block_out_channels"]) - 1)
        vae["scaling_factor"] = EDM_SCALE if self.edm else SCALE
        numbers = SIZES - (len(self.texts) == 1)
        unet = unet_config(shapes, UNET, pooled, numbers) | {"sample_size": side}
        return Facts(unet, vae, self._scheduler(), pooled, zeros=len(self.texts) > 1)

    @property
    def edm(self) -> bool:
        """Whether it is like Playground v2.5: EDM's noise, latents normalised by the file's own numbers."""
        return {"edm_mean", "edm_std"} <= self.header.shapes.keys()

    def identity(self) -> str:
        """sha256 of the file."""
        return fingerprint(self.path)

    def missing(self) -> tuple[Path, ...]:
        """The tokenizers, where there are none."""
        return () if self.words else (self.path.parent / "tokenizer",)

    def open(self, device: str, dtype: str) -> Parts:
        """The networks on a device."""
        from sfumato.models.sdxl.conversion import open_single

        return open_single(self, device, dtype)

    def _trained_side(self) -> int:
        """The "modelspec" that trainers write into the metadata says it as "1024x1024"."""
        width, _, height = self.header.metadata.get("modelspec.resolution", "").partition("x")
        if not (width.isdecimal() and height.isdecimal()):
            return SIDE
        return round((int(width) * int(height)) ** 0.5)

    def _scheduler(self) -> dict[str, Any]:
        """Files of v-predicting networks hold an empty tensor of that name; "ztsnr" says that the last time
        is pure noise, which a run then begins from.
        """
        names, said = self.header.shapes, self.header.metadata.get("modelspec.prediction_type", "")
        if self.edm:
            return dict(EDM)
        scheduler: dict[str, Any] = dict(EULER)
        if "v_pred" in names or said == "v":
            scheduler["prediction_type"] = "v_prediction"
        if "ztsnr" in names:
            scheduler |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
        return scheduler
