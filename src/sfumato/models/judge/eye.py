"""The eye: what a whole picture shows, by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate, max_pool2d

from sfumato.models.house.words import EMPTY, read_words
from sfumato.models.judge.eyenet import CELL, SIDE_PX, EyeNet, Seen, read_config
from sfumato.models.weights import about, fingerprint, load_packed, weights_path

FILE = "eye.safetensors"
SURE = 0.4  # a thing is found where its heart is at least so likely
BATCH = 16
WORDS = 64


class Found(NamedTuple):
    """One thing in a picture; x and y are its centre in short sides from the middle of the picture."""

    thing: str
    colour: str
    view: str
    hidden: bool
    x: float
    y: float


class Verdict(NamedTuple):
    """What a picture shows. `ground` is None on a plain one; `text` is what is written, "" for nothing."""

    found: tuple[Found, ...]
    ground: str | None
    style: str
    text: str


class Names(NamedTuple):
    """What the scores of an eye stand for, in their order."""

    things: tuple[str, ...]
    colours: tuple[str, ...]
    views: tuple[str, ...]
    grounds: tuple[str, ...]
    styles: tuple[str, ...]
    letters: str
    vocabulary: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Eye:
    """The trained net and the names of its scores."""

    net: EyeNet
    names: Names

    def look(self, pictures: Sequence[np.ndarray]) -> list[Verdict]:
        """What each picture, uint8 (H, W, 3), shows."""
        return [
            verdict for seen, size in self._seen(pictures) for verdict in verdicts(seen, self.names, size)
        ]

    def features(self, pictures: Sequence[np.ndarray]) -> Tensor:
        """What tells pictures apart, (B, C), for distances between sets of them."""
        return torch.cat([seen.features for seen, _ in self._seen(pictures)])

    def agreement(self, pictures: Sequence[np.ndarray], texts: Sequence[str]) -> Tensor:
        """How well each picture fits its text, (B,) cosines (Radford et al. 2021)."""
        told = torch.cat([seen.picture for seen, _ in self._seen(pictures)])
        return (told * self.text(texts)).sum(-1)

    @torch.no_grad()
    def text(self, texts: Sequence[str]) -> Tensor:
        """Texts as vectors of length 1, (B, shared)."""
        rows = [read_words(text, self.names.vocabulary, WORDS).ids for text in texts]
        return self.net.texts(torch.tensor([row + (EMPTY,) * (WORDS - len(row)) for row in rows]))

    @torch.no_grad()
    def _seen(self, pictures: Sequence[np.ndarray]) -> Iterator[tuple[Seen, tuple[int, int]]]:
        """In batches of neighbours of one size, in order."""
        rows = [_sized(picture) for picture in pictures]
        first = 0
        while first < len(rows):
            last = first + 1
            while last < min(first + BATCH, len(rows)) and rows[last].shape == rows[first].shape:
                last += 1
            height, width = rows[first].shape[-2:]
            yield self.net(torch.stack(rows[first:last])), (height, width)
            first = last


def verdicts(seen: Seen, names: Names, size: tuple[int, int]) -> Iterator[Verdict]:
    """The names of what was seen in pictures of (height, width)."""
    hearts = seen.heart.sigmoid()
    peaks = hearts * (hearts == max_pool2d(hearts[:, None], 3, 1, 1)[:, 0])
    for row in range(len(hearts)):
        cells = (peaks[row] > SURE).nonzero().tolist()
        found = tuple(_found(seen, names, size, row, *cell) for cell in cells)
        ground, style = int(seen.ground[row].argmax()), int(seen.style[row].argmax())
        letters = [int(i) for i in seen.letters[row].argmax(-1)]
        end = next((i for i, letter in enumerate(letters) if letter == len(names.letters)), len(letters))
        text = "".join(names.letters[letter] for letter in letters[:end])
        place = names.grounds[ground] if ground < len(names.grounds) else None
        yield Verdict(found, place, names.styles[style], text)


def _found(seen: Seen, names: Names, size: tuple[int, int], row: int, down: int, across: int) -> Found:
    thing, colour, view = (
        int(part[row, down, across].argmax()) for part in (seen.thing, seen.colour, seen.view)
    )
    height, width = size
    return Found(
        thing=names.things[thing],
        colour=names.colours[colour],
        view=names.views[view],
        hidden=bool(seen.hidden[row, down, across] > 0),
        x=((across + 0.5) * CELL - width / 2) / min(size),
        y=((down + 0.5) * CELL - height / 2) / min(size),
    )


def _sized(picture: np.ndarray) -> Tensor:
    """A picture as the net takes it, about SIDE_PX squared, (3, H, W) in [-1, 1]."""
    height, width = picture.shape[:2]
    scale = SIDE_PX / (height * width) ** 0.5
    size = [max(1, round(side * scale / CELL)) * CELL for side in (height, width)]
    row = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 127.5 - 1
    smaller = "area" if min(height, width) >= min(size) else "bilinear"
    return interpolate(row, size=size, mode=smaller)[0]


def open_eye(path: Path | None = None) -> Eye:
    """The eye whose weights are shipped, or those of another file. Raises FileNotFoundError when its
    weights are missing."""
    path = path or weights_path(FILE)
    fingerprint(path)
    told = about(path)
    net = EyeNet(read_config(told["config"]))
    net.load_state_dict(load_packed(path))
    names: dict[str, Any] = {key: told["names"][key] for key in Names._fields}
    names = {key: value if key == "letters" else tuple(value) for key, value in names.items()}
    return Eye(net.eval().requires_grad_(False), Names(**names))
