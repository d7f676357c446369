"""Opening the components of a repository with the classes of diffusers and transformers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import torch
from torch import nn

from sfumato.models._parts.repository import Repository
from sfumato.models.opening import opening

ALIGNED = 64  # bytes; as torch's own memory is


def open_component(repository: Repository, component: str, device: str, dtype: str, cls: str = "") -> Any:
    """See Repository.load."""
    kind = _class(cls or repository.class_of(component))
    folder = repository.path / component
    if not _is_network(kind):
        return kind.from_pretrained(folder, local_files_only=True)
    if device == "meta":
        return structure(kind, repository.config(component))
    variant = repository.variant(component).removeprefix(".") or None
    named = {_dtype_name(kind): getattr(torch, dtype), "variant": variant, "use_safetensors": True}

    def load(place: str) -> nn.Module:
        with _quiet():
            network = kind.from_pretrained(folder, local_files_only=True, **named)
        return _aligned(network.to(place)).eval().requires_grad_(False)

    stamps = tuple((str(file), file.stat().st_mtime_ns) for file in repository.files(component))
    return opening().network((kind, stamps, dtype), device, load)


@contextmanager
def _quiet() -> Iterator[None]:
    """No bars of the libraries' own: whoever opens a model says so once."""
    from diffusers.utils import logging as first
    from transformers.utils import logging as second

    shown = [log for log in (first, second) if log.is_progress_bar_enabled()]
    for log in shown:
        log.disable_progress_bar()
    try:
        yield
    finally:
        for log in shown:
            log.enable_progress_bar()


def _aligned(network: nn.Module) -> nn.Module:
    """The network with every weight where kernels like it; what lies so in a mapped file stays there.

    important: a mapped file may hold them at odd addresses, where kernels may round otherwise: the same
    weights in another file would give other bits.
    """
    for tensor in (*network.parameters(), *network.buffers()):
        if tensor.data_ptr() % ALIGNED:
            tensor.data = tensor.data.clone()
    return network


def structure(kind: type[nn.Module], config: dict[str, Any]) -> nn.Module:
    """The network without weights, on torch's meta device."""
    plain = {key: value for key, value in config.items() if not key.startswith("_")}
    with torch.device("meta"):
        if hasattr(kind, "from_config"):
            return kind.from_config(plain)  # type: ignore[attr-defined]
        return kind(kind.config_class.from_dict(plain))  # type: ignore[attr-defined]


def parameters(repository: Repository) -> dict[str, int]:
    """How many parameters each network of the repository has, by component; reads no weights."""
    counts = {}
    for component in repository.index:
        if component.startswith("_") or not repository.has(component) or not repository.known(component):
            continue
        kind = _class(repository.class_of(component))
        if _is_network(kind):
            network = structure(kind, repository.config(component))
            counts[component] = sum(parameter.numel() for parameter in network.parameters())
    return counts


def _is_network(kind: Any) -> bool:
    return issubclass(kind, nn.Module)


def _class(name: str) -> Any:
    module, _, cls = name.rpartition(".")
    return getattr(import_module(module), cls)


def _dtype_name(kind: type) -> str:
    return "dtype" if hasattr(kind, "config_class") else "torch_dtype"  # a network of transformers, or not
