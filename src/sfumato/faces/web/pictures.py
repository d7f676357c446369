"""Pictures: found, shown, judged, put into the trash and taken back."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from sfumato.faces.web.converted import ENDINGS, Format, converted, is_kept
from sfumato.faces.web.describe import Alike, alike
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.forms import Form, From, Short
from sfumato.faces.web.grids import inline
from sfumato.faces.web.server import Here, Maker, Me, theirs
from sfumato.faces.web.shown import PictureShown
from sfumato.faces.web.thumbnails import thumbnail
from sfumato.studio.store import Filters, Person, PictureRow

router = APIRouter(prefix="/api/pictures", tags=["pictures"])

KINDS = MappingProxyType({".jpg": "image/jpeg", ".webp": "image/webp"})
KIND_NAMES = ("image/png", "image/webp", "image/jpeg")
FOREVER = "private, max-age=31536000, immutable"
Moment = Annotated[float | None, Query(ge=0, le=1e12, allow_inf_nan=False)]
Tag = Annotated[str, Field(max_length=100)]


class Pictures(BaseModel):
    """A page of pictures."""

    pictures: list[PictureShown]
    cursor: str = Field(description="for the next page; empty after the last one")
    rev: int = Field(description="for GET /api/events?since=")


class Kin(BaseModel):
    """Where a picture comes from, and what came of it."""

    parents: list[PictureShown]
    children: list[PictureShown]


class Judged(Form):
    """What is to change; what is not said stays."""

    liked: bool | None = None
    rating: Annotated[int, Field(ge=0, le=5)] | None = None
    tags: Annotated[list[Tag], Field(max_length=100)] | None = Field(default=None, examples=[["fox", "snow"]])
    private: bool | None = None
    trashed: bool | None = Field(default=None, description="true puts it into the trash, false takes it back")


class Wanted(BaseModel):
    """What pictures must be."""

    owner: Short | None = None
    job: Short | None = None
    model: Short | None = None
    operation: Short | None = None
    since: Moment = None
    until: Moment = None
    aspect: Annotated[str | None, Query(max_length=20, description="as 16:9, within 4 %")] = None
    liked: bool | None = None
    rating: Annotated[int, Query(ge=0, le=5, description="at least")] = 0
    board: Short | None = None
    trash: Annotated[bool, Query(description="what is in one's own trash, and only that")] = False
    q: Annotated[str, Query(max_length=500, description="words of the prompt or the tags")] = ""
    order: Literal["newest", "oldest", "best", "board"] = "newest"
    cursor: Annotated[str, Query(max_length=200)] = ""
    limit: Annotated[int, Query(ge=1, le=200)] = 50


@router.get("", summary="Find pictures")
def found(wanted: Annotated[Wanted, Query()], server: Here, me: Me) -> Pictures:
    """A page of the pictures that this person may see; pages do not shift while pictures are added."""
    rev = server.store.rev
    filters = Filters(**wanted.model_dump(exclude={"q", "order", "cursor", "limit"}))
    try:
        page = server.store.pictures.search(
            wanted.q, filters, wanted.order, wanted.cursor, wanted.limit, viewer=me.id
        )
    except ValueError as error:
        raise Refusal("invalid", str(error)) from None
    return Pictures(pictures=_shown(page.rows, me), cursor=page.cursor, rev=rev)


@router.get("/{picture}", summary="One picture")
def one(picture: Short, server: Here, me: Me) -> PictureShown:
    """Everything about a picture, also about one in this person's trash."""
    return PictureShown.of(server.store.pictures.get(picture, me.id), me)


@router.patch("/{picture}", summary="Like, rate, tag, hide, trash or restore a picture")
def judge(picture: Short, said: Judged, server: Here, me: Maker) -> PictureShown:
    """What is not said stays as it is."""
    store, row = server.store.pictures, server.store.pictures.get(picture, me.id)
    owner, ids = theirs(me), [row.id]
    if said.liked is not None:
        (row,) = store.like(ids, owner, said.liked)
    if said.rating is not None:
        (row,) = store.rate(ids, said.rating, owner)
    if said.tags is not None:
        row = store.tag(row.id, said.tags, owner)
    if said.private is not None:
        (row,) = store.hide(ids, owner, said.private)
    if said.trashed is not None:
        (row,) = store.trash(ids, owner) if said.trashed else store.untrash(ids, owner)
    return PictureShown.of(row, me)


@router.delete("/{picture}", summary="Put a picture into the trash")
def trash(picture: Short, server: Here, me: Maker) -> PictureShown:
    """It can be taken back by PATCH with `trashed` false."""
    server.store.pictures.get(picture, me.id)
    (row,) = server.store.pictures.trash([picture], theirs(me))
    return PictureShown.of(row, me)


@router.get(
    "/{picture}/file",
    summary="The file of a picture",
    response_class=Response,
    responses={
        200: {"content": {kind: {} for kind in KIND_NAMES}, "description": "The picture."},
        304: {"description": "It is the one that the client has: a picture's file never changes."},
    },
)
def file(
    picture: Short,
    server: Here,
    me: Me,
    width: Annotated[
        int | None, Query(ge=1, le=4096, description="a WebP at least so wide, or as wide as the picture is")
    ] = None,
    format: Annotated[
        Format | None, Query(description="the whole picture in this format; none: as it is kept")
    ] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The PNG with its plan inside, an imported file as it was, a smaller WebP, or another format.

    JPEG and WebP carry the words, and that a model made it; the plan is in the PNG alone.
    """
    if width is not None and format is not None:
        raise Refusal("invalid", "Name a width or a format: what is made smaller is a WebP.")
    row = server.store.pictures.get(picture, me.id)
    path = server.store.gallery / row.path
    kind = KINDS.get(path.suffix, "image/png")
    if not path.is_file():
        raise Refusal("not_found", "The file of this picture is lost.")
    tag = row.sha256
    if width is not None:
        path, kind = thumbnail(server.store.gallery, row, width), "image/webp"
        tag = path.stem
    if format is not None and not is_kept(path, format):
        tag = f"{row.sha256}-{format}"
    headers = {"ETag": f'"{tag}"', "Cache-Control": FOREVER}
    if if_none_match is not None and _matches(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    if format is not None and not is_kept(path, format):
        headers["Content-Disposition"] = inline(f"{path.stem}{ENDINGS.get(format, f'.{format}')}")
        return Response(converted(path, row, format), media_type=f"image/{format}", headers=headers)
    if width is None:
        headers["Content-Disposition"] = inline(path.name)
    return FileResponse(path, media_type=kind, headers=headers)


def _matches(said: str, tag: str) -> bool:
    return any(own.strip().removeprefix("W/") in (f'"{tag}"', "*") for own in said.split(","))


@router.get("/{picture}/lineage", summary="What a picture was made from, and what from it")
def lineage(picture: Short, server: Here, me: Me) -> Kin:
    """What this person may not see is left out."""
    store = server.store.pictures
    store.get(picture, me.id)
    parents, children = store.parents(picture, me.id), store.children(picture, me.id)
    return Kin(parents=_shown(parents, me), children=_shown(children, me))


@router.get("/{picture}/similar", summary="Pictures that look like one")
def similar(picture: Short, server: Here, me: Me, k: Annotated[int, Query(ge=1, le=100)] = 20) -> list[Alike]:
    """The nearest first, of those that this person may see; the picture is looked at where nobody has yet."""
    return alike(server, me, From(picture=picture), k)


def _shown(rows: list[PictureRow], me: Person) -> list[PictureShown]:
    return [PictureShown.of(row, me) for row in rows]
