"""A residual network of 0.9 M parameters on 64 × 64 pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, relu

from sfumato.models.judge.residual import Residual
from sfumato.models.weights import about, fingerprint, load_packed, weights_path

FILE = "judge.safetensors"
SIDE_PX = 64
BATCH = 16  # pictures at once: more take more memory and more time each
WIDTHS = (32, 64, 128, 192)


class JudgeNet(nn.Module):
    """Pictures (B, 3, 64, 64) in [-1, 1] to a score for each object (B, objects)."""

    def __init__(self, objects: int) -> None:
        super().__init__()
        pairs = zip((WIDTHS[0], *WIDTHS), WIDTHS, strict=False)
        self.blocks = nn.Sequential(
            nn.Conv2d(3, WIDTHS[0], 3, padding=1), *(Residual(*pair, relu) for pair in pairs)
        )
        self.head = nn.Linear(WIDTHS[-1], objects)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.head(self.blocks(pictures).amax((2, 3)))


@dataclass(frozen=True, eq=False)
class Judge:
    """The trained net and the names of the objects, in the order of its scores."""

    net: JudgeNet
    names: tuple[str, ...]

    def name(self, pictures: Sequence[np.ndarray]) -> list[int]:
        """Which object each picture, uint8 (H, W, 3), shows: indices into `names`."""
        return self.scores(pictures).argmax(1).tolist()

    @torch.no_grad()
    def scores(self, pictures: Sequence[np.ndarray]) -> Tensor:
        """How likely each picture shows each object, (B, objects), each row's sum 1."""
        return torch.cat([self.net(rows).softmax(1) for rows in _batches(pictures)])

    @torch.no_grad()
    def features(self, pictures: Sequence[np.ndarray]) -> Tensor:
        """What tells pictures apart, (B, 192): the last layer before the scores."""
        return torch.cat([self.net.blocks(rows).amax((2, 3)) for rows in _batches(pictures)])


def _batches(pictures: Sequence[np.ndarray]) -> Iterator[Tensor]:
    """(B, 3, 64, 64) in [-1, 1], at most BATCH of them at once."""
    rows = [torch.from_numpy(np.array(p)).permute(2, 0, 1)[None].float() / 127.5 - 1 for p in pictures]
    small = torch.cat([interpolate(row, size=(SIDE_PX, SIDE_PX), mode="area") for row in rows])
    yield from small.split(BATCH)


def open_judge(path: Path | None = None) -> Judge:
    """The shipped judge. Raises FileNotFoundError when its weights are missing."""
    path = path or weights_path(FILE)
    fingerprint(path)
    names = tuple(about(path)["names"])
    net = JudgeNet(len(names))
    net.load_state_dict(load_packed(path))
    return Judge(net.eval().requires_grad_(False), names)
