"""What can be written behind the words of a prompt."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sfumato.faces.chinese import chinese_or
from sfumato.faces.web.server import Me
from sfumato.language.lookup import GROUPS
from sfumato.language.parameters import Parameter

router = APIRouter(prefix="/api", tags=["language"])

BARE = frozenset({"flag", "preset"})
"""Kinds that stand alone, without a value behind them."""


class ParameterShown(BaseModel):
    """One parameter of the language."""

    name: str
    names: tuple[str, ...] = Field(description="every spelling, the long one first")
    group: str
    bare: bool = Field(description="whether it stands without a value")
    example: str
    help: str
    help_zh: str

    @classmethod
    def of(cls, row: Parameter, group: str) -> ParameterShown:
        said = {"help": row.help, "help_zh": chinese_or(row.help)}
        return cls(
            name=row.name, names=row.names, group=group, bare=row.kind in BARE, example=row.example, **said
        )


@router.get("/parameters", summary="What can be written behind a prompt")
def parameters(_me: Me) -> list[ParameterShown]:
    """The parameters of the language, those of the past at the end."""
    return [ParameterShown.of(row, group) for group, rows in GROUPS for row in rows]
