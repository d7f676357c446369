"""Every word that the captions of the painted world are made of."""

from __future__ import annotations

import re

import numpy as np

from sfumato.train.world.caption import describe
from sfumato.train.world.lexicon import COLOURS, GROUNDS, OBJECTS, STYLES, TIMES
from sfumato.train.world.scene import draw_scene

CAPTIONS = 30_000  # enough to meet every word: the rarest stands in one caption of about a thousand
_CHINESE = ("里", "上", "的", "一只", "和", "背景", "图案", "特写", "抽象图形")


def vocabulary() -> tuple[str, ...]:
    """The words, sorted; the same on every machine."""
    rng = np.random.Generator(np.random.Philox(0))
    captions = " ".join(describe(draw_scene(rng), rng) for _ in range(CAPTIONS))
    named = {
        name for table in (OBJECTS, COLOURS, GROUNDS, TIMES, STYLES) for word in table for name in word.zh
    }
    return tuple(sorted(set(re.findall("[a-z]+", captions.lower())) | (named - {""}) | set(_CHINESE)))
