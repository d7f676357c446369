"""Multi-prompts: `hot:: dog::2` is two parts, and their weights count relative to each other."""

from __future__ import annotations

import re

from sfumato.language.fold import command_length, trim
from sfumato.language.prompt import Part
from sfumato.language.remarks import Remarks
from sfumato.language.scan import NUMBER, URL, Scan
from sfumato.language.source import Source, Span

HEAVIEST = 10000
"""Midjourney never used a heavier weight (`--iw` of version 3 went to ±10000)."""
LONGEST_NUMBER = 32
"""Letters of a number; a longer one is no number a person means."""

_SPLIT = re.compile(rf"(::+)({NUMBER})?", re.A)
_HOSTILE = re.compile(r"[+-]?(?:nan|inf)\b|[+-]?[\d.]+e[+-]?\d+", re.A | re.I)
_CUT = re.compile(r"\s*\0+\s*")


def read_parts(source: Source, scanned: Scan, remarks: Remarks) -> tuple[Part, ...]:
    """The weighted parts of the prose; empty parts are dropped with a note."""
    if scanned.cuts:
        source = source.without(scanned.cuts, "\0")
    parts: list[Part] = []
    place, end = scanned.prose
    place = _skip(source.folded, place, end)
    for found in _separators(source.folded, scanned):
        weight, stop = _weight(source.folded, found, end, remarks)
        _add(parts, content(source, (place, found.start())), weight, remarks)
        remarks.mark(found.start(), stop, "weight")
        place = _skip(source.folded, stop, end)
    last = content(source, (place, end))
    if last:
        parts.append(Part(last))
    return _without_command(tuple(parts), remarks, scanned)


def content(source: Source, span: Span) -> str:
    """The words of a span as typed: blanks at its ends dropped, image prompts inside it taken out."""
    raw = source.raw[slice(*_trim_cut(source.folded, *span))]
    return _CUT.sub(" ", raw) if "\0" in raw else raw


def _trim_cut(folded: str, start: int, end: int) -> Span:
    start, end = trim(folded, start, end)
    while start < end and folded[end - 1] == "\0":
        start, end = trim(folded, start, end - 1)
    return start, end


def _skip(folded: str, place: int, end: int) -> int:
    """Past blanks and loose commas, with which no part begins."""
    while place < end and (folded[place].isspace() or folded[place] in ",;、\0"):
        place += 1
    return place


def _separators(folded: str, scanned: Scan) -> list[re.Match[str]]:
    protected = iter((*scanned.protected, (len(folded) + 1, 0)))
    start, stop = next(protected)
    found = []
    for each in _SPLIT.finditer(folded, *scanned.prose):
        while stop and stop <= each.start():
            start, stop = next(protected)
        if not start < each.start():
            found.append(each)
    return found


def _weight(folded: str, found: re.Match[str], end: int, remarks: Remarks) -> tuple[float, int]:
    """The weight a separator gives, and where it ends in the text."""
    colons, number = found.span(1), found[2]
    if len(found[1]) > 2:
        remarks.note(f"`{found[1][:8]}` is read as `::`, the end of a part.")
    hostile = _HOSTILE.match(folded, colons[1], end)
    if hostile:
        remarks.problem(
            "invalid_weight",
            *hostile.span(),
            f"Invalid weight `{hostile[0][:24]}`: a weight is a plain "
            "number right after `::`. Write for example `::2` or `::-0.5`.",
        )
        return 1.0, hostile.end()
    if number is None:
        return 1.0, colons[1]
    # Chinese has no blanks: in `猫::2狗` the number is a weight, in `a::3d fox` it belongs to the word.
    if found.end() < end and folded[found.end()].isalpha() and ord(folded[found.end()]) < 0x2E80:
        word = re.compile(r"\S+").match(folded, colons[1])
        said = word[0][:24] if word else number
        remarks.note(
            f"`::{said}` has no blank after the number, so `{said}` is read as words. "
            f"For the weight {number}, write `::{number} `."
        )
        return 1.0, colons[1]
    value = float(number) + 0.0 if len(number) <= LONGEST_NUMBER else HEAVIEST + 1.0
    if abs(value) > HEAVIEST:
        remarks.problem(
            "invalid_weight",
            *found.span(2),
            f"The weight `{number[:24]}` is too large: weights go from "
            f"-{HEAVIEST} to {HEAVIEST}, and only their proportions count. Write for example `::2`.",
        )
    return value, found.end()


def _add(parts: list[Part], words: str, weight: float, remarks: Remarks) -> None:
    if words:
        parts.append(Part(words, weight))
    else:
        remarks.note("A `::` with no words before it is left out.")


def _without_command(parts: tuple[Part, ...], remarks: Remarks, scanned: Scan) -> tuple[Part, ...]:
    """The parts, where the first one does not begin as something else: the pasted command, or an image
    address."""
    if not parts:
        return parts
    source = Source(parts[0].content, ())
    length = command_length(source.folded)
    kept = source.raw[_skip(source.folded, length, len(source.raw)) :] if length else source.raw
    if length and not kept:
        return parts[1:]
    if URL.match(kept):
        at = scanned.prose[0]
        remarks.problem(
            "invalid_image",
            *trim(remarks.source.folded, at, scanned.prose[1]),
            "An image address must stand first, with nothing before it. Move it to the very beginning.",
        )
    return (Part(kept, parts[0].weight), *parts[1:]) if length else parts
