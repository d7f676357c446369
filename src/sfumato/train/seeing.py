"""What the eye is to see in a render of the painted world, and how far off it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, binary_cross_entropy_with_logits, cross_entropy

from sfumato.models.judge import CELL, Names, Seen
from sfumato.train.world.batch import Batch
from sfumato.train.world.lexicon import COLOURS, GROUNDS, STYLES, things
from sfumato.train.world.looks import VIEWS, turning
from sfumato.train.world.scene import Placed, Scene
from sfumato.train.world.vocabulary import vocabulary
from sfumato.train.world.writing.glyphs import LETTERS, chinese

IGNORED = -100  # of a class: nothing is to be learned there
SPREAD = 1.0  # cells around a thing's centre that are not held to be empty
ROUGH = 0.1  # of tint and grain


class Truth(NamedTuple):
    """Renders and what they show: cells as flat indices row · h · w + cell, one a thing.

    Attributes:
        pictures: (B, 3, H, W); words: (B, L).
        heart: (B, h, w), 1 where a thing's centre is, less around it; open: (B,) whether that holds for
        all of the picture.
        at: (T,) the cells of things; thing, colour, view, hidden: (T,), IGNORED where unknown.
        ground, style: (B,); letters: (B, longest).
    """

    pictures: Tensor
    words: Tensor
    heart: Tensor
    open: Tensor
    at: Tensor
    thing: Tensor
    colour: Tensor
    view: Tensor
    hidden: Tensor
    ground: Tensor
    style: Tensor
    letters: Tensor


def names() -> Names:
    """What an eye of this world tells apart."""
    letters = sorted({*LETTERS.casefold(), *chinese()})
    return Names(
        things=tuple(thing.en[0] for thing in things()),
        colours=tuple(word.en[0] for word in COLOURS),
        views=VIEWS,
        grounds=tuple(word.en[0] for word in GROUNDS),
        styles=tuple(word.en[0] for word in STYLES),
        letters="".join(letters),
        vocabulary=vocabulary(),
    )


def truths(data: Iterator[Batch], known: Names, longest: int = 16) -> Iterator[Truth]:
    """Each batch with what is to be seen in it."""
    for batch in data:
        yield truth_of(batch, known, longest)


def truth_of(batch: Batch, known: Names, longest: int) -> Truth:
    """What is to be seen in a batch."""
    size, device = batch.pictures.shape[-2:], batch.pictures.device
    grid = (size[0] // CELL, size[1] // CELL)
    told = [(row, o, s) for row, s in enumerate(batch.scenes) for o in _standing(s)]
    cells = [_cell(o, size, grid) for _, o, _ in told]
    columns = {
        "at": [_flat(row, cell, grid) for (row, _, _), cell in zip(told, cells, strict=True)],
        "thing": [o.thing for _, o, _ in told],
        "colour": [IGNORED if o.colour is None else o.colour for _, o, _ in told],
        "view": [_view(o) for _, o, _ in told],
        "hidden": [_hidden(o, s.objects) for _, o, s in told],
        "ground": [len(GROUNDS) if s.ground is None else s.ground for s in batch.scenes],
        "style": [s.style for s in batch.scenes],
        "letters": [_letters(s, known.letters, longest) for s in batch.scenes],
        "open": [s.kind != "pattern" for s in batch.scenes],
    }  # fmt: skip
    heart = _hearts(len(batch.scenes), grid, [row for row, _, _ in told], cells)
    tensors = {
        name: torch.tensor(column, dtype=torch.long, device=device) for name, column in columns.items()
    }
    return Truth(batch.pictures, batch.words, heart.to(device), **tensors)


def eye_loss(network: nn.Module, truth: Truth, generator: torch.Generator) -> Tensor:
    """The sum of what was missed in roughened renders."""
    seen: Seen = network(roughened(truth.pictures, generator))
    own = [part.flatten(0, 2)[truth.at].float() for part in (seen.thing, seen.colour, seen.view)]
    parts = [
        _class(scores, wanted)
        for scores, wanted in zip(own, (truth.thing, truth.colour, truth.view), strict=True)
    ]
    hidden = seen.hidden.flatten()[truth.at].float()
    parts.append(
        binary_cross_entropy_with_logits(hidden, truth.hidden.float()) if len(hidden) else hidden.sum()
    )
    parts.append(focal(seen.heart.float(), truth.heart, truth.open))
    parts += [_class(seen.ground.float(), truth.ground), _class(seen.style.float(), truth.style)]
    parts.append(_class(seen.letters.flatten(0, 1).float(), truth.letters.flatten()))
    texts = network.texts(truth.words)  # pyright: ignore[reportCallIssue]
    parts.append(0.3 * contrast(seen.picture, texts, network.sharpness))  # pyright: ignore[reportArgumentType]
    return torch.stack(parts).sum()


def roughened(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """A little softer, tinted and grained, as a model's pictures are."""
    soft = avg_pool2d(pictures, 3, stride=1, padding=1, count_include_pad=False)
    share = torch.rand(len(pictures), 1, 1, 1, generator=generator).to(pictures.device)
    tint = ROUGH * torch.randn(len(pictures), 3, 1, 1, generator=generator).to(pictures.device)
    grain = ROUGH * torch.randn(pictures.shape, generator=generator).to(pictures.device)
    return pictures.lerp(soft, share) + tint + grain * share


