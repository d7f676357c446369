"""The place on a device that networks take in turn. No torch until a network takes it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import nn

HOST = "cpu"


@dataclass(eq=False)
class Seat:
    """For one thread."""

    taken_by: nn.Module | None = None

    def take(self, network: nn.Module, device: torch.device) -> None:
        """Let this network have the device, and send away who had it."""
        if self.taken_by is network:
            return
        if self.taken_by is not None and not is_gone(self.taken_by):
            self.taken_by.to(HOST)
        network.to(device)
        self.taken_by = network


def is_gone(network: nn.Module) -> bool:
    """Whether the memory of a network was given back."""
    first = next(chain(network.parameters(), network.buffers()), None)
    return first is not None and first.is_meta
