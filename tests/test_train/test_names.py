"""The table of things: whole, unambiguous, and made by its script."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from sfumato.train.world import lexicon

ROOT = Path(__file__).resolve().parents[2]
NAMES = ROOT / "src" / "sfumato" / "train" / "world" / "names.json"
KINDS = frozenset("animal plant food person building vehicle sky object nature symbol face".split())
SOURCES = (
    "/usr/share/unicode/emoji/emoji-test.txt",
    "/usr/share/unicode/cldr/common/annotations/zh.xml",
    "/usr/share/wordnet/data.noun",
    "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf",
)
# A thing of each of the first edition's glyphs.
FIRST = """
fox🦊 cat🐱 dog🐶 owl🦉 panda🐼 frog🐸 lion🦁 tiger🐯 rabbit🐰 bear🐻 pig🐷 monkey🐵 penguin🐧
butterfly🦋 octopus🐙 fish🐠 whale🐳 turtle🐢 elephant🐘 unicorn🦄 dragon🐲 bee🐝 bird🐦 rose🌹
sunflower🌻 tulip🌷 flower🌸 cactus🌵 tree🌲 palm_tree🌴 maple_leaf🍁 mushroom🍄 apple🍎
strawberry🍓 banana🍌 orange_fruit🍊 lemon🍋 grapes🍇 watermelon🍉 cherries🍒 pumpkin🎃 pizza🍕
burger🍔 cake🎂 donut🍩 rocket🚀 car🚗 boat⛵ balloon🎈 umbrella☂ guitar🎸 watch⌚ clock⏰ diamond💎
crown👑 key🔑 book📕 light_bulb💡 house🏠 castle🏰 skyscraper🏢 robot🤖 ghost👻 snowman⛄ heart💗
star⭐ woman👩 man👨
"""


def test_there_are_many_things_of_every_kind() -> None:
    things = lexicon.things()
    assert len(things) > 800 and {thing.kind for thing in things} == KINDS
    assert all(thing.en and thing.zh and (thing.glyphs or thing.drawn) for thing in things)


def test_a_name_belongs_to_one_thing() -> None:
    names = Counter(name for thing in lexicon.things() for name in thing.en + thing.zh)
    assert [name for name, number in names.items() if number > 1] == []
    glyphs = Counter(glyph for thing in lexicon.things() for glyph in thing.glyphs)
    assert max(glyphs.values()) == 1


def test_no_thing_is_called_like_a_colour_a_place_or_a_style() -> None:
    tables = (
        lexicon.COLOURS,
        lexicon.GROUNDS,
        lexicon.TIMES,
        lexicon.WEATHERS,
        lexicon.LIGHTS,
        lexicon.STYLES,
    )
    words = {name for table in (*tables, lexicon.COUNTS) for word in table for name in word.en + word.zh}
    names = {name for thing in lexicon.things() for name in thing.en + thing.zh}
    assert names & words == {"volcano", "火山"}, "a volcano is both"


def test_the_first_edition_is_kept() -> None:
    looks = {thing.en[0]: thing.glyphs for thing in lexicon.things()}
    for each in FIRST.split():
        assert each[-1] in looks[each[:-1].replace("_", " ")]
    assert len(FIRST.split()) == 68


@pytest.mark.skipif(
    not all(Path(path).exists() for path in SOURCES), reason="needs Debian's Unicode and WordNet"
)
def test_the_script_writes_the_same_table(tmp_path: Path) -> None:
    out = tmp_path / "names.json"
    subprocess.run([sys.executable, ROOT / "scripts" / "names", out], check=True, timeout=100)
    assert out.read_text("utf-8") == NAMES.read_text("utf-8")