def focal(scores: Tensor, heart: Tensor, whole: Tensor) -> Tensor:
    """Of cells with and without a thing's centre, by how hard they are (Zhou et al. 2019, eq. 1)."""
    likely = scores.sigmoid().clamp(1e-4, 1 - 1e-4)
    centre = (heart == 1).float()
    missed = centre * (1 - likely) ** 2 * likely.log()
    wrong = (1 - heart) ** 4 * likely**2 * (1 - likely).log() * whole[:, None, None]
    return -(missed + wrong).sum() / centre.sum().clamp(1)


def contrast(pictures: Tensor, texts: Tensor, sharpness: Tensor) -> Tensor:
    """Each picture finds its caption in the batch, and each caption its picture (Radford et al. 2021)."""
    scores = sharpness.exp() * pictures.float() @ texts.float().T
    wanted = torch.arange(len(scores), device=scores.device)
    return (cross_entropy(scores, wanted) + cross_entropy(scores.T, wanted)) / 2


def _class(scores: Tensor, wanted: Tensor) -> Tensor:
    """Cross entropy where something is wanted, else 0."""
    known = wanted != IGNORED
    return cross_entropy(scores, wanted, ignore_index=IGNORED) if known.any() else scores.sum() * 0


def _standing(scene: Scene) -> tuple[Placed, ...]:
    return () if scene.kind == "pattern" else scene.objects


def _cell(placed: Placed, size: Sequence[int], grid: tuple[int, int]) -> tuple[float, float]:
    """Where a thing's centre is, in cells: x, y."""
    x, y = ((c * min(size) + side / 2) / CELL for c, side in ((placed.x, size[1]), (placed.y, size[0])))
    return min(max(x, 0), grid[1] - 0.01), min(max(y, 0), grid[0] - 0.01)


def _flat(row: int, cell: tuple[float, float], grid: tuple[int, int]) -> int:
    return (row * grid[0] + int(cell[1])) * grid[1] + int(cell[0])


def _hearts(rows: int, grid: tuple[int, int], row: list[int], cells: list[tuple[float, float]]) -> Tensor:
    heart = torch.zeros(rows, *grid)
    down, across = torch.arange(grid[0])[:, None], torch.arange(grid[1])[None, :]
    for own, (x, y) in zip(row, cells, strict=True):
        far = (across - int(x)) ** 2 + (down - int(y)) ** 2
        heart[own] = torch.maximum(heart[own], torch.exp(-far / (2 * SPREAD**2)))
    return heart


def _view(placed: Placed) -> int:
    return VIEWS.index(placed.view) if placed.look in turning(things()[placed.thing]) else IGNORED


def _hidden(placed: Placed, objects: Sequence[Placed]) -> bool:
    """Whether one in front covers a part of it."""
    later = objects[objects.index(placed) + 1 :]
    return any(max(abs(o.x - placed.x), abs(o.y - placed.y)) < 0.35 * (o.size + placed.size) for o in later)


def _letters(scene: Scene, letters: str, longest: int) -> list[int]:
    """The text, and its end in all places after it; IGNORED where it is too long to read."""
    text = " ".join(scene.writing.lines).casefold() if scene.writing else ""
    if len(text) > longest:
        return [IGNORED] * longest
    return [letters.index(letter) for letter in text] + [len(letters)] * (longest - len(text))
