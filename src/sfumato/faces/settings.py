"""Settings: what a person chooses once, in a file of theirs. The environment overrides it, options both.

Pydantic checks the values, and is imported only where there are any.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, get_type_hints

from annotated_types import Ge, Le, MinLen

from sfumato.faces import whole
from sfumato.faces.places import FILE, own_folder, path_of, read

if TYPE_CHECKING:
    from sfumato.studio.gallery import Sign

PREFIX = "SFUMATO_"
OTHERS = frozenset({FILE, "SFUMATO_SERVER", "SFUMATO_KEY"})  # of the environment that are no settings

Port = Annotated[int, Ge(0), Le(65535)]
Quota = Annotated[int, Ge(0)] | None
Words = tuple[Annotated[str, MinLen(1)], ...]
Text = Annotated[str, MinLen(1)]


def _told(told: str, otherwise: str = "") -> Mapping[str, str]:
    """Of a setting: what it is for, and what its default means where that is None or empty."""
    return MappingProxyType({"help": told, "otherwise": otherwise})


@dataclass(frozen=True)
class Settings:
    """Every setting, with its type, range and default."""

    host: Text = field(default="127.0.0.1", metadata=_told("where `serve` listens; 0.0.0.0 is every address"))
    port: Port = field(
        default=7860, metadata=_told("the port of `serve`, 0 … 65535; 0 takes any that is free")
    )
    data: Path | None = field(
        default=None, metadata=_told("folder for the server's pictures and jobs", "the user's data folder")
    )
    database: Text | None = field(
        default=None, metadata=_told("postgresql+psycopg://user@host/name", "SQLite in that folder")
    )
    model: Words = field(
        default=(), metadata=_told("what draws where no model is named: a name, or paths", "the shipped one")
    )
    upscaler: Words = field(
        default=(),
        metadata=_told(
            "what makes pictures larger in `upscale` where no model is named: a name, or paths",
            "what painted them",
        ),
    )
    device: Text | None = field(
        default=None, metadata=_told("what to compute on: cpu, cuda, cuda:1, mps", "the best there is")
    )
    dtype: Literal["float32", "bfloat16"] | None = field(
        default=None, metadata=_told("number format", "the quicker, measured")
    )
    memory: Text | None = field(
        default=None,
        metadata=_told("bytes of weights that are kept open, such as 8G", "most of what there is"),
    )
    quantize: Literal["int8", "fp8"] | None = field(
        default=None, metadata=_told("weights in 8 bits: half the memory, other pixels", "whole")
    )
    compile: bool = field(
        default=False,
        metadata=_told("whether networks are compiled: slow at first, then faster, other pixels"),
    )
    jobs: Annotated[int, Ge(1), Le(64)] = field(
        default=8, metadata=_told("jobs that the server makes at a time, 1 … 64")
    )
    most_jobs: Quota = field(
        default=None, metadata=_told("jobs of a new person that may wait at a time", "any number")
    )
    most_pictures: Quota = field(
        default=None, metadata=_told("pictures that a new person may make a day", "any number")
    )
    trash_days: Annotated[float, Ge(0)] = field(
        default=30.0, metadata=_told("days in which what is in the trash can be taken back")
    )
    most_requests: Quota = field(
        default=None, metadata=_told("requests a minute by which a person may change things", "any number")
    )
    policy: Text | None = field(
        default=None,
        metadata=_told(
            "what prompts may not ask for: off, normal, strict, or a file of your own",
            "normal, off on your machine",
        ),
    )
    fetch: bool = field(
        default=True,
        metadata=_told("whether pictures at public addresses, in prompts and requests, are fetched"),
    )
    c2pa: Path | None = field(
        default=None,
        metadata=_told("folder of certificate.pem and key.pem, with which pictures are signed", "unsigned"),
    )
    log: Literal["debug", "info", "warning", "error"] = field(
        default="info", metadata=_told("what the server says on standard error: info, a line a request")
    )

    @property
    def folder(self) -> Path:
        """Where pictures and jobs are."""
        return own_folder() if self.data is None else self.data


def sign_of(settings: Settings) -> Sign | None:
    """What signs pictures; None where nothing does. Raises ValueError where it could not."""
    if settings.c2pa is None:
        return None
    from sfumato.studio.provenance import Signature

    return Signature.of(settings.c2pa).sign


NAMES = tuple(own.name for own in fields(Settings))


class Told(NamedTuple):
    """A value, and where it comes from: "default", "file", or the name in the environment."""

    value: Any
    source: str


@dataclass(frozen=True)
class Chosen:
    """All settings as they are in effect, each with its source."""

    told: Mapping[str, Told]

    @property
    def settings(self) -> Settings:
        """The values alone."""
        return Settings(**{name: own.value for name, own in self.told.items()})


def load(**options: Any) -> Settings:
    """The settings in effect; options that are None do not count. Raises ValueError as `chosen`."""
    given = {name: value for name, value in options.items() if value is not None}
    return replace(chosen().settings, **given)


def chosen(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Chosen:
    """File and environment, read and checked.

    Raises ValueError, a sentence for each fault: a name that there is not, with the nearest one; a value that
    cannot be, with where it stands.
    """
    path = path or path_of()
    told = {own.name: Told(own.default, "default") for own in fields(Settings)}
    for name, value in read(path).items():
        known(name, str(path))
        told[name] = Told(checked(name, value, str(path)), "file")
    for name in NAMES:
        variable = PREFIX + name.upper()
        if typed := environment.get(variable):
            told[name] = Told(checked(name, typed, variable), variable)
    return Chosen(MappingProxyType(told))


def faults(path: Path, environment: Mapping[str, str] = os.environ) -> list[str]:
    """Everything that is wrong, a sentence each; names of the environment that nobody reads are told too."""
    found = []
    try:
        written = read(path)
    except ValueError as error:
        return [str(error)]
    for name, value in written.items():
        found += _fault(lambda n=name, v=value: checked(known(n, str(path)), v, str(path)))
    for variable in sorted(own for own in environment if own.startswith(PREFIX) and own not in OTHERS):
        name, typed = variable.removeprefix(PREFIX).lower(), environment[variable]
        found += _fault(lambda n=name, v=typed, w=variable: checked(known(n, w), v, w)) if typed else []
    return found


def _fault(check: Any) -> list[str]:
    try:
        check()
    except ValueError as error:
        return [str(error)]
    return []


def known(name: str, where: str = "") -> str:
    """The name itself. Raises ValueError with the nearest one where there is no such setting."""
    if name in NAMES:
        return name
    near = get_close_matches(name, NAMES, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(NAMES)}."
    told = f"{where}: there" if where else "There"
    raise ValueError(f"{told} is no setting {name!r}: {hint}")


def checked(name: str, value: Any, where: str = "") -> Any:
    """A value as its setting's type; text is read as that. Raises ValueError for what cannot be."""
    from pydantic import TypeAdapter, ValidationError

    kind = get_type_hints(Settings, include_extras=True)[name]
    if kind == Words and isinstance(value, str):
        value = value.split(",")
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        told = error.errors()[0]["msg"]
        place = f"{where}: " if where else ""
        raise ValueError(f"{place}{name} cannot be {value!r}: {told}. It is {help_of(name)}.") from None


