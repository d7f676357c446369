"""What one picture of the painted world shows, before any pixel or word.

Numbers that name something are indices into the tables of lexicon.py. Places and sizes are in units of the
picture's short side, from its centre, x to the right and y down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sfumato.train.world.lexicon import LIGHTS, STYLES, SURFACES

# In these styles, lights and on these surfaces the colours of things, or of the ground, are not their own.
GREY_STYLES = frozenset({"pencil sketch", "ink", "blueprint", "chalk", "neon", "woodblock print", "pop art"})
GREY_LIGHTS = frozenset({"monochrome", "sepia", "neon light"})
REPAINTED = frozenset({"neon sign", "wall"})

Kind = Literal["objects", "scene", "views", "writing", "pattern", "abstract"]
View = Literal["front", "side", "back"]


@dataclass(frozen=True)
class Placed:
    """One thing on the canvas: `look` chooses among the looks of the thing, `colour` dyes it."""

    thing: int
    look: int
    x: float
    y: float
    size: float
    turn: float = 0.0  # radians
    mirrored: bool = False
    colour: int | None = None
    view: View = "front"


@dataclass(frozen=True)
class Writing:
    """Quoted words: lines of at most 12 letters or 6 Chinese characters, on a surface of this centre and
    size."""

    lines: tuple[str, ...]
    surface: int
    font: int
    x: float = 0.0
    y: float = 0.0
    size: float = 0.8


@dataclass(frozen=True)
class Scene:
    """One picture.

    Attributes:
        kind: objects (one to four things somewhere), scene (a ground alone), views (one character from the
            front, the side and behind, left to right), writing, pattern (one thing again and again),
            abstract (shapes and colours).
        objects: from back to front. Counting is the same thing again. Relations hold between the first and
        the second. relation: how the first object is to the second, or None.
        ground: None on a plain ground, whose colour is then `colour`.
        richness: how ornate and lit the picture is, 0 to 1.
        close: one thing seen so near that it fills the picture, a portrait or a close-up.
        seed: of all random numbers that the painters draw.
    """

    kind: Kind
    objects: tuple[Placed, ...] = ()
    relation: int | None = None
    ground: int | None = None
    colour: int = 0
    time: int = 0
    weather: int = 0
    light: int = 0
    style: int = 0
    richness: float = 0.5
    writing: Writing | None = None
    close: bool = False
    seed: int = 0

    @property
    def grey(self) -> bool:
        """Whether the style or the light takes colours away, so that none may be named."""
        style, light = STYLES[self.style].en[0], LIGHTS[self.light].en[0]
        return style in GREY_STYLES or light in GREY_LIGHTS

    @property
    def covered(self) -> bool:
        """Whether nothing is seen of the ground."""
        return self.writing is not None and SURFACES[self.writing.surface].en[0] in REPAINTED
