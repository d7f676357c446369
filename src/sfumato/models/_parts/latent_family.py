"""A family over one released folder with LoRAs, and how its files are found. No torch until `open`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sfumato.models._parts.adapter_file import CONTROL, LORA, kind_of
from sfumato.models._parts.latent_release import LatentRelease
from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.plan import Defaults, Plan

if TYPE_CHECKING:
    from sfumato.engine import Model


@dataclass(frozen=True)
class LatentFamily:
    """What all families of this kind do alike; each says its `summary`, its `release` and how it is opened.

    adapters  files of LoRAs, folders of ControlNets
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
        return self.release.reads

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
    """A released folder, and adapters in the order in which they were named."""

    path: Path
    adapters: tuple[Path, ...]


def found(
    paths: tuple[Path, ...],
    pipelines: Collection[str],
    needed: Collection[str],
    title: str,
    also: str = "",
    control: str = "",
) -> Found | None:
    """The release among these paths, None when they are of another kind.

    needed   components that have to be there
    also     a last sentence on those
    control  the class of its ControlNets in diffusers, "" where it takes none

    Raises UnknownModel when some of them are not, or something stands beside it that it does not take.
    """
    folders = [path for path in paths if Repository(path).pipeline in pipelines]
    adapters = adapters_of(paths, folders, title, control) if len(folders) == 1 else None
    if adapters is None:
        return None
    absent = [component for component in needed if not (folders[0] / component).is_dir()]
    if absent:
        raise UnknownModel(
            f"{folders[0]} is a {title} model without {', '.join(absent)}: get these folders of its "
            f"release.{also}"
        )
    return Found(folders[0], adapters)


def adapters_of(
    paths: tuple[Path, ...], model: Collection[Path], title: str, control: str = ""
) -> tuple[Path, ...] | None:
    """What stands beside a model's files; None where it is no adapter.

    control  as in `found`

    Raises UnknownModel where it is one that the model does not take.
    """
    beside = tuple(path for path in paths if path not in model)
    kinds = [kind_of(path) for path in beside]
    if None in kinds:
        return None
    for path, kind in zip(beside, kinds, strict=True):
        if kind == CONTROL and control:
            _require_class(path, control, title)
        elif kind != LORA:
            takes = "no LoRA and no ControlNet" if control else "no LoRA"
            raise UnknownModel(f"{path.name} is {takes}, and {title} takes no other adapters: leave it out.")
    return beside


def _require_class(path: Path, control: str, title: str) -> None:
    if Repository(path).config("").get("_class_name") != control:
        raise UnknownModel(
            f"{path.name} was made for another model: get a ControlNet made for {title} ({control})."
        )
