"""Sessions: browsers that showed a key once, and are known by a cookie from then on."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import and_, delete, insert, select

from sfumato.studio.store.database import Database
from sfumato.studio.store.errors import NotThere
from sfumato.studio.store.rows import Person
from sfumato.studio.store.tables import PEOPLE, SESSIONS


@dataclass(frozen=True)
class Sessions:
    """The sessions of a store. A token is 256 random bits and is told once: only its hash is kept.

    A session is bound to the key it began with: with another key, or none, it is over.
    """

    database: Database

    def begin(self, key: str, seconds: float) -> tuple[Person, str]:
        """Whose key this is, and a token that stands for it so long. Raises NotThere."""
        token, known = secrets.token_urlsafe(32), hashed(key)
        with self.database.writing() as connection:
            found = connection.execute(select(PEOPLE).where(PEOPLE.c.key_hash == known)).one_or_none()
            if found is None:
                raise NotThere("Nobody has this key.")
            expires = self.database.now(connection) + seconds
            new = {"id": hashed(token), "person": found.id, "key_hash": known, "expires": expires}
            connection.execute(insert(SESSIONS).values(new))
            return Person.read(found), token

    def person(self, token: str) -> Person:
        """Whose session this is. Raises NotThere for one that is over."""
        own = and_(SESSIONS.c.person == PEOPLE.c.id, SESSIONS.c.key_hash == PEOPLE.c.key_hash)
        query = select(PEOPLE).join(SESSIONS, own).where(SESSIONS.c.id == hashed(token))
        with self.database.reading() as connection:
            lasting = SESSIONS.c.expires > self.database.now(connection)
            found = connection.execute(query.where(lasting)).one_or_none()
        if found is None:
            raise NotThere("This session is over.")
        return Person.read(found)

    def end(self, token: str) -> None:
        """Forget one; whether it was there makes no difference."""
        with self.database.writing() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.id == hashed(token)))

    def sweep(self) -> int:
        """Forget those that are over by time; how many."""
        with self.database.writing() as connection:
            over = SESSIONS.c.expires <= self.database.now(connection)
            return connection.execute(delete(SESSIONS).where(over)).rowcount


def hashed(secret: str) -> str:
    """How a key or a token is kept: both are random and long, so that a plain hash is enough."""
    return sha256(secret.encode()).hexdigest()
