"""Adding models: from a hub, from folders and files; whole or not at all."""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from sfumato.models.adapters import adapter_at, adapters_in
from sfumato.models.family import PICKLES, UnknownModel, families, kinds, recognise
from sfumato.models.licence import licence_of
from sfumato.models.safety import checker_at
from sfumato.studio.collection.collection import GETTING, NAME, Collection
from sfumato.studio.collection.entry import Entry, EntryPart
from sfumato.studio.collection.hub import Getting, Heard, Hub, require_hub, room
from sfumato.studio.collection.table import table
from sfumato.studio.collection.trouble import NotAdded
from sfumato.studio.collection.whole import PICKLED, require_whole
from sfumato.studio.lock import take

REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class Adding:
    """What is to be added.

    sources   of all parts: OWNER/NAME or OWNER/NAME/FILE of the hub, a path, or a model that was added
    name      None derives one
    copy      whether files of this machine are copied; else they stay where they are
    revision  branch, tag or commit of a repository; None is the newest
    variant   as "fp16": of the files of a repository
    """

    sources: tuple[str, ...]
    name: str | None = None
    copy: bool = False
    revision: str | None = None
    variant: str = ""


def add(adding: Adding, to: Collection, hub: Hub, heard: Heard = lambda got: None) -> Entry:
    """The model, added. What was cut short goes on where it was when the same is asked again.

    Raises NotAdded, UnknownModel where it is of no kind known, DiskFull, BlockingIOError where another
    process adds the same.
    """
    name = _name(adding, to)
    staging = to.folder / GETTING / _key(adding)
    staging.mkdir(parents=True, exist_ok=True)
    with (to.folder / GETTING / f"{staging.name}.lock").open("w") as lock:
        take(lock)
        with _all_or_nothing(staging):
            parts = tuple(_part(source, adding, staging, to, hub, heard) for source in adding.sources)
            _require_model([staging / part.path for part in parts])
            entry = Entry(name=name, folder=staging, parts=parts, added=datetime.now(UTC).date().isoformat())
            entry.write(staging)
            staging.replace(to.folder / name)
    return entry.model_copy(update={"folder": to.folder / name})


def rests(to: Collection) -> int:
    """Bytes of downloads that were cut short."""
    files = (to.folder / GETTING).rglob("*") if (to.folder / GETTING).is_dir() else ()
    return sum(own.stat().st_size for own in files if own.is_file())


def _key(adding: Adding) -> str:
    said = "\0".join((*adding.sources, adding.revision or "", adding.variant))
    return sha256(said.encode()).hexdigest()[:16]


@contextmanager
def _all_or_nothing(staging: Path) -> Iterator[None]:
    """What was got stays for the next time only if going on can help."""
    try:
        yield
    except UnknownModel:
        shutil.rmtree(staging)
        raise
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise NotAdded(
            f"The disk is full ({error.strerror}): make room, then run the same command again."
        ) from None


def _part(source: str, adding: Adding, staging: Path, to: Collection, hub: Hub, heard: Heard) -> EntryPart:
    path = Path(source).expanduser()
    if path.exists():
        return _local(path.resolve(), adding, staging, heard)
    known = {own.name: own for own in to.entries()}
    if source in known and len(known[source].parts) == 1:
        only, own = known[source].parts[0], known[source]
        return only.model_copy(update={"path": str((own.folder / only.path).resolve())})
    if path.suffix in PICKLES:
        raise NotAdded(f"{source} {PICKLED}.")
    owner, _, rest = source.partition("/")
    repository, _, file = rest.partition("/")
    if not REPOSITORY.fullmatch(f"{owner}/{repository}") or source.startswith((".", "/", "~")):
        raise NotAdded(f"There is nothing at {source}: name a folder, a file, or a repository as OWNER/NAME.")
    return _remote(f"{owner}/{repository}", file, adding, staging, hub, heard)


def _local(path: Path, adding: Adding, staging: Path, heard: Heard) -> EntryPart:
    require_whole(path)
    path = _adapter_of(path)
    kept = str(_copied(path, staging, heard)) if adding.copy else str(path)
    return EntryPart(path=kept, source=str(path), licence=licence_of(path))


def _adapter_of(path: Path) -> Path:
    """The file of an adapter whose folder is named, and the path itself of all else. Raises NotAdded."""
    found = adapters_in(path) if path.is_dir() else ()
    if len(found) > 1:
        raise NotAdded(
            f"There are several adapters in it, so name one: {', '.join(own.name for own in found)}."
        )
    return found[0] if found else path


