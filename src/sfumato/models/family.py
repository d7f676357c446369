"""What the floors to the right expect of a family, and how one is found.

A family is a folder beside this file with a family.py, whose package has `claim(paths) -> Family | None`: the
family over these files, or None when they are of another kind. Nothing else names it, here or elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Protocol

from sfumato.plan import Defaults, Plan

if TYPE_CHECKING:
    from sfumato.engine import Model


PICKLES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl"})


class UnknownModel(ValueError):
    """No family knows what was named, or the files are not what it can open; the message says what to do."""


class Family(Protocol):
    """One kind of model over its files. Everything but `open` works without torch and reads no weight.

    Two families are equal when they are of one kind over the same files.
    """

    @property
    def name(self) -> str:
        """The kind, as in Plan.family."""
        ...

    @property
    def summary(self) -> str:
        """One line for lists."""
        ...

    @property
    def accepts(self) -> frozenset[str]:
        """The roles of pictures its networks can read: "start", "mask", "hint", "reference"."""
        ...

    def missing(self) -> tuple[Path, ...]:
        """The weight files that are not on this machine; empty when the family can be opened."""
        ...

    def defaults(self) -> Defaults:
        """What a prompt leaves open. Raises FileNotFoundError when weights are missing."""
        ...

    def check(self, plan: Plan) -> tuple[str, ...]:
        """Why this family cannot make this plan, as sentences; empty when it can."""
        ...

    def notes(self, plan: Plan) -> tuple[str, ...]:
        """What it will leave out of the picture, as sentences."""
        ...

    def open(self, device: str, dtype: str) -> Model:
        """The networks on a device, computing in "float32" or "bfloat16"."""
        ...


def families() -> tuple[Family, ...]:
    """The families whose weights come with the package."""
    return tuple(found for kind in kinds().values() if (found := kind.claim(())) is not None)


def family(name: str) -> Family:
    """What a person calls a model: the name of a shipped one, or the path of a folder or file.

    Raises UnknownModel.
    """
    for shipped in families():
        if shipped.name == name:
            return shipped
    if Path(name).exists():
        return recognise([Path(name)])
    have = ", ".join(shipped.name for shipped in families())
    hint = f" {name!r} is a kind of model: name the folder or file of its weights." if name in kinds() else ""
    raise UnknownModel(f"There is no model {name!r}: choose {have}, or the path of one.{hint}")


def named(names: Sequence[str]) -> Family:
    """What these names stand for together; none is the first shipped model. Raises UnknownModel."""
    if len(names) > 1:
        return recognise([Path(name) for name in names])
    return family(names[0]) if names else families()[0]


def recognise(paths: Sequence[Path]) -> Family:
    """The family that these files make together: a model, with its refiner, adapters and other companions.

    Raises UnknownModel when no kind claims all of them.
    """
    for path in paths:
        if not path.exists():
            raise UnknownModel(f"There is nothing at {path}: name a model's folder or its .safetensors file.")
    for kind in kinds().values():
        if (found := kind.claim(tuple(paths))) is not None:
            return found
    for path in paths:
        if path.suffix in PICKLES:
            raise UnknownModel(
                f"{path} is a pickle, which can run any program when it is read: get this model's "
                ".safetensors files."
            )
    names = ", ".join(map(str, paths))
    raise UnknownModel(
        f"{names} is no model that can be opened here, or these do not belong together. A model is a folder "
        "in the released layout (with model_index.json) or one .safetensors file, "
        f"of a kind known: {', '.join(opened_by_path())}."
    )


def opened_by_path() -> list[str]:
    """The kinds of model that come from a folder or file of the person's own."""
    return [name for name, kind in kinds().items() if kind.claim(()) is None]


@cache
def kinds() -> Mapping[str, ModuleType]:
    """Every family's package by name, in order of the alphabet; one that takes what is left says so: LAST."""
    return MappingProxyType(dict(sorted(_packages(), key=lambda named: getattr(named[1], "LAST", False))))


def _packages() -> Iterator[tuple[str, ModuleType]]:
    folder = Path(__file__).parent
    for module in sorted(iter_modules([str(folder)]), key=lambda found: found.name):
        # Folders without family.py hold what is no family, such as the judge, and may need torch.
        if (folder / module.name / "family.py").exists():
            yield module.name, import_module(f"sfumato.models.{module.name}")
