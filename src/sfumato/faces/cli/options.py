"""The options that several commands share, each with its help."""

from __future__ import annotations

from pathlib import Path

import click

from sfumato.faces.cli.declaring import PATH

PICTURES = Path("pictures")
"""Where pictures go unless another folder is named."""

file = click.argument("file", type=PATH, help="a picture made by Sfumato")
picture = click.argument("picture", type=PATH, help="the picture, any PNG, JPEG or WebP")
words = click.argument(
    "words",
    required=False,
    help="what is to be seen, with parameters as for imagine  [default: the picture's own words]",
)

as_json = click.option(
    "--json", "as_json", is_flag=True, help="print JSON and nothing else on standard output"
)
output = click.option(
    "-o", "--output", type=PATH, default=PICTURES, show_default=True, help="folder for the pictures"
)
models = click.option(
    "--model",
    "-m",
    "models",
    multiple=True,
    help="what draws: a name from `sfumato models`, or a path; again for a refiner or adapter",
    show_default="the shipped one",
)
pictures = click.option(
    "--picture",
    "-p",
    "pictures",
    multiple=True,
    help="ROLE=FILE or ROLE:WEIGHT=FILE; roles: start, mask (white is painted anew), hint, reference",
)
negative = click.option("--negative", default="", help="what to paint away from, beside or instead of `--no`")
knobs = click.option(
    "--knob",
    "-k",
    "knobs",
    multiple=True,
    help="NAME=VALUE or STAGE.NAME=VALUE, such as guidance=5 or base.steps=30",
)
then = click.option(
    "--then", multiple=True, help="PART=TEXT: from this part of the run on, such as 0.4, other words"
)
regions = click.option(
    "--region",
    "regions",
    multiple=True,
    help="MASK=TEXT or MASK:WEIGHT=TEXT: what is to be seen where MASK is white",
)
deterministic = click.option(
    "--deterministic",
    is_flag=True,
    help="on a GPU too, the same bits whatever else is running; slower, a CPU always does",
)
alone = click.option("--alone", is_flag=True, help="make it here, also where a server runs")
server = click.option(
    "--server",
    default="",
    envvar="SFUMATO_SERVER",
    show_envvar=True,
    help="address of a server that makes it; SFUMATO_KEY is sent as the key",
    show_default="the one that runs here",
)
data = click.option(
    "--data", type=PATH, help="folder for pictures and jobs", show_default="the user's data folder"
)
database = click.option(
    "--database", help="postgresql+psycopg://user@host/name", show_default="SQLite in that folder"
)
yes = click.option("--yes", "-y", is_flag=True, help="without asking")
