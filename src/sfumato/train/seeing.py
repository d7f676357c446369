"""What the eye is to see in a render of the painted world."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from sfumato.models.judge import CELL, SIDE_PX, Names
from sfumato.train.world.atlas import Atlas
from sfumato.train.world.batch import SHAPES, pixels
from sfumato.train.world.compose import WIDE
from sfumato.train.world.draw import draw_scene, held_out
from sfumato.train.world.lexicon import COLOURS, GROUNDS, STYLES, things
from sfumato.train.world.looks import VIEWS, sprite, sprites, turning
from sfumato.train.world.render import render
from sfumato.train.world.scene import Placed, Scene
from sfumato.train.world.writing.glyphs import LETTERS, chinese

IGNORED = -100  # of a class: nothing is to be learned there
SPREAD = 1.0  # cells around a thing's centre that are not held to be empty
EASY = 0.35  # of pictures: photographs on a plain ground, as most prompts of a judge ask for
HARDER = 20_000  # pictures until only so many are easy; the first ones all are
LOOKS = 4  # at each render: drawing one costs more

Draw = Callable[[np.random.Generator, tuple[int, int]], Scene]


class Truth(NamedTuple):
    """Renders and what they show.

    Attributes:
        pictures: (B, 3, H, W) uint8.
        heart: (B, h, w), 1 where a thing's centre is, less around it; open: (B,) whether that holds for
            all of the picture.
        row: (T,) the picture of each thing; box: (T, 3) its centre, x and y, and its side, in pixels.
        sprite, colour: (T,), a colour IGNORED where a thing has its own.
        ground, style: (B,).
        letters: (B, longest) what is written, and `length` (B,) how many letters of a row that is.
    """

    pictures: Tensor
    heart: Tensor
    open: Tensor
    row: Tensor
    box: Tensor
    sprite: Tensor
    colour: Tensor
    ground: Tensor
    style: Tensor
    letters: Tensor
    length: Tensor


def names() -> Names:
    """What an eye of this world tells apart."""
    known = things()
    return Names(
        things=tuple(thing.en[0] for thing in known),
        colours=tuple(word.en[0] for word in COLOURS),
        views=VIEWS,
        grounds=tuple(word.en[0] for word in GROUNDS),
        styles=tuple(word.en[0] for word in STYLES),
        letters="".join(sorted({*LETTERS.casefold(), *chinese()})),
        shows=tuple(i for i, thing in enumerate(known) for _ in range(sprites(thing))),
        sides=tuple(side for thing in known for side in _sides(thing)),
    )


def _sides(thing) -> list[int]:
    """From where each sprite of a thing shows it."""
    own = sprites(thing) - len(VIEWS) * len(turning(thing))
    return [0] * own + list(range(len(VIEWS))) * len(turning(thing))


def anything(rng: np.random.Generator, shape: tuple[int, int]) -> Scene:
    """All that the world shows, for the finder."""
    return draw_scene(rng, shape, "views" if shape == WIDE and rng.random() < 0.5 else None)


def standing(rng: np.random.Generator, shape: tuple[int, int]) -> Scene:
    """Pictures with things in them, for the namer."""
    return draw_scene(rng, shape, "views" if rng.random() < (0.5 if shape == WIDE else 0.06) else "objects")


def written(rng: np.random.Generator, shape: tuple[int, int]) -> Scene:
    """One line of writing, or in one picture of ten none, for the reader."""
    if rng.random() < 0.1:
        return draw_scene(rng, shape, "objects")
    scene = draw_scene(rng, shape, "writing")
    assert scene.writing is not None
    return replace(scene, writing=replace(scene.writing, lines=scene.writing.lines[:1]))


def truths(draw: Draw, seed: int, rows: int, atlas: Atlas, known: Names, drawn: int = 0) -> Iterator[Truth]:
    """Endless renders, each batch of one shape, from easy to all; `drawn` pictures were seen before."""
    rng = np.random.Generator(np.random.Philox(seed))
    while True:
        shape = SHAPES[int(rng.integers(len(SHAPES)))]
        easy = max(EASY, 1 - drawn / HARDER)
        scenes = [_easier(draw(rng, shape), easy, rng) for _ in range(rows)]
        size = pixels(shape, SIDE_PX, CELL)
        levels = ((render(scenes, atlas, size) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
        yield truth_of(levels, scenes, known)
        drawn += rows


def _easier(scene: Scene, share: float, rng: np.random.Generator) -> Scene:
    """That share of scenes as photographs on a plain ground, unless training never shows that."""
    if rng.random() >= share:
        return scene
    plain = replace(scene, style=0, light=0, time=0, weather=0)
    plain = plain if scene.kind == "scene" else replace(plain, ground=None)
    return scene if any(held_out(o.thing, plain) for o in scene.objects) else plain


def pooled(data: Iterator[Truth], seed: int, kept: int = 80, times: int = LOOKS) -> Iterator[Truth]:
    """Each batch as it comes, then others from those `kept`, so that each is seen about so many `times`."""
    rng, pool = np.random.Generator(np.random.Philox(seed)), []
    for fresh in data:
        yield fresh
        pool.append(fresh)
        if len(pool) > kept:
            pool.pop(int(rng.integers(kept)))
        for _ in range(times - 1):
            yield pool[int(rng.integers(len(pool)))]


def truth_of(pictures: Tensor, scenes: Sequence[Scene], known: Names) -> Truth:
    """What is to be seen in these renders, uint8 (B, 3, H, W)."""
    size, device = pictures.shape[-2:], pictures.device
    told = [(row, o) for row, s in enumerate(scenes) if s.kind in ("objects", "views") for o in s.objects]
    boxes = [_box(o, size) for _, o in told]
    lines = [_letters(s, known.letters) for s in scenes]
    longest = max(1, *(len(line) for line in lines))
    columns = {
        "open": [s.kind != "pattern" for s in scenes],
        "row": [row for row, _ in told],
        "sprite": [sprite(o) for _, o in told],
        "colour": [IGNORED if o.colour is None else o.colour for _, o in told],
        "ground": [len(GROUNDS) if s.ground is None else s.ground for s in scenes],
        "style": [s.style for s in scenes],
        "letters": [line + [0] * (longest - len(line)) for line in lines],
        "length": [len(line) for line in lines],
    }  # fmt: skip
    tensors = {
        name: torch.tensor(column, dtype=torch.long, device=device) for name, column in columns.items()
    }
    box = torch.tensor(boxes, device=device).reshape(-1, 3)
    return Truth(pictures, hearts(len(scenes), size, tensors["row"], box), box=box, **tensors)


def hearts(rows: int, size: Sequence[int], row: Tensor, box: Tensor) -> Tensor:
    """Around each thing's centre a hill of height 1, (rows, h, w)."""
    down, across = (torch.arange(side // CELL, device=box.device) for side in size)
    x, y = (box[:, :2] / CELL).floor().T[:, :, None, None]
    hills = torch.exp(-((across - x) ** 2 + (down[:, None] - y) ** 2) / (2 * SPREAD**2))
    heart = torch.zeros(rows, len(down), len(across), device=box.device)
    for number, hill in zip(row.tolist(), hills, strict=True):
        heart[number] = torch.maximum(heart[number], hill)
    return heart


def _box(placed: Placed, size: Sequence[int]) -> tuple[float, float, float]:
    """A thing's centre, kept inside the picture, and its side, in pixels."""
    unit = min(size)
    x, y = (c * unit + side / 2 for c, side in ((placed.x, size[1]), (placed.y, size[0])))
    return min(max(x, 0), size[1] - 0.01), min(max(y, 0), size[0] - 0.01), placed.size * unit


def _letters(scene: Scene, letters: str) -> list[int]:
    """The text without its spaces, as its letters' places."""
    text = "".join(scene.writing.lines).casefold() if scene.writing else ""
    return [letters.index(letter) for letter in text if not letter.isspace()]
