"""A half of Kandinsky 2 in its folder."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sfumato.models._parts.repository import Repository


@dataclass(frozen=True)
class Half:
    """The prior or the decoder: a released folder, and what the names of its components begin with."""

    path: Path
    prefix: str = ""

    def config(self, component: str) -> dict[str, Any]:
        return Repository(self.path).config(self.prefix + component)

    def load(self, component: str, device: str, dtype: str, cls: str = "") -> Any:
        """See Repository.load."""
        return Repository(self.path).load(self.prefix + component, device, dtype, cls)

    def missing(self, *components: str) -> tuple[Path, ...]:
        """The weight files of those components that are not here."""
        return Repository(self.path).missing(*(self.prefix + component for component in components))

    def fingerprint(self, *components: str) -> str:
        """What these components are, whatever their names begin with: a combined folder has the same."""
        digest = sha256()
        for component in components:
            digest.update(Repository(self.path / (self.prefix + component)).fingerprint("").encode())
        return digest.hexdigest()
