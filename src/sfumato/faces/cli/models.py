"""`sfumato models`: what draws here, added, looked at, chosen, removed."""

from __future__ import annotations

from collections.abc import Sequence

import click

from sfumato.faces.cli.declaring import group
from sfumato.faces.cli.options import as_json, yes

SOURCES = (
    "OWNER/NAME of the Hugging Face hub, OWNER/NAME/FILE of it, a folder, a .safetensors file, or a model "
    "that is here; several make one model: a base with its LoRA, refiner or prior"
)

name = click.argument("name", help="a name from `sfumato models`")
version = click.option("--v", "--version", "version", help="of `--v`, such as 7; or test, testp")
niji = click.option("--niji", help="of `--niji`, such as 6")
style = click.option("--style", help="of `--style`, such as raw or cute")


@group(invoke_without_command=True)
@as_json
@click.pass_context
def models(context: click.Context, as_json: bool) -> None:
    """What draws: models that are here, and how to get others."""
    if context.invoked_subcommand is None:
        from sfumato.faces.cli.shelf import list_command

        list_command(as_json)


@models.command("list")
@as_json
def listed(as_json: bool) -> int:
    """List the models that are here and the kinds that can be opened."""
    from sfumato.faces.cli.shelf import list_command

    return list_command(as_json)


@models.command()
@click.argument("sources", nargs=-1, required=True, help=SOURCES)
@click.option("--name", help="what to call it", show_default="made from where it is")
@click.option("--copy", is_flag=True, help="copy files of this machine; else they stay where they are")
@click.option("--revision", help="branch, tag or commit of a repository", show_default="the newest")
@click.option("--variant", default="", help="such as fp16: half the download, where there is one")
def add(sources: Sequence[str], name: str | None, copy: bool, revision: str | None, variant: str) -> int:
    """Get a model: from the hub, a folder or a file. Stopped in the middle, the same command goes on."""
    from sfumato.faces.cli.shelf import add_command
    from sfumato.studio.collection import Adding

    return add_command(Adding(tuple(sources), name, copy, revision, variant))


@models.command()
@name
@yes
def remove(name: str, yes: bool) -> int:
    """Remove a model and its files; of one that was registered in place the files stay."""
    from sfumato.faces.cli.shelf import remove_command

    return remove_command(name, yes)


@models.command()
@name
@as_json
def show(name: str, as_json: bool) -> int:
    """Show a model: its networks, licence, memory, and what it can and cannot do."""
    from sfumato.faces.cli.shelf import show_command

    return show_command(name, as_json)


@models.command()
@name
def default(name: str) -> None:
    """Let this model draw where none is named."""
    from sfumato.faces.cli.shelf import collection, known

    known().family([name])  # it is there, and paints
    collection().set_default(name)
    print(f"{name} draws where no model is named.")


@models.command("map")
@click.argument("name", required=False, help="who paints it from now on  [default: shows the table]")
@version
@niji
@style
@as_json
def mapped(name: str | None, version: str | None, niji: str | None, style: str | None, as_json: bool) -> int:
    """Show, or change, which model paints what `--v`, `--niji` and `--style` ask for."""
    from sfumato.faces.cli.shelf import key_of, map_command, table_command

    key = key_of(version, niji, style)
    if name is None and key:
        raise ValueError("Say which model, such as: sfumato models map --v 7 flux-dev")
    return table_command(as_json) if name is None else map_command(key, name)


@models.command()
@version
@niji
@style
def unmap(version: str | None, niji: str | None, style: str | None) -> int:
    """Take a row of the table back: your own change first, then what came with the package."""
    from sfumato.faces.cli.shelf import key_of, unmap_command

    return unmap_command(key_of(version, niji, style))
