"""LoRAs opened for the networks of one model, and what they say in conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import Ask, Setting
from sfumato.models._parts.adapter_file import LORA, fingerprint_of, kind_of
from sfumato.models._parts.lora import Converted, Converter, Layers, acting, place, read_lora
from sfumato.models._parts.strength import amount, strengths
from sfumato.models.family import UnknownModel

AMOUNT = "amount"
DENOISER = "transformer"  # as LoRA files name it
OWN = (f"{DENOISER}.", "text_encoder.", "text_encoder_2.")
PEFT = "base_model.model."  # what peft writes before the layers of the one network it was given

Opened = Mapping[str, Mapping[str, Layers]]
"""By fingerprint, then by network."""


@dataclass(frozen=True, eq=False)
class Loras:
    """They act on the networks inside `answering` and `reading` only.

    denoiser  the name of the network that is asked; the others read texts
    others    fingerprints of adapters of other kinds, which a plan may name too
    """

    networks: Mapping[str, Any]
    opened: Opened
    denoiser: str = DENOISER
    others: frozenset[str] = frozenset()

    def entries(self, setting: Setting) -> dict[str, Tensor]:
        """lora.PLACE.FINGERPRINT.amount (3,): scale, low, high; it acts while low < t <= high."""
        found = {}
        for index, adapter in enumerate(setting.stage.adapters):
            if adapter.weights in self.others:
                continue
            if adapter.weights not in self.opened:
                raise ValueError(
                    f"the plan uses an adapter ({adapter.weights[:12]}…) that is not open: name its file too."
                )
            found[f"{LORA}.{index}.{adapter.weights}.{AMOUNT}"] = amount(adapter, setting)
        return found

    @contextmanager
    def reading(self, setting: Setting) -> Iterator[None]:
        """While it lasts, the stage's LoRAs act on the text encoders.

        A text is encoded once for the whole run: here a LoRA acts with its whole scale, whatever its
        interval, unless that is empty.
        """
        active = [
            (self.opened[adapter.weights], torch.tensor([adapter.scale], dtype=torch.float32))
            for adapter in setting.stage.adapters
            if adapter.weights in self.opened and adapter.interval[0] < adapter.interval[1]
        ]
        with ExitStack() as stack:
            for name, network in self.networks.items():
                if name != self.denoiser:
                    here = [(lora[name], scale) for lora, scale in active if name in lora]
                    stack.enter_context(acting(network, here))
            yield

    @contextmanager
    def answering(self, asks: Sequence[Ask]) -> Iterator[None]:
        """While it lasts, every row's LoRAs act on the denoiser, each row's with its own strength.

        A row of strength 0 is the same to the last bit as without.
        """
        entries = [name for name in asks[0].condition.entries if name.startswith(f"{LORA}.")]
        here = []
        for entry in sorted(entries, key=lambda entry: int(entry.split(".")[1])):
            layers = self.opened[entry.split(".")[2]]
            if self.denoiser in layers:
                here.append((layers[self.denoiser], strengths(asks, entry)))
        with acting(self.networks[self.denoiser], here):
            yield

    def close(self) -> None:
        """Gives their memory back."""
        for lora in self.opened.values():
            for layers in lora.values():
                layers.to("meta")


def open_loras(
    paths: Sequence[Path], networks: Mapping[str, Any], convert: Converter, dtype: str
) -> Loras | None:
    """The LoRAs among these adapters, None without any.

    networks  under their names in LoRA files: the denoiser, and the text encoders that LoRAs may change

    Raises UnknownModel when one was made for another model.
    """
    own = [path for path in paths if kind_of(path) == LORA]
    opened = {fingerprint_of(path): open_lora(path, networks, convert, dtype) for path in own}
    others = frozenset(fingerprint_of(path) for path in paths if path not in own)
    return Loras(networks, opened, others=others) if opened else None


def open_lora(path: Path, networks: Mapping[str, Any], convert: Converter, dtype: str) -> dict[str, Layers]:
    """One file's layers by network."""
    found = read_lora(path, convert)
    for name in found:
        if name not in networks:
            raise UnknownModel(
                f"{path.name} was made for another model: it changes a network {name!r}, which this one does "
                "not have. Get a LoRA made for this model."
            )
    return {name: place(path, pairs, networks[name], getattr(torch, dtype)) for name, pairs in found.items()}


# Names as diffusers gives them


def plain(tensors: dict[str, Tensor]) -> Converted:
    """As they are; what peft wrote for a transformer alone gets its name."""
    return {named(name): tensor for name, tensor in tensors.items()}, {}


def named(name: str) -> str:
    return f"{DENOISER}.{name.removeprefix(PEFT)}" if name.startswith(PEFT) else name


def as_loaded_by(loader: str) -> Callable[[dict[str, Tensor]], Converted]:
    """As diffusers' loader of this class reads them, whatever trained them; its own names are left be."""

    def convert(tensors: dict[str, Tensor]) -> Converted:
        own, _ = plain(tensors)
        if all(name.startswith(OWN) for name in own):
            return own, {}
        module = import_module("diffusers.loaders.lora_pipeline")
        return getattr(module, loader).lora_state_dict(own), {}

    return convert
