"""What the eye is to see: where things are, and that an eye without faults answers every question."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.functional import one_hot

from sfumato.models.judge import CELL, EyeConfig, EyeNet, Names, Seen, verdicts
from sfumato.train.metrics.answers import answered
from sfumato.train.metrics.questions import questions, scene_of, shape_of
from sfumato.train.seeing import IGNORED, contrast, eye_loss, focal, names, truth_of
from sfumato.train.world.atlas import Atlas
from sfumato.train.world.batch import Batch, batches, pixels
from sfumato.train.world.draw import draw_scene

SIDE = 128


@pytest.fixture(scope="module")
def known() -> Names:
    return names()


def config(known: Names, attends: bool = True) -> EyeConfig:
    return EyeConfig(
        len(known.things), len(known.grounds) + 1, len(known.styles), len(known.colours), len(known.views),
        len(known.letters) + 1, len(known.vocabulary) + 2, widths=(8, 16, 16, 32), mixers=1, attends=attends,
        text=32, shared=16,
    )  # fmt: skip


def perfect(truth, known: Names) -> Seen:
    """Scores that say exactly what is true."""
    rows, height, width = truth.heart.shape

    def cells(values: torch.Tensor, number: int) -> torch.Tensor:
        told = torch.zeros(rows * height * width, number)
        told[truth.at] = one_hot(values.clamp(0), number).float() * 9
        return told.unflatten(0, (rows, height, width))

    hidden = torch.full((rows * height * width,), -9.0)
    hidden[truth.at] = truth.hidden.float() * 18 - 9
    return Seen(
        heart=torch.logit(truth.heart.clamp(1e-4, 1 - 1e-4)),
        thing=cells(truth.thing, len(known.things)),
        colour=cells(truth.colour, len(known.colours)),
        view=cells(truth.view, len(known.views)),
        hidden=hidden.unflatten(0, (rows, height, width)),
        ground=one_hot(truth.ground, len(known.grounds) + 1).float(),
        style=one_hot(truth.style, len(known.styles)).float(),
        letters=one_hot(truth.letters.clamp(0), len(known.letters) + 1).float(),
        picture=torch.zeros(rows, 1),
        features=torch.zeros(rows, 1),
    )


def test_an_eye_without_faults_answers_every_question(known: Names) -> None:
    """All conventions at once: cells, centres, names, letters and where the middle of a picture is."""
    rng = np.random.Generator(np.random.Philox(0))
    for question in questions():
        scene, size = scene_of(question, rng), pixels(shape_of(question), SIDE)
        batch = Batch(torch.zeros(1, 3, *size), torch.zeros(1, 4), torch.zeros(1), (scene,))
        truth = truth_of(batch, known, 16)
        (verdict,) = verdicts(perfect(truth, known), known, size)
        assert answered(question, verdict), (question, verdict)
        assert len(verdict.found) == len(scene.objects)
        for found, placed in zip(
            sorted(verdict.found, key=lambda o: (o.y, o.x)),
            sorted(scene.objects, key=lambda o: (o.y, o.x)),
            strict=True,
        ):
            half = CELL / min(size) / 2 + 1e-6
            if len(scene.objects) == 1:
                assert abs(found.x - placed.x) <= half and abs(found.y - placed.y) <= half


def test_what_cannot_be_known_is_not_learned(known: Names) -> None:
    rng = np.random.Generator(np.random.Philox(1))
    scenes = tuple(draw_scene(rng) for _ in range(300))
    batch = Batch(torch.zeros(300, 3, SIDE, SIDE), torch.zeros(300, 4), torch.zeros(300), scenes)
    truth = truth_of(batch, known, 16)
    placed = [o for s in scenes if s.kind != "pattern" for o in s.objects]
    assert [int(i) for i in truth.thing] == [o.thing for o in placed]
    assert [int(i) for i in truth.colour] == [IGNORED if o.colour is None else o.colour for o in placed]
    assert truth.open.tolist() == [int(s.kind != "pattern") for s in scenes]
    long = [len(" ".join(s.writing.lines)) > 16 if s.writing else False for s in scenes]
    assert (truth.letters == IGNORED).all(1).tolist() == long


@pytest.mark.parametrize("attends", [True, False])
def test_both_kinds_of_eye_learn(attends: bool, known: Names, atlas: Atlas) -> None:
    torch.manual_seed(0)
    network = EyeNet(config(known, attends))
    (data,) = [
        truth_of(batch, known, 16)
        for _, batch in zip(range(1), batches(0, 8, 64, atlas, known.vocabulary), strict=False)
    ]
    optimizer, losses = torch.optim.AdamW(network.parameters(), 3e-3), []
    for _ in range(12):
        loss = eye_loss(network, data, torch.Generator().manual_seed(0))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]


def test_the_focal_loss_is_zero_where_all_is_right() -> None:
    heart = torch.zeros(2, 4, 4)
    heart[0, 1, 2] = 1
    right = torch.where(heart == 1, 20.0, -20.0)
    whole = torch.ones(2)
    assert focal(right, heart, whole) < 1e-3 < 1 < focal(-right, heart, whole)
    wrong = right.clone()
    wrong[1, 0, 0] = 20
    assert focal(wrong, heart, whole) > 1
    assert focal(wrong, heart, torch.tensor([1.0, 0.0])) < 1e-3, "a pattern is full of things"


def test_pictures_find_their_own_captions() -> None:
    apart = torch.eye(5)
    sharp = torch.tensor(4.0)
    assert contrast(apart, apart, sharp) < 1e-6 < contrast(apart, apart.flip(0), sharp)