def _copied(path: Path, staging: Path, heard: Heard) -> Path:
    """Where the copy is, within the model's folder."""
    files = sorted(own for own in path.rglob("*") if own.is_file()) if path.is_dir() else [path]
    total, done = sum(own.stat().st_size for own in files), 0
    room(staging, total)
    for own in files:
        heard(Getting(own.name, done, total))
        goal = staging / path.name / own.relative_to(path) if path.is_dir() else staging / path.name
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(own, goal)
        done += own.stat().st_size
    heard(Getting("", done, total))
    return Path(path.name)


def _remote(repository: str, file: str, adding: Adding, staging: Path, hub: Hub, heard: Heard) -> EntryPart:
    require_hub()
    listing = hub.listing(repository, adding.revision)
    folder = _folder(staging / repository.replace("/", "--"), listing.revision)
    files = hub.choose(repository, listing, file, adding.variant, folder)
    hub.fetch(repository, listing.revision, files, folder, heard)
    _require_fetched(folder / file)
    path = _adapter_of(folder / file)
    return EntryPart(
        path=str(path.relative_to(staging)),
        source=f"{repository}/{file}".rstrip("/"),
        revision=listing.revision,
        licence=licence_of(path) or listing.licence,
    )


def _folder(folder: Path, revision: str) -> Path:
    """Where a repository goes; what is there of another revision of it goes away."""
    said = folder.with_name(f".{folder.name}.revision")
    if not said.exists() or said.read_text(encoding="utf-8") != revision:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(exist_ok=True)
    said.write_text(revision, encoding="utf-8")
    return folder


def _require_fetched(path: Path) -> None:
    """The hub's own file may be damaged: getting it once more would not help, so it goes."""
    try:
        require_whole(path)
    except NotAdded:
        shutil.rmtree(path if path.is_dir() else path.parent)
        raise


def _require_model(paths: Sequence[Path]) -> None:
    """Raises UnknownModel, NotAdded where a part of it is missing."""
    if len(paths) == 1 and (_looks(paths[0]) or adapter_at(paths[0])):
        return  # it paints no picture by itself
    found = recognise(paths)
    if missing := found.missing():
        raise NotAdded(f"Of this model {', '.join(own.name for own in missing)} is missing: get it whole.")


def _looks(path: Path) -> bool:
    """Whether it is a model that looks at pictures."""
    return checker_at(path) is not None and not (path / "model_index.json").exists()


def _name(adding: Adding, to: Collection) -> str:
    """Raises NotAdded for a name that cannot be, or that is taken."""
    taken = {own.name: own for own in to.entries()}
    forbidden = {*(own.name for own in families()), *kinds()}
    if adding.name is not None:
        _require_free(adding.name, taken, forbidden)
        return adding.name
    for own in taken.values():
        if own.sources == tuple(_plain(source) for source in adding.sources):
            raise NotAdded(f"This is here already, as {own.name}: say `--name` to have it twice.")
    return _unused(_derived(adding.sources), lambda name: name in taken or name in forbidden)


def _require_free(name: str, taken: dict[str, Entry], forbidden: set[str]) -> None:
    if not NAME.fullmatch(name):
        raise NotAdded(f"{name!r} cannot be a name: write small letters, digits and . _ -, at most 64.")
    if name in forbidden:
        raise NotAdded(f"{name!r} is the name of a kind of model: choose another.")
    if name in taken:
        raise NotAdded(f"There is a model {name!r} already: choose another name, or remove that one first.")


def _plain(source: str) -> str:
    return str(Path(source).expanduser().resolve()) if Path(source).expanduser().exists() else source


def _derived(sources: Sequence[str]) -> str:
    """As the table of versions calls it, else the last piece of the path, in small letters."""
    for row in table().values():
        if sources == (row.repository,):
            return row.name
    pieces = [re.sub(r"[^a-z0-9._-]+", "-", _stem(source).lower()).strip("-._") for source in sources[:2]]
    return "-".join(piece for piece in pieces if piece)[:60] or "model"


def _stem(source: str) -> str:
    return Path(source).name.removesuffix(".safetensors")


def _unused(name: str, taken: Callable[[str], bool]) -> str:
    numbers = (f"{name}-{number}" for number in range(2, 1000))
    return name if not taken(name) else next(own for own in numbers if not taken(own))
