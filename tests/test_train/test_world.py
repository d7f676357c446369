"""The painted world: reproducible, varied, and honest about what it keeps from training."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sfumato.models.house.words import read_words
from sfumato.train.metrics.recognition import draw_questions, render_truth
from sfumato.train.world.atlas import FONT, draw_atlas, open_atlas
from sfumato.train.world.batch import SHAPES, batches
from sfumato.train.world.caption import UNSEEN, describe
from sfumato.train.world.lexicon import COLOURS, GROUNDS, OBJECTS, STYLES, TIMES
from sfumato.train.world.render import render
from sfumato.train.world.scene import Scene, draw_scene, held_out, single
from sfumato.train.world.vocabulary import vocabulary


def generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


@pytest.fixture(scope="module")
def atlas() -> torch.Tensor:
    return draw_atlas()


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    rng = generator(1)
    return [draw_scene(rng) for _ in range(4000)]


def test_the_font_draws_every_object_differently(atlas: torch.Tensor) -> None:
    assert atlas.shape == (len(OBJECTS), 4, 128, 128)
    assert (atlas[:, 3].mean((1, 2)) > 0.1).all(), "an object that covers nothing has no glyph"
    flat = atlas.flatten(1)
    gaps = torch.cdist(flat, flat) + torch.eye(len(flat)) * 1e9
    assert gaps.min() > 10


def test_a_missing_font_says_what_to_install(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="fonts-noto-color-emoji"):
        draw_atlas(tmp_path / FONT.name)


def test_sprites_travel_in_a_file(tmp_path, atlas: torch.Tensor) -> None:
    from safetensors.torch import save_file

    save_file({"sprites": (atlas * 255).round().to(torch.uint8)}, tmp_path / "sprites.safetensors")
    assert (open_atlas(tmp_path / "sprites.safetensors") - atlas).abs().max() <= 0.5 / 255 + 1e-6


def test_training_never_shows_what_is_held_out(scenes: list[Scene]) -> None:
    shown = {(o.index, s.surrounding) for s in scenes for o in s.objects}
    assert not any(held_out(*pair) for pair in shown)
    assert len(shown) > 1000
    kept = [(i, p) for i in range(len(OBJECTS)) for p in range(len(GROUNDS) + len(COLOURS)) if held_out(i, p)]
    assert {i for i, _ in kept} == set(range(len(OBJECTS))), "every object has surroundings kept for the test"


def test_everything_in_the_lexicon_is_drawn(scenes: list[Scene]) -> None:
    assert {o.index for s in scenes for o in s.objects} == set(range(len(OBJECTS)))
    assert {s.ground for s in scenes} == {None, *range(len(GROUNDS))}
    assert {s.time for s in scenes} == set(range(len(TIMES)))
    assert {s.style for s in scenes} == set(range(len(STYLES)))


def test_the_prompts_of_the_readme_are_no_captions(scenes: list[Scene]) -> None:
    rng = generator(2)
    captions = {describe(scene, rng) for _ in range(5) for scene in scenes}
    assert not captions & UNSEEN
    assert len(captions) > 10_000


def test_the_vocabulary_knows_every_caption(scenes: list[Scene]) -> None:
    known, rng = vocabulary(), generator(3)
    for scene in scenes[:1500]:
        caption = describe(scene, rng)
        read = read_words(caption, known, 40)
        assert read.unknown == (), caption
        assert len(read.ids) <= 24, caption


def test_the_same_seed_gives_the_same_batch(atlas: torch.Tensor) -> None:
    one, two, other = (next(batches(seed, 4, 32, atlas, ("fox",))) for seed in (5, 5, 6))
    assert torch.equal(one.pictures, two.pictures) and one.scenes == two.scenes
    assert one.scenes != other.scenes


def test_pictures_fill_their_range_in_every_shape(atlas: torch.Tensor, scenes: list[Scene]) -> None:
    for height, width in SHAPES:
        pictures = render(scenes[:32], atlas, (height * 8, width * 8))
        assert pictures.shape == (32, 3, height * 8, width * 8)
        assert torch.isfinite(pictures).all() and pictures.abs().max() <= 1
        assert (pictures.flatten(1).std(1) > 0.01).sum() >= 31


def test_a_picture_does_not_depend_on_its_neighbours(atlas: torch.Tensor, scenes: list[Scene]) -> None:
    together = render(scenes[:24], atlas, (64, 64))
    for row in (0, 7, 23):
        alone = render(scenes[row : row + 1], atlas, (64, 64))[0]
        assert (together[row] - alone).abs().max() < 2 / 255


def test_size_changes_sharpness_not_content(atlas: torch.Tensor, scenes: list[Scene]) -> None:
    plain = [scene for scene in scenes if scene.style == 0][:48]
    small = render(plain, atlas, (64, 64))
    large = torch.nn.functional.avg_pool2d(render(plain, atlas, (128, 128)), 2)
    assert (small - large).abs().mean() < 0.06


def test_each_object_changes_the_picture(atlas: torch.Tensor) -> None:
    rng = generator(4)
    pictures = render([single(i, len(GROUNDS), rng) for i in range(len(OBJECTS))], atlas, (32, 32))
    assert torch.cdist(pictures.flatten(1), pictures.flatten(1)).add(torch.eye(len(OBJECTS)) * 99).min() > 2


def test_questions_are_held_out_and_even() -> None:
    questions = draw_questions(200, seed=0)
    assert all(held_out(q.index, q.surrounding) for q in questions)
    counts = np.bincount([q.index for q in questions], minlength=len(OBJECTS))
    assert counts.min() >= 2 and counts.max() <= 3
    assert questions == draw_questions(200, seed=0) != draw_questions(200, seed=1)


def test_truth_is_drawn_for_every_question(atlas: torch.Tensor) -> None:
    truth = render_truth(draw_questions(5, 0), atlas, 0)
    assert [picture.shape for picture in truth] == [(128, 128, 3)] * 5
