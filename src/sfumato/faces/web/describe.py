"""Describe and find alike: what a picture shows, from the gallery or uploaded."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from PIL import Image
from pydantic import BaseModel, Field

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.forms import From
from sfumato.faces.web.server import Here, Maker, Me, Server
from sfumato.faces.web.shown import PictureShown
from sfumato.faces.web.sources import path_of
from sfumato.studio import describe as described
from sfumato.studio.given import read_pixels
from sfumato.studio.store import Person

router = APIRouter(prefix="/api", tags=["describe"])


class Described(BaseModel):
    """Prompts that would make such a picture, and where they are from."""

    source: Literal["plan", "metadata", "judge"] = Field(
        description="plan: what it was made from, exactly. metadata: what another program wrote, which "
        "nobody can verify. judge: what our judge sees in it"
    )
    words: tuple[str, ...] = Field(description="one where it is known, else four that differ")
    chinese: tuple[str, ...] = Field(description="the same in Chinese; empty where they are somebody's own")
    negative: str
    program: str = Field(description="which one wrote the metadata")


class Alike(BaseModel):
    """A picture, and how near it is."""

    picture: PictureShown
    cosine: float = Field(description="of the angle between the two, 1 is the same")


class AskedAlike(From):
    """A picture, and how many like it are wanted."""

    k: int = Field(default=20, ge=1, le=100)


@router.post("/describe", summary="Say what to ask for to get such a picture")
def describe(asked: From, server: Here, me: Maker) -> Described:
    """The plan inside, else the words of the program that made it, else four guesses of what is seen."""
    try:
        return Described(**vars(described(path_of(server, me, asked))))
    except FileNotFoundError:
        raise Refusal("not_found", "The file of this picture, or the judge's weights, are lost.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("too_many_pixels", "This picture has too many pixels to look at.") from None
    except ValueError:
        raise Refusal("not_a_picture", "The file of this picture cannot be read.") from None


@router.post("/similar", summary="Pictures that look like one, also like one that was uploaded")
def similar(asked: AskedAlike, server: Here, me: Me) -> list[Alike]:
    """The nearest first, of those that this person may see."""
    return alike(server, me, asked, asked.k)


def alike(server: Server, me: Person, named: From, k: int) -> list[Alike]:
    """The k pictures nearest to one, without itself. Raises NotThere, Refusal."""
    row = None if named.picture is None else server.store.pictures.get(named.picture, me.id)
    embedding = None if row is None else row.embedding
    if embedding is None:
        embedding = _look(server, me, named)
    near = server.store.pictures.similar(embedding, k + 1, viewer=me.id)
    others = [own for own in near if own.row.id != named.picture][:k]
    return [Alike(picture=PictureShown.of(own.row, me), cosine=own.cosine) for own in others]


def _look(server: Server, me: Person, named: From):
    """What tells a picture apart that nobody has looked at yet, (n,)."""
    from sfumato.models.judge import open_sight

    try:
        return open_sight().features([read_pixels(path_of(server, me, named))])[0]
    except FileNotFoundError:
        raise Refusal("not_found", "The file of this picture, or the judge's weights, are lost.") from None
    except (ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("not_a_picture", "The file of this picture cannot be read.") from None
