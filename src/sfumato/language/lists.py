"""The values that are lists: words to keep out, references, codes."""

from __future__ import annotations

import re
from types import MappingProxyType

from sfumato.language.fold import ENDINGS, trim
from sfumato.language.prompt import Reference
from sfumato.language.say import bare
from sfumato.language.scan import NUMBER, Token, clean_reference, is_reference
from sfumato.language.values import Reader, Said, tidy
from sfumato.language.weights import HEAVIEST, LONGEST_NUMBER

_WEIGHTED = re.compile(rf"(.*?)::({NUMBER})?", re.A | re.S)
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}", re.A)
_DIGITS = re.compile(r"\d+", re.A)
_COMMA = re.compile("[,、]")


def read_texts(said: Said) -> tuple[object, int]:
    """`--no cars, people`: what stands between the commas, as typed."""
    source = said.remarks.source
    start, end = said.words[0].start, said.words[-1].end
    items: list[str] = []
    place, empty = start, False
    for found in (*_COMMA.finditer(source.folded, start, end), None):
        first, last = trim(source.folded, place, found.start() if found else end)
        while last > first and source.folded[last - 1] in ENDINGS + " ":
            last, empty = last - 1, True
        items += [source.raw[first:last]] if last > first else []
        empty = empty or last == first
        place = found.end() if found else end
    if empty:
        said.remarks.note(
            f"A comma or full stop with nothing after it, in {bare(said.parameter)}, is left out."
        )
    if "::" in source.folded[start:end]:
        said.remarks.problem(
            "invalid_value",
            start,
            end,
            f"{bare(said.parameter)} takes words, not weights. Write what "
            "to keep out as a part of the text with its weight, such as `cars::-0.5`.",
        )
        return None, len(said.words)
    if not items:
        said.invalid(said.words[0])
    return tuple(items) or None, len(said.words)


def _references(said: Said) -> tuple[object, int]:
    found = [_place(said, token) for token in _tidied(said)]
    kept = tuple(each for each in found if each)
    most = int(said.range.high)
    if most and len(kept) > most:
        said.remarks.problem(
            "invalid_value",
            said.words[0].start,
            said.words[-1].end,
            f"{bare(said.parameter)} takes at most {most} pictures, not {len(kept)}.",
        )
    return kept or None, len(said.words)


def _reference(said: Said) -> tuple[object, int]:
    token = tidy(said.words[0], said.remarks)
    if len(said.words) > 1 and is_reference(said.words[1].text):
        said.wrong(
            said.words[1], "invalid_value", f"{bare(said.parameter)} takes one address. Take out the others."
        )
        return None, len(said.words)
    return _place(said, token), 1


def _end(said: Said) -> tuple[object, int]:
    token = tidy(said.words[0], said.remarks)
    return ("loop", 1) if token.text.lower() == "loop" else (_place(said, token), 1)


def _place(said: Said, token: Token) -> str | None:
    if not is_reference(token.text) or '"' in token.text.strip('"'):
        said.invalid(token)
        return None
    return clean_reference(said.remarks.source.raw[token.start : token.end])


def _styles(said: Said) -> tuple[object, int]:
    found = [_style_reference(said, token) for token in _tidied(said)]
    return tuple(each for each in found if each) or None, len(said.words)


def _style_reference(said: Said, token: Token) -> Reference | None:
    weighted = _WEIGHTED.fullmatch(token.text)
    weight = weighted[2] or "1" if weighted else "1"
    if len(weight) > LONGEST_NUMBER or abs(float(weight)) > HEAVIEST:
        said.invalid(token, f"a weight goes from -{HEAVIEST} to {HEAVIEST}")
        return None
    length = len(weighted[1]) if weighted else len(token.text)
    if not length:
        said.invalid(token)
        return None
    inner = Token(token.text[:length], token.start, token.start + length)
    if inner.text.lower() == "random":
        return Reference("random", float(weight) + 0.0)
    if _DIGITS.fullmatch(inner.text):
        return _style_code(said, inner, float(weight) + 0.0)
    url = _place(said, inner)
    return Reference(url, float(weight) + 0.0) if url else None


def _style_code(said: Said, token: Token, weight: float) -> Reference | None:
    high = int(said.range.high)
    if len(token.text) > 20 or int(token.text) > high:
        said.invalid(token, f"style codes go from 0 to {high}")
        return None
    return Reference(str(int(token.text)), weight)


def _codes(said: Said) -> tuple[object, int]:
    codes: list[str] = []
    for token in _tidied(said):
        if _CODE.fullmatch(token.text):
            codes.append(token.text)
        else:
            said.wrong(
                token,
                "invalid_value",
                f"Invalid User ID or Personalization code: `{token.text[:40]}`. Ids and "
                "codes are letters and digits, such as `--profile m1234567`.",
            )
    return tuple(codes), len(said.words)


def _tidied(said: Said) -> list[Token]:
    """The words of a list; commas between them, which are not needed, are left out. (An address may hold
    commas.)"""
    words: list[Token] = []
    for token in said.words:
        if "://" in token.text or not _COMMA.search(token.text.rstrip(ENDINGS)):
            words.append(tidy(token, said.remarks))
        else:
            starts = ((found[0], token.start + found.start()) for found in re.finditer("[^,、]+", token.text))
            words += [tidy(Token(text, start, start + len(text)), said.remarks) for text, start in starts]
    return [word for word in words if word.text.strip(ENDINGS)]


LIST_READERS: MappingProxyType[str, Reader] = MappingProxyType({
    "texts": read_texts, "references": _references, "reference": _reference, "end": _end, "styles": _styles,
    "codes": _codes,
})  # fmt: skip
