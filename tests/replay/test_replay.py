"""Real-looking prompts and how each was read: a change of the language shows here, line by line.

`PYTHONPATH=src python tests/replay/test_replay.py` reads every prompt of prompts.jsonl again and writes the
new outcome; look at the difference before you keep it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from sfumato.faces.cli.parse import as_object
from sfumato.language import parse

CORPUS = Path(__file__).with_name("prompts.jsonl")


def outcome(text: str) -> dict[str, object]:
    """What is stored of a reading: everything but the plain text of its pieces."""
    made = as_object(parse(text))
    made["pieces"] = [[piece.kind, len(piece.text)] for piece in parse(text).pieces]
    return made


def stored() -> list[dict]:
    return [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


def test_the_corpus_is_large_and_hostile_enough() -> None:
    records = stored()
    assert len(records) >= 150
    assert len({record["input"] for record in records}) == len(records)
    assert sum(bool(record["errors"]) for record in records) >= 40
    assert {kind for record in records for kind, _ in record["pieces"]} == {
        *("prose", "weight", "image", "flag", "value", "brace", "error")
    }


@pytest.mark.parametrize(
    "record", stored(), ids=lambda record: record["input"][:40].encode("unicode_escape").decode()
)
def test_replay(record: dict) -> None:
    assert json.loads(json.dumps(outcome(record["input"]))) == record


def rewrite() -> None:
    """Read every stored prompt again and keep the new outcome. Says which changed."""
    lines = []
    for record in stored():
        made = outcome(record["input"])
        lines.append(json.dumps(made))
        if json.loads(lines[-1]) != record:
            print("changed:", repr(record["input"][:100]), file=sys.stderr)
    CORPUS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    rewrite()
