"""Boards: ordered choices of pictures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sfumato.faces.web.forms import NO_NUL, Chosen, Form, Short
from sfumato.faces.web.server import Here, Maker, Me, Server
from sfumato.faces.web.shown import BoardShown
from sfumato.studio.store import NOTHING, NotThere, Person

router = APIRouter(prefix="/api/boards", tags=["boards"])


class BoardAsked(Form):
    """A board as it is to be."""

    name: Short = Field(examples=["Foxes"])
    private: bool = False
    description: Annotated[str, Field(max_length=2000, pattern=NO_NUL)] | None = Field(
        default=None, description="what it is for, in plain text; null keeps the one that it has"
    )


class Boards(BaseModel):
    """All boards that a person may see."""

    boards: list[BoardShown]


@router.get("", summary="List boards, the oldest first")
def listed(server: Here, me: Me) -> Boards:
    """Boards that this person may see."""
    return Boards(boards=_boards(server, me))


@router.post("", status_code=201, summary="Make a board")
def make(asked: BoardAsked, server: Here, me: Maker) -> BoardShown:
    """A new, empty board."""
    return BoardShown.of(
        server.store.boards.add(asked.name, me.id, asked.private, asked.description or ""), me
    )


@router.get("/{board}", summary="One board")
def one(board: Short, server: Here, me: Me) -> BoardShown:
    """What is on it is found by GET /api/pictures?board=ID&order=board."""
    return _board(server, me, board)


@router.put("/{board}", summary="Rename, describe, hide or show a board")
def change(board: Short, asked: BoardAsked, server: Here, me: Maker) -> BoardShown:
    """Only its owner may."""
    server.store.boards.change(board, me.id, asked.name, asked.private, asked.description)
    return _board(server, me, board)


@router.delete("/{board}", status_code=204, summary="Delete a board; its pictures stay")
def remove(board: Short, server: Here, me: Maker) -> None:
    """Only its owner may."""
    server.store.boards.remove(board, me.id)


@router.post("/{board}/pictures", summary="Put pictures at the end of a board")
def pin(board: Short, chosen: Chosen, server: Here, me: Maker) -> BoardShown:
    """Those that are on it stay where they are."""
    server.store.boards.pin(board, chosen.pictures, me.id)
    return _board(server, me, board)


@router.put("/{board}/pictures", summary="Put these first, in this order")
def arrange(board: Short, chosen: Chosen, server: Here, me: Maker) -> BoardShown:
    """The others follow as they were; those not on it stay off."""
    server.store.boards.arrange(board, chosen.pictures, me.id)
    return _board(server, me, board)


@router.delete("/{board}/pictures/{picture}", status_code=204, summary="Take a picture off a board")
def unpin(board: Short, picture: Short, server: Here, me: Maker) -> None:
    """The picture stays in the gallery."""
    server.store.boards.unpin(board, [picture], me.id)


def _boards(server: Server, me: Person) -> list[BoardShown]:
    boards = server.store.boards
    covers = boards.covers(me.id)
    return [BoardShown.of(own, me, covers.get(own.id, NOTHING)) for own in boards.listed(me.id)]


def _board(server: Server, me: Person, board: str) -> BoardShown:
    for own in _boards(server, me):
        if own.id == board:
            return own
    raise NotThere("There is no such board.")
