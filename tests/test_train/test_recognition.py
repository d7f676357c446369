"""The prompts of the first edition's score: held out, even, and drawn by the world for every one."""

from __future__ import annotations

import numpy as np
import pytest

from sfumato.models.judge import Judge, open_judge
from sfumato.train.metrics.recognition import draw_questions, held_out, recognised, render_truth
from sfumato.train.world.atlas import Atlas


@pytest.fixture(scope="module")
def judge() -> Judge:
    return open_judge()


def test_questions_are_held_out_and_even(judge: Judge) -> None:
    questions = draw_questions(judge.names, 200, seed=0)
    assert all(held_out(own.index, own.surrounding) for own in questions)
    counts = np.bincount([own.index for own in questions], minlength=len(judge.names))
    assert counts.min() >= 2 and counts.max() <= 3
    assert questions == draw_questions(judge.names, 200, seed=0) != draw_questions(judge.names, 200, seed=1)


def test_the_judge_knows_true_renders_of_this_edition_too(judge: Judge, atlas: Atlas) -> None:
    questions = draw_questions(judge.names, 136, 0)
    truth = render_truth(judge.names, questions, atlas, 0)
    assert {picture.shape for picture in truth} == {(128, 128, 3)}
    hits = np.mean(recognised(judge, questions, truth))
    print(hits)
    assert hits > 0.8
