"""What holds between the words of one prompt, once each of them has been read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sfumato.language import films, lookup
from sfumato.language.dashes import fits
from sfumato.language.fold import fold, trim
from sfumato.language.prompt import Parameters, Prompt
from sfumato.language.quotes import around
from sfumato.language.quotes import spans as quoted_spans
from sfumato.language.remarks import Remarks
from sfumato.language.say import not_with
from sfumato.language.scan import URL, Flag, Scan
from sfumato.language.source import Span
from sfumato.language.versions import FIRST, OPEN, TESTS, model_named

NO_WEIGHT = -0.5
"""What a `--no` list weighs, all of it together."""

_PICTURE = re.compile(r"(?:s\.mj\.run|cdn\.midjourney\.com)/|\.(?:png|gif|webp|jpe?g)(?:\?\S*)?$", re.I)
_SPACED = re.compile(r"(?<!\S)(?:-\s+-\s*|--\s+)([A-Za-z]+)(?=\s)", re.A)


@dataclass(frozen=True, slots=True)
class Case:
    """One prompt before its judges: the flag that said each key, the scan, and where to report."""

    prompt: Prompt
    flags: Mapping[str, Flag]
    scanned: Scan
    remarks: Remarks

    @property
    def said(self) -> Parameters:
        return self.prompt.parameters

    @property
    def model(self) -> str:
        return self.said.model

    @property
    def named(self) -> bool:
        """Whether a model was named, whose rules then hold."""
        return self.model != OPEN

    @property
    def first_image(self) -> Span:
        """Where the first image prompt stands; the whole text when it stands among the parameters."""
        if self.scanned.images:
            return self.scanned.images[0].start, self.scanned.images[0].end
        return trim(self.remarks.source.folded, 0, len(self.remarks.source.raw))

    def wrong(self, key: str, type: str, message: str) -> None:
        """Report the flag that said `key`."""
        flag = self.flags[key]
        self.remarks.problem(type, flag.dash.start, flag.end, message)

    def wrong_words(self, words: str, type: str, message: str) -> None:
        """Report some words of the prose."""
        start, end = self.scanned.prose
        place = self.remarks.source.raw.find(words, start, end)
        span = (place, place + len(words)) if place >= 0 else trim(self.remarks.source.folded, start, end)
        self.remarks.problem(type, *span, message)

    def wrong_text(self, type: str, message: str) -> None:
        """Report the prose as a whole."""
        self.remarks.problem(type, *trim(self.remarks.source.folded, *self.scanned.prose), message)


def check(prompt: Prompt, flags: Mapping[str, Flag], scanned: Scan, remarks: Remarks) -> None:
    """Report everything about the prompt that no single word of it shows."""
    case = Case(prompt, flags, scanned, remarks)
    for rule in (
        _is_something,
        _images_alone,
        _sum,
        _spelling,
        _quoted_whole,
        _links,
        _multi,
        _test_models,
        _shape,
        films.check,
        _omni,
        _sizes,
        _style_versions,
        _tuner,
        _moodboards,
        _idle,
        _advice,
    ):
        rule(case)


def _is_something(case: Case) -> None:
    if case.prompt.parts or case.prompt.images:
        return
    said = case.said
    if any(each.type == "unrecognized_parameter" and each.text[0] != "-" for each in case.remarks.problems):
        return  # there are words, only behind a parameter, and that is reported
    if said.sref or said.cref or said.oref or said.edit:
        why = "references need a text prompt. Say in words what to draw, before the first `--`"
    elif case.flags:
        why = "there are only parameters. Say in words what to draw, before the first `--`"
    else:
        why = "say what to draw, such as `a red fox in the snow --ar 3:2`"
    folded = case.remarks.source.folded
    case.remarks.problem("empty_prompt", *trim(folded, 0, len(folded)), f"Empty prompt: {why}.")


def _images_alone(case: Case) -> None:
    if case.prompt.parts or not case.prompt.images:
        return
    if len(case.prompt.images) == 1 and not films.is_film(case.said):
        case.remarks.problem(
            "image_alone",
            *case.first_image,
            "One image prompt alone is not enough: add words that say what "
            "to draw, or a second image. (To make a film of the image, add `--video`.)",
        )
    for key in ("stylize", "weird"):
        if case.named and key in case.flags and not films.is_film(case.said):
            case.wrong(
                key,
                "incompatible_parameter",
                f"`--{key}` is not compatible with image-only prompts under "
                f"`{model_named(case.model).flag}`. Add words to the images, or take it out.",
            )


def _sum(case: Case) -> None:
    weights = [part.weight for part in case.prompt.parts]
    total = sum(weights) + (NO_WEIGHT if case.said.no else 0)
    if not weights or round(total, 9) > 0:
        return
    hint = (
        "Give the parts you want to see more weight"
        if any(weight > 0 for weight in weights)
        else "Say what you want to see, too; what you do not want can follow with `--no`"
    )
    no = " (`--no` counts -0.5)" if case.said.no else ""
    case.wrong_text(
        "weights_sum",
        f"The sum of all of the prompt weights must be positive. It is {round(total, 6):g} here{no}. {hint}.",
    )


def _spelling(case: Case) -> None:
    """Dashes that were meant as a parameter: `- -ar 3:2` (error), `-ar 3:2` and `street--no cars` (notes)."""
    source, note = case.remarks.source, case.remarks.note
    for dash in case.scanned.plain:
        name = source.folded[dash.name_start : dash.name_end]
        if dash.reading == "single":
            note(f"`-{name}` has one hyphen and is read as words; as a parameter, write `--{name}`.")
        else:
            note(f"`--{name}` is glued to a word and read as words; a parameter needs a blank before it.")
    for part in case.prompt.parts:
        folded = fold(part.content)
        for found in _SPACED.finditer(folded):
            row = lookup.find(found[1])
            if row and row.kind != "flag" and fits(folded, row, found.end()):
                said = part.content[found.start() : found.end()]
                why = f"`{said[:24]}` has a blank among its dashes and is not read as a parameter."
                case.wrong_words(said, "unrecognized_parameter", f"{why} Write `--{found[1]}`.")


def _quoted_whole(case: Case) -> None:
    """Quotes around everything, behind a `::` so that they could not be left out."""
    parts = case.prompt.parts
    if len(parts) == 1 and not case.prompt.images and around(fold(parts[0].content)):
        why = "The quotes around all the words hide a parameter inside them."
        case.wrong_text("quoted_parameter", f"{why} Take the quotes away, or the dashes inside.")


def _links(case: Case) -> None:
    """An image address in the middle of the words."""
    for part in case.prompt.parts:
        folded = fold(part.content)
        quoted = quoted_spans(folded)
        for found in URL.finditer(folded):
            if any(start <= found.start() < end for start, end in quoted):
                continue
            address = part.content[found.start() : found.end()].rstrip(",.;>")
            if _PICTURE.search(address):
                case.wrong_words(
                    address,
                    "invalid_image",
                    f"The image address `{address[:60]}` stands among the words. Image prompts come first: "
                    "move it to the beginning, or write `--image` before it.",
                )
            else:
                case.remarks.note(f"`{address[:60]}` is read as words; image addresses stand first.")


def _multi(case: Case) -> None:
    parts = case.prompt.parts
    if not case.named or (all(part.weight == 1 for part in parts) and len(parts) < 2):
        return
    if case.model.startswith("8") or case.model in TESTS:
        case.wrong_text(
            "incompatible_prompt",
            f"{not_with('A multi-prompt (`::`)', case.model)}. Write the words "
            "without `::`, or name an earlier model such as `--v 6.1`.",
        )
    elif case.model == "7":
        case.remarks.note("Midjourney's own pages disagree about `::` under `--v 7`; it is read here.")
    elif case.model in FIRST and any(part.weight != int(part.weight) for part in parts):
        case.remarks.note(
            f"Version {case.model} took whole numbers as weights; decimals are read here all the same."
        )


def _test_models(case: Case) -> None:
    if case.model not in TESTS:
        return
    if case.prompt.images:
        case.remarks.problem(
            "incompatible_prompt",
            *case.first_image,
            f"{not_with('An image prompt', case.model)}. Take the image out, or name another model.",
        )
    if case.said.aspect and max(case.said.aspect) * 2 > min(case.said.aspect) * 3:
        case.remarks.note(
            f"`--{case.model}` draws at most 3:2 or 2:3; a longer shape becomes the nearer of them."
        )


def _shape(case: Case) -> None:
    aspect, said = case.said.aspect, case.said
    if aspect is None or "aspect" not in case.flags:
        return
    wide, narrow = max(aspect), min(aspect)
    if (
        case.model == "4"
        and said.style in ("4a", "4b")
        and (wide, narrow) != (narrow, wide)
        and wide * 2 != narrow * 3
    ):
        case.wrong(
            "aspect",
            "out_of_range",
            f"`--style {said.style}` draws only 1:1, 2:3 and 3:2. Write one of these.",
        )
    if case.model.startswith("8") and said.hd and wide > narrow * 4:
        case.wrong(
            "aspect",
            "out_of_range",
            "`--aspect` must be between 1:4 and 4:1 with `--hd`. "
            "Write a ratio between these, or take `--hd` out.",
        )


def _omni(case: Case) -> None:
    said = case.said
    if case.model == "7" and said.oref:
        for key, clashes in (("draft", said.draft), ("quality", said.quality == 4)):
            if clashes and key in case.flags:
                name = "--quality 4" if key == "quality" else "--draft"
                case.wrong(
                    key,
                    "incompatible_parameter",
                    f"`{name}` is not compatible with `--oref`. Take one of them out.",
                )
    if case.named and said.edit and said.tile:
        case.wrong(
            "tile",
            "incompatible_parameter",
            "`--tile` is not compatible with `--edit`. Take one of them out.",
        )


def _sizes(case: Case) -> None:
    if case.said.hd and case.said.sd and "sd" in case.flags:
        case.wrong(
            "sd",
            "incompatible_parameter",
            "`--sd` is not compatible with `--hd`: one asks for the standard "
            "size, the other for the large one. Keep one of them.",
        )


def _style_versions(case: Case) -> None:
    said = case.said
    codes = any(item.content == "random" or item.content.isdigit() for item in said.sref)
    if case.model in ("7", "niji 7", "8.1", "8.2") and codes and said.sv not in (None, 4, 6):
        case.wrong(
            "sv",
            "incompatible_parameter",
            f"`--sv {said.sv}` is not compatible with style codes. Write "
            "`--sv 4` or `--sv 6`, or give the style as an image address.",
        )


def _tuner(case: Case) -> None:
    known = ("raw", "4a", "4b", "4c", "cute", "expressive", "original", "scenic", None)
    if case.model == "5.2" and case.said.style not in known and (case.said.stylize or 100) < 20:
        case.wrong(
            "stylize", "out_of_range", "`--stylize` must be between 20 and 1000 with a Style Tuner code."
        )


def _moodboards(case: Case) -> None:
    boards = any(re.fullmatch(r"m\d+", code) for code in case.said.profile or ())
    for key in ("sv", "sw"):
        if case.named and boards and key in case.flags:
            case.wrong(
                key,
                "incompatible_parameter",
                f"`--{key}` is not compatible with a moodboard in `--profile`. Take one of them out.",
            )


def _idle(case: Case) -> None:
    """Weights with nothing to weigh."""
    said, images = case.said, case.prompt.images
    for key, present, needs in (
        ("iw", images, "an image prompt"),
        ("sw", said.sref, "`--sref`"),
        ("sv", said.sref, "`--sref`"),
        ("cw", said.cref, "`--cref`"),
        ("ow", said.oref, "`--oref`"),
    ):
        if getattr(said, key) is not None and not present:
            case.remarks.note(f"`--{key}` counts only together with {needs}, and there is none here.")


def _advice(case: Case) -> None:
    """Notes for what Midjourney itself no longer recommends."""
    said, note = case.said, case.remarks.note
    if case.named and model_named(case.model).note:
        note(model_named(case.model).note)
    if said.style in ("4a", "4b", "4c") or said.style in ("cute", "expressive", "original", "scenic"):
        owner = "version 4" if said.style.startswith("4") else "niji 5"
        note(f"`--style {said.style}` is a legacy look of {owner}.")
    if case.model in FIRST and said.hd:
        note("`--hd` of versions 1-3 is an older way of drawing, no longer recommended.")
    if case.model in FIRST and said.speed == "fast":
        note("In versions 1-3 `--fast` also meant a cheaper, rougher picture.")
    if said.video and not case.prompt.images and not case.model.startswith(("1", "2", "3")):
        note("`--video` makes a film of an image prompt, and there is none here.")
