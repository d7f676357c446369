"""A family over one released folder with LoRAs, and how its files are found. No torch until `open`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sfumato.models._parts.adapter_file import LORA, kind_of
from sfumato.models._parts.latent_release import LatentRelease
from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.plan import Defaults, Plan

if TYPE_CHECKING:
    from sfumato.engine import Model


@dataclass(frozen=True)
class LatentFamily:
    """What all families of this kind do alike; each says its `summary`, its `release` and how it is opened.

    adapters  files of LoRAs
    """

    path: Path
    adapters: tuple[Path, ...] = ()
    name: str = ""

    @cached_property
    def release(self) -> LatentRelease:
        raise NotImplementedError

    @property
    def summary(self) -> str:
        raise NotImplementedError

    @property
    def accepts(self) -> frozenset[str]:
        return self.release.roles

    def missing(self) -> tuple[Path, ...]:
        return self.release.missing()

    def defaults(self) -> Defaults:
        return self.release.defaults(self.name)

    def check(self, plan: Plan) -> tuple[str, ...]:
        return self.release.refusals(plan)

    def notes(self, plan: Plan) -> tuple[str, ...]:
        return self.release.notes(plan)

    def open(self, device: str, dtype: str) -> Model:
        raise NotImplementedError

    @property
    def named(self) -> str:
        """Its folder's name and those of its adapters."""
        added = f" with {', '.join(path.name for path in self.adapters)}" if self.adapters else ""
        return f"{self.path.name}{added}"


class Found(NamedTuple):
    """A released folder, and LoRAs in the order in which they were named."""

    path: Path
    adapters: tuple[Path, ...]


def found(
    paths: tuple[Path, ...], pipelines: Collection[str], needed: Collection[str], title: str, also: str = ""
) -> Found | None:
    """The release among these paths, None when they are of another kind.

    needed  components that have to be there
    also    a last sentence on those

    Raises UnknownModel when some of them are not, or something else than LoRAs stands beside it.
    """
    folders = [path for path in paths if Repository(path).pipeline in pipelines]
    adapters = loras(paths, folders, title) if len(folders) == 1 else None
    if adapters is None:
        return None
    absent = [component for component in needed if not (folders[0] / component).is_dir()]
    if absent:
        raise UnknownModel(
            f"{folders[0]} is a {title} model without {', '.join(absent)}: get these folders of its "
            f"release.{also}"
        )
    return Found(folders[0], adapters)


def loras(paths: tuple[Path, ...], model: Collection[Path], title: str) -> tuple[Path, ...] | None:
    """What stands beside a model's files; None where it is no adapter.

    Raises UnknownModel where it is one of another kind than LoRA.
    """
    beside = tuple(path for path in paths if path not in model)
    kinds = [kind_of(path) for path in beside]
    if None in kinds:
        return None
    for path, kind in zip(beside, kinds, strict=True):
        if kind != LORA:
            raise UnknownModel(f"{path.name} is no LoRA, and {title} takes no other adapters: leave it out.")
    return beside
