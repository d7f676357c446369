"""All rows of the language together, and how a typed name finds its row."""

from __future__ import annotations

from types import MappingProxyType

from sfumato.language.legacy import LEGACY, WIDTH
from sfumato.language.parameters import Parameter
from sfumato.language.table import JOB, REFERENCES, SHAPE, VIDEO
from sfumato.language.versions import FIRST, OPEN

GROUPS: tuple[tuple[str, tuple[Parameter, ...]], ...] = (
    ("The picture", SHAPE),
    ("References", REFERENCES),
    ("The job", JOB),
    ("Films", VIDEO),
    ("Legacy", LEGACY),
)
PARAMETERS: tuple[Parameter, ...] = (*SHAPE, *REFERENCES, *JOB, *VIDEO, *LEGACY)
"""The declaration table: everything the language knows. Documentation and completion are made from it."""

# Rows are laid in backwards so that of two rows with one spelling the earlier, newer one is found (`--w` is
# weird).
BY_NAME = MappingProxyType({name: row for row in reversed(PARAMETERS) for name in row.names})
_MEANT = MappingProxyType(
    {
        word: name
        for word, name in (
            pair.split(":")
            for pair in """
            negative:no without:no exclude:no ratio:ar size:ar width:ar height:ar aspectratio:ar steps:quality
            model:v variety:chaos stylise:stylize anime:niji count:repeat number:repeat personalise:profile
            moodboard:profile ref:image img:image style_raw:raw upscale:uplight private:stealth slow:relax
            seamless:tile random:chaos speed:fast weight:iw
            """.split()
        )
    }
)
"""Words of other programs, and what they are called here."""
_SUGGESTIONS = 12
"""How many unknown names of one prompt get a nearest name; looking for it is the only slow thing here."""


def find(name: str, model: str = OPEN) -> Parameter | None:
    """The row a name means to `model`, without regard to case; None for a name nobody knows."""
    lower = name.lower()
    if lower == "w" and model in FIRST:
        return WIDTH
    return BY_NAME.get(lower)


def suggest(name: str, already: int = 0) -> str | None:
    """The known name that an unknown one probably means, None when nothing is near.

    `already` is how many suggestions this prompt has had; beyond a dozen none is looked for.
    """
    lower = name.lower()
    if lower in _MEANT:
        return _MEANT[lower]
    if already >= _SUGGESTIONS or len(lower) > 16:
        return None
    from difflib import get_close_matches

    near = get_close_matches(lower, BY_NAME, 1, 0.6)
    return near[0] if near else None
