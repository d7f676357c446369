"""Where the looks of things stand in the atlas: for each thing its emoji, then what `drawn/` paints.

A thing that `drawn/` paints has LOOKS more looks; a character has DESIGNS more, each from three sides.
"""

from __future__ import annotations

from functools import cache
from itertools import accumulate

from sfumato.train.world.drawn import CHARACTERS, DESIGNS, LOOKS, VIEWS
from sfumato.train.world.lexicon import Thing, things
from sfumato.train.world.scene import Placed

PLAIN = "\ufe0e\ufe0f"  # variation selectors: they say how to draw what stands before them


def emoji(thing: Thing) -> tuple[str, ...]:
    """The glyphs of a thing, one by one."""
    return tuple(glyph for glyph in thing.glyphs if glyph not in PLAIN)


def drawn(thing: Thing) -> int:
    """How many looks `drawn/` gives the thing."""
    if not thing.drawn:
        return 0
    return DESIGNS if thing.en[0] in CHARACTERS else LOOKS


def looks(thing: Thing) -> int:
    """How many looks the thing has in all."""
    return len(emoji(thing)) + drawn(thing)


def sprites(thing: Thing) -> int:
    """How many sprites of the atlas the thing takes."""
    sides = len(VIEWS) if thing.en[0] in CHARACTERS else 1
    return len(emoji(thing)) + drawn(thing) * sides


@cache
def starts() -> tuple[int, ...]:
    """The first sprite of each thing, and in the end the number of all."""
    return tuple(accumulate(map(sprites, things()), initial=0))


def sprite(placed: Placed) -> int:
    """The sprite that shows a placed thing."""
    thing, first = things()[placed.thing], starts()[placed.thing]
    own = len(emoji(thing))
    if placed.look < own or thing.en[0] not in CHARACTERS:
        return first + placed.look
    return first + own + len(VIEWS) * (placed.look - own) + VIEWS.index(placed.view)


def turning(thing: Thing) -> range:
    """The looks that can be seen from three sides."""
    own = len(emoji(thing))
    return range(own, own + DESIGNS) if thing.en[0] in CHARACTERS else range(0)
