"""How a prompt is read, while it is typed: no picture is made."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sfumato.faces.chinese import chinese_or
from sfumato.faces.web.forms import Form
from sfumato.faces.web.server import Me
from sfumato.language import Reading, caret, job, parse
from sfumato.language.fold import fold
from sfumato.language.lookup import find

router = APIRouter(prefix="/api", tags=["language"])

KINDS = MappingProxyType({"weight": "value", "image": "value", "brace": "value"})


class Typed(Form):
    """What was typed so far."""

    text: str = Field(max_length=20_000, examples=["a red fox:: snow::2 --ar 3:2 --no people"])


class Token(BaseModel):
    """A piece of the text."""

    text: str
    kind: Literal["prose", "flag", "value", "error"]
    piece: str = Field(description="more precisely: prose, weight, image, flag, value, brace or error")
    flag: str | None = Field(
        default=None, description="the parameter that a flag names, or that a value is of"
    )
    hint: str | None = Field(default=None, description="what the parameter does, or what is wrong")
    hint_zh: str | None = None


class Fault(BaseModel):
    """Something that keeps the prompt from being read."""

    type: str
    text: str
    message: str
    message_zh: str
    caret: str = Field(description="two lines: the text around it, and carets under the place")


class Parsed(BaseModel):
    """What became of the text. The tokens put together are the text again: places would differ between
    languages that count letters in different units."""

    tokens: list[Token]
    jobs: list[dict[str, Any]] = Field(description="what each permutation says; none where there are errors")
    count: int = Field(description="how many jobs it makes, repetitions counted")
    errors: list[Fault]
    notes: list[str]
    notes_zh: list[str]


@router.post("/parse", summary="Show how a prompt is read")
def parse_text(typed: Typed, _me: Me) -> Parsed:
    """Everything that the language knows of a text."""
    reading = parse(typed.text)
    return Parsed(
        tokens=list(_tokens(reading)),
        jobs=[job(prompt) for prompt in reading.prompts],
        count=sum(prompt.parameters.repeat or 1 for prompt in reading.prompts),
        errors=[
            Fault(
                type=own.type,
                text=own.text,
                message=own.message,
                message_zh=chinese_or(own.message),
                caret=caret(reading.text, own, ""),
            )
            for own in reading.problems
        ],
        notes=list(reading.notes),
        notes_zh=[chinese_or(note) for note in reading.notes],
    )


def _tokens(reading: Reading) -> Iterator[Token]:
    flag, place = None, 0
    for piece in reading.pieces:
        kind = KINDS.get(piece.kind, piece.kind)
        end = place + len(piece.text)
        row = None
        if kind == "flag":
            row = find(fold(piece.text).strip().lstrip("-–—―"))
            flag = row.name if row else None
        elif kind == "prose":
            flag = None
        hint = row.help if row else None
        if kind == "error":
            near = (own.message for own in reading.problems if own.start < end and place < own.end)
            hint = next(near, None)
        mine = flag if piece.kind in ("flag", "value") else None
        said = {"hint": hint, "hint_zh": None if hint is None else chinese_or(hint)}
        yield Token(text=piece.text, kind=kind, piece=piece.kind, flag=mine, **said)  # type: ignore[arg-type]
        place = end
