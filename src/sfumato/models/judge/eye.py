"""The eye: what a whole picture shows, by name. One part finds things, one names their crops, one reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate, max_pool2d, one_hot

from sfumato.models.judge.finder import CELL, SIDE_PX, USUAL_PX, FinderConfig, FinderNet, Places
from sfumato.models.judge.namer import Named, NamerConfig, NamerNet, cut
from sfumato.models.judge.reader import ReaderConfig, ReaderNet, decoded
from sfumato.models.weights import about, fingerprint, load_packed, weights_path

FILES: Mapping[str, str] = MappingProxyType(
    {part: f"eye-{part}.safetensors" for part in ("finder", "namer", "reader")}
)
SURE = 0.4  # a thing is found where its heart is at least so likely
APART = 0.3  # of a thing's side: nearer to it there is no other
OVERLAP = 0.35  # of two sides: nearer centres than that, and one thing covers a part of the other
EVERY = 8  # of the namer's features, which are many, one in so many tells whole pictures apart
BATCH = 16


class Found(NamedTuple):
    """One thing in a picture; x and y are its centre in short sides from the middle of the picture."""

    thing: str
    colour: str
    view: str
    hidden: bool
    x: float
    y: float


class Verdict(NamedTuple):
    """What a picture shows. `ground` is None on a plain one; `text` is what is written, without spaces, ""
    for nothing."""

    found: tuple[Found, ...]
    ground: str | None
    style: str
    text: str


class Names(NamedTuple):
    """What the scores of an eye stand for, in their order; `shows` and `sides` are the thing and the view of
    each sprite."""

    things: tuple[str, ...]
    colours: tuple[str, ...]
    views: tuple[str, ...]
    grounds: tuple[str, ...]
    styles: tuple[str, ...]
    letters: str
    shows: tuple[int, ...]
    sides: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Eye:
    """The trained networks and the names of their scores."""

    finder: FinderNet
    namer: NamerNet
    reader: ReaderNet
    names: Names

    @torch.no_grad()
    def look(self, pictures: Sequence[np.ndarray]) -> list[Verdict]:
        """What each picture, uint8 (H, W, 3), shows."""
        return [verdict for rows in _batches(pictures) for verdict in self._look(rows)]

    @torch.no_grad()
    def features(self, pictures: Sequence[np.ndarray]) -> Tensor:
        """What tells pictures apart, (B, C), for distances between sets of them: what the finder makes of
        all, and the namer of the middle."""
        return torch.cat([self._features(rows) for rows in _batches(pictures)])

    def _features(self, rows: Tensor) -> Tensor:
        height, width = rows.shape[-2:]
        middle = torch.tensor([[width / 2, height / 2, min(height, width)]]).expand(len(rows), -1)
        return torch.cat([self.finder(rows).features, self.namer(cut(rows, middle)).features[:, ::EVERY]], 1)

    def _look(self, rows: Tensor) -> Iterator[Verdict]:
        places, texts = self.finder(rows), decoded(self.reader(rows), self.names.letters)
        row, boxes = found_boxes(places)
        named = self.namer(cut(rows[row], boxes))
        return verdicts(places, row, boxes, named, texts, self.names, rows.shape[-2:])


def found_boxes(places: Places) -> tuple[Tensor, Tensor]:
    """Where things are: the picture (T,) and the box (T, 3) of each, in pixels, the surest of a picture
    first."""
    hearts = places.heart.sigmoid()
    peaks = hearts * (hearts == max_pool2d(hearts[:, None], 3, 1, 1)[:, 0])
    kept: list[tuple[int, list[float]]] = []
    for row in range(len(hearts)):
        cells = (peaks[row] > SURE).nonzero()
        cells = cells[peaks[row][cells[:, 0], cells[:, 1]].argsort(descending=True)]
        kept += [(row, box) for box in _distinct(_boxes(places.box[row], cells).tolist())]
    rows = torch.tensor([row for row, _ in kept], dtype=torch.long)
    return rows, torch.tensor([box for _, box in kept]).reshape(-1, 3)


def _boxes(told: Tensor, cells: Tensor) -> Tensor:
    """Boxes in pixels (T, 3) of what a finder says (3, h, w) in these cells (T, 2)."""
    x, y, side = told[:, cells[:, 0], cells[:, 1]]
    middle = torch.stack([cells[:, 1] + 0.5 + x, cells[:, 0] + 0.5 + y], 1) * CELL
    return torch.cat([middle, USUAL_PX * side[:, None].exp2()], 1)


def _distinct(boxes: list[list[float]]) -> list[list[float]]:
    """Without those that are too near to a surer one."""
    kept: list[list[float]] = []
    for x, y, side in boxes:
        if all(max(abs(x - a), abs(y - b)) > APART * min(side, own) for a, b, own in kept):
            kept.append([x, y, side])
    return kept


def verdicts(
    places: Places,
    row: Tensor,
    boxes: Tensor,
    named: Named,
    texts: Sequence[str],
    names: Names,
    size: Sequence[int],
) -> Iterator[Verdict]:
    """The names of what was seen in pictures of (height, width)."""
    thing, view = named_things(named.sprite, names)
    colour, hidden = named.colour[:, : len(names.colours)].argmax(1), behind(row, boxes)
    x, y = ((boxes[:, i] - size[1 - i] / 2) / min(size) for i in (0, 1))
    found = [
        Found(
            names.things[thing[i]], names.colours[int(colour[i])], names.views[view[i]], hidden[i],
            float(x[i]), float(y[i]),
        )
        for i in range(len(boxes))
    ]  # fmt: skip
    for number, text in enumerate(texts):
        ground, style = int(places.ground[number].argmax()), int(places.style[number].argmax())
        own = tuple(found[i] for i in (row == number).nonzero()[:, 0].tolist())
        place = names.grounds[ground] if ground < len(names.grounds) else None
        yield Verdict(own, place, names.styles[style], text)


def behind(row: Tensor, boxes: Tensor) -> list[bool]:
    """Of each box (T, 3) of its picture (T,), whether another covers it: one that is lower stands before
    it."""
    x, y, side = boxes.T
    apart = torch.maximum((x[:, None] - x).abs(), (y[:, None] - y).abs())
    near = (apart < OVERLAP * (side[:, None] + side)) & (row[:, None] == row)
    return (near & (y > y[:, None])).any(1).tolist()


def named_things(sprites: Tensor, names: Names) -> tuple[list[int], list[int]]:
    """The likeliest thing of each row of scores (T, sprites), all its looks together, and the likeliest
    view."""
    shows = one_hot(torch.tensor(names.shows), len(names.things)).float()
    thing = (sprites.softmax(1) @ shows).argmax(1)
    sides = torch.tensor(names.sides)
    own = sprites.masked_fill(shows.T[thing] == 0, -torch.inf).argmax(1)
    return thing.tolist(), sides[own].tolist()


def _batches(pictures: Sequence[np.ndarray]) -> Iterator[Tensor]:
    """Neighbours of one size together, in order."""
    rows = [_sized(picture) for picture in pictures]
    first = 0
    while first < len(rows):
        last = first + 1
        while last < min(first + BATCH, len(rows)) and rows[last].shape == rows[first].shape:
            last += 1
        yield torch.stack(rows[first:last])
        first = last


def _sized(picture: np.ndarray) -> Tensor:
    """A picture as the nets take it, about SIDE_PX squared, (3, H, W) in [-1, 1]."""
    height, width = picture.shape[:2]
    scale = SIDE_PX / (height * width) ** 0.5
    size = [max(2, round(side * scale / CELL)) * CELL for side in (height, width)]
    row = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 127.5 - 1
    smaller = "area" if min(height, width) >= min(size) else "bilinear"
    return interpolate(row, size=size, mode=smaller)[0]


def open_eye(folder: Path | None = None) -> Eye:
    """The eye whose weights are shipped, or those in another folder. Raises FileNotFoundError when some are
    missing."""
    paths = {part: folder / name if folder else weights_path(name) for part, name in FILES.items()}
    for path in paths.values():
        fingerprint(path)
    told = about(paths["finder"])["names"]
    names: dict[str, Any] = {k: told[k] if k == "letters" else tuple(told[k]) for k in Names._fields}
    nets = (
        FinderNet(FinderConfig(**_config(paths["finder"]))),
        NamerNet(NamerConfig(**_config(paths["namer"]))),
        ReaderNet(ReaderConfig(**_config(paths["reader"]))),
    )
    for net, path in zip(nets, paths.values(), strict=True):
        net.load_state_dict(load_packed(path))
        net.eval().requires_grad_(False)
    return Eye(*nets, Names(**names))


def _config(path: Path) -> dict[str, Any]:
    """The configuration out of a weights file's metadata, where tuples have become lists."""
    return {k: tuple(v) if isinstance(v, list) else v for k, v in about(path)["config"].items()}
