"""Imports: pictures of other programs, and our own from elsewhere, brought into the gallery."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Request, UploadFile
from pydantic import BaseModel, Field

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.server import Here, Maker, Server
from sfumato.faces.web.shown import PictureShown
from sfumato.faces.web.sources import uploads_of
from sfumato.faces.web.uploads import MOST_BYTES, MOST_PIXELS
from sfumato.studio.store import Person, Unavailable

router = APIRouter(prefix="/api/imports", tags=["imports"])

MOST_FILES = 100


class ImportShown(BaseModel):
    """What became of one file."""

    name: str
    status: Literal["added", "known", "skipped", "failed"] = Field(
        description="known: these pixels were there already. skipped: a grid of ours"
    )
    reason: str = Field(description="why it was skipped or failed")
    picture: PictureShown | None


class Imports(BaseModel):
    """What became of all files, in their order."""

    imports: list[ImportShown]


@router.post("", status_code=201, summary="Bring pictures into the gallery")
def bring(
    files: Annotated[list[UploadFile], File(description="PNG, JPEG or WebP, at most 100 files")],
    server: Here,
    me: Maker,
    request: Request,
    private: Annotated[bool, Form(description="whether only their owner sees them")] = False,
) -> Imports:
    """Keep files as they are, with what they say: plan and lineage of ours, the words of other programs.

    A file that cannot be read fails alone. Sent again, what is there is left as it is.
    """
    if len(files) > MOST_FILES:
        raise Refusal("too_large", f"At most {MOST_FILES} files at a time.")
    _room(server, me, sum(file.size or 0 for file in files))
    return Imports(imports=[_bring(server, me, file, private) for file in files])


def _bring(server: Server, me: Person, file: UploadFile, private: bool) -> ImportShown:
    from sfumato.studio.imports.folder import import_file

    name = Path((file.filename or "picture").replace("\\", "/").replace("\0", "")).name[:250] or "picture"
    try:
        with TemporaryDirectory(dir=_work(server)) as work:
            part = Path(work) / "part"
            part.write_bytes(file.file.read())
            made = import_file(server.store, part, me.id, private, name, MOST_PIXELS)
    except OSError as error:
        raise Unavailable("The disk is full, or may not be written to: free some space.") from error
    picture = None if made.picture is None else PictureShown.of(made.picture, me)
    return ImportShown(
        name=name, status=made.status, reason=made.reason.replace(str(part), name), picture=picture
    )


def _work(server: Server) -> Path:
    folder = server.store.gallery.with_name("uploads")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _room(server: Server, me: Person, more: int) -> None:
    """What is imported counts as uploads do."""
    most = MOST_BYTES if me.most_bytes is None else me.most_bytes
    paths = [server.store.gallery / own for own in server.store.pictures.imported_paths(me.id)]
    paths += uploads_of(server, me).glob("*.png")
    kept = sum(path.stat().st_size for path in paths if path.exists())
    if kept + more > most:
        raise Refusal(
            "no_room", f"Your uploads and imports may take {most:,} bytes together, and take {kept:,}."
        )
