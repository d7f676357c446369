"""The committed prompts that models are judged on: what each asks for, in two languages, and how it could
look.

They are in prompts.jsonl (`scripts/prompts` drew them once, before any training). Training never says them
(see `batch.batches`), nor shows single objects where they are asked for, nor writes what is to be written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from typing import Any, Literal

import numpy as np

from sfumato.train.world import compose
from sfumato.train.world.compose import room_of
from sfumato.train.world.lexicon import COLOURS, GROUNDS, RELATIONS, STYLES, SURFACES, index, things
from sfumato.train.world.scene import Scene, Writing
from sfumato.train.world.writing.glyphs import LATIN

Category = Literal[
    "single object", "two objects", "counting", "colours", "colour binding", "position", "style", "scene",
    "writing", "three views",
]  # fmt: skip
Wanted = tuple[str, str | None]  # a thing and its colour, by first English names


@dataclass(frozen=True)
class Question:
    """One prompt and what its picture must show.

    Attributes:
        category: what is tested.
        en, zh: the prompt in English and in Chinese.
        things: each thing with its colour, or with None where any colour will do.
        count: how many of the one thing.
        relation: how the first thing is to the second.
        ground, style: where it is and how it is made; None and "plain" when the prompt says nothing of it.
        line: what is written.
    """

    category: Category
    en: str
    zh: str
    things: tuple[Wanted, ...] = ()
    count: int = 1
    relation: str | None = None
    ground: str | None = None
    style: str = "plain"
    line: str = ""


def questions() -> tuple[Question, ...]:
    """All committed prompts, in a fixed order."""
    lines = files("sfumato.train.metrics").joinpath("prompts.jsonl").read_text("utf-8").splitlines()
    return tuple(_question(json.loads(line)) for line in lines)


def row(question: Question) -> dict[str, Any]:
    """A question as a line of the file: without what it leaves open."""
    plain = asdict(Question(question.category, "", ""))
    return {k: v for k, v in asdict(question).items() if k == "category" or v != plain[k]}


def _question(told: dict[str, Any]) -> Question:
    wanted = tuple((name, colour) for name, colour in told.pop("things", ()))
    return Question(things=wanted, **told)


def shape_of(question: Question) -> tuple[int, int]:
    """Height and width of a picture that answers it, in sixteenths of the square's side."""
    return compose.WIDE if question.category == "three views" else (16, 16)


def scene_of(question: Question, rng: np.random.Generator) -> Scene:
    """A picture that does what the question asks, everything else at random but plain."""
    shape = shape_of(question)
    scene = Scene(
        "objects",
        ground=None if question.ground is None else index(GROUNDS, question.ground),
        colour=int(rng.integers(len(COLOURS))),
        style=index(STYLES, question.style),
        seed=int(rng.integers(2**63)),
    )
    if question.category == "scene":
        return replace(scene, kind="scene")
    if question.category == "writing":
        surface, font = int(rng.integers(len(SURFACES))), int(rng.integers(len(LATIN)))
        size = float(rng.uniform(0.75, 0.92))
        return replace(scene, kind="writing", writing=Writing((question.line,), surface, font, size=size))
    if question.category == "three views":
        (wanted,) = _wanted(question.things)
        return replace(scene, kind="views", objects=compose.three(room_of(shape, None), wanted[0], rng))
    return replace(scene, **_objects(question, scene, shape, rng))


def _objects(
    question: Question, scene: Scene, shape: tuple[int, int], rng: np.random.Generator
) -> dict[str, Any]:
    room = room_of(shape, scene.ground)
    chosen, dyed = zip(*_wanted(question.things), strict=True)
    if question.relation is not None:
        relation = index(RELATIONS, question.relation)
        placed = compose.related(room, list(chosen), list(dyed), relation, rng)
        return {"relation": relation, "objects": placed}
    if len(chosen) * question.count == 1:
        return {"objects": compose.one(room, chosen[0], dyed[0], False, rng)}
    placed = compose.row(room, list(chosen) * question.count, list(dyed) * question.count, rng)
    return {"objects": placed}


def _wanted(told: Sequence[Wanted]) -> list[tuple[int, int | None]]:
    return [
        (index(things(), name), None if colour is None else index(COLOURS, colour)) for name, colour in told
    ]
