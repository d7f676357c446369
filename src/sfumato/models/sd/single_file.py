"""SD 1 or 2 in one .safetensors file, its networks read off the shapes of their tensors. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sfumato.models._parts.header import header
from sfumato.models._parts.unet.facts import PLAIN, Facts, skippable
from sfumato.models._parts.unet.layout import Shapes, clip_config, open_clip_config, unet_config, vae_config
from sfumato.models._parts.unet.single_file import UNET, VAE, SingleFile, Text

TEXT = "cond_stage_model."
CLIP = (f"{TEXT}transformer.text_model.", f"{TEXT}transformer.")  # as released, and in older files
OPEN = f"{TEXT}model."
SCALE = 0.18215
SIDE, SMALL = 768, 512  # of the pictures it was trained on, in pixels


def is_whole(path: Path) -> bool:
    """Whether this file holds the U-Net, the autoencoder and the text encoder of SD 1 or 2."""
    names = header(path).shapes
    parts = (f"{UNET}out.2.weight", f"{UNET}middle_block.1.proj_in.weight", f"{VAE}decoder.conv_in.weight")
    reads = _prefix(names) is not None or f"{OPEN}ln_final.weight" in names
    return reads and all(name in names for name in parts) and f"{UNET}label_emb.weight" not in names


def _prefix(shapes: Shapes) -> str | None:
    """What the names of CLIP's tensors begin with; None where the encoder is OpenCLIP's."""
    return next((prefix for prefix in CLIP if f"{prefix}final_layer_norm.weight" in shapes), None)


@dataclass(frozen=True)
class SmallFile(SingleFile):
    """Any U-Net of the two: plain, for inpainting, for depth maps."""

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        shapes = self.header.shapes
        prefix = _prefix(shapes)
        if prefix is not None:
            return (Text(prefix, clip_config(shapes, prefix), is_open=False, above=0, normed=True),)
        config = open_clip_config(shapes, OPEN)
        config.pop("projection_dim", None)
        config["num_hidden_layers"] -= 1  # the last one is in the file, and never read
        return (Text(OPEN, config, is_open=True, above=0, normed=True),)

    @cached_property
    def _facts(self) -> Facts:
        shapes, (text,) = self.header.shapes, self.texts
        vae: dict[str, Any] = vae_config(shapes, VAE) | {"scaling_factor": SCALE}
        unet = unet_config(shapes, UNET)
        # Of SD 2 only the plain networks for 768 pixels predict v.
        is_v = text.is_open and unet["in_channels"] == PLAIN and self._side > SMALL
        side = self._side // 2 ** (len(vae["block_out_channels"]) - 1)
        return Facts(
            unet=unet | {"sample_size": side},
            vae=vae,
            scheduler=self.scheduler(is_v),
            skippable=skippable(text.config["num_hidden_layers"], text.above),
        )

    @property
    def _side(self) -> int:
        """What the file says; else SD 2 comes for 768 pixels unless "512" is in its name."""
        is_second, shapes = self.texts[0].is_open, self.header.shapes
        is_plain = shapes[f"{UNET}input_blocks.0.0.weight"][1] == PLAIN
        is_large = is_second and is_plain and str(SMALL) not in self.path.stem
        return self.trained_side(SIDE if is_large else SMALL)
