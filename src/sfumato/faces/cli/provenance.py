"""`sfumato provenance`: Content Credentials, made and looked at."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sfumato.faces.cli.declaring import PATH, Group
from sfumato.faces.cli.options import as_json, file

provenance = Group("provenance", help="Content Credentials (C2PA) in the files of pictures.")


@provenance.command("init")
@click.argument(
    "folder",
    type=PATH,
    required=False,
    help="where to write them  [default: beside the settings]",
)
@click.option("--name", default="Sfumato", show_default=True, help="who signs, as viewers show it")
def init_(folder: Path | None, name: str) -> None:
    """Make a certificate of your own and its key; from then on every picture can be signed."""
    from sfumato.faces.places import path_of
    from sfumato.faces.settings import write
    from sfumato.studio.provenance import init

    folder = (folder or path_of().parent / "c2pa").resolve()
    init(folder, name)
    write(path_of(), "c2pa", folder)
    print(f"{folder}: pictures are signed from now on; a running server, when it starts again.")
    print("Viewers will not know who signs: for that, put a bought certificate and its key there instead.")


@provenance.command()
@file
@as_json
def show(file: Path, as_json: bool) -> int:
    """Print what the credentials of a picture say, and whether they fit it: exit 1 where they do not."""
    from sfumato.studio.provenance import credentials_in

    told = credentials_in(file)
    fits = told.get("validation_state") in ("Valid", "Trusted")
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        return 0 if fits else 1
    own = told["manifests"][told["active_manifest"]]
    print(f"state     {told.get('validation_state')}")
    print(f"signed    {own.get('signature_info', {}).get('issuer')}")
    for said in own.get("assertions", []):
        print(f"{said['label']}  {json.dumps(said['data'], ensure_ascii=False)}")
    return 0 if fits else 1
