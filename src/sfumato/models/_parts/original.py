"""Tensors of a network under the names of its own code, as single files have them. No torch."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

PREFIX = "model.diffusion_model."

Shapes = Mapping[str, tuple[int, ...]]


def own_names(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """The network's tensors, each as (name in the file, name without prefix).

    A file that holds text encoders and autoencoder too gives its network a prefix.
    """
    prefixed = any(name.startswith(PREFIX) for name in names)
    for name in names:
        if name.startswith(PREFIX) or not prefixed:
            yield name, name.removeprefix(PREFIX)


def count(shapes: Shapes, blocks: str) -> int:
    """How many blocks of this name there are."""
    return len({name.split(".")[1] for name in shapes if name.startswith(f"{blocks}.")})
