"""The renderer: reproducible, the same for a row whatever the others are, in every shape and at every
size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn.functional import avg_pool2d

from sfumato.models.house.words import read_words
from sfumato.train.world.atlas import FONT, Atlas, draw_atlas, edition, open_atlas
from sfumato.train.world.batch import SHAPES, batches, pixels, without_words
from sfumato.train.world.compose import one, room_of
from sfumato.train.world.draw import KINDS, draw_scene
from sfumato.train.world.lexicon import COLOURS, GROUNDS, index, things
from sfumato.train.world.looks import starts
from sfumato.train.world.render import render
from sfumato.train.world.scene import Placed, Scene
from sfumato.train.world.sheet import contact_sheet


def generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def some(seed: int, count: int, **same) -> list[Scene]:
    rng = generator(seed)
    return [replace(draw_scene(rng), **same) for _ in range(count)]


def test_the_atlas_holds_every_look(atlas: Atlas) -> None:
    assert atlas.sprites.shape == (starts()[-1], 4, 128, 128) and atlas.sprites.dtype == torch.uint8
    shown = atlas.sprites[:, 3].float().mean((1, 2)) / 255
    assert shown.min() > 0.02, "a look that covers nothing has no glyph"
    assert (atlas.sprites[:, :3] <= atlas.sprites[:, 3:]).all(), "colours are premultiplied"
    rim = atlas.sprites[:, 3].clone()
    rim[:, 2:-2, 2:-2] = 0
    assert not rim.any(), "sampling past the edge finds nothing"


def test_no_two_looks_are_the_same(atlas: Atlas) -> None:
    flat = avg_pool2d(atlas.sprites.float(), 8).flatten(1)
    gaps = torch.cdist(flat, flat) + torch.eye(len(flat)) * 1e9
    assert gaps.min() > 5


def test_a_missing_font_says_what_to_install(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="fonts-noto-color-emoji"):
        draw_atlas(tmp_path / FONT.name)


def test_the_atlas_travels_in_a_folder(tmp_path, atlas: Atlas) -> None:
    atlas.save(tmp_path / "atlas")
    read = open_atlas(tmp_path / "atlas")
    assert torch.equal(read.sprites, atlas.sprites)
    assert all(torch.equal(one, two) for one, two in zip(read.glyphs, atlas.glyphs, strict=True))
    Atlas(atlas.sprites[1:], atlas.glyphs).save(tmp_path / "other")
    with pytest.raises(ValueError, match="write it again"):
        open_atlas(tmp_path / "other")
    assert edition() == edition()


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_fill_their_range_in_every_shape(kind, atlas: Atlas) -> None:
    for number, shape in enumerate(SHAPES):
        rng = generator(number)
        scenes = [draw_scene(rng, shape, kind) for _ in range(3)]
        size = pixels(shape, 96)
        made = render(scenes, atlas, size)
        assert made.shape == (3, 3, *size)
        assert torch.isfinite(made).all() and made.abs().max() <= 1
        assert (made.flatten(1).std(1) > 0.005).all()


def test_a_picture_does_not_depend_on_its_neighbours(atlas: Atlas) -> None:
    scenes = some(1, 40)
    together = render(scenes, atlas, (64, 64))
    for row in range(0, 40, 7):
        alone = render(scenes[row : row + 1], atlas, (64, 64))[0]
        assert (together[row] - alone).abs().max() < 2 * 2 / 255


def test_size_changes_sharpness_not_content(atlas: Atlas) -> None:
    plain = some(2, 40, style=0, light=0)
    small = render(plain, atlas, (64, 64))
    large = avg_pool2d(render(plain, atlas, (128, 128)), 2)
    assert (small - large).abs().mean() < 0.05


def test_a_thing_is_seen_where_it_stands_in_its_colour(atlas: Atlas) -> None:
    """A dyed thing on a plain ground: its colour in the middle of it, the ground's far from it."""
    white, red = index(COLOURS, "white"), index(COLOURS, "red")
    heart = index(things(), "heart")
    scene = Scene(
        "objects", (Placed(heart, 0, 0.25, 0, 0.5, colour=red),), colour=white, richness=0.5, seed=3
    )
    (picture,) = render([scene], atlas, (128, 128))
    thing, ground = picture[:, 60:70, 90:102].mean((1, 2)), picture[:, 60:70, 5:25].mean((1, 2))
    assert thing[0] > 0.2 and thing[1:].max() < 0 and ground.min() > 0.7


def test_each_thing_changes_the_picture(atlas: Atlas) -> None:
    rng, room = generator(4), room_of((1, 1), None)
    chosen = range(0, len(things()), 9)
    scenes = [Scene("objects", one(room, i, None, False, rng), richness=0.5) for i in chosen]
    made = render(scenes, atlas, (32, 32)).flatten(1)
    assert torch.cdist(made, made).add(torch.eye(len(made)) * 99).min() > 2


def test_the_same_seed_gives_the_same_batch(atlas: Atlas) -> None:
    first, again, other = (next(batches(seed, 6, 32, atlas, ("fox",))) for seed in (5, 5, 6))
    assert torch.equal(first.pictures, again.pictures) and first.scenes == again.scenes
    assert first.scenes != other.scenes
    assert first.richness.tolist() == pytest.approx([scene.richness for scene in first.scenes])


def test_shapes_come_equally_often_and_have_about_as_many_pixels(atlas: Atlas) -> None:
    data = batches(0, 1, 16, atlas, ("fox",))
    sizes = [tuple(next(data).pictures.shape[-2:]) for _ in range(300)]
    counts = [sizes.count(shape) for shape in SHAPES]
    assert sum(counts) == 300 and min(counts) > 12
    assert all(235 <= height * width <= 260 for height, width in SHAPES)


def test_sides_are_whole_multiples_where_a_network_needs_them(atlas: Atlas) -> None:
    data = batches(0, 1, 32, atlas, ("fox",), multiple=4)
    sizes = {tuple(next(data).pictures.shape[-2:]) for _ in range(60)}
    assert len(sizes) > 5 and all(side % 4 == 0 for size in sizes for side in size)


def test_some_rows_lose_their_words() -> None:
    words = torch.tensor([[1, 5, 6, 0]]).repeat(2000, 1)
    kept = without_words(words, 0.1, torch.Generator().manual_seed(0))
    empty = (kept == torch.tensor([1, 0, 0, 0])).all(1)
    assert 0.07 < empty.float().mean() < 0.13
    assert torch.equal(kept[~empty], words[: int((~empty).sum())])
    assert read_words("", ("fox",), 4).ids == (1,)


def test_a_sheet_shows_as_many_pictures_as_asked(atlas: Atlas) -> None:
    sheet = contact_sheet(atlas, 7, seed=1, side=64, columns=3)
    assert sheet.size == (3 * 72 + 8, 3 * (72 + 60) + 8)
    assert np.asarray(sheet).std() > 30
    assert len(GROUNDS) == 37
