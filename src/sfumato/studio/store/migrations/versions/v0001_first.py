"""The first form: people, jobs, pictures with full text, lineage, boards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

revision = "0001"
down_revision = None

# The index follows the table by itself.
FULL_TEXT = (
    """CREATE VIRTUAL TABLE picture_words USING fts5(
        words, content='pictures', content_rowid='number', tokenize='trigram')""",
    """CREATE TRIGGER words_added AFTER INSERT ON pictures BEGIN
        INSERT INTO picture_words(rowid, words) VALUES (new.number, new.words); END""",
    """CREATE TRIGGER words_changed AFTER UPDATE OF words ON pictures BEGIN
        INSERT INTO picture_words(picture_words, rowid, words) VALUES ('delete', old.number, old.words);
        INSERT INTO picture_words(rowid, words) VALUES (new.number, new.words); END""",
    """CREATE TRIGGER words_removed AFTER DELETE ON pictures BEGIN
        INSERT INTO picture_words(picture_words, rowid, words) VALUES ('delete', old.number, old.words);
        END""",
)


def upgrade() -> None:
    """From nothing."""
    clock = op.create_table(
        "clock",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("rev", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(clock, [{"id": 1, "rev": 0}])
    _people()
    _jobs()
    _pictures()
    _boards()
    if op.get_bind().dialect.name == "sqlite":
        for statement in FULL_TEXT:
            op.execute(statement)
    else:
        _trigrams()


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("key_hash", sa.Text, unique=True),
        sa.Column("most_jobs", sa.Integer),
        sa.Column("most_pictures", sa.Integer),
        sa.Column("most_bytes", sa.BigInteger),
        sa.Column("created", sa.Double, nullable=False),
        sa.CheckConstraint("role IN ('admin', 'member', 'guest')", name="people_role"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("plan_json", sa.Text, nullable=False),
        sa.Column("plan_hash", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("key", sa.Text),
        *_course(),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("queued", sa.Double, nullable=False),
        sa.Column("started", sa.Double),
        sa.Column("ended", sa.Double),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("rev", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("owner", "key", name="jobs_key"),
    )
    for name in ("rev", "status", "started", "batch"):
        op.create_index(f"jobs_{name}", "jobs", [name])


def _course() -> tuple[sa.Column, ...]:
    """How far a job is."""
    return (
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("takes", sa.Integer, nullable=False),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("lease", sa.Text),
        sa.Column("lease_until", sa.Double),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("preview", sa.LargeBinary),
    )


def _pictures() -> None:
    op.create_table(
        "pictures",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("owner", sa.Text, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        *_made(),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("liked", sa.Boolean, nullable=False),
        sa.Column("rating", sa.Integer, nullable=False),
        sa.Column("blob", sa.LargeBinary),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("trashed", sa.Double),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("rev", sa.BigInteger, nullable=False),
        sa.CheckConstraint("rating BETWEEN 0 AND 5", name="pictures_rating"),
    )
    op.create_index("pictures_created", "pictures", ["created", "number"])
    for name in ("rev", "job", "content"):
        op.create_index(f"pictures_{name}", "pictures", [name])


def _made() -> tuple[sa.Column, ...]:
    """What a picture's file says of it."""
    texts = ("path", "sha256", "content", "prompt", "operation", "model")
    return (
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("index", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("aspect", sa.Double, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
    )


def _boards() -> None:
    op.create_table(
        "lineage",
        sa.Column("child", sa.Text, sa.ForeignKey("pictures.id"), primary_key=True),
        sa.Column("parent", sa.Text, sa.ForeignKey("pictures.id"), primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
    )
    op.create_index("lineage_parent", "lineage", ["parent"])
    op.create_table(
        "boards",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
    )
    op.create_table(
        "pinned",
        sa.Column("board", sa.Text, sa.ForeignKey("boards.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("picture", sa.Text, sa.ForeignKey("pictures.id"), primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
    )
    op.create_index("pinned_picture", "pinned", ["picture"])


def _trigrams() -> None:
    """An index for parts of words, where the server has the extension and lets us use it."""
    try:
        with op.get_bind().begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            op.execute("CREATE INDEX picture_words ON pictures USING gin (words gin_trgm_ops)")
    except DBAPIError:
        return  # a search reads the whole table then
