"""`sfumato provenance`: Content Credentials, made and looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sfumato.faces.cli.options import AsJson, File

provenance = typer.Typer(help="Content Credentials (C2PA) in the files of pictures.", no_args_is_help=True)

Folder = Annotated[
    Path | None, typer.Argument(help="where to write them", show_default="beside the settings")
]


@provenance.command("init")
def init_(
    folder: Folder = None,
    name: Annotated[str, typer.Option(help="who signs, as viewers show it")] = "Sfumato",
) -> None:
    """Make a certificate of your own and its key; from then on every picture can be signed."""
    from sfumato.faces.settings import path_of, write
    from sfumato.studio.provenance import init

    folder = (folder or path_of().parent / "c2pa").resolve()
    init(folder, name)
    write(path_of(), "c2pa", folder)
    print(f"{folder}: pictures are signed from now on; a running server, when it starts again.")
    print("Viewers will not know who signs: for that, put a bought certificate and its key there instead.")


@provenance.command()
def show(file: File, as_json: AsJson = False) -> None:
    """Print what the credentials of a picture say, and whether they fit it: exit 1 where they do not."""
    from sfumato.studio.provenance import credentials_in

    told = credentials_in(file)
    fits = told.get("validation_state") in ("Valid", "Trusted")
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        raise typer.Exit(0 if fits else 1)
    own = told["manifests"][told["active_manifest"]]
    print(f"state     {told.get('validation_state')}")
    print(f"signed    {own.get('signature_info', {}).get('issuer')}")
    for said in own.get("assertions", []):
        print(f"{said['label']}  {json.dumps(said['data'], ensure_ascii=False)}")
    raise typer.Exit(0 if fits else 1)
