"""One released network with all that belongs to it, in whatever form it comes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sfumato.models._parts.unet.facts import Facts

if TYPE_CHECKING:
    from sfumato.models._parts.unet.parts import Parts


class Release(Protocol):
    """A folder or a file. Only `open` needs torch."""

    @property
    def path(self) -> Path: ...

    @property
    def facts(self) -> Facts: ...

    def identity(self) -> str:
        """sha256 over everything here that decides a pixel."""
        ...

    def missing(self) -> tuple[Path, ...]:
        """What is not on this machine: weights of networks, or a single file's tokenizers."""
        ...

    def open(self, device: str, dtype: str) -> Parts:
        """The networks on a device."""
        ...
