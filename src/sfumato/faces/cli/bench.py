"""`sfumato bench FAMILY`: recognition and seconds."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from statistics import fmean
from typing import Any

from sfumato.models.family import family
from sfumato.models.judge import Judge, open_judge
from sfumato.studio import Picture, Studio
from sfumato.train.metrics.recognition import Question, draw_questions, recognised, render_truth
from sfumato.train.world.atlas import open_atlas

ROUND = 8  # prompts between two lines of progress


def bench_command(what: str, prompts: int, seed: int, as_json: bool) -> int:
    """Print the score of a family. Returns 0; raises ValueError for a name there is no family of."""
    report = bench_family(prompts, seed, Studio(family=family(what)))
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
        return 0
    score, chance = report["recognised"], report["chance"]
    print(f"recognised    {score:.1%} of {prompts} held-out prompts (chance {chance:.1%})")
    truth = report["true_renders"]
    print(f"true renders  {'the emoji font is not installed here' if truth is None else f'{truth:.1%}'}")
    print(
        f"seconds       {report['seconds_a_picture']:.2f} a picture ({report['device']}, {report['dtype']})"
    )
    print(f"weakest       {', '.join(report['missed']) or 'none'}")
    return 0


def bench_family(prompts: int, seed: int, studio: Studio) -> dict[str, Any]:
    """Recognition on held-out prompts, one picture each, beside the judge's accuracy on true renders."""
    judge = open_judge()
    questions = draw_questions(judge.names, prompts, seed)
    started, pictures, made_by = time.perf_counter(), [], {}
    for number, question in enumerate(questions):
        picture = draw_one(studio, f"{question.text} --seed {seed + number}")
        pictures.append(picture.pixels)
        made_by = picture.made_by
        if (number + 1) % ROUND == 0:
            print(f"{number + 1} of {prompts}", file=sys.stderr, flush=True)
    seconds = time.perf_counter() - started
    hits = recognised(judge, questions, pictures)
    missed = sorted({judge.names[q.index] for q, hit in zip(questions, hits, strict=True) if not hit})
    return {
        "recognised": fmean(hits),
        "true_renders": _truth(judge, questions, seed),
        "chance": 1 / len(judge.names),
        "prompts": prompts,
        "seconds_a_picture": seconds / prompts,
        "missed": missed,
        **made_by,
    }


def draw_one(studio: Studio, prompt: str) -> Picture:
    """The first picture of a prompt, made alone."""
    (job,) = studio.submit(prompt)
    alone = replace(job, plan=job.plan.model_copy(update={"seeds": job.plan.seeds[:1]}))
    return next(made for made in studio.work(alone) if isinstance(made, Picture))


def _truth(judge: Judge, questions: tuple[Question, ...], seed: int) -> float | None:
    """The judge's accuracy where the answer is drawn by the world itself; None without its font."""
    try:
        atlas = open_atlas()
    except FileNotFoundError:
        return None
    return fmean(recognised(judge, questions, render_truth(judge.names, questions, atlas, seed)))
