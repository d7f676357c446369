"""What the eye is to see: where things are, and that an eye without faults answers every question."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import one_hot

from sfumato.models.judge import (
    CELL,
    CROP_PX,
    FinderConfig,
    FinderNet,
    Named,
    Names,
    Places,
    ReaderConfig,
    ReaderNet,
    cut,
    decoded,
    found_boxes,
    verdicts,
)  # fmt: skip
from sfumato.train.metrics.answers import answered
from sfumato.train.metrics.questions import questions, scene_of, shape_of
from sfumato.train.missed import boxed, finder_loss, focal, reader_loss
from sfumato.train.seeing import (
    EASY,
    IGNORED,
    Truth,
    anything,
    names,
    pooled,
    standing,
    truth_of,
    truths,
    written,
)  # fmt: skip
from sfumato.train.world.atlas import Atlas
from sfumato.train.world.batch import pixels
from sfumato.train.world.draw import draw_scene, held_out
from sfumato.train.world.looks import sprite

SIDE = 128
TINY = (8, 16, 16)


@pytest.fixture(scope="module")
def known() -> Names:
    return names()


def places(truth: Truth, known: Names) -> Places:
    """Scores of a finder that say exactly what is true."""
    rows, height, width = truth.heart.shape
    box = torch.zeros(rows, 3, height, width)
    cells = (truth.box[:, :2] / CELL).long()
    box[truth.row, :, cells[:, 1], cells[:, 0]] = boxed(truth.box)
    ground = one_hot(truth.ground, len(known.grounds) + 1).float()
    style = one_hot(truth.style, len(known.styles)).float()
    return Places(torch.logit(truth.heart.clamp(1e-4, 1 - 1e-4)), box, ground, style, torch.zeros(rows, 1))


def named(truth: Truth, found: torch.Tensor, known: Names) -> Named:
    """Scores of a namer that say exactly what is true, of the thing nearest to each box that was found."""
    own = (
        (found[:, None, :2] - truth.box[None, :, :2]).square().sum(-1).argmin(1) if len(found) else truth.row
    )
    sprites = 20 * one_hot(truth.sprite[own], len(known.shows)).float()
    colours = one_hot(truth.colour[own].clamp(0), len(known.colours)).float()
    return Named(sprites, colours, torch.zeros(len(own), 1))


def test_an_eye_without_faults_answers_every_question(known: Names) -> None:
    """All conventions at once: cells, boxes, sprites, views, names, letters, and where the middle is."""
    rng = np.random.Generator(np.random.Philox(0))
    for question in questions()[::2]:
        scene, size = scene_of(question, rng), pixels(shape_of(question), SIDE)
        truth = truth_of(torch.zeros(1, 3, *size, dtype=torch.uint8), [scene], known)
        seen = places(truth, known)
        row, boxes = found_boxes(seen)
        text = "".join(known.letters[i] for i in truth.letters[0][: truth.length[0]])
        (verdict,) = verdicts(seen, row, boxes, named(truth, boxes, known), [text], known, size)
        assert answered(question, verdict), (question, verdict)
        assert len(verdict.found) == len(scene.objects)
        assert boxes.sort(0).values.flatten().tolist() == pytest.approx(
            truth.box.sort(0).values.flatten().tolist(), abs=0.02
        )


def test_each_sprite_has_its_thing_and_its_view(known: Names) -> None:
    rng = np.random.Generator(np.random.Philox(3))
    for scene in (draw_scene(rng, (9, 28), "views") for _ in range(40)):
        for placed in scene.objects:
            assert known.shows[sprite(placed)] == placed.thing
            assert known.views[known.sides[sprite(placed)]] == placed.view


def test_what_cannot_be_known_is_not_learned(known: Names) -> None:
    rng = np.random.Generator(np.random.Philox(1))
    scenes = [draw_scene(rng) for _ in range(300)]
    truth = truth_of(torch.zeros(300, 3, SIDE, SIDE, dtype=torch.uint8), scenes, known)
    placed = [o for s in scenes if s.kind != "pattern" for o in s.objects]
    assert truth.sprite.tolist() == [sprite(o) for o in placed]
    assert truth.colour.tolist() == [IGNORED if o.colour is None else o.colour for o in placed]
    assert truth.open.tolist() == [int(s.kind != "pattern") for s in scenes]
    lines = ["".join(s.writing.lines).casefold().replace(" ", "") if s.writing else "" for s in scenes]
    assert truth.length.tolist() == [len(line) for line in lines]


def test_training_begins_with_easy_pictures_and_never_shows_what_it_should_not(
    known: Names, atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    monkeypatch.setattr(
        "sfumato.train.seeing.render", lambda scenes, _, size: drawn.extend(scenes) or blank(size)
    )
    for start, share in ((0, 1.0), (10**6, EASY)):
        drawn.clear()
        for _, _ in zip(range(8), truths(standing, 5, 50, atlas, known, start), strict=False):
            pass
        easy = [s.ground is None and s.style == s.light == 0 for s in drawn]
        assert abs(np.mean(easy) - share) < 0.17, "a scene may be easy by chance, or not be made so"
        assert not any(held_out(o.thing, s) for s in drawn for o in s.objects)


def blank(size: tuple[int, int]) -> torch.Tensor:
    return torch.zeros(50, 3, *size)


def test_each_batch_is_seen_about_so_many_times() -> None:
    seen = [own for _, own in zip(range(4000), pooled(iter(range(10**6)), 0, 10, 4), strict=False)]  # pyright: ignore
    assert seen[::4] == list(range(1000))
    counts = np.bincount(seen)
    assert counts.mean() == pytest.approx(4, abs=0.1) and counts.max() < 40


def learned(network: nn.Module, loss, data: Truth, steps: int = 8) -> list[float]:
    optimizer, losses = torch.optim.AdamW(network.parameters(), 3e-3), []
    for _ in range(steps):
        missed = loss(network, data, torch.Generator().manual_seed(0))
        missed.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(missed.detach()))
    return losses


@pytest.mark.parametrize("wide", [False, True])
def test_both_networks_of_both_eyes_learn(wide: bool, known: Names, atlas: Atlas) -> None:
    torch.manual_seed(0)
    shape = {"widths": TINY, "blocks": (1, 1, 1), "wide": wide}
    parts = (
        (FinderNet(FinderConfig(len(known.grounds) + 1, len(known.styles), **shape)), anything, finder_loss),
        (ReaderNet(ReaderConfig(len(known.letters), **shape)), written, reader_loss),
    )  # fmt: skip
    for network, draw, loss in parts:
        losses = learned(network, loss, next(truths(draw, 0, 4, atlas, known)))
        assert losses[-1] < 0.9 * losses[0], type(network)


def test_a_crop_shows_its_box_and_a_fifth_more() -> None:
    picture = torch.zeros(1, 3, 96, 128)
    picture[..., 30:60, 50:80] = 1  # a square of 30 around (65, 45)
    (crop,) = cut(picture, torch.tensor([[65.0, 45.0, 30.0]]))
    edge = round(CROP_PX * (1 - 1 / 1.2) / 2)
    assert crop[:, edge + 2 : -edge - 2, edge + 2 : -edge - 2].min() > 0.99
    assert crop[:, : edge - 2].abs().max() < 0.01 and crop[..., : edge - 2].abs().max() < 0.01
    assert cut(picture, torch.zeros(0, 3)).shape == (0, 3, CROP_PX, CROP_PX)


def test_a_text_is_read_from_its_columns() -> None:
    told = torch.tensor([[0, 0, 3, 1, 1, 3, 1, 2], [3, 3, 3, 3, 3, 3, 3, 3]])
    assert decoded(one_hot(told, 4).float(), "abc") == ["abbc", ""]


def test_two_hearts_of_one_thing_are_one_thing() -> None:
    heart, box = torch.full((1, 16, 16), -9.0), torch.zeros(1, 3, 16, 16)
    heart[0, 4, 4], heart[0, 4, 6], heart[0, 12, 12] = 3.0, 2.0, 1.0
    box[:, 2] = 0.5  # sides of 68 pixels
    row, boxes = found_boxes(Places(heart, box, torch.zeros(1, 1), torch.zeros(1, 1), torch.zeros(1, 1)))
    assert row.tolist() == [0, 0]
    assert boxes[:, :2].tolist() == [[36, 36], [100, 100]]


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
