"""The options that several commands share, each with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(help="a picture made by Sfumato", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON and nothing else on standard output")]
Output = Annotated[Path, typer.Option("-o", "--output", help="folder for the pictures")]
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
Negative = Annotated[
    str, typer.Option("--negative", help="what to paint away from, beside or instead of `--no`")
]
Knobs = Annotated[
    list[str] | None,
    typer.Option("--knob", "-k", help="NAME=VALUE or STAGE.NAME=VALUE, such as guidance=5 or base.steps=30"),
]
Then = Annotated[
    list[str] | None,
    typer.Option("--then", help="PART=TEXT: from this part of the run on, such as 0.4, other words"),
]
Regions = Annotated[
    list[str] | None,
    typer.Option("--region", help="MASK=TEXT or MASK:WEIGHT=TEXT: what is to be seen where MASK is white"),
]
Deterministic = Annotated[
    bool,
    typer.Option(
        "--deterministic",
        help="on a GPU too, the same bits whatever else is running; slower, a CPU always does",
    ),
]
Alone = Annotated[bool, typer.Option("--alone", help="make it here, also where a server runs")]
Server = Annotated[
    str,
    typer.Option(
        "--server",
        envvar="SFUMATO_SERVER",
        help="address of a server that makes it; SFUMATO_KEY is sent as the key",
        show_default="the one that runs here",
    ),
]
Picture = Annotated[Path, typer.Argument(help="the picture, any PNG, JPEG or WebP", show_default=False)]
Words = Annotated[
    str | None,
    typer.Argument(
        help="what is to be seen, with parameters as for imagine", show_default="the picture's own words"
    ),
]

PICTURES = Path("pictures")
"""Where pictures go unless another folder is named."""
