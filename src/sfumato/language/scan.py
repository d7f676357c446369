"""The first look at one permutation: where its image prompts, its prose, its parameters and their values
stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sfumato.language import quotes
from sfumato.language.dashes import PLAIN, Dash, dashes
from sfumato.language.fold import trim
from sfumato.language.source import Source, Span

URL = re.compile(r"<?https?://(?:(?!::)[^\s<>\"])+>?", re.I)
NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_WEIGHT = re.compile(rf"::({NUMBER})?(?![^\s,.;。、\0])", re.A)
_PATH = re.compile(r"\"[^\"]+\"|(?:(?!::)[^\s\"])+")
_LOOKS_LIKE_PATH = re.compile(r"(?:[~.]?[/\\]|[A-Za-z]:[/\\]|file:)|.*(?:[/\\]|\.[A-Za-z0-9]{2,5}$)", re.S)
_WORD = re.compile(r"\S+")
_BETWEEN = re.compile(r"[\s,、]*")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a value: folded, and its place in the source."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Flag:
    """One `--name`: the place of dashes and name, what is glued to the name, and the span of its value."""

    dash: Dash
    name: str
    rest: Span
    value: Span

    @property
    def end(self) -> int:
        """Where the flag ends, its value included."""
        return max(self.rest[1], self.value[1])


@dataclass(frozen=True, slots=True)
class ImageToken:
    """One image prompt as it stands: its address or path, its weight as text, its place."""

    url: str
    weight: str | None
    start: int
    weight_start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What stands where. `prose` ends at the first parameter; `images` are the leading ones and those of
    `--image` flags that stand in the prose, whose whole spans are `cuts`; `protected` are quoted spans."""

    prose: Span
    images: tuple[ImageToken, ...]
    cuts: tuple[Span, ...]
    flags: tuple[Flag, ...]
    plain: tuple[Dash, ...]
    protected: tuple[Span, ...]


def scan(source: Source) -> Scan:
    """Look once over the text from left to right. Linear in its length."""
    folded = source.folded
    images, start = _leading(source)
    protected = quotes.spans(folded, start)
    begins, inner = _outside(folded, dashes(folded, start), protected)
    plain = tuple(dash for dash in begins if dash.reading in PLAIN)
    begins = [dash for dash in begins if dash.reading not in PLAIN]
    cuts: list[Span] = []
    while begins and _is_image(folded, begins[0]):
        dash = begins.pop(0)
        found, end = read_images(source, dash.name_end, begins[0].start if begins else len(folded))
        if not found:
            begins.insert(0, dash)
            break
        images += found
        cuts.append((dash.start, end))
    first = begins[0].start if begins else len(folded)
    return Scan((start, first), tuple(images), tuple(cuts), _flags(folded, begins), plain, tuple(inner))


def _leading(source: Source) -> tuple[list[ImageToken], int]:
    """The image addresses the prompt begins with, and where they end."""
    images: list[ImageToken] = []
    place = end = 0
    while True:
        found = URL.match(source.folded, _blank_end(source.folded, place))
        if found is None:
            return images, end
        images.append(_image(source, found.start(), found.end()))
        end = images[-1].end
        place = _BETWEEN.match(source.folded, end).end()  # type: ignore[union-attr]
        if place > end and URL.match(source.folded, place):
            end = place


def _blank_end(folded: str, place: int) -> int:
    return trim(folded, place, len(folded))[0] if place < len(folded) else place


def read_images(source: Source, start: int, end: int) -> tuple[list[ImageToken], int]:
    """The picture after `--image`, an address or path, and where it ends. Further addresses may follow."""
    images: list[ImageToken] = []
    place = start
    while True:
        begin = _BETWEEN.match(source.folded, place, end).end()  # type: ignore[union-attr]
        found = URL.match(source.folded, begin, end) or (
            None if images else _PATH.match(source.folded, begin, end)
        )
        if found is None or begin == place or not _is_place(found[0]):
            return images, place
        images.append(_image(source, begin, found.end(), end))
        place = images[-1].end


def _is_place(word: str) -> bool:
    return is_reference(word.rstrip(",.;。、"))


def is_reference(word: str) -> bool:
    """Whether a folded word can be an http(s) address or a path; a bare word without `/` or an ending is
    neither."""
    inner = word[1:-1] if word.startswith('"') else word
    return bool(URL.fullmatch(inner) or _LOOKS_LIKE_PATH.match(inner))


def _image(source: Source, start: int, end: int, limit: int | None = None) -> ImageToken:
    """The image prompt whose address or path is `start:end`, with the `::` weight glued to it."""
    raw = source.raw[start:end]
    kept = raw.rstrip(",，;；、。")
    url = clean_reference(kept)
    weight_start = end if kept == raw else start + len(kept)
    found = _WEIGHT.match(source.folded, weight_start, len(source.raw) if limit is None else limit)
    if found is None:
        return ImageToken(url, None, start, weight_start, weight_start)
    return ImageToken(url, found[1] or "1", start, weight_start, found.end())


def clean_reference(raw: str) -> str:
    """An address or path without the `< >` of a chat or the quotes around it, its `https：／／` in plain
    letters."""
    if raw[:1] == '"' and raw[-1:] == '"' and len(raw) > 1:
        raw = raw[1:-1]
    raw = raw.removeprefix("<").removesuffix(">")
    head = Source(raw[:8], ()).folded
    return head + raw[8:] if head.lower().startswith("http") else raw


def _outside(folded: str, found: list[Dash], quoted: list[Span]) -> tuple[list[Dash], list[Span]]:
    """The dashes that no quote protects, and the quotes that protect: a quote in a value protects nothing."""
    begins: list[Dash] = []
    protected: list[Span] = []
    index = 0
    prose = True
    for dash in found:
        while prose and index < len(quoted) and quoted[index][0] < dash.start:
            protected.append(quoted[index])
            index += 1
        if protected and protected[-1][1] > dash.start:
            continue
        begins.append(dash)
        prose = prose and (dash.reading in PLAIN or _is_image(folded, dash))
    return begins, protected + (quoted[index:] if prose else [])


def _is_image(folded: str, dash: Dash) -> bool:
    return folded[dash.name_start : dash.name_end].lower() == "image" and dash.reading in ("flag", "odd")


def _flags(folded: str, begins: list[Dash]) -> tuple[Flag, ...]:
    ends = [*(dash.start for dash in begins[1:]), len(folded)] if begins else []
    return tuple(_flag(folded, dash, end) for dash, end in zip(begins, ends, strict=True))


def _flag(folded: str, dash: Dash, end: int) -> Flag:
    glued = dash.name_end
    while glued < end and not folded[glued].isspace():
        glued += 1
    name = folded[dash.name_start : dash.name_end]
    return Flag(dash, name, (dash.name_end, glued), trim(folded, glued, end))


def tokens(folded: str, span: Span) -> list[Token]:
    """The words of a span."""
    return [Token(found[0], found.start(), found.end()) for found in _WORD.finditer(folded, *span)]
