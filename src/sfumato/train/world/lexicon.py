"""The words of the painted world, in English and Chinese, and what each of them looks like.

Names come first in the form a caption uses most; the first English name is the one that painters, filters and
things are found by. What is drawn for a name stands in the module named beside its table.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple

RGB = tuple[float, float, float]


class Word(NamedTuple):
    """One meaning: its names in English and Chinese, and for a colour how it looks."""

    en: tuple[str, ...]
    zh: tuple[str, ...]
    rgb: RGB = (0.0, 0.0, 0.0)


class Thing(NamedTuple):
    """Something that can stand in a picture: its names, its kind, and what draws it.

    `glyphs` are code points of the emoji font, each one a look of the thing; `drawn` says that `drawn/` has a
    painter of this name, which adds looks of its own.
    """

    en: tuple[str, ...]
    zh: tuple[str, ...]
    kind: str
    glyphs: str = ""
    drawn: bool = False


def _words(table: str) -> tuple[Word, ...]:
    """Read lines of `english, names | 中文, 名字`."""
    rows = (line.split("|") for line in table.strip().splitlines())
    return tuple(Word(_names(en), _names(zh)) for en, zh in rows)


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in cell.split(","))


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

# Painted by `grounds.PAINTERS[name]`.
GROUNDS = _words("""
snow, snowfield, snowy field, winter landscape | 雪地, 雪, 雪原
meadow, grass, green field | 草地, 田野
desert, sand dunes | 沙漠
sea, ocean | 海, 大海, 海洋
mountains, mountain landscape | 山, 群山
forest, woods | 森林, 树林
city, city skyline, skyline | 城市, 城市天际线
city street, street | 城市街道, 街道
space, starry sky, galaxy | 太空, 星空
hills, landscape, countryside | 山丘, 风景
beach, seaside | 海滩, 海边
river, stream | 河, 河流
lake, pond | 湖, 湖边
road, highway | 公路, 路
jungle, rainforest | 丛林, 雨林
bamboo forest, bamboo grove | 竹林
flower field, field of flowers | 花田, 花海
garden, park | 花园, 公园
rice terraces, terraced fields | 梯田
canyon, cliffs | 峡谷, 悬崖
volcano, lava field | 火山
waterfall | 瀑布
underwater, under the sea, coral reef | 水下, 海底, 珊瑚礁
cave, cavern | 洞穴, 山洞
sky, clouds, above the clouds | 天空, 云端
village, small town | 村庄, 小镇
harbor, port | 港口, 码头
market, bazaar | 市场, 集市
ruins, ancient ruins | 废墟, 遗迹
room, living room | 房间, 客厅
bedroom | 卧室
kitchen | 厨房
library, study | 图书馆, 书房
cafe, coffee shop | 咖啡馆
factory, workshop | 工厂, 车间
stage, theater | 舞台, 剧院
moon surface, the moon | 月球表面, 月球
""")

# In these there is no sky of ours: the time of day and the weather are not seen, and not said.
CLOSED = frozenset({
    "space", "underwater", "cave", "room", "bedroom", "kitchen", "library", "cafe", "factory", "stage",
    "moon surface",
})  # fmt: skip

TIMES = _words("""
day, daytime | 白天
sunset, dusk | 日落, 黄昏
night | 夜晚, 晚上
dawn, sunrise | 黎明, 日出
golden hour | 黄金时刻, 金色时光
""")

WEATHERS = _words("""
clear | 晴朗
cloudy, overcast | 多云, 阴天
rain, rainy | 雨, 雨天
snow, snowfall, snowing | 下雪, 雪天
fog, mist, foggy | 雾, 雾天
storm, thunderstorm, lightning | 暴风雨, 雷雨
""")

# Applied by `light.LIGHTS[name]`: words for light and colour over the whole picture.
LIGHTS = _words("""
natural |
warm, warm colors, warm light | 暖色, 暖光
cool, cold colors, cool light | 冷色, 冷光
pastel, pastel colors, soft colors | 粉彩, 柔和色彩
vivid, vibrant colors, colorful | 鲜艳, 色彩鲜艳
monochrome, black and white | 黑白, 单色
sepia, vintage | 复古, 怀旧
high contrast, dramatic light | 高对比度, 戏剧性光线
soft light, dreamy | 柔光, 梦幻
backlit, backlight | 逆光
spotlight, stage light | 聚光灯
dark, moody, low key | 暗调, 阴郁
bright, high key | 明亮, 高调
neon light, neon lights | 霓虹灯光, 霓虹
""")

# Applied by `styles.STYLES[name]`.
STYLES = _words("""
plain, photo, photograph | 照片
flat, flat illustration, flat design | 扁平插画, 扁平风格
watercolor, watercolor painting | 水彩, 水彩画
oil painting, oil on canvas | 油画
pencil sketch, pencil drawing, sketch | 铅笔画, 素描
ink, ink painting, ink wash | 水墨, 水墨画
pixel art | 像素画, 像素艺术
paper cut, papercraft | 剪纸
stained glass | 彩色玻璃, 彩绘玻璃
neon, neon style | 霓虹风格
low poly | 低多边形
woodblock print, ukiyo-e | 木版画, 浮世绘
pop art, comic | 波普艺术, 漫画
chalk, chalk drawing | 粉笔画
sticker | 贴纸
clay, claymation | 黏土, 粘土
mosaic | 马赛克
impressionist, pointillism | 印象派, 点彩
blueprint | 蓝图
embroidery, cross stitch | 刺绣, 十字绣
crayon, crayon drawing | 蜡笔画
anime, expressive anime | 动漫, 动画
cute anime, cute style | 可爱动漫, 可爱风格
scenic anime, anime background | 场景动漫, 动漫风景
""")

# What quoted words are written on; drawn by `writing.SURFACES[name]`.
SURFACES = _words("""
sign, wooden sign | 牌子, 木牌
poster | 海报
book cover | 书的封面, 书籍封面
neon sign | 霓虹灯牌
banner | 横幅
billboard | 广告牌
blackboard, chalkboard | 黑板
card, greeting card | 卡片, 贺卡
label, sticker label | 标签
wall, graffiti | 墙, 涂鸦
t-shirt | T恤
""")

RELATIONS = _words("""
left of | 左边
right of | 右边
above, over | 上面, 上方
below, under | 下面, 下方
behind | 后面
""")

COUNTS = _words("""
one, a | 一
two | 两
three | 三
four | 四
""")


@cache
def things() -> tuple[Thing, ...]:
    """Every thing, those with emoji from names.json and those that only `drawn/` knows, in a fixed order."""
    rows = json.loads(files("sfumato.train.world").joinpath("names.json").read_text("utf-8"))
    return tuple(Thing(tuple(en), tuple(zh), kind, glyphs, drawn) for en, zh, kind, glyphs, drawn in rows)


def index(table: tuple[Word, ...] | tuple[Thing, ...], name: str) -> int:
    """Where the meaning with this first English name stands. Raises StopIteration for none."""
    return next(i for i, word in enumerate(table) if word.en[0] == name)
