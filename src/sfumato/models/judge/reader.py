"""The eye's third network: what is written in a picture, column by column."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sfumato.models.judge.residual import PATCH, stage


@dataclass(frozen=True)
class ReaderConfig:
    """What is needed to build a reader.

    Attributes:
        letters: characters that it reads.
        widths: channels at a quarter of the picture's size, then at an eighth and a sixteenth of its height.
        blocks: at each of them.
        wide: blocks are wide depthwise convolutions; else pairs of small ones.
    """

    letters: int
    widths: tuple[int, int, int] = (48, 80, 128)
    blocks: tuple[int, int, int] = (1, 2, 2)
    wide: bool = False


class ReaderNet(nn.Module):
    """Pictures (B, 3, H, W) in [-1, 1] to letters (B, W / 4, letters + 1); the last one is none (Graves et
    al. 2006). Each column looks where in its height the letter stands."""

    def __init__(self, config: ReaderConfig) -> None:
        super().__init__()
        self.config = config
        steps = (PATCH, (2, 1), (2, 1))
        sides = zip((3, *config.widths), config.widths, steps, config.blocks, strict=False)
        self.body = nn.Sequential(*(stage(*own, config.wide) for own in sides))
        width = config.widths[-1]
        self.where = nn.Conv2d(width, 1, 3, padding=1)
        self.norm = nn.GroupNorm(8, width)
        self.beside = nn.Conv1d(width, width, 5, padding=2)
        self.letters = nn.Linear(width, config.letters + 1)

    def forward(self, pictures: Tensor) -> Tensor:
        grid = self.body(pictures)
        columns = (self.norm(grid).relu() * self.where(grid).softmax(2)).sum(2)  # (B, C, W / 4)
        columns = columns + self.beside(columns).relu()
        return self.letters(columns.transpose(1, 2))


def decoded(letters: Tensor, known: str) -> list[str]:
    """The likeliest text of each row of scores (B, columns, letters + 1): runs of one letter are one
    letter."""
    best = letters.argmax(-1)
    first = torch.ones_like(best, dtype=torch.bool)
    first[:, 1:] = best[:, 1:] != best[:, :-1]
    rows = [row[keep].tolist() for row, keep in zip(best, first & (best < len(known)), strict=True)]
    return ["".join(known[letter] for letter in row) for row in rows]
