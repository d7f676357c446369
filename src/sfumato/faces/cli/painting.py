"""`sfumato imagine` and the edits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from sfumato.faces.cli.declaring import PATH, command
from sfumato.faces.cli.making import Edits, Imagine, making
from sfumato.faces.cli.options import picture, pictures, regions, then, words

MOST_ZOOM = 8


@command()
@click.argument("prompt", help="a Midjourney prompt, in quotes: words, then parameters such as --ar 3:2")
@pictures
@then
@regions
@making
def imagine(prompt: str, pictures: Sequence[str], then: Sequence[str], regions: Sequence[str]) -> Imagine:
    """Make four pictures and their grid from a prompt: on the server that runs here, else alone."""
    return Imagine(prompt, pictures, then, regions)


@command()
@picture
@words
@click.option("--strong", is_flag=True, help="change the composition too")
@making
def vary(picture: Path, words: str | None, strong: bool) -> Edits:
    """Make pictures like this one; with other words, a remix."""
    return Edits({"kind": "vary", "strong": strong}, [picture], words)


@command()
@picture
@words
@click.option(
    "--strength",
    type=click.FloatRange(0, 1),
    default=0.65,
    show_default=True,
    help="0 is the picture itself, 1 takes nothing from it",
)
@making
def restyle(picture: Path, words: str | None, strength: float) -> Edits:
    """Paint a picture again after other words (image-to-image)."""
    return Edits({"kind": "restyle", "strength": strength}, [picture], words)


@command()
@picture
@click.argument("mask", type=PATH, help="a picture that is white where it is painted anew")
@words
@making
def region(picture: Path, mask: Path, words: str | None) -> Edits:
    """Paint a part of a picture anew; the rest stays exactly as it is."""
    return Edits({"kind": "region"}, [picture, mask], words)


@command()
@picture
@words
@click.option(
    "--factor",
    type=click.FloatRange(1, MOST_ZOOM),
    default=2.0,
    show_default=True,
    help="how much smaller the picture becomes",
)
@making
def zoom(picture: Path, words: str | None, factor: float) -> Edits:
    """Show more around a picture; with `--ar` in the words, in another shape."""
    number = (words or "").strip("×x")
    if number.replace(".", "", 1).isdecimal() and 1 <= float(number) <= MOST_ZOOM:  # 1984 may be a subject
        raise ValueError(f"{words} is no words but a number: how far to zoom is said as --factor {number}.")
    return Edits({"kind": "zoom", "factor": factor}, [picture], words)


@command()
@picture
@click.argument("to", type=click.Choice(("left", "right", "up", "down")), help="where to go on")
@words
@click.option(
    "--fraction",
    type=click.FloatRange(0.05, 0.95),
    default=0.5,
    show_default=True,
    help="how much of what the model paints at once is new",
)
@making
def pan(picture: Path, to: str, words: str | None, fraction: float) -> Edits:
    """Go on painting beyond one side of a picture, which becomes larger."""
    return Edits({"kind": "pan", "to": to, "fraction": fraction}, [picture], words)


@command()
@picture
@words
@making
def square(picture: Path, words: str | None) -> Edits:
    """Paint what is missing around a picture to a square."""
    return Edits({"kind": "square"}, [picture], words)


@command()
@picture
@words
@click.option(
    "--factor",
    type=click.FloatRange(1.01, 16),
    default=2.0,
    show_default=True,
    help="how much longer its sides become",
)
@click.option("--creative", is_flag=True, help="add what is not in the picture")
@making
def upscale(picture: Path, words: str | None, factor: float, creative: bool) -> Edits:
    """Make a picture larger: the same one, or with `--creative` one with more in it."""
    return Edits({"kind": "upscale", "factor": factor, "creative": creative}, [picture], words)


@command()
@click.argument("pictures", nargs=-1, required=True, type=PATH, help="two to five pictures")
@click.option("--words", "-w", help="what is to be seen beside them")
@making
def blend(pictures: Sequence[Path], words: str | None) -> Edits:
    """Make one picture out of several."""
    return Edits({"kind": "blend"}, pictures, words)
