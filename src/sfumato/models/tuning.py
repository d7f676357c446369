"""Networks with weights in 8 bits, and compiled: what `Tuning` asks for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

if TYPE_CHECKING:
    from sfumato.models.opening import Tuning

FORMATS: Mapping[str, torch.dtype] = MappingProxyType({"int8": torch.int8, "fp8": torch.float8_e4m3fn})
LARGEST: Mapping[torch.dtype, float] = MappingProxyType({torch.int8: 127.0, torch.float8_e4m3fn: 448.0})


def tuned(network: nn.Module, tuning: Tuning) -> nn.Module:
    """The same network, changed in place."""
    if tuning.quantize:
        quantize(network, FORMATS[tuning.quantize])
    if tuning.compile:
        network.compile()
    return network


def quantize(network: nn.Module, kind: torch.dtype) -> None:
    """Weights of linear layers in 8 bits: kernels of convolutions and tables of words stay as they are."""
    for module in network.modules():
        if type(module) is nn.Linear:
            _pack(module, kind)


def _pack(layer: nn.Linear, kind: torch.dtype) -> None:
    """One scale for each output, its largest magnitude over that of the format."""
    weight = layer.weight.data
    scale = (weight.float().abs().amax(1, keepdim=True) / LARGEST[kind]).clamp(min=1e-12)  # (out, 1)
    codes = weight.float() / scale
    del layer.weight
    layer.register_buffer("codes", (codes.round() if kind == torch.int8 else codes).to(kind))
    layer.register_buffer("scale", scale.to(weight.dtype))
    layer.__class__ = Packed


class Packed(nn.Linear):
    """A linear layer whose weight is unpacked for every pass, and whenever somebody asks for it: networks ask
    theirs for its number format."""

    codes: Tensor
    scale: Tensor

    @property
    def weight(self) -> Tensor:  # type: ignore[override]
        return self.codes.to(self.scale.dtype) * self.scale

    def forward(self, input: Tensor) -> Tensor:
        return linear(input, self.weight, self.bias)
