"""Letters and characters, drawn once from free fonts of Debian's packages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

SIDE_PX = 64
CAPITAL_PX = 30  # every font is drawn so large that its capital H is this tall
CHARACTER_PX = 39  # and a Chinese character so wide
BASELINE_PX = 45
LEFT_PX = 9  # scripts swing out to the left of where they start

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,!?'&- "


class Face(NamedTuple):
    """A font file and the Debian package that installs it."""

    package: str
    path: str
    number: int = 0  # inside a collection


# Serif, sans, bold condensed, script, typewriter, rounded, brush, geometric.
LATIN = (
    Face("fonts-ebgaramond", "/usr/share/fonts/opentype/ebgaramond/EBGaramond12-Bold.otf"),
    Face("fonts-lato", "/usr/share/fonts/truetype/lato/Lato-Bold.ttf"),
    Face("fonts-dejavu-extra", "/usr/share/fonts/truetype/dejavu/DejaVuSansCondensed-Bold.ttf"),
    Face("fonts-dancingscript", "/usr/share/fonts/opentype/dancingscript/DancingScript-Bold.otf"),
    Face("fonts-courier-prime", "/usr/share/fonts/opentype/courier-prime/Courier Prime Bold.otf"),
    Face("fonts-comfortaa", "/usr/share/fonts/truetype/comfortaa/Comfortaa-Bold.ttf"),
    Face("fonts-lobster", "/usr/share/fonts/opentype/lobster/lobster.otf"),
    Face("fonts-dejavu-core", "/usr/share/fonts/truetype/dejavu/DejaVuSerif-Bold.ttf"),
)
# Sans and serif; of the collection's faces the one of simplified Chinese.
CHINESE = (
    Face("fonts-noto-cjk", "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 2),
    Face("fonts-noto-cjk", "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", 2),
)

# The characters written most, and those of signs, shops, greetings, seasons, food, places and animals.
_CHINESE_TEXT = """
的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事
成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此
已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代
内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安
少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光
放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运
喜欢迎临快乐祝福寿春夏秋冬风花雪雨云星夜晨早晚午安咖啡茶酒店面包蛋糕米饭鱼肉菜果汤糖鲜甜香冰红橙黄绿蓝紫粉黑灰
左右停止勿禁吸烟请静心爱情友谊谢梦想希望奇迹勇敢加油努力幸运财源富贵吉祥如意团圆元宵端节圣诞恭贺禧猫狗兔龙虎牛羊鸡猴
鸟熊鹿鹤松竹梅兰菊荷树林森草叶河湖江岛沙滩城村街巷桥站楼房屋园宫塔寺庙厅馆校图画音歌舞戏剧影视游玩具童话故读写字笔纸
衣服鞋帽包伞灯窗床桌椅杯碗刀车船飞机票旅客宾酒吧火锅烧烤小吃超商买卖特价优惠免费新品热爽健康医药急救出入口男洗间推拉
禅道德仁义忠孝和谐自由平永恒时光阴阳乾坤日照暖阳彩虹满载归宁远志诚信赢胜利冠军秘密探险宝藏未来世界你我他晴朗蓝莓苹草莓
"""


@cache
def chinese() -> str:
    """Every Chinese character that can be written, in a fixed order."""
    return "".join(dict.fromkeys(c for c in _CHINESE_TEXT if c > "一" or c == "一"))


class Glyphs(NamedTuple):
    """Glyphs (N, 64, 64) uint8 and how far each moves the pen (N,), in units of 64 pixels.

    First come all `LETTERS` in each font of `LATIN`, then all of `chinese()` in each font of `CHINESE`:
    `place` finds one.
    """

    pixels: Tensor
    advances: Tensor


def place(font: int, character: str) -> int:
    """Where a character stands in `Glyphs`; fonts count round. Raises ValueError for one without a glyph."""
    if character in LETTERS:
        return (font % len(LATIN)) * len(LETTERS) + LETTERS.index(character)
    before = len(LATIN) * len(LETTERS)
    return before + (font % len(CHINESE)) * len(chinese()) + chinese().index(character)


def draw_glyphs() -> Glyphs:
    """All glyphs from the installed fonts.

    Raises:
        FileNotFoundError: a font is missing; says which package to install.
    """
    drawn = [_glyph(face, letter) for face in map(_latin, LATIN) for letter in LETTERS]
    drawn += [_glyph(face, letter) for face in map(_chinese, CHINESE) for letter in chinese()]
    pixels, advances = zip(*drawn, strict=True)
    return Glyphs(torch.from_numpy(np.stack(pixels)), torch.tensor(advances, dtype=torch.float32))


def _opened(face: Face, size: float) -> ImageFont.FreeTypeFont:
    if not Path(face.path).exists():
        raise FileNotFoundError(
            f"Writing in the painted world needs {Path(face.path).name}, which is not installed here: "
            f"run 'apt-get install {face.package}', or give a file of glyphs."
        )
    return ImageFont.truetype(face.path, size, index=face.number)


def _latin(face: Face) -> ImageFont.FreeTypeFont:
    _, top, _, foot = _opened(face, 100).getbbox("H")
    return _opened(face, 100 * CAPITAL_PX / (foot - top))


def _chinese(face: Face) -> ImageFont.FreeTypeFont:
    return _opened(face, CHARACTER_PX)


def _glyph(face: ImageFont.FreeTypeFont, letter: str) -> tuple[np.ndarray, float]:
    canvas = Image.new("L", (SIDE_PX, SIDE_PX))
    # A Chinese character stands a little below the line, so that it is centred beside capitals.
    line = BASELINE_PX + (0 if letter in LETTERS else 2)
    ImageDraw.Draw(canvas).text((LEFT_PX, line), letter, fill=255, font=face, anchor="ls")
    return np.asarray(canvas), face.getlength(letter) / SIDE_PX
