"""The commands and their options. Each command's work is imported when it runs: `parse` stays quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from sfumato.faces.cli.edit import EditOf, edit
from sfumato.faces.cli.options import (
    PICTURES,
    AsJson,
    Deterministic,
    File,
    Knobs,
    Models,
    Negative,
    Output,
    Picture,
    Pictures,
    Regions,
    Then,
    Words,
)
from sfumato.faces.cli.serving import people, serve

EDITS = "Edits of a picture"

Kinds = Literal["objects", "scene", "views", "writing", "pattern", "abstract"]

app = typer.Typer(
    name="sfumato",
    help="An open, self-hosted Midjourney. Try: sfumato imagine 'a red fox in the snow --ar 3:2'",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Prompt = Annotated[
    str, typer.Argument(help="a Midjourney prompt, in quotes: words, then parameters such as --ar 3:2")
]


@app.command()
def imagine(
    prompt: Prompt,
    output: Output = PICTURES,
    as_json: AsJson = False,
    model: Models = None,
    picture: Pictures = None,
    negative: Negative = "",
    knob: Knobs = None,
    then: Then = None,
    region: Regions = None,
    deterministic: Deterministic = False,
) -> None:
    """Make four pictures and their grid from a prompt."""
    from sfumato.faces.cli.imagine import imagine_command
    from sfumato.faces.cli.wishes import Way, wishes

    asked = wishes(picture or [], negative, knob or [], then or [], region or [])
    way = Way(output, as_json, model or [], asked, deterministic)
    raise typer.Exit(imagine_command(prompt, way))


@app.command(rich_help_panel=EDITS)
@edit
def vary(
    picture: Picture,
    words: Words = None,
    strong: Annotated[bool, typer.Option("--strong", help="change the composition too")] = False,
) -> EditOf:
    """Make pictures like this one; with other words, a remix."""
    from sfumato.plan import Vary

    return Vary(strong=strong), [picture], words


@app.command(rich_help_panel=EDITS)
@edit
def restyle(
    picture: Picture,
    words: Words = None,
    strength: Annotated[
        float, typer.Option(min=0, max=1, help="0 is the picture itself, 1 takes nothing from it")
    ] = 0.65,
) -> EditOf:
    """Paint a picture again after other words (image-to-image)."""
    from sfumato.plan import Restyle

    return Restyle(strength=strength), [picture], words


@app.command(rich_help_panel=EDITS)
@edit
def region(
    picture: Picture,
    mask: Annotated[Path, typer.Argument(help="a picture that is white where it is painted anew")],
    words: Words = None,
) -> EditOf:
    """Paint a part of a picture anew; the rest stays exactly as it is."""
    from sfumato.plan import Region

    return Region(), [picture, mask], words


@app.command(rich_help_panel=EDITS)
@edit
def zoom(
    picture: Picture,
    words: Words = None,
    factor: Annotated[float, typer.Option(min=1, max=8, help="how much smaller the picture becomes")] = 2.0,
) -> EditOf:
    """Show more around a picture; with `--ar` in the words, in another shape."""
    from sfumato.plan import Zoom

    return Zoom(factor=factor), [picture], words


@app.command(rich_help_panel=EDITS)
@edit
def pan(
    picture: Picture,
    to: Annotated[Literal["left", "right", "up", "down"], typer.Argument(help="where to go on")],
    words: Words = None,
    fraction: Annotated[
        float, typer.Option(min=0.05, max=0.95, help="how much of what the model paints at once is new")
    ] = 0.5,
) -> EditOf:
    """Go on painting beyond one side of a picture, which becomes larger."""
    from sfumato.plan import Pan

    return Pan(to=to, fraction=fraction), [picture], words


@app.command(rich_help_panel=EDITS)
@edit
def square(
    picture: Picture,
    words: Words = None,
) -> EditOf:
    """Paint what is missing around a picture to a square."""
    from sfumato.plan import Square

    return Square(), [picture], words


@app.command(rich_help_panel=EDITS)
@edit
def upscale(
    picture: Picture,
    words: Words = None,
    factor: Annotated[float, typer.Option(min=1.01, max=16, help="how much longer its sides become")] = 2.0,
    creative: Annotated[bool, typer.Option("--creative", help="add what is not in the picture")] = False,
) -> EditOf:
    """Make a picture larger: the same one, or with `--creative` one with more in it."""
    from sfumato.plan import Upscale

    return Upscale(factor=factor, creative=creative), [picture], words


@app.command(rich_help_panel=EDITS)
@edit
def blend(
    pictures: Annotated[list[Path], typer.Argument(help="two to five pictures", show_default=False)],
    words: Annotated[str | None, typer.Option("--words", "-w", help="what is to be seen beside them")] = None,
) -> EditOf:
    """Make one picture out of several."""
    from sfumato.plan import Blend

    return Blend(), pictures, words


@app.command()
def resume(
    output: Output = PICTURES,
    as_json: AsJson = False,
    model: Models = None,
    forget: Annotated[bool, typer.Option("--forget", help="give these jobs up instead")] = False,
) -> None:
    """Go on with jobs that were stopped: they end with the pictures they would have had."""
    from sfumato.faces.cli.imagine import forget_command, resume_command

    raise typer.Exit(forget_command(output) if forget else resume_command(output, as_json, model or []))


@app.command()
def parse(
    prompt: Annotated[str | None, typer.Argument(help="a prompt, in quotes")] = None,
    as_json: AsJson = False,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="read one prompt from each line of standard input")
    ] = False,
) -> None:
    """Show how a prompt is read, without making a picture."""
    from sfumato.faces.cli.parse import parse_command

    raise typer.Exit(parse_command(prompt, as_json, stdin))


@app.command()
def info(file: File, as_json: AsJson = False) -> None:
    """Show the plan inside a picture."""
    from sfumato.faces.cli.look import info_command

    raise typer.Exit(info_command(file, as_json))


@app.command()
def verify(file: File, model: Models = None, picture: Pictures = None) -> None:
    """Make a picture again from its plan and compare: exit 0 identical, 1 different, 2 not possible here."""
    from sfumato.faces.cli.look import verify_command

    raise typer.Exit(verify_command(file, model or [], picture or []))


@app.command()
def models(as_json: AsJson = False) -> None:
    """List the families of models and whether their weights are here."""
    from sfumato.faces.cli.look import models_command

    raise typer.Exit(models_command(as_json))


@app.command()
def bench(
    what: Annotated[str, typer.Argument(help="a family; see `sfumato models`")],
    prompts: Annotated[int, typer.Option(min=1, help="how many held-out prompts")] = 200,
    seed: Annotated[int, typer.Option(help="draws the prompts and the noise")] = 0,
    as_json: AsJson = False,
) -> None:
    """Measure a model: how often a judge recognises the object that a held-out prompt names."""
    from sfumato.faces.cli.bench import bench_command

    raise typer.Exit(bench_command(what, prompts, seed, as_json))


@app.command()
def world(
    sheet: Annotated[Path, typer.Option(help="the file to write")] = Path("world.png"),
    count: Annotated[int, typer.Option(min=1, max=600, help="how many pictures")] = 36,
    seed: Annotated[int, typer.Option(min=0, help="another seed, other pictures")] = 0,
    side: Annotated[int, typer.Option(min=64, max=1024, help="pixels of a side")] = 256,
    kind: Annotated[Kinds | None, typer.Option(help="only pictures of this kind")] = None,
) -> None:
    """Draw a contact sheet of the painted world, which the house model learns from, with captions."""
    from sfumato.faces.cli.world import world_command

    raise typer.Exit(world_command(sheet, count, seed, side, kind))


app.command()(serve)
app.add_typer(people, name="people")
