"""The commands and their options. Each command's work is imported when it runs: `parse` stays quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
File = Annotated[Path, typer.Argument(help="a picture made by Sfumato")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON and nothing else on standard output")]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        "-m",
        help="what draws: a name from `sfumato models`, or a path; again for a refiner or adapter",
        show_default="the shipped one",
    ),
]
Pictures = Annotated[
    list[str] | None,
    typer.Option(
        "--picture",
        "-p",
        help="ROLE=FILE or ROLE:WEIGHT=FILE; roles: start, mask (white is painted anew), hint, reference",
    ),
]


@app.command()
def imagine(
    prompt: Prompt,
    output: Annotated[Path, typer.Option("-o", "--output", help="folder for the pictures")] = Path(
        "pictures"
    ),
    as_json: AsJson = False,
    model: Models = None,
    picture: Pictures = None,
    negative: Annotated[
        str, typer.Option("--negative", help="what to paint away from, beside or instead of `--no`")
    ] = "",
    knob: Annotated[
        list[str] | None,
        typer.Option(
            "--knob", "-k", help="NAME=VALUE or STAGE.NAME=VALUE, such as guidance=5 or base.steps=30"
        ),
    ] = None,
) -> None:
    """Make four pictures and their grid from a prompt."""
    from sfumato.faces.cli.imagine import imagine_command
    from sfumato.faces.cli.wishes import wishes

    raise typer.Exit(
        imagine_command(prompt, output, as_json, model or [], wishes(picture or [], negative, knob or []))
    )


@app.command()
def resume(
    output: Annotated[Path, typer.Option("-o", "--output", help="folder for the pictures")] = Path(
        "pictures"
    ),
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
