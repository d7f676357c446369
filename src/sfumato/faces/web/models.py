"""What can draw: models by name, where they stand, and who paints what a prompt asks for."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sfumato.faces.web.server import Here, Me, Server
from sfumato.models.family import Family, opened_by_path
from sfumato.plan.honour import HONOURED
from sfumato.studio.collection import flag, rows

router = APIRouter(tags=["about"])


class ModelShown(BaseModel):
    """A model that can be asked for."""

    name: str
    kind: str = Field(description="as in a plan's family")
    summary: str
    here: bool = Field(description="whether its weights are on this machine")
    chosen: bool = Field(description="whether it draws where none is named")
    state: Literal["installed", "opening", "open"]
    bytes: int = Field(description="of weights that are in memory now")
    total: int = Field(description="of weights that will be, when it is open; 0 where nobody asked yet")
    accepts: list[str] = Field(description="roles of pictures that its networks read by themselves")
    defaults: dict[str, Any] | None = Field(description="what it chooses where a prompt says nothing")


class Honoured(BaseModel):
    """What becomes of one word of the language."""

    parameter: str
    field: str = Field(description="the place in the plan that it goes to")
    formula: str
    today: bool = Field(description="whether it changes pictures yet")


class Mapped(BaseModel):
    """Who paints what a prompt asks for with `--v`, `--niji` or `--style`."""

    asked: str = Field(examples=["--niji 6"])
    model: str
    here: bool
    repository: str = Field(description="where it can be got; empty where nobody knows")


class Models(BaseModel):
    """What draws, and what of a prompt it honours."""

    models: list[ModelShown]
    kinds: list[str] = Field(description="kinds that the owner of the server can add")
    honours: list[Honoured]
    versions: list[Mapped]


@router.get("/api/models", summary="What can draw")
def models(server: Here, _me: Me) -> Models:
    """Models by the names that requests give, and what of the language reaches their pictures."""
    honours = [
        Honoured(parameter=r.parameter, field=r.field, formula=r.formula, today=r.today) for r in HONOURED
    ]
    shown = [_model(server, name, own) for name, own in server.models.items()]
    return Models(models=shown, kinds=opened_by_path(), honours=honours, versions=_versions(server))


def _model(server: Server, name: str, own: Family) -> ModelShown:
    here, stands = not own.missing(), server.studio.shelf.standing(own)
    return ModelShown(
        name=name,
        kind=own.name,
        summary=own.summary,
        here=here,
        chosen=own == server.model(None),
        state="installed" if stands.state == "closed" else stands.state,
        bytes=stands.bytes,
        total=stands.total,
        accepts=sorted(own.accepts),
        defaults=own.defaults().model_dump(mode="json") if here else None,
    )


def _versions(server: Server) -> list[Mapped]:
    known = server.studio.models
    if known is None:
        return []
    table = rows(known.collection)
    return [
        Mapped(asked=flag(key), model=row.name, here=row.name in known, repository=row.repository)
        for key, row in table.items()
    ]
