"""About the server: its knobs, who asks, and how it does."""

from __future__ import annotations

from typing import Any, Literal, Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from sfumato import __version__
from sfumato.faces.web.server import Admin, Anybody, Here, Me, Server
from sfumato.plan import KNOBS, SAMPLER_HELP, SCHEDULE_HELP, StagePlan
from sfumato.studio.store import Person

router = APIRouter(tags=["about"])


class KnobShown(BaseModel):
    """A number or choice of a stage; `form` is its JSON schema, with range and default."""

    name: str
    help: str
    form: dict[str, Any]
    choices: dict[str, str] | None = Field(default=None, description="what can be chosen, and what that does")


class MeShown(BaseModel):
    """Who asks; without id, name and role where nobody knows. A quota of null is no bound."""

    sign_in: bool = Field(description="whether a key is needed first: POST /api/session, or send it along")
    keys: bool = Field(default=True, description="whether people are known by keys; else all are the owner")
    id: str | None = None
    name: str | None = None
    role: Literal["admin", "member", "guest"] | None = None
    most_jobs: int | None = Field(default=None, description="that may wait or run at a time")
    most_pictures: int | None = Field(default=None, description="that may be made in a day")
    most_bytes: int | None = None
    jobs: int = Field(default=0, description="that wait or run now")
    pictures: int = Field(default=0, description="of the last day, with those to come")

    @classmethod
    def of(cls, server: Server, person: Person) -> Self:
        """What a person is told of themselves."""
        own = {name: value for name, value in vars(person).items() if name in cls.model_fields}
        return cls(
            sign_in=False, keys=server.needs_key, **own, **server.store.people.load(person.id)._asdict()
        )


class Health(BaseModel):
    """That the server answers."""

    status: Literal["ok"] = "ok"
    version: str = __version__
    instance: str = Field(description="names this run of the server")


@router.get("/api/knobs", summary="What can be set by hand")
def knobs(_me: Me) -> list[KnobShown]:
    """The knobs of a stage, as the plan declares them."""
    forms = StagePlan.model_json_schema()["properties"]
    choices = {"sampler": dict(SAMPLER_HELP), "schedule": dict(SCHEDULE_HELP)}
    return [
        KnobShown(
            name=name,
            help=forms[name].get("description", ""),
            form={key: value for key, value in forms[name].items() if key not in ("title", "description")},
            choices=choices.get(name),
        )
        for name in KNOBS
    ]


@router.get("/api/me", summary="Who asks, and whether a key is needed first")
def me(server: Here, person: Anybody) -> MeShown:
    """The person whose key or cookie this is, their quotas; without one never 401."""
    return MeShown(sign_in=True) if person is None else MeShown.of(server, person)


@router.get("/api/health", summary="Whether the server answers")
def health(server: Here) -> Health:
    """For everybody."""
    return Health(instance=server.instance)


@router.get("/api/ready", summary="Whether the server can take jobs")
def ready(server: Here) -> Health:
    """Asks the database; for everybody."""
    _ = server.store.rev
    return Health(instance=server.instance)


@router.get(
    "/metrics",
    summary="Counts for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
def metrics(server: Here, _me: Admin) -> Response:
    """Requests, how long they took, open streams."""
    return Response(server.counts.text(), media_type="text/plain; version=0.0.4")
