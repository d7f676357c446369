"""LoRA: W x + s · alpha / rank · up(down(x)) beside some layers of a network (Hu et al. 2021, Section 4.1).

The network's own weights are never changed: the sum is made while `acting` lasts, with a strength for each
row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, linear

from sfumato.models._parts.adapter_file import OTHER_MARKS
from sfumato.models._parts.header import header
from sfumato.models._parts.strength import scaled
from sfumato.models.family import UnknownModel

METADATA = "lora_adapter_metadata"  # where peft's settings stand in a file's header
# What follows a layer's name: to_q_lora.down.weight, lora_linear_layer.up.weight, lora_A.weight ...
_ENDING = re.compile(
    r"(?P<old>\.to_(?:q|k|v|out)_lora\.|\.lora_linear_layer\.|\.lora\.|\.lora_)"
    r"(?P<part>down|up|A|B)\.(?:default\.)?weight(?P<alpha>\.alpha)?$"
)
_DOWN = frozenset({"down", "A"})

Converted = tuple[Mapping[str, Tensor], Mapping[str, float]]
Converter = Callable[[dict[str, Tensor]], Converted]


class Pair(NamedTuple):
    """down (rank, in, ...), up (out, rank, ...) and alpha; None stands for alpha = rank."""

    down: Tensor
    up: Tensor
    alpha: float | None


Pairs = Mapping[str, Pair]


class Layers(nn.Module):
    """The part of a LoRA for one network: beside the layers `names`, with up already times alpha / rank."""

    def __init__(self, names: Sequence[str], downs: Sequence[Tensor], ups: Sequence[Tensor]) -> None:
        super().__init__()
        self.names = tuple(names)
        self.down, self.up = _frozen(downs), _frozen(ups)

    def beside(self, index: int, layer: nn.Module, x: Tensor) -> Tensor:
        """What is added to the output of this layer for the input x."""
        down, up = self.down[index], self.up[index]
        if isinstance(layer, nn.Conv2d):
            inner = layer._conv_forward(x, down, None)  # with the layer's own stride and edges
            return conv2d(inner, up)
        return linear(linear(x, down), up)


def _frozen(tensors: Sequence[Tensor]) -> nn.ParameterList:
    return nn.ParameterList([nn.Parameter(tensor, requires_grad=False) for tensor in tensors])


# Reading


def read_lora(path: Path, convert: Converter) -> dict[str, Pairs]:
    """The file's pairs by network and layer, as {"unet": {"conv_in": Pair, ...}, "text_encoder": ...}.

    convert  gives names that begin with a network's, as diffusers and peft write them, and alphas by name;
             it may empty what it is given

    Raises UnknownModel when the file holds anything else than such pairs.
    """
    from safetensors.torch import load_file

    names = header(path).shapes
    for mark, kind in OTHER_MARKS.items():
        if any(mark in name for name in names):
            raise UnknownModel(f"{path.name} is {kind}, which is not known here: get a plain LoRA.")
    try:
        tensors, alphas = convert(load_file(path))
    except (ValueError, KeyError, IndexError) as error:
        raise _foreign(path, str(error).strip().splitlines()[-1][:200]) from error
    whole = sum(not name.endswith("alpha") for name in names)
    # What was made of one tensor may be several: the projections that some keep as one.
    if len([name for name in tensors if not name.endswith("alpha")]) < whole:
        raise _foreign(path, "some of its names are unknown")
    return _paired(path, tensors, alphas, _settings(path))


def _paired(
    path: Path, tensors: Mapping[str, Tensor], alphas: Mapping[str, float], settings: Mapping[str, Any]
) -> dict[str, Pairs]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    written = {name: float(tensor) for name, tensor in tensors.items() if name.endswith("alpha")}
    for name, value in {**tensors, **alphas, **written}.items():
        network, layer, part = _place(path, name)
        found.setdefault((network, layer), {})[part] = value
    networks: dict[str, Any] = {}
    for (network, layer), parts in found.items():
        if "down" not in parts or "up" not in parts:
            raise _foreign(path, f"{layer} has only one half of its pair")
        alpha = parts.get("alpha", _alpha(settings, network, layer, parts["down"].shape[0]))
        networks.setdefault(network, {})[layer] = Pair(parts["down"], parts["up"], alpha)
    if not networks:
        raise _foreign(path, "it is empty")
    return networks


def _place(path: Path, name: str) -> tuple[str, str, str]:
    """A tensor's name as network, layer and "down", "up" or "alpha"."""
    plain = name.replace(".processor.", ".")
    ending = _ENDING.search(plain)
    part = "alpha" if plain.endswith(".alpha") else None
    if ending is None and part is None:
        raise _foreign(path, f"it has a {name}")
    network, _, layer = (plain[: ending.start()] if ending else plain.removesuffix(".alpha")).partition(".")
    if ending:
        layer += _old_name(ending["old"], network)
        part = part or ("down" if ending["part"] in _DOWN else "up")
    return network, layer, part or ""


