"""The trash: emptied at once; else pictures leave it by themselves after some weeks."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sfumato.faces.web.forms import Chosen
from sfumato.faces.web.server import Here, Maker

router = APIRouter(prefix="/api/trash", tags=["trash"])


class Emptied(BaseModel):
    """What is gone now."""

    pictures: list[str] = Field(description="their ids")


@router.delete("", summary="Delete for good what is in one's own trash")
def empty(server: Here, me: Maker) -> Emptied:
    """Files, thumbnails and all that was known of them. What other pictures are made from is theirs."""
    return Emptied(pictures=server.store.pictures.purge(0.0, me.id))


@router.post("/delete", summary="Delete for good these pictures of one's own trash")
def delete(chosen: Chosen, server: Here, me: Maker) -> Emptied:
    """Those that are not in it, or not this person's, stay."""
    return Emptied(pictures=server.store.pictures.purge(0.0, me.id, chosen.pictures))
