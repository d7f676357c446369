"""Bringing a database to the form that this version knows."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from sfumato.studio.store.database import Database
from sfumato.studio.store.errors import NewerVersion

STEPS = Path(__file__).with_name("migrations")
LOCK = 0x5F0A70  # any number, the same for all that migrate


def migrate(database: Database) -> None:
    """Take the steps that a database lacks, all or none. Raises NewerVersion.

    Where several processes open a new database at once, one takes them and the others wait.
    """
    script = ScriptDirectory(str(STEPS))
    with database.reading() as connection:
        if version(connection) == script.get_current_head():
            return
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        _refuse_newer(connection, script)
        _upgrade(connection, script)


def version(connection: Connection) -> str | None:
    """The last step that was taken; None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(connection: Connection, script: ScriptDirectory) -> None:
    found = version(connection)
    if found is None and (others := inspect(connection).get_table_names()):
        raise NewerVersion(
            f"This database holds other things ({', '.join(others[:3])} …): name an empty one."
        )
    known = {step.revision for step in script.walk_revisions()}
    if found is not None and found not in known:
        raise NewerVersion(
            f"This database is of a newer version of Sfumato (its form is {found}, the newest known here is "
            f"{script.get_current_head()}): update Sfumato, or name another database."
        )


def _upgrade(connection: Connection, script: ScriptDirectory) -> None:
    def steps(found, _context):
        return script._upgrade_revs("head", found)  # as alembic's own command does it

    environment = EnvironmentContext(Config(), script, fn=steps)
    with environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()