def _old_name(ending: str, network: str) -> str:
    """The layer that an old name such as `to_out_lora` means, "" where the name was whole before it."""
    if not ending.startswith(".to_"):
        return ""
    which = ending.removeprefix(".to_").removesuffix("_lora.")
    if network.startswith("text_encoder"):
        return f".{which}_proj"
    return ".to_out.0" if which == "out" else f".to_{which}"


def _settings(path: Path) -> Mapping[str, Any]:
    return json.loads(header(path).metadata.get(METADATA, "{}"))


def _alpha(settings: Mapping[str, Any], network: str, layer: str, rank: int) -> float | None:
    """What peft's settings in the header say about alpha; None where they are silent."""
    patterns = settings.get(f"{network}.alpha_pattern") or {}
    found = [value for pattern, value in patterns.items() if re.match(rf"(.*\.)?({pattern})$", layer)]
    alpha = found[0] if found else settings.get(f"{network}.lora_alpha")
    is_root = settings.get(f"{network}.use_rslora", False)  # alpha / sqrt(rank) (Kalajdzievski 2023)
    return alpha * rank**0.5 if is_root and alpha is not None else alpha


def _foreign(path: Path, why: str) -> UnknownModel:
    return UnknownModel(f"{path.name} is no LoRA that can be read here ({why}): get one made for this model.")


# Placing


def place(path: Path, pairs: Pairs, network: nn.Module, dtype: torch.dtype) -> Layers:
    """These pairs beside this network's layers, on its device. Raises UnknownModel when they do not fit."""
    modules = dict(network.named_modules())
    device = next(network.parameters()).device
    names, downs, ups = [], [], []
    for name, pair in pairs.items():
        known = next((n for n in (name, name.removeprefix("text_model.")) if n in modules), None)
        if known is None:
            raise UnknownModel(
                f"{path.name} was made for another model: it changes {name}, which this one does not have. "
                "Get a LoRA made for this model."
            )
        down, up = _shaped(pair, modules[known])
        if not _fits(down, up, modules[known]):
            raise UnknownModel(
                f"{path.name} was made for another model: its {name} has {pair.down.shape[1]} inputs and "
                f"{pair.up.shape[0]} outputs, other than here. Get a LoRA made for this model."
            )
        rank = down.shape[0]
        factor = 1.0 if pair.alpha is None else pair.alpha / rank
        names.append(known)
        # important: a copy, since tensors of a mapped file may lie at odd addresses: see `_parts/opening.py`.
        downs.append(down.to(device, dtype, copy=True))
        ups.append((up.float() * factor).to(device, dtype))
    return Layers(names, downs, ups)


def _shaped(pair: Pair, layer: nn.Module) -> tuple[Tensor, Tensor]:
    """A Linear's pair may be written as kernels of one pixel, and the other way round."""
    if isinstance(layer, nn.Linear):
        return pair.down.flatten(1), pair.up.flatten(1)
    down, up = (t if t.ndim > 2 else t[..., None, None] for t in (pair.down, pair.up))
    return down, up


def _fits(down: Tensor, up: Tensor, layer: nn.Module) -> bool:
    weight = layer.weight if isinstance(layer, (nn.Linear, nn.Conv2d)) else None
    if weight is None or down.ndim != weight.ndim:
        return False
    ones = (1,) * (weight.ndim - 2)
    rank = down.shape[0]
    return down.shape == (rank, *weight.shape[1:]) and up.shape == (weight.shape[0], rank, *ones)


# Acting


@contextmanager
def acting(network: nn.Module, loras: Sequence[tuple[Layers, Tensor]]) -> Iterator[None]:
    """While it lasts, these LoRAs act on the network, with a strength for each row: (B,), or (1,) for all.

    What has no strength in any row is left out altogether.
    """
    beside: dict[str, list[tuple[Layers, int, Tensor]]] = {}
    for layers, strength in loras:
        if not strength.any():
            continue
        placed = strength.to(next(network.parameters()).device)
        for index, name in enumerate(layers.names):
            beside.setdefault(name, []).append((layers, index, placed))
    modules = dict(network.named_modules()) if beside else {}
    with ExitStack() as stack:
        for name, added in beside.items():
            hook = modules[name].register_forward_hook(_adding(added))
            stack.callback(hook.remove)
        yield


def _adding(added: Sequence[tuple[Layers, int, Tensor]]) -> Callable[..., Tensor]:
    def hook(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        for layers, index, strength in added:
            output = output + scaled(layers.beside(index, layer, inputs[0]), strength)
        return output

    return hook
