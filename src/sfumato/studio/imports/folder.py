"""Bringing files into a store: whole folders, one file at a time, each once."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import MappingProxyType
from typing import Literal

from sfumato.studio.gallery import RECORD, Kept, read_kept
from sfumato.studio.given import digest, read_pixels
from sfumato.studio.imports.texts import MOST_PIXELS, Said, read_said
from sfumato.studio.store import Conflict, Drawn, NotThere, PictureRow, Store, drawn
from sfumato.studio.store.drawn import of_file
from sfumato.studio.store.errors import told
from sfumato.studio.store.imported import FOLDER, imported

Status = Literal["added", "known", "skipped", "failed"]

MOST_FILES = 200_000
LONGEST_NAME = 200  # bytes
KINDS = frozenset({".png", ".jpg", ".jpeg", ".webp"})
SUFFIX = MappingProxyType({b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"RIFF": ".webp"})
_JOB = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Skipped(ValueError):
    """A file that is fine, and nothing to import; the message says why."""


@dataclass(frozen=True)
class Imported:
    """What became of one file. `reason` says why it was skipped or failed; `picture` is what it is now."""

    status: Status
    picture: PictureRow | None = None
    reason: str = ""


@dataclass(frozen=True)
class Progress:
    """After each file: how far a folder is, and what became of this file."""

    done: int
    total: int
    path: Path
    result: Imported


def import_folder(store: Store, folder: Path, owner: str, private: bool = False) -> Iterator[Progress]:
    """Copy the PNG, JPEG and WebP files of a folder and below into the gallery, each with what it says.

    What is there already, by its pixels, is left as it is: stopped and begun again, it goes on. A file that
    cannot be read fails alone. Hidden files, and links to folders, are left out.

    Raises NotADirectoryError, ValueError for more files than 200 000, Unavailable where the disk or the
    database takes no more.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"There is no folder {folder}.")
    paths = _files(folder, store.database.folder)
    added: list[Drawn] = []
    for done, path in enumerate(paths, 1):
        yield Progress(done, len(paths), path, _try(store, path, owner, private, added))
    store.pictures.relate(added, owner)  # now that all parents are there


def import_file(
    store: Store,
    path: Path,
    owner: str,
    private: bool = False,
    name: str | None = None,
    most_pixels: int = MOST_PIXELS,
) -> Imported:
    """Copy one file into the gallery.

    name  what it was called, where it is called something else now: some programs write into names

    Never raises for what is wrong with the file; Unavailable as `import_folder`.
    """
    try:
        return _import(store, path, owner, private, read_said(path, most_pixels, name), [])
    except (ValueError, Conflict) as error:
        return _refused(error)


def _try(store: Store, path: Path, owner: str, private: bool, added: list[Drawn]) -> Imported:
    try:
        return _import(store, path, owner, private, read_said(path), added)
    except (ValueError, Conflict) as error:
        return _refused(error)
    except (FileNotFoundError, PermissionError) as error:
        return Imported("failed", reason=f"{path.name} cannot be read ({error.strerror}).")


def _refused(error: Exception) -> Imported:
    return Imported("skipped" if isinstance(error, Skipped) else "failed", reason=str(error))


def _files(folder: Path, own: Path) -> Sequence[Path]:
    """Without what is hidden, and without the store's own folder, should that be below."""
    found = []
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in KINDS and not hidden and path.is_file() and not _below(path, own):
            found.append(path)
        if len(found) > MOST_FILES:
            raise ValueError(
                f"{folder} has more than {MOST_FILES:,} pictures: import its folders one by one."
            )
    return sorted(found)


def _below(path: Path, own: Path) -> bool:
    return path.resolve().is_relative_to(own.resolve())


def _import(store: Store, path: Path, owner: str, private: bool, said: Said, added: list[Drawn]) -> Imported:
    kept = _kept(path, said) if RECORD in said.texts else None
    if kept is not None:
        _check_claim(store, kept, owner)
    content = digest(read_pixels(path) if kept is None else kept.pixels)
    if known := store.pictures.of_content(content, owner):
        return Imported("known", known)
    row = _add(store, path, owner, private, said, kept, added)
    return Imported("added", row)


def _add(
    store: Store,
    path: Path,
    owner: str,
    private: bool,
    said: Said,
    kept: Kept | None,
    added: list[Drawn],
) -> PictureRow:
    while True:
        copy = _copy(path, store.gallery, said.name)
        one = imported(said, copy, store.gallery, owner) if kept is None else drawn(kept, copy, store.gallery)
        (row,) = store.pictures.add([one], owner, private)
        if copy.exists():  # else another person's copy of it was purged in between
            added.append(one)
            return row


def _copy(path: Path, gallery: Path, called: str) -> Path:
    """The file in the gallery, in a folder named by its bytes; written completely or not at all.

    It keeps its name, as some programs write into names. Raises Unavailable.
    """
    with told():
        name = of_file(path)
        with path.open("rb") as file:
            head = file.read(4)
        suffix = next((own for begin, own in SUFFIX.items() if head.startswith(begin)), ".png")
        target = gallery / FOLDER / name[:2] / name / f"{_safe(called)}{suffix}"
        if target.exists():
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=target.parent, prefix=".", suffix=".partial", delete=False) as part:
            try:
                shutil.copyfile(path, part.name)
                shutil.copystat(path, part.name)
                os.chmod(part.name, 0o644)
                os.fsync(part.fileno())
                os.replace(part.name, target)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
        return target


def _safe(called: str) -> str:
    """A file's name without its ending, as any disk takes it."""
    plain = re.sub(r"[^\w() -]", "_", Path(called).stem)
    return plain if 0 < len(plain.encode()) <= LONGEST_NAME else plain[:60] or "picture"


def _kept(path: Path, said: Said) -> Kept:
    """The record of one of our own files. Raises ValueError where it is damaged, Skipped for a grid."""
    try:
        kept = read_kept(path)
    except (KeyError, TypeError, RecursionError):
        raise ValueError(f"{said.name} has a record of ours that is damaged.") from None
    if kept.index is None:
        raise Skipped(f"{said.name} is a grid: its pictures are imported, it is not.")
    number, job = kept.index, kept.job
    if not (isinstance(number, int) and 0 <= number < len(kept.plan.seeds)):
        raise ValueError(f"{said.name} says that it is a picture which its plan does not have.")
    if not (isinstance(job, str) and _JOB.fullmatch(job)):
        raise ValueError(f"{said.name} does not say which job it is of.")
    return kept


def _check_claim(store: Store, kept: Kept, owner: str) -> None:
    """A file says of which job it is: nobody may fill in another's, or one that is still to be made."""
    try:
        job = store.jobs.get(kept.job)
    except NotThere:
        return
    if job.owner != owner or job.status not in ("done", "forgotten"):
        raise Conflict("This picture is of a job that is another person's, or not done yet.")
