"""The committed prompts: as many as promised, unknown to training, and each with a picture that answers
it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from sfumato.models.judge import Found, Verdict
from sfumato.train.metrics.answers import answered
from sfumato.train.metrics.questions import Question, questions, row, scene_of, shape_of
from sfumato.train.metrics.truth import render_truth
from sfumato.train.world import inscribe
from sfumato.train.world.atlas import Atlas
from sfumato.train.world.batch import batches
from sfumato.train.world.captions import normalised
from sfumato.train.world.draw import held_out
from sfumato.train.world.lexicon import COLOURS, GROUNDS, STYLES, index, things
from sfumato.train.world.scene import Scene
from sfumato.train.world.vocabulary import vocabulary

ROOT = Path(__file__).resolve().parents[2]
EACH = 100


@pytest.fixture(scope="module")
def asked() -> tuple[Question, ...]:
    return questions()


def test_every_category_has_a_hundred_different_prompts(asked: tuple[Question, ...]) -> None:
    assert set(Counter(own.category for own in asked).values()) == {EACH}
    assert len({own.category for own in asked}) == 10
    for texts in ([own.en for own in asked], [own.zh for own in asked]):
        assert len(set(texts)) == len(texts)
    chinese = "".join(own.zh.replace(own.line, "").replace("T恤", "") for own in asked)
    assert all(letter >= "\u3400" for letter in chinese if letter.isalpha())


def test_what_the_prompts_are_about_is_kept_from_training(asked: tuple[Question, ...]) -> None:
    for own in asked:
        if own.category == "single object":
            ground = index(GROUNDS, own.ground or "")
            assert held_out(index(things(), own.things[0][0]), Scene("objects", ground=ground))
        if own.category == "writing":
            assert inscribe.held_out(own.line) and len(own.line) <= 6


def test_training_never_says_them(asked: tuple[Question, ...], atlas: Atlas, monkeypatch) -> None:
    """They are held back from every caption of a batch."""
    said, own = [], {normalised(question.en) for question in asked}

    def tell(scene, rng, unseen) -> str:
        assert own <= unseen
        said.append(unseen)
        return "a fox"

    monkeypatch.setattr("sfumato.train.world.batch.describe", tell)
    next(batches(0, 2, 32, atlas, ("fox",)))
    assert len(said) == 2


def test_their_file_is_what_the_script_draws(tmp_path) -> None:
    script = (ROOT / "scripts" / "prompts").read_text()
    own = tmp_path / "prompts"
    own.write_text(script.replace("Path(__file__).resolve().parents[1]", f"Path({str(tmp_path)!r})"))
    (tmp_path / "src/sfumato/train/metrics").mkdir(parents=True)
    subprocess.run([sys.executable, own], check=True, timeout=120)
    drawn = (tmp_path / "src/sfumato/train/metrics/prompts.jsonl").read_text("utf-8")
    assert drawn == (ROOT / "src/sfumato/train/metrics/prompts.jsonl").read_text("utf-8")


def test_a_line_tells_all_of_a_question(asked: tuple[Question, ...]) -> None:
    for own in asked[::37]:
        told = json.loads(json.dumps(row(own)))
        wanted = tuple(tuple(want) for want in told.pop("things", ()))
        assert Question(things=wanted, **told) == own


def seen_in(scene: Scene) -> Verdict:
    """What an eye without fault sees in a scene."""
    objects = [
        Found(
            things()[o.thing].en[0],
            "natural" if o.colour is None else COLOURS[o.colour].en[0],
            o.view,
            any(max(abs(o.x - p.x), abs(o.y - p.y)) < 0.7 * o.size for p in scene.objects[i + 1 :]),
            o.x,
            o.y,
        )
        for i, o in enumerate(scene.objects)
    ]
    ground = None if scene.ground is None else GROUNDS[scene.ground].en[0]
    text = " ".join(scene.writing.lines) if scene.writing else ""
    return Verdict(tuple(objects), ground, STYLES[scene.style].en[0], text)


def test_its_own_scene_answers_a_question_and_another_one_does_not(asked: tuple[Question, ...]) -> None:
    rng = np.random.Generator(np.random.Philox(0))
    seen = [seen_in(scene_of(own, rng)) for own in asked]
    wrong = [own for own, verdict in zip(asked, seen, strict=True) if not answered(own, verdict)]
    assert not wrong
    by_chance = sum(answered(own, seen[i - EACH // 2]) for i, own in enumerate(asked))
    assert by_chance < 0.05 * len(asked)


def test_the_vocabulary_knows_the_prompts(asked: tuple[Question, ...]) -> None:
    from sfumato.models.house.words import read_words

    known = vocabulary()
    for own in asked:
        for text in (own.en, own.zh):
            read = read_words(text, known, 500)
            assert read.unknown == () and len(read.ids) <= 64, text


def test_truth_has_the_shape_that_was_asked(asked: tuple[Question, ...], atlas: Atlas) -> None:
    some = asked[95:105] + asked[-3:]
    truth = render_truth(some, atlas, 0)
    for own, picture in zip(some, truth, strict=True):
        height, width = shape_of(own)
        assert picture.shape == (height * 8, width * 8, 3)
    again = render_truth(some, atlas, 0)
    assert all(np.array_equal(one, two) for one, two in zip(truth, again, strict=True))
    assert torch.from_numpy(np.stack(truth[:10])).float().std() > 20
