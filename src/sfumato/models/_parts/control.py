"""ControlNet: a copy of a U-Net's lower half that reads a picture and adds to it (Zhang et al. 2023)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from sfumato.engine import Setting
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.strength import scaled
from sfumato.models.family import UnknownModel
from sfumato.plan import Input

# What must be equal in the configs of a U-Net and its ControlNet for one to add to the other.
SHARED = (
    "block_out_channels",
    "layers_per_block",
    "cross_attention_dim",
    "addition_embed_type",
    "projection_class_embeddings_input_dim",
)


class Look(NamedTuple):
    """What a U-Net is about to see.

    x (B, C, H, W), times (B,), tokens (B, L, D), added {name: (B, ...)}
    """

    x: Tensor
    times: Tensor
    tokens: Tensor
    added: Mapping[str, Tensor]


@dataclass(frozen=True, eq=False)
class Control:
    """An opened ControlNet."""

    net: Any

    def entry(self, setting: Setting, item: Input) -> Tensor:
        """The hint (3, height, width) in [0, 1], from an input of the plan."""
        return ((setting.placed(item) + 1) / 2).clamp(0, 1)

    def residuals(self, look: Look, hint: Tensor, strength: Tensor) -> list[Tensor]:
        """What it adds to each of the U-Net's skips, and last to its middle, each row by its own strength.

        hint (B, 3, h, w) in [0, 1], strength (B,).
        """
        own = look.x[:, : self.net.config.in_channels]  # an inpainting U-Net sees more, behind these
        down, middle = self.net(
            own,
            look.times,
            encoder_hidden_states=look.tokens,
            controlnet_cond=hint.to(own.device, own.dtype),
            added_cond_kwargs=dict(look.added),
            return_dict=False,
        )
        return [scaled(part, strength) for part in (*down, middle)]

    def close(self) -> None:
        self.net.to("meta")


def open_control(path: Path, unet: Any, device: str, dtype: str) -> Control:
    """The ControlNet in this folder. Raises UnknownModel when it belongs to another U-Net."""
    repository = Repository(path)
    config = repository.config("")
    if config.get("_class_name") == "ControlNetUnionModel":
        raise UnknownModel(f"{path.name} is a ControlNet of many kinds in one: get one for a single kind.")
    if config.get("_class_name") != "ControlNetModel":
        raise UnknownModel(f"{path.name} was made for another model: get a ControlNet made for this model.")
    if config.get("global_pool_conditions"):
        raise UnknownModel(
            f"{path.name} reads its picture as a whole and not place by place, which is not known here: get "
            "another ControlNet."
        )
    net = repository.load("", device, dtype, cls="diffusers.ControlNetModel")
    for name in SHARED:
        here, there = _plain(unet.config[name]), _plain(net.config[name])
        if here != there:
            raise UnknownModel(
                f"{path.name} was made for another model ({name} is {there} in place of {here}): get a "
                "ControlNet made for this model."
            )
    return Control(net)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, (list, tuple)) else value


def summed(parts: Sequence[list[Tensor]]) -> dict[str, Any]:
    """The residuals of several ControlNets as what a U-Net of diffusers takes; nothing for none."""
    if not parts:
        return {}
    *down, middle = (reduce(torch.add, same) for same in zip(*parts, strict=True))
    return {"down_block_additional_residuals": tuple(down), "mid_block_additional_residual": middle}
