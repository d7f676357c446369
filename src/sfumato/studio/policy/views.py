"""A text as those read it who look behind its spelling: every view in which a word could stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from sfumato.language.fold import fold
from sfumato.language.quotes import spans

# Letters of other alphabets that look like Latin ones; read so only in words that have Latin letters too, or
# no others.
_FOREIGN = "авеёзікмнорстухѕԁɡαβεικνορτυχϲјпиһԛԝӏηωսոռօցզհ"
ALIKE = str.maketrans(_FOREIGN, "abeezikmhopctyxsdgabeiknoptuxcjnnhqwlnwunnogqh")
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
_FIGURED = re.compile(r"[a-z@$!|€0-9]+")
_SINGLES = re.compile(r"(?<![a-z0-9])[a-z0-9@$](?:[\s.\-_*|·/+~]{1,3}[a-z0-9@$]){2,}(?![a-z0-9])")
_INSIDE = re.compile(r"(?<=[a-z0-9])[.\-_*|·'+~](?=[a-z0-9])")
_STARRED = re.compile(r"(?<=[a-z])[*#]+(?=[a-z])")
_THRICE = re.compile(r"([a-z])\1{2,}")
_TWICE = re.compile(r"([ahijkquvwxy])\1+")  # which English hardly doubles: rapping is not raping
_SENTENCE = r",.;:!?，。、；：！？…()（）\[\]【】《》〈〉「」『』\"'“”‘’%％"  # what parts words of a sentence
_BETWEEN = re.compile(rf"(?<=[\u3400-\u9fff])(?:[\s.…_]|[^\w\s{_SENTENCE}])+(?=[\u3400-\u9fff])")
_LETTER = re.compile(r"(?:.* )?(?:LATIN|INDICATOR) .*(?:LETTER|CAPITAL) ([A-Z])(?: WITH .*)?")
_PART = 4  # letters of a word that stands apart and together with another
_LONG = 40  # letters that are cut into two words
_WRITING = re.compile(
    r"\b(?:sign|signs|say|says|saying|text|texts|letters|lettering|read|reads|reading|word|words|title|titled|written|writes|"
    r"label|labelled|labeled|caption|logo|slogan|banner|poster|t-shirt|headline|called|named|inscription)\b"
    r"|写|文字|字样|标题|招牌|标语|标志|海报|书名|横幅"
)


def views(text: str) -> tuple[str, ...]:
    """A text in each reading that differs: as it is, figures as letters, parted letters together."""
    plain = _plain(text)
    found = [plain, *_together(plain), *_unstarred(plain)]
    for figures in (FIGURES, FIGURES_L):
        found += [_FIGURED.sub(lambda own, by=figures: _lettered(own[0], by), view) for view in tuple(found)]
    return tuple(dict.fromkeys(view for own in found for view in _once(own)))


def _unstarred(text: str) -> Iterator[str]:
    """A text with each vowel in the place of stars inside words."""
    if _STARRED.search(text):
        yield from (_STARRED.sub(vowel, text) for vowel in "aeiou")


def _lettered(word: str, figures: dict[int, int]) -> str:
    """A word whose figures stand for letters; a number stays one."""
    return word.translate(figures) if any("a" <= own <= "z" for own in word) else word


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
    """NFKC without case, accents, invisible characters and look-alikes; Chinese simplified."""
    marks = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    shown = "".join(own for own in marks if unicodedata.category(own) not in ("Mn", "Cf", "Me"))
    whole = unicodedata.normalize("NFC", shown).translate(SIMPLE)
    return _WORD.sub(lambda own: _latin("".join(map(_letter, own[0]))), whole)


def _letter(own: str) -> str:
    """The Latin letter that a character is by its name: with a hook, in a box, as a small capital."""
    if own.isascii():
        return own
    found = _LETTER.fullmatch(unicodedata.name(own, ""))
    return found[1].lower() if found else own


def _latin(word: str) -> str:
    alike = any("a" <= own <= "z" for own in word) or all(ord(own) in ALIKE for own in word)
    return word.translate(ALIKE) if alike else word


def _together(text: str) -> Iterator[str]:
    """A text whose parted letters stand together: all, without a first `a` or `i`, and as two words."""
    whole = _BETWEEN.sub("", _INSIDE.sub("", text))
    yield whole
    if _SINGLES.search(text):
        for join in (_joined, _after_article, _as_two):
            yield _SINGLES.sub(lambda own, by=join: by(re.sub(r"[^a-z0-9@$]", "", own[0])), text)


def _joined(letters: str) -> str:
    return letters


def _after_article(letters: str) -> str:
    return f"{letters[0]} {letters[1:]}" if letters[0] in "ai" else letters


def _as_two(letters: str) -> str:
    """Two words in every way, both of some length: as nobody knows where the first ends."""
    if len(letters) > _LONG:
        return letters
    cuts = range(_PART, len(letters) - _PART + 1)
    return " ; ".join(f"{letters[:cut]} {letters[cut:]}" for cut in cuts) or letters


def _once(text: str) -> tuple[str, ...]:
    """A text, and with letters that are repeated for no reason once or twice."""
    if not _THRICE.search(text) and not _TWICE.search(text):
        return (text,)
    return text, _THRICE.sub(r"\1", text), _THRICE.sub(r"\1\1", text), _TWICE.sub(r"\1", text)
