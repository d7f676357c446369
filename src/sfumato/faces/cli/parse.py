"""`sfumato parse`: show how a prompt is read, for people or as JSON. No picture is made, nothing heavy is
imported."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from types import MappingProxyType
from typing import BinaryIO, TextIO

from sfumato.faces.cli.tongue import said
from sfumato.language import Prompt, Reading, caret, job, parse

_COLOURS = MappingProxyType(
    {
        "weight": "33",
        "image": "35",
        "flag": "36",
        "value": "32",
        "brace": "34",
        "error": "31;4",
        "dim": "2",
        "bad": "1;31",
        "note": "33",
        "bold": "1",
    }
)
"""What each kind of piece looks like in a terminal."""


def parse_command(
    text: str | None,
    as_json: bool = False,
    from_stdin: bool = False,
    limit: int = 40,
    source: BinaryIO | None = None,
    out: TextIO | None = None,
) -> int:
    """Read one prompt, or one on each line of standard input, and print the account of it.

    `as_json` prints one JSON object for each prompt, on one line:
    {"input", "jobs", "errors": [{"type", "text", "message"}], "notes", "pieces": [{"text", "kind"}]}.
    `limit` is how many jobs one prompt may make. Returns the exit code: 0, or 2 when any prompt has errors.
    """
    stream = sys.stdout if out is None else out
    if from_stdin:
        prompts = _lines(source or sys.stdin.buffer)
    elif text is not None:
        prompts = iter((text,))
    else:
        print(
            "Nothing to read: give a prompt in quotes, or --stdin to read one on each line.", file=sys.stderr
        )
        return 2
    return _account_for(prompts, as_json, from_stdin, limit, stream)


def _account_for(prompts: Iterator[str], as_json: bool, many: bool, limit: int, out: TextIO) -> int:
    code = 0
    coloured = out.isatty() and not os.environ.get("NO_COLOR")
    for index, text in enumerate(prompts):
        reading = parse(text, limit)
        code = 2 if reading.problems else code
        if as_json:
            _print_json(reading, out)
        else:
            rule = "\n" if many and index else ""
            _print(rule + "\n".join(_account(reading, coloured)), out)
    return code


def _lines(source: BinaryIO) -> Iterator[str]:
    """The lines of a stream. Bytes that are no UTF-8 come as lone surrogates, which `parse` reports."""
    for line in source:
        yield line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape")


def as_object(reading: Reading) -> dict[str, object]:
    """The JSON object of one reading."""
    return {
        "input": reading.text,
        "jobs": [job(prompt) for prompt in reading.prompts],
        "errors": [
            {"type": each.type, "text": each.text, "message": each.message} for each in reading.problems
        ],
        "notes": list(reading.notes),
        "pieces": [{"text": piece.text, "kind": piece.kind} for piece in reading.pieces],
    }


def _print_json(reading: Reading, out: TextIO) -> None:
    made = as_object(reading)
    line = json.dumps(made, ensure_ascii=False)
    try:
        line.encode(out.encoding or "utf-8")
    except UnicodeEncodeError:  # a lone surrogate, or a terminal that is not UTF-8
        line = json.dumps(made)
    _print(line, out)


def _print(text: str, out: TextIO) -> None:
    encoding = out.encoding or "utf-8"
    out.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    out.flush()


def _account(reading: Reading, coloured: bool) -> Iterator[str]:
    """The lines of a readable account: the prompt in colours, then errors, or what each job says; notes."""

    def paint(text: str, colour: str) -> str:
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if coloured and colour in _COLOURS else text

    if coloured:
        yield "".join(paint(_visible(piece.text), piece.kind) for piece in reading.pieces)
    for problem in reading.problems:
        yield f"{paint('error', 'bad')}  {_visible(said(problem.message))}"
        if reading.text.strip():
            yield caret(reading.text, problem, "       ")
    for index, prompt in enumerate(reading.prompts):
        if index:
            yield ""
        count = f"{index + 1} of {len(reading.prompts)}  " if len(reading.prompts) > 1 else ""
        yield paint(count, "dim") + paint(_visible(str(prompt)), "bold")
        yield from _job_lines(prompt)
    for note in reading.notes:
        yield f"{paint('note', 'note')}   {_visible(said(note))}"


def _visible(text: str) -> str:
    """The text without characters that would steer a terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)


def _job_lines(prompt: Prompt) -> Iterator[str]:
    for key, value in job(prompt).items():
        if key == "text" and len(prompt.parts) == 1 and prompt.parts[0].weight == 1:
            yield f"  {'text':<10} {_visible(prompt.text)}"
        elif key == "parts" and not (len(prompt.parts) == 1 and prompt.parts[0].weight == 1):
            yield from _rows(
                "parts", [f"{_visible(part.content)}  ×{part.weight:g}" for part in prompt.parts]
            )
        elif key == "images":
            yield from _rows(
                "images",
                [
                    f"{_visible(image.url)}{'' if image.weight is None else f'  ×{image.weight:g}'}"
                    for image in prompt.images
                ],
            )
        elif key not in ("text", "parts"):
            yield from _rows(key, _words(key, value))
    if prompt.quoted:
        yield from _rows("to draw", [f"“{_visible(text)}”" for text in prompt.quoted])


def _rows(name: str, rows: list[str]) -> Iterator[str]:
    for index, row in enumerate(rows):
        yield f"  {'' if index else name:<10} {row}"


def _words(key: str, value: object) -> list[str]:
    """A value as a person reads it."""
    if value is True:
        return ["yes"]
    if key == "aspect" and isinstance(value, list):
        return [f"{value[0]}:{value[1]}"]
    if isinstance(value, list):
        rows = [
            f"{item['content']}  ×{item['weight']:g}" if isinstance(item, dict) else str(item)
            for item in value
        ]
        return [_visible(row) for row in rows] or ["default"]
    return [_visible(str(value))]
