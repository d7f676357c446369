"""Networks that are on the device only while they are needed: whole ones in turn, or block by block.

The hooks are accelerate's. Where a network waits in the machine's memory its results do not change: the same
numbers are multiplied by the same kernels.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from sfumato.models.seat import Seat

if TYPE_CHECKING:
    from sfumato.models.placement import Way


def put(network: nn.Module, device: str, way: Way, seat: Seat) -> None:
    """Have a network that lies in the machine's memory work on the device this way; whole is done already."""
    if way == "parts":
        _hook(network, _Turn(torch.device(device), seat))
    elif way == "layers":
        _by_layers(network, torch.device(device))


def weight_bytes(network: nn.Module) -> int:
    """What the weights of a network take, wherever they are."""
    return sum(tensor.numel() * tensor.element_size() for tensor in _tensors(network))


def working_device(network: Any) -> torch.device:
    """Where a network computes: for one that waits elsewhere, not where its weights are now."""
    hook = getattr(network, "_hf_hook", None)
    return getattr(hook, "execution_device", None) or next(network.parameters()).device


def _blocks(network: nn.Module) -> Iterator[nn.Module]:
    """The outermost blocks: children of lists."""
    for child in network.children():
        if isinstance(child, nn.ModuleList):
            yield from child
        else:
            yield from _blocks(child)


def _by_layers(network: nn.Module, device: torch.device) -> None:
    """What is in no block goes to the device for good."""
    blocks = list(_blocks(network))
    inside = {id(tensor) for block in blocks for tensor in _tensors(block)}
    for tensor in _tensors(network):
        if id(tensor) not in inside:
            tensor.data = tensor.data.to(device)
    for block in blocks:
        _hook(block, _Visit(device))
    _hook(network, _Inputs(device))


def _tensors(module: nn.Module) -> Iterator[Tensor]:
    return chain(module.parameters(), module.buffers())


def _hook(module: nn.Module, hook: Any) -> None:
    from accelerate.hooks import add_hook_to_module

    add_hook_to_module(module, hook, append=True)


class _Inputs:
    """Brings what a module is called with to its device. As accelerate's ModelHook has it."""

    no_grad = False

    def __init__(self, device: torch.device) -> None:
        self.execution_device = device

    def init_hook(self, module: nn.Module) -> nn.Module:
        return module

    def pre_forward(self, module: nn.Module, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        from accelerate.utils import send_to_device

        return send_to_device(args, self.execution_device), send_to_device(kwargs, self.execution_device)

    def post_forward(self, module: nn.Module, output: Any) -> Any:
        return output

    def detach_hook(self, module: nn.Module) -> nn.Module:
        return module


class _Turn(_Inputs):
    """A network takes its seat before it works, and leaves it when another one does."""

    def __init__(self, device: torch.device, seat: Seat) -> None:
        super().__init__(device)
        self.seat = seat

    def pre_forward(self, module: nn.Module, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        self.seat.take(module, self.execution_device)
        return super().pre_forward(module, *args, **kwargs)


class _Visit(_Inputs):
    """A block's weights are copied to the device for one pass; the originals stay where they are."""

    def __init__(self, device: torch.device) -> None:
        super().__init__(device)
        self.home: list[tuple[Tensor, Tensor]] = []

    def pre_forward(self, module: nn.Module, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        self.home = [(tensor, tensor.data) for tensor in _tensors(module)]
        for tensor, own in self.home:
            tensor.data = own.to(self.execution_device, non_blocking=True)
        return super().pre_forward(module, *args, **kwargs)

    def post_forward(self, module: nn.Module, output: Any) -> Any:
        for tensor, own in self.home:
            tensor.data = own
        self.home = []
        return output
