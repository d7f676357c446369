"""New prompts to judge models by, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from sfumato.train.metrics.questions import Category, Question
from sfumato.train.world.captions.choice import pick
from sfumato.train.world.captions.measures import measure
from sfumato.train.world.captions.nouns import article, count, is_countable
from sfumato.train.world.captions.places import chinese_place, place
from sfumato.train.world.compose import characters
from sfumato.train.world.draw import held_out
from sfumato.train.world.inscribe import SIGNS, SIGNS_ZH, writable
from sfumato.train.world.inscribe import held_out as never_written
from sfumato.train.world.lexicon import (
    COLOURS,
    GROUNDS,
    RELATIONS,
    STYLES,
    SURFACES,
    Thing,
    Word,
    index,
    things,
)
from sfumato.train.world.scene import GREY_STYLES, Scene

LONGEST = 6  # letters of the texts that models are asked to write
ASKED = frozenset({"animal", "plant", "food", "person", "building", "vehicle", "object", "sky", "nature"})
HANZI = ("零", "一", "两", "三", "四")
SIDES = MappingProxyType(
    {"left of": "左边", "right of": "右边", "above": "上面", "below": "下面", "behind": "后面"}
)
BESIDE = MappingProxyType(
    {"left of": "to the left of", "right of": "to the right of", "above": "above", "below": "below"}
)


def ask(category: str, rng: np.random.Generator) -> Question:
    """A new question of the category."""
    return _ASKS[category](rng)


def _thing(rng: np.random.Generator) -> Thing:
    """One that can be counted, and is a thing of the world rather than a sign or a face."""
    known = [own for own in things() if own.kind in ASKED and is_countable(own.en[0])]
    return known[int(rng.integers(len(known)))]


def _zh(thing: Thing, number: int = 1, colour: Word | None = None) -> str:
    name = thing.zh[0]
    dyed = f"{colour.zh[0]}的" if colour else ""
    return f"{HANZI[number]}{measure(thing, name)}{dyed}{name}"


def _en(thing: Thing, colour: Word | None = None) -> str:
    return article(f"{colour.en[0]} {thing.en[0]}" if colour else thing.en[0])


def _word(table: tuple[Word, ...], rng: np.random.Generator) -> Word:
    return table[int(rng.integers(len(table)))]


def _two(rng: np.random.Generator) -> tuple[Thing, Thing]:
    one, other = _thing(rng), _thing(rng)
    return (one, other) if one != other else _two(rng)


def _single(rng: np.random.Generator) -> Question:
    """In a place in which training never shows it."""
    while True:
        thing, ground = _thing(rng), int(rng.integers(len(GROUNDS)))
        if held_out(index(things(), thing.en[0]), Scene("objects", ground=ground)):
            break
    word = GROUNDS[ground]
    en = f"{_en(thing)} {place(word.en[0])[0]}"
    zh = f"{chinese_place(word.zh[0])}的{_zh(thing)}"
    return Question("single object", en, zh, ((thing.en[0], None),), ground=word.en[0])


def _pair(rng: np.random.Generator) -> Question:
    one, other = _two(rng)
    en, zh = f"{_en(one)} and {_en(other)}", f"{_zh(one)}和{_zh(other)}"
    return Question("two objects", en, zh, ((one.en[0], None), (other.en[0], None)))


def _counting(rng: np.random.Generator) -> Question:
    thing, number = _thing(rng), int(rng.integers(2, len(HANZI)))
    return Question(
        "counting", count(thing.en[0], number), _zh(thing, number), ((thing.en[0], None),), count=number
    )


def _colours(rng: np.random.Generator) -> Question:
    thing, colour = _thing(rng), _word(COLOURS, rng)
    return Question("colours", _en(thing, colour), _zh(thing, 1, colour), ((thing.en[0], colour.en[0]),))


def _binding(rng: np.random.Generator) -> Question:
    (one, other), (first, second) = _two(rng), rng.choice(len(COLOURS), 2, replace=False)
    a, b = COLOURS[int(first)], COLOURS[int(second)]
    en, zh = f"{_en(one, a)} and {_en(other, b)}", f"{_zh(one, 1, a)}和{_zh(other, 1, b)}"
    return Question("colour binding", en, zh, ((one.en[0], a.en[0]), (other.en[0], b.en[0])))


def _position(rng: np.random.Generator) -> Question:
    (one, other), relation = _two(rng), _word(RELATIONS, rng).en[0]
    en = f"{_en(one)} {BESIDE.get(relation, relation)} {_en(other)}"
    zh = f"{_zh(other)}{SIDES[relation]}的{_zh(one)}"
    return Question("position", en, zh, ((one.en[0], None), (other.en[0], None)), relation=relation)


def _style(rng: np.random.Generator) -> Question:
    thing, style = _thing(rng), STYLES[int(rng.integers(1, len(STYLES)))]
    en, zh = f"{_en(thing)}, {style.en[0]}", f"{_zh(thing)}，{style.zh[0]}"
    return Question("style", en, zh, ((thing.en[0], None),), style=style.en[0])


def _scene(rng: np.random.Generator) -> Question:
    ground = _word(GROUNDS, rng)
    style = STYLES[int(rng.integers(1, len(STYLES)))]
    if style.en[0] in GREY_STYLES or rng.random() < 0.5:
        return Question("scene", place(ground.en[0])[1], ground.zh[0], ground=ground.en[0])
    en, zh = f"{place(ground.en[0])[1]}, {style.en[0]}", f"{ground.zh[0]}，{style.zh[0]}"
    return Question("scene", en, zh, ground=ground.en[0], style=style.en[0])


def _writing(rng: np.random.Generator) -> Question:
    """A word of at most six letters that training never writes; the same word in both prompts."""
    surface = _word(SURFACES, rng)
    names = [thing.en[0].upper() for thing in things()] + list(SIGNS)
    names += [name for thing in things() for name in thing.zh[:1]] + list(SIGNS_ZH)
    while True:
        line = pick(names, rng)
        if line.isalpha() and len(line) <= LONGEST and never_written(line) and writable(line):
            break
    en = f'{article(surface.en[0])} that says "{line}"'
    return Question("writing", en, f"写着“{line}”的{surface.zh[0]}", line=line)


def _views(rng: np.random.Generator) -> Question:
    thing = things()[_one_of(characters(), rng)]
    colour = _word(COLOURS, rng) if rng.random() < 0.9 else None
    en = f"three views of {_en(thing)}: front, side and back"
    zh = f"{_zh(thing)}的三视图：正面、侧面和背面"
    if colour:
        en, zh = f"{en}, {colour.en[0]} background", f"{zh}，{colour.zh[0]}背景"
    return Question("three views", en, zh, ((thing.en[0], None),))


def _one_of(options: list[int], rng: np.random.Generator) -> int:
    return options[int(rng.integers(len(options)))]


_ASKS: Mapping[str, Callable[[np.random.Generator], Question]] = MappingProxyType(
    {
        "single object": _single, "two objects": _pair, "counting": _counting, "colours": _colours,
        "colour binding": _binding, "position": _position, "style": _style, "scene": _scene,
        "writing": _writing, "three views": _views,
    }
)  # fmt: skip
CATEGORIES: tuple[Category, ...] = tuple(_ASKS)  # pyright: ignore[reportAssignmentType]
