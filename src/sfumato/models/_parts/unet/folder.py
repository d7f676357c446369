"""A release in the layout of diffusers: one folder for each network. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sfumato.models._parts.repository import Repository
from sfumato.models._parts.unet.facts import Facts, skippable

if TYPE_CHECKING:
    from sfumato.models._parts.unet.parts import Parts

NETWORKS = ("text_encoder", "text_encoder_2", "unet", "vae")


class Reading(NamedTuple):
    """How a kind of model takes tokens from its CLIP encoders.

    above   layers above the one whose output is read
    normed  whether the encoder's last norm is applied to that output
    zeros   whether no prompt is zeros where the release does not say so
    """

    above: int
    normed: bool
    zeros: bool


@dataclass(frozen=True)
class Folder:
    """One released network with all that belongs to it."""

    path: Path
    reading: Reading

    @property
    def facts(self) -> Facts:
        return self._facts

    @cached_property
    def _facts(self) -> Facts:
        here = Repository(self.path)
        depths = [config["num_hidden_layers"] for config in self._texts()]
        return Facts(
            unet=here.config("unet"),
            vae=here.config("vae"),
            scheduler=here.config("scheduler"),
            pooled=here.config("text_encoder_2").get("projection_dim", 0),
            zeros=here.index.get("force_zeros_for_empty_prompt", self.reading.zeros),
            skippable=skippable(min(depths), self.reading.above),
        )

    def identity(self) -> str:
        """sha256 over everything here that decides a pixel."""
        return identity(Repository(self.path), self.facts, NETWORKS)

    def missing(self) -> tuple[Path, ...]:
        """The networks whose weights are not on this machine."""
        return missing(Repository(self.path), NETWORKS)

    def open(self, device: str, dtype: str) -> Parts:
        """The networks on a device."""
        from sfumato.models._parts.unet.parts import open_folder

        return open_folder(self.path, self.reading, device, dtype)

    def _texts(self) -> Iterator[dict[str, Any]]:
        here = Repository(self.path)
        return (here.config(name) for name in NETWORKS[:2] if here.has(name))


def identity(repository: Repository, facts: Facts, networks: tuple[str, ...]) -> str:
    """sha256 over these networks and how they are asked."""
    found = repository.fingerprint(*(name for name in networks if repository.has(name)))
    asked = dumps([facts.scheduler, facts.zeros], sort_keys=True)
    return sha256(f"{found}\0{asked}".encode()).hexdigest()


def missing(repository: Repository, networks: tuple[str, ...]) -> tuple[Path, ...]:
    """The folders of those networks whose weights are not on this machine."""
    return tuple(
        repository.path / name
        for name in networks
        if repository.has(name) and not _has_weights(repository, name)
    )


def _has_weights(repository: Repository, component: str) -> bool:
    try:
        return bool(repository.files(component))
    except FileNotFoundError:
        return False
