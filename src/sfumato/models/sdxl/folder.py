"""A release in the layout of diffusers: one folder for each network. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.models._parts.repository import Repository
from sfumato.models.sdxl.facts import Facts

if TYPE_CHECKING:
    from sfumato.models.sdxl.parts import Parts

NETWORKS = ("text_encoder", "text_encoder_2", "unet", "vae")


@dataclass(frozen=True)
class Folder:
    """One released network with all that belongs to it."""

    path: Path

    @cached_property
    def facts(self) -> Facts:
        here = Repository(self.path)
        return Facts(
            unet=here.config("unet"),
            vae=here.config("vae"),
            scheduler=here.config("scheduler"),
            pooled=here.config("text_encoder_2")["projection_dim"],
            zeros=here.index.get("force_zeros_for_empty_prompt", True),
        )

    def identity(self) -> str:
        """sha256 over everything here that decides a pixel."""
        here = Repository(self.path)
        networks = here.fingerprint(*(name for name in NETWORKS if here.has(name)))
        asked = dumps([self.facts.scheduler, self.facts.zeros], sort_keys=True)
        return sha256(f"{networks}\0{asked}".encode()).hexdigest()

    def missing(self) -> tuple[Path, ...]:
        """The networks whose weights are not on this machine."""
        here = Repository(self.path)
        return tuple(self.path / name for name in NETWORKS if here.has(name) and not _has_weights(here, name))

    def open(self, device: str, dtype: str) -> Parts:
        """The networks on a device."""
        from sfumato.models.sdxl.parts import open_folder

        return open_folder(self.path, device, dtype)


def _has_weights(repository: Repository, component: str) -> bool:
    try:
        return bool(repository.files(component))
    except FileNotFoundError:
        return False
