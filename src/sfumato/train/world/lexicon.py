"""The words of the painted world, in English and Chinese, and what each of them looks like.

Names come first in the form a caption uses most. Glyphs are single code points of the Noto Color Emoji font,
so that any layout engine can draw them.
"""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """One meaning: its names in English and Chinese, the glyph or colour that shows it."""

    en: tuple[str, ...]
    zh: tuple[str, ...]
    glyph: str = ""
    rgb: tuple[float, float, float] = (0.0, 0.0, 0.0)


def _things(table: str) -> tuple[Word, ...]:
    """Read lines of `glyph | english, names | 中文, 名字`."""
    rows = (line.split("|") for line in table.strip().splitlines())
    return tuple(Word(_names(en), _names(zh), glyph.strip()) for glyph, en, zh in rows)


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in cell.split(","))


OBJECTS = _things("""
🦊 | fox | 狐狸
🐱 | cat, kitten | 猫, 小猫
🐶 | dog, puppy | 狗, 小狗
🦉 | owl | 猫头鹰
🐼 | panda | 熊猫
🐸 | frog | 青蛙
🦁 | lion | 狮子
🐯 | tiger | 老虎
🐰 | rabbit, bunny | 兔子
🐻 | bear | 熊
🐷 | pig | 猪
🐵 | monkey | 猴子
🐧 | penguin | 企鹅
🦋 | butterfly | 蝴蝶
🐙 | octopus | 章鱼
🐠 | fish | 鱼
🐳 | whale | 鲸鱼
🐢 | turtle, tortoise | 乌龟
🐘 | elephant | 大象
🦄 | unicorn | 独角兽
🐲 | dragon | 龙
🐝 | bee | 蜜蜂
🐦 | bird | 鸟
🌹 | rose | 玫瑰
🌻 | sunflower | 向日葵
🌷 | tulip | 郁金香
🌸 | flower, blossom | 花
🌵 | cactus | 仙人掌
🌲 | tree, pine tree | 树, 松树
🌴 | palm tree, palm | 棕榈树
🍁 | maple leaf, leaf | 枫叶, 叶子
🍄 | mushroom | 蘑菇
🍎 | apple | 苹果
🍓 | strawberry | 草莓
🍌 | banana | 香蕉
🍊 | orange fruit, tangerine | 橘子
🍋 | lemon | 柠檬
🍇 | grapes | 葡萄
🍉 | watermelon | 西瓜
🍒 | cherries | 樱桃
🎃 | pumpkin | 南瓜
🍕 | pizza | 披萨
🍔 | burger, hamburger | 汉堡
🎂 | cake | 蛋糕
🍩 | donut | 甜甜圈
🚀 | rocket, spaceship | 火箭, 飞船
🚗 | car | 汽车
⛵ | boat, sailboat | 船, 帆船
🎈 | balloon | 气球
☂ | umbrella | 雨伞
🎸 | guitar | 吉他
⌚ | watch, wristwatch | 手表
⏰ | clock, alarm clock | 钟, 闹钟
💎 | diamond, gem | 钻石
👑 | crown | 皇冠
🔑 | key | 钥匙
📕 | book | 书
💡 | light bulb, lamp | 灯泡, 灯
🏠 | house, cottage | 房子, 小屋
🏰 | castle | 城堡
🏢 | skyscraper, office building | 摩天大楼, 大楼
🤖 | robot | 机器人
👻 | ghost | 幽灵
⛄ | snowman | 雪人
💗 | heart | 心
⭐ | star | 星星
👩 | woman, girl | 女人, 女孩
👨 | man | 男人
""")

COLOURS = (
    Word(("red",), ("红色",), rgb=(0.86, 0.12, 0.14)),
    Word(("orange",), ("橙色",), rgb=(0.97, 0.55, 0.10)),
    Word(("yellow",), ("黄色",), rgb=(0.98, 0.85, 0.20)),
    Word(("green",), ("绿色",), rgb=(0.18, 0.62, 0.25)),
    Word(("blue",), ("蓝色",), rgb=(0.15, 0.38, 0.86)),
    Word(("purple", "violet"), ("紫色",), rgb=(0.52, 0.22, 0.70)),
    Word(("pink",), ("粉色", "粉红色"), rgb=(0.97, 0.55, 0.72)),
    Word(("brown",), ("棕色",), rgb=(0.48, 0.30, 0.17)),
    Word(("black",), ("黑色",), rgb=(0.07, 0.07, 0.08)),
    Word(("white",), ("白色",), rgb=(0.96, 0.96, 0.96)),
    Word(("gray", "grey"), ("灰色",), rgb=(0.55, 0.55, 0.57)),
    Word(("turquoise", "cyan"), ("青色",), rgb=(0.22, 0.75, 0.76)),
)

# Each ground is painted by the function of the same place in `grounds.PAINTERS`.
GROUNDS = (
    Word(("snow", "snowy field", "winter landscape"), ("雪地", "雪")),
    Word(("meadow", "grass", "green field"), ("草地", "田野")),
    Word(("desert", "sand dunes"), ("沙漠",)),
    Word(("sea", "ocean"), ("海", "大海", "海洋")),
    Word(("mountains", "mountain landscape"), ("山", "群山")),
    Word(("forest", "woods"), ("森林", "树林")),
    Word(("city", "city skyline", "skyline"), ("城市", "城市天际线")),
    Word(("city street", "street", "road"), ("城市街道", "街道", "路")),
    Word(("space", "starry sky", "galaxy"), ("太空", "星空")),
    Word(("hills", "landscape", "countryside"), ("山丘", "风景")),
)

TIMES = (
    Word(("day",), ("白天",)),
    Word(("sunset", "dusk"), ("日落", "黄昏")),
    Word(("night",), ("夜晚", "晚上")),
    Word(("fog", "mist"), ("雾",)),
    Word(("dawn", "sunrise"), ("黎明", "日出")),
)

STYLES = (
    Word(("",), ("",)),
    Word(("watercolor", "watercolor painting"), ("水彩", "水彩画")),
    Word(("pencil sketch", "pencil drawing"), ("铅笔画", "素描")),
    Word(("pixel art",), ("像素画",)),
    Word(("neon", "neon lights"), ("霓虹",)),
    Word(("black and white", "monochrome"), ("黑白",)),
    Word(("pastel", "pastel colors"), ("粉彩",)),
    Word(("pop art", "poster"), ("波普艺术", "海报")),
)
