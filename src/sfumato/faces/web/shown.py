"""What the server says of jobs, pictures and boards."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any, Literal, Self

from pydantic import BaseModel, Field

from sfumato.faces.chinese import chinese_or
from sfumato.faces.extent import extent_of
from sfumato.plan.kinds import kind_of
from sfumato.studio.store import NOTHING, Board, Cover, JobRow, Person, PictureRow

Status = Literal["queued", "running", "paused", "done", "failed", "cancelled", "forgotten"]


class JobShown(BaseModel):
    """A job as it stands. Of one that is gone only id, owner, rev and status mean anything."""

    id: str = Field(examples=["1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"])
    rev: int = Field(description="the number of its last change; larger is later")
    owner: str
    mine: bool
    private: bool
    status: Status
    reason: str = Field(description="why it failed or was stopped")
    reason_zh: str
    progress: float = Field(description="0 … 1")
    done: int
    total: int
    prompt: str
    model: str
    operation: str = Field(description="imagine, or the kind of an edit")
    width: int = Field(description="pixels")
    height: int
    notes: tuple[str, ...] = Field(description="what the pictures will not show")
    notes_zh: tuple[str, ...] = Field(description="the same in Chinese")
    pictures: tuple[str, ...] = Field(description="ids of its pictures when it is done")
    count: int = Field(description="how many pictures it makes")
    preview: str | None = Field(description="how far it is: a picture as data: address, while it runs")
    board: str | None = Field(description="id of the board that its pictures go onto; its owner's alone")
    priority: int
    batch: str = Field(description="the same for all jobs of one request")
    attempt: int
    created: float = Field(description="seconds since 1970")
    started: float | None
    ended: float | None
    gone: bool

    @classmethod
    def of(cls, row: JobRow, viewer: Person) -> Self:
        """What a person is shown of a row."""
        same = ("id", "rev", "owner", "private", "status", "reason", "done", "total", "notes", "priority")
        same += ("batch", "attempt", "created", "started", "ended", "gone")
        return cls(
            **{name: getattr(row, name) for name in same},
            **_of_plan(row),
            notes_zh=tuple(chinese_or(note) for note in row.notes),
            reason_zh=chinese_or(row.reason),
            mine=row.owner == viewer.id,
            board=row.board if row.owner == viewer.id else None,
            progress=1.0 if row.status == "done" else row.done / row.total if row.total else 0.0,
            preview=None if row.preview is None else data_address(row.preview),
        )


class JobWhole(JobShown):
    """A job with its whole plan, which makes the same pictures anywhere; null where the job is gone."""

    plan: dict[str, Any] | None

    @classmethod
    def of(cls, row: JobRow, viewer: Person) -> Self:
        plan = json.loads(row.plan_json) if row.plan_json else None
        return cls(**JobShown.of(row, viewer).model_dump(), plan=plan)


def _of_plan(row: JobRow) -> dict[str, Any]:
    # Read as it was written: checking each plan again would cost more than all the rest.
    plan = json.loads(row.plan_json) if row.plan_json else {}
    count, (width, height) = len(plan.get("seeds", ())), extent_of(plan)
    return {
        "prompt": plan.get("prompt", ""),
        "model": plan.get("family", ""),
        "operation": kind_of(plan),
        "width": width,
        "height": height,
        "count": count,
        "pictures": tuple(f"{row.id}-{index}" for index in range(count)) if row.status == "done" else (),
    }


def media_of(picture: bytes) -> str:
    """The media type of an encoded picture, by its first bytes."""
    if picture.startswith(b"\x89PNG"):
        return "image/png"
    if picture.startswith(b"\xff\xd8"):
        return "image/jpeg"
    return "image/webp" if picture[8:12] == b"WEBP" else "application/octet-stream"


def data_address(picture: bytes) -> str:
    """An encoded picture as data: address."""
    return f"data:{media_of(picture)};base64,{b64encode(picture).decode()}"


class OtherProgram(BaseModel):
    """What another program wrote into a picture's file. Nobody can verify it."""

    program: str = Field(description="empty where the file says nothing", examples=["ComfyUI"])
    model: str
    negative: str
    words: str = Field(description="its prompt, where our language reads it as one: it can be used again")
    settings: dict[str, str] = Field(description="by their names there", examples=[{"Steps": "20"}])


class PictureShown(BaseModel):
    """A picture. Of one that is gone only id, owner and rev mean anything."""

    id: str = Field(examples=["1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed-0"])
    rev: int
    owner: str
    mine: bool
    private: bool
    job: str
    index: int = Field(description="which of its job's pictures, from 0")
    file: str = Field(description="where its PNG is; ?width= gives a smaller WebP")
    sha256: str = Field(description="of the file")
    width: int = Field(description="pixels")
    height: int
    prompt: str
    operation: str
    model: str
    seed: int
    tags: tuple[str, ...]
    liked: bool
    rating: int = Field(description="0, not rated, to 5")
    created: float = Field(description="seconds since 1970")
    trashed: float | None
    gone: bool
    imported: OtherProgram | None = Field(description="of a picture that our engine did not make")

    @classmethod
    def of(cls, row: PictureRow, viewer: Person) -> Self:
        """What a person is shown of a row."""
        same = [name for name in cls.model_fields if name not in ("mine", "file", "imported")]
        return cls(
            **{name: getattr(row, name) for name in same},
            mine=row.owner == viewer.id,
            file=f"/api/pictures/{row.id}/file",
            imported=OtherProgram(**row.details) if row.details else None,
        )


class BoardShown(BaseModel):
    """An ordered choice of pictures; they are found by GET /api/pictures?board=ID&order=board."""

    id: str
    owner: str
    mine: bool
    private: bool
    name: str
    description: str
    created: float
    count: int = Field(description="pictures on it that this person may see")
    cover: tuple[str, ...] = Field(description="ids of the first four of them")

    @classmethod
    def of(cls, row: Board, viewer: Person, cover: Cover = NOTHING) -> Self:
        """What a person is shown of a row, and of what is on it."""
        return cls(**vars(row), mine=row.owner == viewer.id, count=cover.count, cover=cover.pictures)
