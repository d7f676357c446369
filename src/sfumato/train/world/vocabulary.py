"""Every word that the captions of the painted world are made of, and every letter that they quote."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

import numpy as np

from sfumato.models.house.words import LETTER
from sfumato.train.world import lexicon
from sfumato.train.world.captions.chinese import chinese
from sfumato.train.world.captions.choice import HIGH
from sfumato.train.world.captions.english import english
from sfumato.train.world.captions.nouns import NUMBERS, plural
from sfumato.train.world.scene import Placed, Scene, Writing
from sfumato.train.world.writing.glyphs import chinese as chinese_glyphs

LETTERS = string.ascii_letters + string.digits + " .,!?'&-"
DRAWS = 40  # captions of each kind of scene: every template comes up
_CHINESE = """
一 两 三 四 里 上 中 前 旁 的 在 站在 有 和 是 还有 背景 图案 特写 近景特写 肖像 写着 上面写着
上面的字是 画面 风格 时分 三视图 正面 侧面 背面 角色设定图 无缝 重复 花卉 花朵 几何 抽象 形状 色彩 构图 图形
艺术 抽象画 组成 由 与 一幅 画面中 图中 这幅 画的 采用 表现手法 光线 色调 感觉 时间 天气 华丽 精致
细节丰富 繁复 高度精细 极简 简洁 简约 朴素
"""


def vocabulary() -> tuple[str, ...]:
    """The words, sorted; the same on every machine."""
    names = [name for table in _tables() for word in table for name in word.en + word.zh]
    english_ = " ".join(
        [*names, *map(plural, (name for word in lexicon.things() for name in word.en)), *NUMBERS]
    )
    text = f"{english_} {' '.join(_captions())}".lower()
    chinese_ = {run for name in names for run in re.findall("[\u3400-\u9fff]+", name)}
    words = set(re.findall(r"[a-z]+(?:'[a-z]+)?|[0-9]+", text)) | chinese_ | set(_CHINESE.split())
    drawn = set(LETTERS) | {
        letter for run in {*chinese_, chinese_glyphs()} for letter in run if letter >= "\u3400"
    }
    return tuple(sorted(words | set(_characters(text)) | {LETTER + letter for letter in drawn}))


def _tables() -> tuple[tuple[lexicon.Word, ...] | tuple[lexicon.Thing, ...], ...]:
    world = (
        lexicon.COLOURS,
        lexicon.GROUNDS,
        lexicon.TIMES,
        lexicon.WEATHERS,
        lexicon.LIGHTS,
        lexicon.STYLES,
    )
    return (*world, lexicon.SURFACES, lexicon.RELATIONS, lexicon.things())


def _characters(text: str) -> Iterator[str]:
    """Single characters, for what the words leave between them."""
    return (letter for letter in text if "\u3400" <= letter <= "\u9fff")


def _captions() -> Iterator[str]:
    """Captions that between them use every template and every measure word."""
    rng = np.random.Generator(np.random.Philox(0))
    for scene in _scenes():
        for _ in range(DRAWS):
            for tell in (english, chinese):
                yield re.sub("[\"“「『‘'][^\"”」』’']*[\"”」』’']", "", tell(scene, rng))
    for thing in range(len(lexicon.things())):
        pair = Scene("objects", (_placed(thing), _placed(thing)))
        yield from (tell(pair, rng) for tell in (english, chinese) for _ in range(2))


def _scenes() -> Iterator[Scene]:
    """A scene of every kind in every place, relation and richness."""
    for ground in (None, *range(len(lexicon.GROUNDS))):
        yield Scene("objects", (_placed(0),), ground=ground, richness=HIGH + 0.1)
    for kind in ("scene", "views", "pattern", "abstract"):
        yield Scene(kind, (_placed(0),), ground=0, time=1, weather=2, light=1, style=1, richness=0.1)
    for relation in range(len(lexicon.RELATIONS)):
        yield Scene("objects", (_placed(0), _placed(1)), relation=relation)
    flower = lexicon.index(lexicon.things(), "rose")
    yield from (Scene("pattern", things, richness=0.1) for things in ((_placed(flower),), ()))
    fox = lexicon.index(lexicon.things(), "fox")
    for thing in (flower, fox):
        yield Scene("objects", (_placed(thing),), close=True)
    yield Scene("objects", (_placed(lexicon.index(lexicon.things(), "knight")),), ground=0)
    for surface in range(len(lexicon.SURFACES)):
        yield Scene("writing", (_placed(0),), writing=Writing(("A",), surface, 0))


def _placed(thing: int) -> Placed:
    return Placed(thing, 0, 0.0, 0.0, 0.5)
