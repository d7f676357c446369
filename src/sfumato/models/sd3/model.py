"""Stable Diffusion 3 behind the engine's protocols: one transformer on a flow path, one stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from torch import Tensor

from sfumato.engine import Ask, NoisePath
from sfumato.models._parts.asked import clocks, seen, stacked
from sfumato.models._parts.block_control import Controls, spread
from sfumato.models._parts.latent import latent_of
from sfumato.models._parts.latent_release import DENOISER, STAGE, LatentRelease
from sfumato.models._parts.latent_stage import LatentModel
from sfumato.models._parts.loras import as_loaded_by, open_loras
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.sd3.control import open_sd3_controls, said
from sfumato.models.sd3.skipping import Stage, left_out
from sfumato.models.sd3.texts import LENGTH, T5, Clip, Reader


@dataclass(frozen=True, eq=False)
class Look:
    """The transformer asked, with what its ControlNets add."""

    transformer: Any
    controls: Controls | None = None

    def __call__(self, asks: Sequence[Ask], path: NoisePath) -> Tensor:
        """Noise minus picture of every row, (B, C, H, W)."""
        like = self.transformer.proj_out.weight
        return self.transformer(
            hidden_states=seen(asks, like),
            encoder_hidden_states=stacked(asks, "text", like),
            pooled_projections=stacked(asks, "pooled", like),
            timestep=clocks(asks, path, like),
            skip_layers=left_out(asks[0].net),
            block_controlnet_hidden_states=self._added(asks, path),
            return_dict=False,
        )[0]

    def _added(self, asks: Sequence[Ask], path: NoisePath) -> list[Tensor] | None:
        """For each of its blocks; None for nothing."""
        blocks = len(self.transformer.transformer_blocks)
        say = partial(said, asks, path)
        return self.controls.added(asks, lambda *own: spread(say(*own), blocks)) if self.controls else None


def open_sd3(release: LatentRelease, reads_t5: bool, device: str, dtype: str) -> LatentModel:
    """The model over a release, with T5 or without. Raises FileNotFoundError when weights are missing."""
    here = release.repository
    opened = {name: here.load(name, device, dtype) for name in release.networks}
    clips = (
        Clip(here.load("tokenizer"), opened["text_encoder"]),
        Clip(here.load("tokenizer_2"), opened["text_encoder_2"]),
    )
    long = T5(here.load("tokenizer_3"), opened["text_encoder_3"], LENGTH) if reads_t5 else None
    reader = Reader(clips, long, release.transformer["joint_attention_dim"])
    changed = {name: opened[name] for name in (DENOISER, "text_encoder", "text_encoder_2")}
    loras = open_loras(release.adapters, changed, as_loaded_by("SD3LoraLoaderMixin"), dtype)
    space, path = latent_of(opened["vae"]), noise_path(release.scheduler)
    controls = open_sd3_controls(release.adapters, opened[DENOISER], device, dtype)
    stage = Stage(STAGE, path, space, reader, loras=loras, controls=controls)
    return LatentModel(stage, Look(opened[DENOISER], controls), tuple(opened.values()), release.reads)
