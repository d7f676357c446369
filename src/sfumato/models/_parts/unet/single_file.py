"""A whole model in one .safetensors file, in the layout it was trained in. No torch, and no weight is read.

The file says nothing about its networks but the shapes of their tensors: what they are is read off these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from sfumato.models._parts.header import Header, header
from sfumato.models._parts.unet.facts import Facts
from sfumato.models.weights import fingerprint

if TYPE_CHECKING:
    from sfumato.models._parts.unet.parts import Parts

UNET, VAE = "model.diffusion_model.", "first_stage_model."

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


class Text(NamedTuple):
    """One text encoder of a file.

    prefix   of its tensors' names
    config   of the network, in the names of transformers
    is_open  whether it is OpenCLIP's, whose tensors have other names, and which fills up with "!"
    above    layers above the one that is read; those that `config` does not have are not counted
    normed   whether the last norm is applied to it
    """

    prefix: str
    config: Mapping[str, Any]
    is_open: bool
    above: int
    normed: bool


@dataclass(frozen=True)
class SingleFile:
    """The checkpoint, and where its tokenizers come from (see vocabulary.words_for)."""

    path: Path
    words: Path | None

    @property
    def facts(self) -> Facts:
        return self._facts

    @property
    def _facts(self) -> Facts:
        """What each kind of model reads off the shapes."""
        raise NotImplementedError

    @property
    def texts(self) -> tuple[Text, ...]:
        """The text encoders, in order."""
        raise NotImplementedError

    @cached_property
    def header(self) -> Header:
        return header(self.path)

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
        from sfumato.models._parts.unet.conversion import open_single

        return open_single(self, device, dtype)

    def trained_side(self, usual: int) -> int:
        """Side in pixels of the pictures it was trained on.

        The "modelspec" that trainers write into the metadata says it as "1024x1024".
        """
        width, _, height = self.header.metadata.get("modelspec.resolution", "").partition("x")
        if not (width.isdecimal() and height.isdecimal()):
            return usual
        return round((int(width) * int(height)) ** 0.5)

    def scheduler(self, is_v: bool = False) -> dict[str, Any]:
        """Files of v-predicting networks hold an empty tensor of that name; "ztsnr" says that the last time
        is pure noise, which a run then begins from. `is_v` is for those that say nothing.
        """
        names, said = self.header.shapes, self.header.metadata.get("modelspec.prediction_type", "")
        scheduler: dict[str, Any] = dict(EULER)
        if "v_pred" in names or said == "v" or (is_v and not said):
            scheduler["prediction_type"] = "v_prediction"
        if "ztsnr" in names:
            scheduler |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
        return scheduler
