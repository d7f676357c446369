"""FLUX.1 Redux: pictures that speak to the transformer as words do (Black Forest Labs 2024)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import fsum
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import Setting
from sfumato.engine.post import to_pixels
from sfumato.models._parts.repository import Repository
from sfumato.models.offload import working_device

EMBEDDER = "diffusers.pipelines.flux.modeling_flux.ReduxImageEncoder"


@dataclass(frozen=True, eq=False)
class Redux:
    """SigLIP's eye, and two layers that make words of what it sees."""

    processor: Any
    eye: Any
    embedder: Any

    def shown(self, setting: Setting) -> Tensor | None:
        """(N, D) float32: the sum of what the references say, each times its weight; None without any.

        Weights that add up to more than 1 are shares: together pictures speak no louder than one. They act on
        pictures alone, so that words say the same whatever stands beside them; the released pipeline
        multiplies both.
        """
        items, given = setting.inputs("reference"), setting.pictures("reference")
        said = [
            weight * setting.once(("redux", item.hash), partial(self.says, picture))
            for item, (picture, weight) in zip(items, given, strict=True)
        ]
        whole = max(fsum(weight for _, weight in given), 1.0)
        return torch.stack(said).sum(dim=0) / whole if said else None

    @torch.no_grad()
    def says(self, picture: Tensor) -> Tensor:
        """(N, D) float32 on the CPU, of a picture (3, H, W) in [-1, 1], fitted as the processor is set to."""
        values = self.processor(to_pixels(picture), return_tensors="pt").pixel_values  # (1, 3, S, S)
        first = next(self.eye.parameters())
        seen = self.eye(values.to(working_device(self.eye), first.dtype)).last_hidden_state
        return self.embedder(seen).image_embeds[0].float().cpu()


def open_redux(folder: Path, device: str, dtype: str) -> Redux:
    """Redux over its released folder. Raises FileNotFoundError when weights are missing."""
    here = Repository(folder)
    return Redux(
        processor=here.load("feature_extractor"),
        eye=here.load("image_encoder", device, dtype),
        embedder=here.load("image_embedder", device, dtype, cls=EMBEDDER),
    )
