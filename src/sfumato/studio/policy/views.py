"""A text as those read it who look behind its spelling: every view in which a word could stand."""

from __future__ import annotations

import re
import unicodedata

from sfumato.language.fold import fold
from sfumato.language.quotes import spans

# Letters of other alphabets that look like Latin ones; read so only in words that have Latin letters too.
ALIKE = str.maketrans("авеёзікмнорстухѕԁɡαβεικνορτυχϲј", "abeezikmhopctyxsdgabeiknoptuxcj")
FIGURES = str.maketrans("0134578@$!|€", "oieastbasile")
FIGURES_L = str.maketrans("01345789@$!|€", "oleastbgasile")
# Traditional characters of the words that the default policy has, and their simplified forms.
SIMPLE = str.maketrans(
    "裸體賜愛陰莖褻淫誘惑內褲兒嬰寶學蘿麗孩歲戀屍斬頭開膛臟殺處決槍擊燒殘斷從剝虐傷輕樓燒結腕厭症納種視滅絕優聖戰組織恐義論歡猶黨旗國極端"
    "馬薩習進錦溫獄銬殺遇殺圖製彈藥槍販賣軍運毒偽鈔證護駕駛執釣魚網詐騙賬單發處簽聞檔約幣業來穿沒黃畫電視頻內攝門屬與動態樣夠衛",
    "裸体赐爱阴茎亵淫诱惑内裤儿婴宝学萝丽孩岁恋尸斩头开膛脏杀处决枪击烧残断从剥虐伤轻楼烧结腕厌症纳种视灭绝优圣战组织恐义论欢犹党旗国极端"
    "马萨习进锦温狱铐杀遇杀图制弹药枪贩卖军运毒伪钞证护驾驶执钓鱼网诈骗账单发处签闻档约币业来穿没黄画电视频内摄门属与动态样够卫",
)

_WORD = re.compile(r"[^\s,.;:，。；：、]+")
_FIGURED = re.compile(r"(?=[a-z@$!|€0-9]*[a-z])[a-z@$!|€0-9]*[0-9@$!|€][a-z@$!|€0-9]*")
_SINGLES = re.compile(r"(?<![a-z0-9])[a-z](?:[\s.\-_*|·/]{1,3}[a-z]){2,}(?![a-z0-9])")
_INSIDE = re.compile(r"(?<=[a-z])[.\-_*|·'](?=[a-z])")
_THRICE = re.compile(r"([a-z])\1{2,}")
_BETWEEN = re.compile(r"(?<=[\u3400-\u9fff])[\s.\-_*|·/•]+(?=[\u3400-\u9fff])")
_WRITING = re.compile(
    r"\b(?:sign|signs|say|says|saying|text|texts|letters|lettering|read|reads|reading|word|words|title|titled|written|writes|"
    r"label|labelled|labeled|caption|logo|slogan|banner|poster|t-shirt|headline|called|named|inscription)\b"
    r"|写|文字|字样|标题|招牌|标语|标志|海报|书名|横幅"
)


def views(text: str) -> tuple[str, ...]:
    """A text in each reading that differs: as it is, figures as letters, parted letters together."""
    plain = _plain(text)
    found = [plain]
    for figures in (FIGURES, FIGURES_L):
        found.append(_FIGURED.sub(lambda own, by=figures: own[0].translate(by), plain))
    found += [_together(own) for own in found]
    return tuple(dict.fromkeys(found))


def without_writing(text: str) -> tuple[str, str]:
    """A text without what is only to be written in the picture, and that.

    What stands in quotes is writing where the words around it speak of writing: quotes alone excuse nothing.
    """
    places = spans(fold(text))
    around, written, end = [], [], 0
    for start, stop in places:
        around.append(text[end:start])
        written.append(text[start + 1 : stop - 1])
        end = stop
    rest = " ".join((*around, text[end:]))
    return (rest, "\n".join(written)) if _WRITING.search(rest.lower()) else (text, "")


def _plain(text: str) -> str:
    """NFKC without case, accents, invisible characters and foreign look-alikes; Chinese simplified."""
    marks = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    shown = "".join(own for own in marks if unicodedata.category(own) not in ("Mn", "Cf", "Me"))
    whole = unicodedata.normalize("NFC", shown).translate(SIMPLE)
    return _WORD.sub(lambda own: _latin(own[0]), whole)


def _latin(word: str) -> str:
    return word.translate(ALIKE) if any("a" <= own <= "z" for own in word) else word


def _together(text: str) -> str:
    joined = _SINGLES.sub(lambda own: re.sub(r"[^a-z]", "", own[0]), text)
    joined = _THRICE.sub(r"\1", _INSIDE.sub("", joined))
    return _BETWEEN.sub("", joined)
