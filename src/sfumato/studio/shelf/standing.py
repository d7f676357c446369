"""Where a model stands: on the disk, on its way, or open."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Standing(NamedTuple):
    """state  closed, opening or open
    bytes    of weights that are open, of `total`
    busy     whether pictures are being made with it
    """

    state: Literal["closed", "opening", "open"]
    bytes: int = 0
    total: int = 0
    busy: bool = False
