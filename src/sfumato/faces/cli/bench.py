"""`sfumato bench FAMILY`: what of the committed prompts a model does, and in how many seconds."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.table import Table

from sfumato.models.family import family
from sfumato.models.judge import Judge, Verdict, open_judge
from sfumato.studio import Picture, Studio
from sfumato.train.metrics.answers import Score, scores
from sfumato.train.metrics.questions import Question, questions
from sfumato.train.metrics.truth import render_truth
from sfumato.train.world.atlas import open_atlas

ROUND = 10  # pictures between two lines of progress
LANGUAGES = ("en", "zh")
WIDE = " --ar 5:2"  # as three views are asked for


def bench_command(what: str, each: int, seed: int, as_json: bool) -> int:
    """Print the scores of a family. Returns 0; raises ValueError for a name there is no family of."""
    report = bench_family(each, seed, Studio(family=family(what)))
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        Console().print(_table(report))
        seconds, by = report["seconds_a_picture"], f"{report['device']}, {report['dtype']}"
        print(f"{seconds:.2f} seconds a picture ({by}); {report['pictures']} pictures")
    return 0


def bench_family(each: int, seed: int, studio: Studio) -> dict[str, Any]:
    """The score of every category in both languages: `each` prompts of a category, one picture each."""
    judge, asked = open_judge(), evenly(questions(), each)
    truth = judge.look(render_truth(asked, open_atlas(), seed))
    report: dict[str, Any] = {}
    started, made_by = time.perf_counter(), {}
    for language in LANGUAGES:
        seen, made_by = _seen(judge, [_prompt(own, language) for own in asked], seed, studio)
        report[language] = {name: _told(score) for name, score in scores(asked, seen, truth).items()}
    count = len(asked) * len(LANGUAGES)
    seconds = (time.perf_counter() - started) / count
    values = [told["score"] for language in LANGUAGES for told in report[language].values()]
    return {**report, "overall": fmean(values), "pictures": count, "seconds_a_picture": seconds, **made_by}


def evenly(asked: Sequence[Question], each: int) -> tuple[Question, ...]:
    """The first `each` of every category, in their order."""
    kinds = dict.fromkeys(question.category for question in asked)
    return tuple(own for kind in kinds for own in islice((q for q in asked if q.category == kind), each))


def draw_one(studio: Studio, prompt: str) -> Picture:
    """The first picture of a prompt, made alone."""
    (job,) = studio.submit(prompt)
    alone = replace(job, plan=job.plan.model_copy(update={"seeds": job.plan.seeds[:1]}))
    return next(made for made in studio.work(alone) if isinstance(made, Picture))


def _prompt(question: Question, language: str) -> str:
    text = question.en if language == "en" else question.zh
    return text + (WIDE if question.category == "three views" else "")


def _seen(
    judge: Judge, prompts: Sequence[str], seed: int, studio: Studio
) -> tuple[list[Verdict], dict[str, str]]:
    """What the judge sees in a picture of each prompt, and what made them."""
    pictures, made_by = [], {}
    for number, prompt in enumerate(prompts):
        picture = draw_one(studio, f"{prompt} --seed {seed + number}")
        pictures.append(picture.pixels)
        made_by = dict(picture.made_by)
        if (number + 1) % ROUND == 0:
            print(f"{number + 1} of {len(prompts)}", file=sys.stderr, flush=True)
    return judge.look(pictures), made_by


def _told(score: Score) -> dict[str, float]:
    return {"score": score.value, **score._asdict()}


def _table(report: dict[str, Any]) -> Table:
    table = Table("category", *LANGUAGES, "true renders", "chance", title=f"overall {report['overall']:.1%}")
    for name, told in report["en"].items():
        shown = [report[language][name]["score"] for language in LANGUAGES]
        table.add_row(name, *(f"{value:.1%}" for value in (*shown, told["ceiling"], told["chance"])))
    return table
