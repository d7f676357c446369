"""ControlNets of transformers: copies of some of their blocks, which read a picture and add to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from math import ceil
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import Ask, Setting, stacked
from sfumato.models._parts.adapter_file import CONTROL, fingerprint_of, kind_of
from sfumato.models._parts.hints import HINT
from sfumato.models._parts.latent import Space
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.strength import amount, scaled, strengths
from sfumato.models.family import UnknownModel
from sfumato.plan import Input

AMOUNT = "amount"

Read = Callable[[Any, Any, Tensor], Tensor]
Say = Callable[[Any, Tensor], Sequence[Tensor]]


@dataclass(frozen=True, eq=False)
class Controls:
    """nets  opened ControlNets, by fingerprint
    read   what a ControlNet reads of a picture (3, H, W) in [-1, 1], given the space of x
    """

    nets: Mapping[str, Any]
    read: Read

    def entries(self, setting: Setting, space: Space) -> dict[str, Tensor]:
        """What every condition of this stage has in addition.

        control.PLACE.FINGERPRINT.amount (3,)  scale, low, high: it acts while low < t <= high
        control.PLACE.FINGERPRINT.hint         what it reads

        The n-th ControlNet reads the n-th hint, and its scale is multiplied by that input's weight; one
        without a picture has no entries.
        """
        found: dict[str, Tensor] = {}
        own = [item for item in enumerate(setting.stage.adapters) if item[1].weights in self.nets]
        for (place, adapter), hint in zip(own, setting.inputs(HINT), strict=False):
            name = f"{CONTROL}.{place}.{adapter.weights}"
            found[f"{name}.{AMOUNT}"] = amount(adapter, setting, hint.weight)
            found[f"{name}.{HINT}"] = self._seen(setting, space, adapter.weights, hint)
        return found

    def added(self, asks: Sequence[Ask], say: Say) -> list[Tensor] | None:
        """What all of them add, block by block, each row (B, ...) by its own strength; None for nothing.

        say  what one of them says, of a hint (B, ...): tensors (B, ...), as many of each
        """
        conditions = [ask.condition for ask in asks]
        parts = []
        for name in _names(asks[0]):
            strength = strengths(asks, f"{name}.{AMOUNT}")
            if strength.any():
                said = say(self.nets[name.split(".")[2]], stacked(conditions, f"{name}.{HINT}"))
                parts.append([scaled(part, strength) for part in said])
        return [reduce(torch.add, same) for same in zip(*parts, strict=True)] if parts else None

    def close(self) -> None:
        """Gives their memory back."""
        for net in self.nets.values():
            net.to("meta")

    def _seen(self, setting: Setting, space: Space, weights: str, hint: Input) -> Tensor:
        key = (HINT, weights, hint.hash, hint.frame, setting.view)
        see = partial(self.read, self.nets[weights], space)
        return setting.once(key, lambda: see(setting.placed(hint)))


def open_controls(
    paths: Sequence[Path], kind: str, read: Read, fits: Callable[[Any], str], device: str, dtype: str
) -> Controls | None:
    """The ControlNets among these adapters, None without any.

    kind  their class in diffusers
    fits  why an opened one was not made for this transformer, "" where it was

    Raises UnknownModel when one was made for another model.
    """
    nets = {}
    for path in (path for path in paths if kind_of(path) == CONTROL):
        net = Repository(path).load("", device, dtype, cls=f"diffusers.{kind}")
        if why := fits(net):
            raise UnknownModel(f"{path.name} {why}")
        nets[fingerprint_of(path)] = net
    return Controls(nets, read) if nets else None


def otherwise(net: Any, transformer: Any, names: Sequence[str]) -> str:
    """Of these entries, the first in which a ControlNet's config is not the transformer's, as `fits` says."""
    for name in names:
        here, there = transformer.config[name], net.config[name]
        if here != there:
            return (
                f"was made for another model ({name} is {there} in place of {here}): get a ControlNet made "
                "for this model."
            )
    return ""


def spread(said: Sequence[Tensor], blocks: int, whole: bool = False) -> list[Tensor]:
    """What few blocks say for so many, each for as many that follow one another; whole: for as many each,
    rounded up."""
    each = blocks / len(said)
    return [said[int(block / (ceil(each) if whole else each))] for block in range(blocks)]


def _names(ask: Ask) -> list[str]:
    """Every ControlNet of a condition, in the plan's order."""
    entries = (name for name in ask.condition.entries if name.startswith(f"{CONTROL}."))
    names = {name.removesuffix(f".{AMOUNT}").removesuffix(f".{HINT}") for name in entries}
    return sorted(names, key=lambda name: int(name.split(".")[1]))
