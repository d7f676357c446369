"""LoRAs for FLUX.1, under whichever names their trainers gave the layers.

Black Forest Labs' own code keeps queries, keys and values as one layer and diffusers as three: there a pair
beside the one becomes three pairs, each with its rows of up and all of down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from torch import Tensor

from sfumato.models._parts.lora import Converted
from sfumato.models._parts.loras import DENOISER, PEFT, as_loaded_by
from sfumato.models.flux.original import dotted, layers_of, split

KOHYA, DOTTED = "lora_unet_", "diffusion_model."
TEXT = re.compile(r"lora_te1?_text_model_encoder_layers_(\d+)_(self_attn|mlp)_(\w+)$")
END = re.compile(r"\.(lora_down\.weight|lora_up\.weight|lora_A\.weight|lora_B\.weight|alpha)$")
UP = "lora_B.weight"
PARTS = MappingProxyType({"lora_down.weight": "lora_A.weight", "lora_up.weight": UP})


def converted(tensors: dict[str, Tensor]) -> Converted:
    """The tensors under diffusers' names, with an alpha for every layer that has one.

    Raises ValueError for a name that no trainer gives.
    """
    if not any(name.removeprefix(PEFT).startswith((KOHYA, DOTTED)) for name in tensors):
        return as_loaded_by("FluxLoraLoaderMixin")(tensors)
    found = {}
    for name, tensor in tensors.items():
        found |= dict(_pieces(name, tensor))
    return found, {}


def _pieces(name: str, tensor: Tensor) -> Iterator[tuple[str, Tensor]]:
    """One tensor as those of diffusers' layers that it holds."""
    end = END.search(name)
    if end is None:
        raise ValueError(f"it has a {name}")
    layer, part = name[: end.start()].removeprefix(PEFT), PARTS.get(end[1], end[1])
    if text := TEXT.match(layer):
        yield f"text_encoder.text_model.encoder.layers.{'.'.join(text.groups())}.{part}", tensor
        return
    own = layer.removeprefix(DOTTED) if layer.startswith(DOTTED) else dotted(layer.removeprefix(KOHYA))
    layers = split(own, tensor) if part == UP else dict.fromkeys(dict(layers_of(own)), tensor)
    for new, piece in layers.items():
        yield f"{DENOISER}.{new}.{part}", piece
