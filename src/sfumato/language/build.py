"""From one permutation to one Prompt: the model first, because it decides what the other words mean."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from sfumato.language import lookup, quotes, rules
from sfumato.language.fold import ENDINGS
from sfumato.language.legacy import LARGE_PRESETS
from sfumato.language.lists import LIST_READERS
from sfumato.language.parameters import Parameter, Range
from sfumato.language.prompt import Image, Parameters, Prompt
from sfumato.language.remarks import Remarks
from sfumato.language.say import bare, not_with, taken, who_takes
from sfumato.language.scan import Flag, ImageToken, Scan, Token, read_images, scan, tokens
from sfumato.language.source import Source
from sfumato.language.values import BARE, READERS, Said
from sfumato.language.versions import NIJI_VERSIONS, OPEN, VERSIONS, model_named, read_number
from sfumato.language.weights import HEAVIEST, LONGEST_NUMBER, read_parts

_ACCUMULATING = frozenset(("no", "sref", "cref", "edit", "profile"))
_DRAWN = "Words to be drawn stand before the first `--`, without dashes or in double quotes."
_NAMING = frozenset(("version", "niji", "test", "testp"))


@dataclass(frozen=True, slots=True)
class Found:
    """One value that was read: its row, where it stood, and the value."""

    parameter: Parameter
    flag: Flag
    value: object


def build(source: Source) -> tuple[Prompt, Remarks]:
    """The prompt of one permutation, and everything there is to say about it. Linear in its length."""
    source, remarks = _unwrapped(source)
    scanned = scan(source)
    _mark(scanned, remarks)
    parts = read_parts(source, scanned, remarks)
    model = _model(source, scanned, remarks)
    found, images = _read_flags(source, scanned, model, remarks)
    images = (*_images(scanned.images, remarks), *images)
    prompt = Prompt(parts, images, _settle(found, model, remarks))
    rules.check(
        prompt, {each.parameter.key or each.parameter.name: each.flag for each in found}, scanned, remarks
    )
    return prompt, remarks


def _unwrapped(source: Source) -> tuple[Source, Remarks]:
    """The source without quotes around the whole prompt, parameters and all; other quotes stay."""
    around = quotes.around(source.folded)
    if around is None:
        return source, Remarks(source)
    remarks = Remarks(source.without(tuple((place, place + 1) for place in around), " "))
    remarks.note("The quotes around the whole prompt are left out.")
    return remarks.source, remarks


def _mark(scanned: Scan, remarks: Remarks) -> None:
    remarks.mark(*scanned.prose, "prose")
    for start, end in scanned.cuts:
        remarks.mark(start, end, "flag")
    for image in scanned.images:
        remarks.mark(image.start, image.weight_start, "image")
        remarks.mark(image.weight_start, image.end, "weight")
    for flag in scanned.flags:
        remarks.mark(flag.dash.start, flag.rest[1], "flag")
        remarks.mark(*flag.value, "value")


def _model(source: Source, scanned: Scan, remarks: Remarks) -> str:
    """The model the flags name, the last one if several; OPEN when none is, or when two kinds contradict."""
    named: dict[str, tuple[str, Flag]] = {}
    for flag in scanned.flags:
        row = lookup.find(flag.name)
        if row and row.name in _NAMING:
            word = next(iter(tokens(source.folded, flag.value)), None)
            name = _name(row.name, word.text.rstrip(ENDINGS) if word else "")
            named |= {row.name: (name, flag)} if name else {}
    if not named:
        return OPEN
    (name, flag), *others = named.values()
    for other, later in others:
        message = not_with(f"`{model_named(other).flag}`", name)
        remarks.problem(
            "incompatible_parameter",
            later.dash.start,
            later.end,
            f"{message}: each names a model. Keep one of the two.",
        )
    return OPEN if others else name


def _name(row: str, word: str) -> str | None:
    """The model that `--row word` names; None when the word names none (its reader reports that)."""
    if row == "version":
        return read_number(word, VERSIONS)
    if row == "niji":
        number = read_number(word, NIJI_VERSIONS) if word[:1].isdigit() else NIJI_VERSIONS[-1]
        return number and f"niji {number}"
    return row


def _read_flags(
    source: Source, scanned: Scan, model: str, remarks: Remarks
) -> tuple[list[Found], tuple[Image, ...]]:
    found: list[Found] = []
    images: tuple[Image, ...] = ()
    unknown = 0
    for flag in scanned.flags:
        row = lookup.find(flag.name, model)
        if row is None or flag.dash.reading == "wrong" or not _is_clean(source, flag):
            _unrecognized(source, flag, row, unknown, remarks)
            unknown += 1
        elif row.kind == "images":
            images += _late_images(source, flag, remarks)
        else:
            _note_dashes(source, flag, remarks)
            value = _read(source, flag, row, model, remarks)
            found += [] if value is None else [Found(row, flag, value)]
    return found, images


def _is_clean(source: Source, flag: Flag) -> bool:
    """Whether nothing is glued to the name but punctuation that people leave there."""
    return not source.folded[slice(*flag.rest)].strip(ENDINGS + "!")


def _unrecognized(source: Source, flag: Flag, row: Parameter | None, already: int, remarks: Remarks) -> None:
    """A name nobody knows, one with something glued to it, or one after an en dash."""
    end = flag.rest[1]
    said = source.raw[flag.dash.start : end]
    rest = source.folded[slice(*flag.rest)].strip(ENDINGS)
    if flag.dash.reading == "wrong":
        end = flag.end
        words = "`, `".join(source.raw[flag.dash.start : end].split()[:8])
        hint = "The dash is a single – here; parameters begin with two hyphens: "
        hint += f"write `--{flag.name} {source.folded[slice(*flag.value)][:40]}`.".replace(" `.", "`.")
    else:
        words, hint = said[:60], _better(flag.name, rest, row, already)
    remarks.problem(
        "unrecognized_parameter", flag.dash.start, end, f"Unrecognized parameter(s): `{words}`. {hint}"
    )


def _better(name: str, rest: str, row: Parameter | None, already: int) -> str:
    """What to write instead of an unknown name."""
    if row is not None:
        return f"Write a blank after the name: `--{name} {rest.lstrip('=:-')[:40]}`."
    letters = name.rstrip("0123456789.")
    glued = f"{name[len(letters) :]}{rest}"
    if glued and lookup.find(letters):
        return f"Write a blank between name and value: `--{letters} {glued[:40]}`."
    near = lookup.suggest(name, already)
    if near:
        return f"Did you mean `--{near}`? {_DRAWN}"
    return f"No parameter has this name. {_DRAWN}"


def _note_dashes(source: Source, flag: Flag, remarks: Remarks) -> None:
    if flag.dash.reading == "odd":
        before = source.raw[max(0, flag.dash.start - 12) : flag.dash.start].split()
        said = (before or [""])[-1] + source.raw[flag.dash.start : flag.dash.name_end]
        remarks.note(
            f"In `{said[-40:]}` the parameter `--{flag.name}` is read; write it with a blank and two hyphens "
            "before the name."
        )
    rest = source.raw[slice(*flag.rest)]
    if rest:
        remarks.note(f"The `{rest[:8]}` after `--{flag.name}` is left out: parameters need no punctuation.")


def _read(source: Source, flag: Flag, row: Parameter, model: str, remarks: Remarks) -> object:
    """The value of one flag; None when there is a problem, or nothing to keep."""
    range_ = row.range_for(model)
    words = tokens(source.folded, flag.value)
    if range_ is None:
        remarks.problem(
            "incompatible_parameter",
            flag.dash.start,
            flag.end,
            f"{not_with(bare(row), model)}. {who_takes(row, model)}",
        )
        return None
    if not words and row.kind not in BARE:
        remarks.problem(
            "missing_value",
            flag.dash.start,
            flag.end,
            f"{bare(row)} needs a value: {taken(row, range_)}. Write for example `{row.example}`.",
        )
        return None
    if row.remark:
        remarks.note(row.remark)
    said = Said(row, range_, model, flag, tuple(words), remarks)
    reader = LIST_READERS.get(row.kind) or READERS[row.kind]
    value, used = reader(said)
    _leftover(source, said, words[used:])
    return value


def _leftover(source: Source, said: Said, words: list[Token]) -> None:
    """Words after a value are no prose any more."""
    real = [word for word in words if word.text.strip(ENDINGS + "-–—!")]
    if len(real) < len(words):
        said.remarks.note("Loose punctuation among the parameters is left out.")
    if not real:
        return
    names = ", ".join(f"`{source.raw[word.start : word.end][:40]}`" for word in real[:8])
    more = f" and {len(real) - 8} more words" if len(real) > 8 else ""
    names_of = (word.text.lstrip("-–") for word in real if word.text[0] in "-–")
    dashed = next((name for name in names_of if lookup.find(name)), None)
    place = f"`--{said.flag.name}`{'' if said.parameter.kind in BARE else ' and its value'}"
    hint = f"After {place} only further parameters can stand: move these words before the first `--`."
    if dashed:
        hint = f"Parameters begin with two hyphens: write `--{dashed}`."
    said.remarks.problem(
        "unrecognized_parameter",
        real[0].start,
        real[-1].end,
        f"Unrecognized parameter(s): {names}{more}. {hint}",
    )


def _late_images(source: Source, flag: Flag, remarks: Remarks) -> tuple[Image, ...]:
    """The pictures of an `--image` that stands among the parameters (or has no readable picture at all)."""
    row = lookup.BY_NAME["image"]
    found, end = read_images(source, flag.dash.name_end, max(flag.value[1], flag.rest[1]))
    if not found:
        words = tokens(source.folded, flag.value)
        if not words:
            remarks.problem(
                "missing_value",
                flag.dash.start,
                flag.end,
                f"`--image` needs a value: an address or a path. Write for example `{row.example}`.",
            )
            return ()
        said = Said(row, Range((OPEN,)), OPEN, flag, tuple(words), remarks)
        said.invalid(
            words[0], "it takes an address, or a path with a `/` or a file ending, such as `./fox.png`"
        )
        return ()
    left = [word for word in tokens(source.folded, flag.value) if word.start >= end]
    _leftover(source, Said(row, Range((OPEN,)), OPEN, flag, (), remarks), left)
    for image in found:
        remarks.mark(image.start, image.weight_start, "image")
        remarks.mark(image.weight_start, image.end, "weight")
    return _images(tuple(found), remarks)


def _images(found: tuple[ImageToken, ...], remarks: Remarks) -> tuple[Image, ...]:
    for image in found:
        if image.weight and (len(image.weight) > LONGEST_NUMBER or abs(float(image.weight)) > HEAVIEST):
            remarks.problem(
                "invalid_weight",
                image.weight_start,
                image.end,
                f"The weight `{image.weight[:24]}` is too large: weights go from -{HEAVIEST} to {HEAVIEST}.",
            )
        if image.url.lower() in ("http://", "https://"):
            message = f"`{image.url}` is no address of a picture: the name of the place is missing after it."
            remarks.problem("invalid_image", image.start, image.end, message)
    return tuple(
        Image(image.url, None if image.weight is None else float(image.weight) + 0.0) for image in found
    )


def _settle(found: list[Found], model: str, remarks: Remarks) -> Parameters:
    """All values together: lists accumulate, of the others the last one counts, with a note."""
    values: dict[str, object] = {}
    said_as: dict[str, str] = {}
    for each in found:
        key, value = each.parameter.key, each.value
        if not key or each.parameter.kind == "pixels":
            continue
        if key in _ACCUMULATING and isinstance(value, tuple):
            values[key] = (*values.get(key, ()), *value)  # type: ignore[misc]
            continue
        if key in values and values[key] != value:
            spoken = (
                f"`{said_as[key]}` and `--{each.parameter.name}`"
                if said_as[key] != f"--{each.parameter.name}"
                else f"`--{each.parameter.name}` twice"
            )
            remarks.note(f"The prompt says {spoken}; the last one counts.")
        values[key], said_as[key] = value, f"--{each.parameter.name}"
        if each.parameter.name in LARGE_PRESETS:
            values["hd"] = True
    values |= _pixels(found, model, remarks)
    return Parameters(**values)  # type: ignore[arg-type]


def _pixels(found: list[Found], model: str, remarks: Remarks) -> dict[str, object]:
    """The aspect ratio that `--w` and `--h` of versions 1-3 make; a side that was not said is 256."""
    sides = {each.parameter.name: each.value for each in found if each.parameter.kind == "pixels"}
    width, height = sides.get("w", 256), sides.get("h", 256)
    if not sides or not isinstance(width, int) or not isinstance(height, int):
        return {}
    if model == OPEN:
        remarks.note(
            "`--h` is a height in pixels only under `--v 1` to `--v 3`; it changes nothing here. "
            "For the shape of the picture write `--ar`, such as `--ar 2:3`."
        )
        return {}
    if max(width, height) * 2 > min(width, height) * 5:
        flag = next(each.flag for each in found if each.parameter.kind == "pixels")
        remarks.problem(
            "out_of_range",
            flag.dash.start,
            flag.end,
            f"{width}×{height} is too long a shape: version {model} "
            "goes from 2:5 to 5:2. Write `--w` and `--h` nearer to each other.",
        )
    shared = gcd(width, height)
    remarks.note(
        f"{width}×{height} pixels are read as the aspect ratio {width // shared}:{height // shared}."
    )
    return {"aspect": (width // shared, height // shared)}
