"""What is written in pictures: words of signs, names of things, and strings that mean nothing, to learn
spelling."""

from __future__ import annotations

from zlib import crc32

import numpy as np

from sfumato.train.world.lexicon import SURFACES, things
from sfumato.train.world.scene import Writing
from sfumato.train.world.writing.glyphs import LATIN, LETTERS, chinese

LONGEST, LONGEST_ZH = 12, 6  # characters in a line
HELD_OUT = 10  # one text in so many is kept from training
SIGNS = """
OPEN CLOSED SALE HELLO WELCOME STOP EXIT CAFE HOTEL BAR LOVE DREAM PEACE MUSIC PIZZA COFFEE TEA BOOKS
BAKERY FLOWERS
GARDEN SUMMER WINTER SPRING NEW FREE YES NO HAPPY THANKS HOME PARK ZOO MUSEUM LIBRARY MARKET TOYS ART
""".split()
PHRASES = (
    """
Happy Birthday, Good Morning, Thank You, Dream Big, Be Kind, Stay Wild, Hello World, Good Luck, Keep Out,
For Sale,
Coming Soon, Night Market, Ice Cream, Book Club, Jazz Night, Space Camp, Be Brave, No Rain, Fresh Fish, Tea
Time
""".replace("\n", " ")
    .strip()
    .split(", ")
)
SIGNS_ZH = """
你好 欢迎 开业 茶 书店 咖啡 新年快乐 生日快乐 春天 夏天 秋天 冬天 爱 福 平安 酒店 花店 市场 博物馆 图书馆
早安 晚安 谢谢 小心 出口 入口 停车 出发 梦想 自由 和平 音乐 电影 火锅 面馆 水果 公园 学校 车站
""".split()


def inscribe(rng: np.random.Generator) -> Writing:
    """One or two lines on a surface, in a font."""
    chinese = rng.random() < 0.25
    count = 1 if rng.random() < 0.8 else 2
    lines = tuple(_line(chinese, rng) for _ in range(count))
    surface, font = int(rng.integers(len(SURFACES))), int(rng.integers(len(LATIN)))
    x, y = rng.uniform(-0.06, 0.06, 2)
    return Writing(lines, surface, font, float(x), float(y), float(rng.uniform(0.7, 0.92)))


def held_out(line: str) -> bool:
    """Whether training never writes this."""
    return crc32(f"{line.casefold()} is written".encode()) % HELD_OUT == 0


def _line(chinese: bool, rng: np.random.Generator) -> str:
    while True:
        line = _chinese(rng) if chinese else _english(rng)
        if 0 < len(line) <= (LONGEST_ZH if chinese else LONGEST) and not held_out(line) and writable(line):
            return line


def writable(line: str) -> bool:
    """Whether there is a glyph for every letter."""
    return all(letter in LETTERS or letter in chinese() for letter in line)


def _english(rng: np.random.Generator) -> str:
    source = rng.random()
    if source < 0.3:
        line = str(rng.choice(np.array(SIGNS if rng.random() < 0.6 else PHRASES)))
    elif source < 0.7:
        line = things()[int(rng.integers(len(things())))].en[0]
    else:
        line = "".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), int(rng.integers(1, 8))))
    return str(rng.choice(np.array([line.upper(), line.upper(), line.title(), line.lower()])))


def _chinese(rng: np.random.Generator) -> str:
    source = rng.random()
    if source < 0.35:
        return str(rng.choice(np.array(SIGNS_ZH)))
    if source < 0.7:
        return things()[int(rng.integers(len(things())))].zh[0]
    return "".join(rng.choice(np.array(list(chinese())), int(rng.integers(1, 5))))
