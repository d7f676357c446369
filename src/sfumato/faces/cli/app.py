"""The commands and their options. Each command's work is imported when it runs: `parse` stays quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from sfumato import __version__
from sfumato.faces.cli.gallery import gallery
from sfumato.faces.cli.imports import bring, describe
from sfumato.faces.cli.jobs import jobs
from sfumato.faces.cli.making import Edits, Imagine, Way, making
from sfumato.faces.cli.models import models
from sfumato.faces.cli.options import (
    PICTURES,
    Alone,
    AsJson,
    File,
    Knobs,
    Models,
    Negative,
    Output,
    Picture,
    Pictures,
    Regions,
    Server,
    Then,
    Words,
)
from sfumato.faces.cli.policy import policy
from sfumato.faces.cli.provenance import provenance
from sfumato.faces.cli.serving import people, serve
from sfumato.faces.cli.settings import settings

EDITS = "Edits of a picture"

Kinds = Literal["objects", "scene", "views", "writing", "pattern", "abstract"]

app = typer.Typer(
    name="sfumato",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(asked: bool) -> None:
    if asked:
        print(f"sfumato {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_tell_version, is_eager=True),
    ] = False,
) -> None:
    """An open, self-hosted Midjourney. Try: sfumato imagine 'a red fox in the snow --ar 3:2'"""


Prompt = Annotated[
    str, typer.Argument(help="a Midjourney prompt, in quotes: words, then parameters such as --ar 3:2")
]


@app.command()
@making
def imagine(prompt: Prompt, picture: Pictures = None, then: Then = None, region: Regions = None) -> Imagine:
    """Make four pictures and their grid from a prompt: on the server that runs here, else alone."""
    return Imagine(prompt, picture or [], then or [], region or [])


@app.command(rich_help_panel=EDITS)
@making
def vary(
    picture: Picture,
    words: Words = None,
    strong: Annotated[bool, typer.Option("--strong", help="change the composition too")] = False,
) -> Edits:
    """Make pictures like this one; with other words, a remix."""
    return Edits({"kind": "vary", "strong": strong}, [picture], words)


@app.command(rich_help_panel=EDITS)
@making
def restyle(
    picture: Picture,
    words: Words = None,
    strength: Annotated[
        float, typer.Option(min=0, max=1, help="0 is the picture itself, 1 takes nothing from it")
    ] = 0.65,
) -> Edits:
    """Paint a picture again after other words (image-to-image)."""
    return Edits({"kind": "restyle", "strength": strength}, [picture], words)


@app.command(rich_help_panel=EDITS)
@making
def region(
    picture: Picture,
    mask: Annotated[Path, typer.Argument(help="a picture that is white where it is painted anew")],
    words: Words = None,
) -> Edits:
    """Paint a part of a picture anew; the rest stays exactly as it is."""
    return Edits({"kind": "region"}, [picture, mask], words)


@app.command(rich_help_panel=EDITS)
@making
def zoom(
    picture: Picture,
    words: Words = None,
    factor: Annotated[float, typer.Option(min=1, max=8, help="how much smaller the picture becomes")] = 2.0,
) -> Edits:
    """Show more around a picture; with `--ar` in the words, in another shape."""
    return Edits({"kind": "zoom", "factor": factor}, [picture], words)


@app.command(rich_help_panel=EDITS)
@making
def pan(
    picture: Picture,
    to: Annotated[Literal["left", "right", "up", "down"], typer.Argument(help="where to go on")],
    words: Words = None,
    fraction: Annotated[
        float, typer.Option(min=0.05, max=0.95, help="how much of what the model paints at once is new")
    ] = 0.5,
) -> Edits:
    """Go on painting beyond one side of a picture, which becomes larger."""
    return Edits({"kind": "pan", "to": to, "fraction": fraction}, [picture], words)


@app.command(rich_help_panel=EDITS)
@making
def square(
    picture: Picture,
    words: Words = None,
) -> Edits:
    """Paint what is missing around a picture to a square."""
    return Edits({"kind": "square"}, [picture], words)


@app.command(rich_help_panel=EDITS)
@making
def upscale(
    picture: Picture,
    words: Words = None,
    factor: Annotated[float, typer.Option(min=1.01, max=16, help="how much longer its sides become")] = 2.0,
    creative: Annotated[bool, typer.Option("--creative", help="add what is not in the picture")] = False,
) -> Edits:
    """Make a picture larger: the same one, or with `--creative` one with more in it."""
    return Edits({"kind": "upscale", "factor": factor, "creative": creative}, [picture], words)


@app.command(rich_help_panel=EDITS)
@making
def blend(
    pictures: Annotated[list[Path], typer.Argument(help="two to five pictures", show_default=False)],
    words: Annotated[str | None, typer.Option("--words", "-w", help="what is to be seen beside them")] = None,
) -> Edits:
    """Make one picture out of several."""
    return Edits({"kind": "blend"}, pictures, words)


@app.command()
def resume(
    output: Output = PICTURES,
    as_json: AsJson = False,
    model: Models = None,
    forget: Annotated[bool, typer.Option("--forget", help="give these jobs up instead")] = False,
) -> None:
    """Go on with jobs that were stopped: they end with the pictures they would have had."""
    from sfumato.faces.cli.alone import forget_command, resume_command

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


@app.command()
def batch(
    file: Annotated[Path, typer.Argument(help="a prompt a line, or a table (.csv)", show_default=False)],
    name: Annotated[str, typer.Option(help="under another, the same rows are made again")] = "",
    output: Output = PICTURES,
    as_json: AsJson = False,
    model: Models = None,
    negative: Negative = "",
    knob: Knobs = None,
    alone: Alone = False,
    server: Server = "",
) -> None:
    """Make every row of a file, each once: stopped or killed, the same command goes on."""
    from sfumato.faces.cli.batch import batch_command

    way = Way(output, as_json, model or [], negative, knob or [], alone=alone, server=server)
    raise typer.Exit(batch_command(file, name, way))


@app.command()
def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="say where a server has the tools, or start one")
    ] = False,
    alone: Alone = False,
    server: Server = "",
) -> None:
    """Be the tools of an assistant (Model Context Protocol), over standard input and output."""
    from sfumato.faces.cli.mcp import mcp_command

    raise typer.Exit(mcp_command(http, alone, server))


app.command("import")(bring)
app.command()(describe)
app.command()(serve)
app.add_typer(people, name="people")
app.add_typer(gallery, name="gallery")
app.add_typer(jobs, name="jobs")
app.add_typer(settings, name="settings")
app.add_typer(models, name="models")
app.add_typer(policy, name="policy")
app.add_typer(provenance, name="provenance")
