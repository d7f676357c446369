"""Captions of the painted world: true, known to the vocabulary, in two languages and six lengths."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from sfumato.models.house.words import read_words
from sfumato.train.world import lexicon as L
from sfumato.train.world.captions import CHINESE, UNSEEN, describe, normalised, quoted
from sfumato.train.world.captions.chinese import chinese
from sfumato.train.world.captions.english import english
from sfumato.train.world.captions.nouns import count, plural
from sfumato.train.world.captions.slips import careless
from sfumato.train.world.scene import Placed, Scene, Writing
from sfumato.train.world.vocabulary import vocabulary

KINDS = ("objects", "scene", "views", "writing", "pattern", "abstract")
WRITINGS = (("OPEN",), ("DON'T", "PANIC"), ("欢迎",), ("Fish & Tea",))
QUOTED = re.compile('["“「『‘\'][^"”」』]*["”」』’\']')


def generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def below(table, rng: np.random.Generator) -> int:
    return int(rng.integers(len(table)))


def maybe(table, share: float, rng: np.random.Generator) -> int | None:
    return below(table, rng) if rng.random() < share else None


def placed(rng: np.random.Generator) -> Placed:
    return Placed(below(L.things(), rng), 0, 0.0, 0.0, 0.5, colour=maybe(L.COLOURS, 0.4, rng))


def draw(rng: np.random.Generator) -> Scene:
    """A random scene: not well composed, but of every kind."""
    kind = KINDS[int(rng.choice(6, p=(0.6, 0.1, 0.07, 0.1, 0.08, 0.05)))]
    number = int(rng.integers(1, 5)) if kind == "objects" else int(kind in ("views", "pattern"))
    same = rng.random() < 0.5
    objects = [placed(rng)] * number if same else [placed(rng) for _ in range(number)]
    ground = below(L.GROUNDS, rng) if kind == "scene" else maybe(L.GROUNDS, 0.6, rng)
    return Scene(
        kind,
        tuple(objects),
        relation=below(L.RELATIONS, rng) if number == 2 and not same else None,
        ground=None if kind in ("pattern", "views") else ground,
        colour=below(L.COLOURS, rng),
        time=below(L.TIMES, rng),
        weather=below(L.WEATHERS, rng),
        light=below(L.LIGHTS, rng) * int(rng.integers(2)),
        style=below(L.STYLES, rng),
        richness=float(rng.random()),
        writing=Writing(WRITINGS[below(WRITINGS, rng)], below(L.SURFACES, rng), 0)
        if kind == "writing"
        else None,
        close=number == 1 and kind == "objects" and rng.random() < 0.3,
    )


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    rng = generator(1)
    return [draw(rng) for _ in range(3000)]


@pytest.fixture(scope="module")
def known() -> tuple[str, ...]:
    return vocabulary()


def test_the_vocabulary_knows_every_caption(scenes: list[Scene], known: tuple[str, ...]) -> None:
    rng, exact = generator(2), set(known)  # for reading forgives endings and slips
    for scene in scenes:
        assert set(re.findall("[a-z]+(?:'[a-z]+)?", QUOTED.sub("", english(scene, rng)).lower())) <= exact
        for caption in (english(scene, rng), chinese(scene, rng)):
            assert read_words(caption, known, 500).unknown == (), caption


def test_captions_fit_in_64_ids(scenes: list[Scene], known: tuple[str, ...]) -> None:
    rng = generator(3)
    sizes = [len(read_words(describe(scene, rng), known, 500).ids) for scene in scenes[:1500]]
    assert np.mean(np.array(sizes) <= 64) > 0.99


def test_the_vocabulary_is_sorted_and_spells(known: tuple[str, ...]) -> None:
    assert list(known) == sorted(set(known))
    assert {'"A', '"z', '"7', '"欢'} <= set(known)
    assert 2000 < len(known) < 7000


def test_the_same_draws_give_the_same_words(scenes: list[Scene]) -> None:
    one, two, other = (
        [describe(scene, rng) for rng in (generator(seed),) for scene in scenes[:200]] for seed in (5, 5, 6)
    )
    assert one == two and sum(a != b for a, b in zip(one, other, strict=True)) > 120


def test_three_captions_in_ten_are_chinese(scenes: list[Scene]) -> None:
    rng = generator(7)
    plain = [QUOTED.sub("", describe(scene, rng)) for scene in scenes]
    share = np.mean([bool(re.search("[\u3400-\u9fff]", caption)) for caption in plain])
    assert abs(share - CHINESE) < 0.03


def test_captions_are_short_and_long(scenes: list[Scene]) -> None:
    rng = generator(8)
    sizes = np.array([len(english(scene, rng).split()) for scene in scenes])
    assert 0.08 < (sizes <= 3).mean() < 0.4 and 0.1 < (sizes >= 16).mean() < 0.5


def test_chinese_has_no_latin_but_quoted(scenes: list[Scene]) -> None:
    rng = generator(9)
    for scene in scenes:
        caption = QUOTED.sub("", chinese(scene, rng)).replace("T恤", "")
        assert not re.search("[A-Za-z]", caption), caption


@cache
def forms() -> list[tuple[str, int]]:
    names = [(form, i) for i, t in enumerate(L.things()) for name in t.en for form in (name, plural(name))]
    return sorted(names, key=lambda pair: -len(pair[0]))


def names_in(caption: str) -> set[int]:
    """Things named in an English caption: the longest names first, each read once."""
    found, text = set(), caption.lower()
    for name, i in forms():
        if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text):
            found.add(i)
            text = text.replace(name, "|")
    return found


def test_only_things_of_the_scene_are_named(scenes: list[Scene]) -> None:
    rng = generator(10)
    plain = [s for s in scenes if s.kind == "objects" and s.ground is None and not s.light and not s.style]
    for scene in plain:
        caption = english(scene, rng)
        told, there = names_in(caption), {each.thing for each in scene.objects}
        assert told == there, (caption, told ^ there)
    assert len(plain) >= 10


def test_colours_that_are_said_are_there(scenes: list[Scene]) -> None:
    rng = generator(11)
    for scene in scenes:
        if scene.kind != "objects" or scene.light:
            continue
        there = {each.colour for each in scene.objects} | ({scene.colour} if scene.ground is None else set())
        caption = english(scene, rng)
        names = {name for each in scene.objects for name in L.things()[each.thing].en}
        for name in sorted(names, key=len, reverse=True):  # "green leaves" before "leaves"
            caption = caption.replace(name, "|").replace(plural(name), "|")
        caption = re.sub("green field", "", caption)
        for i, word in enumerate(L.COLOURS):
            said = any(re.search(rf"\b{name}\b", caption) for name in word.en)
            assert not said or i in there, caption


@pytest.mark.parametrize(("number", "word", "zh"), [(2, "two", "两"), (3, "three", "三"), (4, "four", "四")])
def test_counts_are_said(number: int, word: str, zh: str) -> None:
    cat = Placed(L.index(L.things(), "cat"), 0, 0.0, 0.0, 0.3)
    scene, rng = Scene("objects", (cat,) * number), generator(12)
    for _ in range(50):
        assert re.search(rf"\b{word} (cats|kittens)\b", english(scene, rng), re.I)
        assert re.search(f"{zh}只小?猫", chinese(scene, rng))


def test_relations_are_said_the_right_way_round() -> None:
    fox, owl = (Placed(L.index(L.things(), name), 0, 0.0, 0.0, 0.3) for name in ("fox", "owl"))
    for i, word in enumerate(L.RELATIONS):
        rng, scene = generator(13), Scene("objects", (fox, owl), relation=i)
        captions = [english(scene, rng) for _ in range(60)] + [chinese(scene, rng) for _ in range(60)]
        assert any(re.search(f"猫头鹰({'|'.join(word.zh)})的一只狐狸", caption) for caption in captions)
        assert any(
            re.search("fox .*(of|above|over|below|under|underneath|behind) an owl", c) for c in captions
        )
        assert not any(re.search("owl .*(left|right|above|below|under|behind) ", c) for c in captions)


def test_closed_places_have_no_time_and_no_weather() -> None:
    rng = generator(14)
    words = [name for table in (L.TIMES[1:], L.WEATHERS[1:]) for word in table for name in word.en + word.zh]
    for name in L.CLOSED:
        scene = Scene("scene", ground=L.index(L.GROUNDS, name), time=1, weather=4)
        for _ in range(40):
            for caption in (english(scene, rng), chinese(scene, rng)):
                assert not any(re.search(rf"\b{word}\b", caption) for word in words), caption


def test_writing_is_quoted_whole(scenes: list[Scene]) -> None:
    rng = generator(15)
    for scene in (scene for scene in scenes if scene.kind == "writing"):
        (text,) = quoted(scene)
        assert text in english(scene, rng) and text in chinese(scene, rng)
    assert quoted(Scene("scene", ground=0)) == ()


def test_what_is_held_back_is_never_said() -> None:
    rng, scene = generator(16), Scene("abstract")
    held = frozenset({"abstract shapes", "抽象图形"})
    captions = [normalised(describe(scene, rng, UNSEEN | held)) for _ in range(300)]
    assert not set(captions) & (UNSEEN | held) and len(set(captions)) > 10


def test_careless_people_keep_what_they_quote() -> None:
    rng, caption = generator(17), 'A wooden sign that says "The OPEN, door" in the forest, watercolor.'
    slips = [careless(caption, rng) for _ in range(60)]
    assert all('"The OPEN, door"' in slip for slip in slips) and len(set(slips)) > 20


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("cat", "two cats"),
        ("wolf", "two wolves"),
        ("mouse", "two mice"),
        ("computer mouse", "two computer mice"),
        ("glasses", "two pairs of glasses"),
        ("cherry", "two cherries"),
        ("cup of coffee", "two cups of coffee"),
        ("bearded man", "two bearded men"),
        ("fish", "two fish"),
    ],
)
def test_plurals(noun: str, many: str) -> None:
    assert count(noun, 2) == many