def help_of(name: str) -> str:
    """What a setting is for."""
    return _field(name).metadata["help"]


def default_of(name: str) -> str:
    """What holds where a setting is not made, as people read it."""
    own = _field(name)
    return own.metadata["otherwise"] or shown(own.default)


def shown(value: Any) -> str:
    """A value as people write it."""
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _field(name: str) -> Field[Any]:
    return next(own for own in fields(Settings) if own.name == name)


def write(path: Path, name: str, value: Any) -> None:
    """Set one setting in the file, or with None take it out; its other lines stay as they are.

    Raises ValueError for a file that is so written that a line cannot be changed by itself; OSError.
    """
    before = read(path)
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n") if path.exists() else []
    kept = [line for line in lines if line.partition("=")[0].strip() != name]
    new = [] if value is None else [f"{name} = {_toml(value)}"]
    text = "\n".join((*new, *kept)).strip("\n") + "\n"  # first: below a [table] it would be that one's
    wanted = {own: told for own, told in before.items() if own != name}
    wanted |= {} if value is None else tomllib.loads(new[0])
    try:
        same = tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise ValueError(f"{path} sets {name} over several lines: change it there.")
    whole.write(path, text.encode(), whole.PRIVATE)


def _toml(value: Any) -> str:
    if isinstance(value, Path):
        value = str(value)
    text = json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")  # all else that TOML does not take is escaped by JSON, too
