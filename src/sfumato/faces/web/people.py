"""People and their keys, for whoever looks after the server; what one's own pictures take."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from fastapi import APIRouter, BackgroundTasks, Header, Request, Response
from pydantic import BaseModel, Field

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.forms import Form, Short
from sfumato.faces.web.server import Admin, Here, Me, Server
from sfumato.faces.web.session import LASTS, give_cookie
from sfumato.studio.store import Person

router = APIRouter(prefix="/api", tags=["people"])

Role = Literal["admin", "member", "guest"]
Most = Annotated[int | None, Field(ge=0, le=10**9, description="null: any number")]


class PersonShown(BaseModel):
    """A person, as who looks after the server sees them."""

    id: str
    name: str
    role: Role
    me: bool
    has_key: bool
    most_jobs: int | None
    most_pictures: int | None
    jobs: int = Field(description="that wait or run now")
    pictures: int = Field(description="of the last day, with those to come")

    @classmethod
    def of(cls, server: Server, person: Person, me: Person, keyed: bool) -> Self:
        """What is shown of a person."""
        own = {name: getattr(person, name) for name in ("id", "name", "role", "most_jobs", "most_pictures")}
        used = server.store.people.load(person.id)._asdict()
        return cls(**own, **used, me=person.id == me.id, has_key=keyed)


class Key(BaseModel):
    """A key. It is told this once: only its hash is kept."""

    key: str
    person: PersonShown


class PersonAsked(Form):
    """A new person."""

    name: Short
    role: Role = "member"
    most_jobs: Most = None
    most_pictures: Most = None


class PersonChanged(Form):
    """What becomes different; what is not named stays."""

    role: Role | None = None
    most_jobs: Most = None
    most_pictures: Most = None


class Storage(BaseModel):
    """What one's own pictures take."""

    pictures: int
    bytes: int
    trashed: int
    trashed_bytes: int


@router.get("/people", summary="Who may use the server")
def everybody(server: Here, me: Admin) -> list[PersonShown]:
    """By name; for admins, as all that follows."""
    keyed = server.store.people.keyed()
    return [PersonShown.of(server, own, me, own.id in keyed) for own in server.store.people.all()]


@router.post("/people", status_code=201, summary="Add a person, with a key")
def add(asked: PersonAsked, server: Here, me: Admin) -> Key:
    """The key is told only now."""
    if not server.store.people.have_keys():
        said = "Nobody has a key yet: make one for yourself first, or the server would shut you out."
        raise Refusal("conflict", said, "POST /api/people/ID/key")
    most = {"most_jobs": asked.most_jobs, "most_pictures": asked.most_pictures}
    return _key(server, server.store.people.add(asked.name.strip(), asked.role, **most), me)


@router.patch("/people/{person}", summary="Another role, other quotas")
def change(person: str, asked: PersonChanged, server: Here, me: Admin) -> PersonShown:
    """One's own role stays: else a server could be left with nobody to look after it."""
    own = server.store.people.get(person)
    if asked.role is not None and asked.role != own.role:
        _another(own, me)
    named = asked.model_dump(exclude_unset=True, exclude={"role"})
    changed = server.store.people.change(own.id, asked.role or own.role, **named)  # type: ignore[arg-type]
    return PersonShown.of(server, changed, me, own.id in server.store.people.keyed())


@router.post("/people/{person}/key", summary="A new key")
def new_key(
    person: str,
    request: Request,
    response: Response,
    then: BackgroundTasks,
    server: Here,
    me: Admin,
    authorization: Annotated[str | None, Header()] = None,
) -> Key:
    """The one before is of no use any more. A browser that makes its own person's key stays signed in."""
    told = _key(server, server.store.people.get(person), me)
    then.add_task(request.app.state.follower.doubt)  # when the cookie has been sent
    if told.person.me and authorization is None:
        _, token = server.store.sessions.begin(told.key, LASTS)
        give_cookie(request, response, token, int(LASTS))
    return told


@router.delete("/people/{person}/key", status_code=204, summary="Take a key away")
def revoke(person: str, request: Request, server: Here, me: Admin) -> None:
    """Programs and browsers that used it are out at once."""
    server.store.people.revoke(_another(server.store.people.get(person), me).id)
    request.app.state.follower.doubt()


@router.delete("/people/{person}", status_code=204, summary="Remove a person")
def remove(person: str, request: Request, server: Here, me: Admin) -> None:
    """Their key, waiting jobs, private pictures and boards go; what all may see stays."""
    server.store.people.remove(_another(server.store.people.get(person), me).id)
    request.app.state.follower.doubt()


@router.get("/storage", summary="What one's own pictures take")
def storage(server: Here, me: Me) -> Storage:
    """Files of the gallery; what is in the trash is counted apart."""
    return Storage(**server.store.people.holding(me.id, server.store.gallery)._asdict())


def _key(server: Server, person: Person, me: Person) -> Key:
    return Key(key=server.store.people.new_key(person.id), person=PersonShown.of(server, person, me, True))


def _another(person: Person, me: Person) -> Person:
    """The person, who is not the one that asks. Raises Refusal."""
    if person.id == me.id:
        raise Refusal("conflict", "This is you: another who looks after the server must do that.")
    return person
