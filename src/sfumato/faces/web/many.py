"""Many pictures at once: counted, changed together, downloaded in one file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from sfumato.faces.web.converted import Format
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.forms import Chosen
from sfumato.faces.web.pictures import Tag
from sfumato.faces.web.server import Here, Maker, Me, theirs
from sfumato.faces.web.shown import PictureShown
from sfumato.faces.web.zipped import zipped
from sfumato.studio.store import PictureRow

router = APIRouter(prefix="/api/pictures", tags=["pictures"])

MOST_BYTES = 1_000_000_000


class Counted(BaseModel):
    """How many pictures there are, by what they are; those in the trash are in `trash` alone."""

    pictures: int
    liked: int
    rated: int
    trash: int
    operations: dict[str, int] = Field(examples=[{"imagine": 40, "upscale": 2}])
    models: dict[str, int]


class JudgedMany(Chosen):
    """Pictures, and what is to change in all of them; what is not said stays."""

    liked: bool | None = None
    rating: Annotated[int, Field(ge=0, le=5)] | None = None
    tags: Annotated[list[Tag], Field(max_length=100)] = Field(default=[], description="added")
    untags: Annotated[list[Tag], Field(max_length=100)] = Field(default=[], description="taken off")
    private: bool | None = None
    trashed: bool | None = None


class Packed(Chosen):
    """Pictures, and the format that they are wanted in."""

    format: Format | None = Field(
        default=None, description="none: their files, as they are; one that cannot be converted stays so too"
    )


class Changed(BaseModel):
    """The pictures as they are now, in their order."""

    pictures: list[PictureShown]


@router.get("/counts", summary="How many pictures there are of each kind")
def counts(server: Here, me: Me) -> Counted:
    """Of those that this person may see."""
    return Counted(**vars(server.store.pictures.counts(me.id)))


@router.patch("", summary="Like, rate, tag, hide, trash or restore many pictures")
def judge_many(said: JudgedMany, server: Here, me: Maker) -> Changed:
    """All of them must be one's own; each kind of change is made to all or to none."""
    store, owner, ids = server.store.pictures, theirs(me), list(dict.fromkeys(said.pictures))
    rows = [store.get(own, me.id) for own in ids]
    if said.liked is not None:
        rows = store.like(ids, owner, said.liked)
    if said.rating is not None:
        rows = store.rate(ids, said.rating, owner)
    if said.tags or said.untags:
        rows = [store.tag(row.id, _tags(row, said), owner) for row in rows]
    if said.private is not None:
        rows = store.hide(ids, owner, said.private)
    if said.trashed is not None:
        rows = store.trash(ids, owner) if said.trashed else store.untrash(ids, owner)
    return Changed(pictures=[PictureShown.of(row, me) for row in rows])


def _tags(row: PictureRow, said: JudgedMany) -> list[str]:
    return [tag for tag in (*row.tags, *said.tags) if tag not in said.untags]


@router.post(
    "/download",
    summary="Many pictures in one ZIP",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "Their files."}},
)
def download(chosen: Packed, server: Here, me: Me) -> Response:
    """It is made while it is sent, of at most a gigabyte. A file that is lost is left out."""
    rows = [server.store.pictures.get(own, me.id) for own in dict.fromkeys(chosen.pictures)]
    there = [(row, server.store.gallery / row.path) for row in rows]
    there = [(row, path) for row, path in there if path.is_file()]
    if not there:
        raise Refusal("not_found", "The files of these pictures are lost, or none was named.")
    if sum(path.stat().st_size for _, path in there) > MOST_BYTES:
        raise Refusal("too_large", "These are more than a gigabyte: download fewer at a time.")
    headers = {"Content-Disposition": 'attachment; filename="sfumato.zip"', "Cache-Control": "no-store"}
    return StreamingResponse(zipped(there, chosen.format), media_type="application/zip", headers=headers)
