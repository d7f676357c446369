"""Scores of a folder of pictures: categories, agreement, groups, and what is said beside pictures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from sfumato.models.judge import Found, Verdict
from sfumato.train.metrics.agreement import Mention, agreement, mentions
from sfumato.train.metrics.distances import frechet
from sfumato.train.metrics.folder import Measures, agreed, asked, categories, distances, fitted, measure
from sfumato.train.metrics.labels import files_in, labels_beside, read_labels
from sfumato.train.metrics.questions import questions

COLOURS = Measures({"mean": lambda pictures: torch.tensor(np.array([own.mean((0, 1)) for own in pictures]))})


def seen(*things: str, ground: str | None = None, style: str = "plain") -> Verdict:
    return Verdict(tuple(Found(own, "red", "front", False, 0, 0) for own in things), ground, style, "")


def flat(level: int) -> np.ndarray:
    return np.random.default_rng(level).integers(0, level + 1, (8, 8, 3), dtype=np.uint8)


def measured(shown, by: Measures = COLOURS):
    return list(measure(shown, by))[-1]


def test_what_a_text_names_is_found_in_two_languages() -> None:
    english = mentions("A cozy cafe with three foxes and a blue car, oil painting")
    kinds = (("ground", "cafe"), ("thing", "fox"), ("thing", "car"), ("style", "oil painting"))
    assert english == tuple(Mention(*own) for own in kinds)
    assert mentions("森林里的两只狐狸，水彩") == (
        Mention("ground", "forest"), Mention("thing", "fox"), Mention("style", "watercolor"),
    )  # fmt: skip
    assert mentions("the carpenter") == (), "a word within a word is another word"


def test_every_committed_prompt_names_its_things() -> None:
    for own in questions():
        if own.category not in ("writing", "scene"):
            named = {mention.name for mention in mentions(own.en) if mention.kind == "thing"}
            assert {thing for thing, _ in own.things} <= named, own.en


def test_agreement_is_the_share_that_is_seen() -> None:
    text = "a fox and a car in the forest"
    assert agreement(text, seen("fox", "car", ground="forest")) == 1
    assert agreement(text, seen("fox", "dog", ground="sea")) == pytest.approx(1 / 3)
    assert agreement("nothing of it", seen("fox")) is None


def test_pictures_of_committed_prompts_are_scored_by_category() -> None:
    pairs = [own for own in questions() if own.category == "two objects"][:4]
    shown = [(flat(9), own.zh if i % 2 else own.en.upper(), "") for i, own in enumerate(pairs)]
    verdicts = iter([seen(*(thing for thing, _ in own.things)) for own in pairs[:3]] + [seen()])
    result = measured(shown, Measures({}, look=lambda rows: [next(verdicts) for _ in rows]))
    assert categories(result) == {"two objects": {"right": 0.75, "pictures": 4}}
    assert agreed(result) == {"seen": 0.75, "pictures": 4}
    assert asked(["something else"]) == [None]
    assert categories(measured([(flat(9), "something else", "")])) == {}


def test_only_pictures_with_a_text_get_a_clip_score() -> None:
    fit = Measures({}, fit=lambda rows, texts: torch.tensor([float(len(text)) for text in texts]))
    shown = [(flat(9), "abc", ""), (flat(9), "", ""), (flat(9), "abcde", "")]
    result = measured(shown, fit)
    assert result.fits == [3.0, None, 5.0]
    assert fitted(result) == {"score": 4.0, "pictures": 2}
    assert fitted(measured([(flat(9), "", "")], fit)) is None


def test_distances_are_of_all_and_of_each_group() -> None:
    sides = [[(flat(20 * side + i), "", "art" if i < 40 else "food") for i in range(50)] for side in (1, 2)]
    one, other = (measured(shown) for shown in sides)
    told = distances(one, other)["mean"]
    assert told["frechet"] == pytest.approx(frechet(one.features["mean"], other.features["mean"]))
    assert told["groups"].keys() == {"art", "food"}
    art = frechet(one.features["mean"][:40], other.features["mean"][:40])
    assert told["groups"]["art"]["frechet"] == pytest.approx(art)
    assert distances(one, one)["mean"]["frechet"] == pytest.approx(0, abs=1e-8)


def test_labels_are_read_in_both_forms(tmp_path: Path) -> None:
    meta = {"0a1b": {"category": "animals", "prompt": "a fox"}}
    (tmp_path / "meta_data.json").write_text(json.dumps(meta), "utf-8")
    assert labels_beside(tmp_path / "none", tmp_path)["0a1b"] == ("a fox", "animals")
    line = {"file": "deep/x.png", "prompt": "狐狸"}
    (tmp_path / "prompts.jsonl").write_text(json.dumps(line) + "\n\n", "utf-8")
    assert labels_beside(tmp_path) == {"x": ("狐狸", "")}, "a person's own lines go first"
    (tmp_path / "bad.jsonl").write_text('{"prompt": "a fox"}\n', "utf-8")
    with pytest.raises(ValueError, match="which picture shows what"):
        read_labels(tmp_path / "bad.jsonl")
    with pytest.raises(FileNotFoundError, match="no PNG"):
        files_in(tmp_path)
    with pytest.raises(FileNotFoundError, match="no folder"):
        files_in(tmp_path / "none")
