"""The commands of one line each. Each command's work is imported when it runs: helps stay quick."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from sfumato.faces.cli.declaring import PATH, command
from sfumato.faces.cli.making import Way
from sfumato.faces.cli.options import (
    alone,
    as_json,
    file,
    knobs,
    models,
    negative,
    output,
    pictures,
    server,
)

KINDS = ("objects", "scene", "views", "writing", "pattern", "abstract")


@command()
@output
@as_json
@models
@click.option("--forget", is_flag=True, help="give these jobs up instead")
def resume(output: Path, as_json: bool, models: Sequence[str], forget: bool) -> int:
    """Go on with jobs that were stopped: they end with the pictures they would have had."""
    from sfumato.faces.cli.alone import forget_command, resume_command

    return forget_command(output) if forget else resume_command(output, as_json, models)


@command()
@click.argument("prompt", required=False, help="a prompt, in quotes")
@as_json
@click.option("--stdin", is_flag=True, help="read one prompt from each line of standard input")
def parse(prompt: str | None, as_json: bool, stdin: bool) -> int:
    """Show how a prompt is read, without making a picture."""
    from sfumato.faces.cli.parse import parse_command

    return parse_command(prompt, as_json, stdin)


@command()
@file
@as_json
def info(file: Path, as_json: bool) -> int:
    """Show the plan inside a picture."""
    from sfumato.faces.cli.look import info_command

    return info_command(file, as_json)


@command()
@file
@models
@pictures
def verify(file: Path, models: Sequence[str], pictures: Sequence[str]) -> int:
    """Make a picture again from its plan and compare: exit 0 identical, 1 different, 2 not possible here."""
    from sfumato.faces.cli.look import verify_command

    return verify_command(file, models, pictures)


@command()
@click.argument("what", help="a family; see `sfumato models`; or `upscale`")
@click.option(
    "--prompts",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    help="how many held-out prompts; of `upscale` at most 64 renders",
)
@click.option("--seed", type=int, default=0, show_default=True, help="draws the prompts and the noise")
@as_json
def bench(what: str, prompts: int, seed: int, as_json: bool) -> int:
    """Measure a model: how often a judge recognises what held-out prompts name; or how well it enlarges."""
    if what == "upscale":
        from sfumato.faces.cli.bench_larger import larger_command

        return larger_command(prompts, as_json)
    from sfumato.faces.cli.bench import bench_command

    return bench_command(what, prompts, seed, as_json)


@command()
@click.argument("folder", type=PATH, required=False, help="pictures, also in folders below")
@click.option(
    "--prompts", type=PATH, help='lines {"file": …, "prompt": …}  [default: (what the pictures carry)]'
)
@click.option("--reference", type=PATH, help="real pictures to measure distances to")
@click.option(
    "--weights", type=PATH, help="a folder with inception.safetensors and clip/, where you have them"
)
@click.option("--ask", type=click.Choice(("en", "zh")), help="print the thousand prompts to make pictures of")
@as_json
def score(
    folder: Path | None,
    prompts: Path | None,
    reference: Path | None,
    weights: Path | None,
    ask: str | None,
    as_json: bool,
) -> int:
    """Measure any pictures: what a judge sees of their prompts, FID, KID, CLIP score."""
    from sfumato.faces.cli.score import list_prompts, score_command

    if ask is not None:
        return list_prompts(ask)
    if folder is None:
        raise click.BadParameter("give a folder with pictures, or --ask en for the prompts to make them of.")
    return score_command(folder, prompts, reference, weights, as_json)


@command()
@click.option("--sheet", type=PATH, default=Path("world.png"), show_default=True, help="the file to write")
@click.option("--count", type=click.IntRange(1, 600), default=36, show_default=True, help="how many pictures")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="another seed, other pictures"
)
@click.option(
    "--side", type=click.IntRange(64, 1024), default=256, show_default=True, help="pixels of a side"
)
@click.option("--kind", type=click.Choice(KINDS), help="only pictures of this kind")
def world(sheet: Path, count: int, seed: int, side: int, kind: str | None) -> int:
    """Draw a contact sheet of the painted world, which the house model learns from, with captions."""
    from sfumato.faces.cli.world import world_command

    return world_command(sheet, count, seed, side, kind)  # type: ignore[arg-type]


@command()
@click.argument("file", type=PATH, help="a prompt a line, or a table (.csv)")
@click.option("--name", default="", help="under another, the same rows are made again")
@output
@as_json
@models
@negative
@knobs
@alone
@server
def batch(file: Path, name: str, **said: object) -> int:
    """Make every row of a file, each once: stopped or killed, the same command goes on."""
    from sfumato.faces.cli.batch import batch_command

    return batch_command(file, name, Way(**said))  # type: ignore[arg-type]


@command()
@click.option("--http", is_flag=True, help="say where a server has the tools, or start one")
@alone
@server
def mcp(http: bool, alone: bool, server: str) -> int:
    """Be the tools of an assistant (Model Context Protocol), over standard input and output."""
    from sfumato.faces.cli.mcp import mcp_command

    return mcp_command(http, alone, server)
