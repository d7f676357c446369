"""`sfumato models`: what draws here, added, looked at, chosen, removed."""

from __future__ import annotations

from typing import Annotated

import typer

from sfumato.faces.cli.options import AsJson

models = typer.Typer(help="What draws: models that are here, and how to get others.", no_args_is_help=False)

Name = Annotated[str, typer.Argument(help="a name from `sfumato models`", show_default=False)]
Sources = Annotated[
    list[str],
    typer.Argument(
        help="OWNER/NAME of the Hugging Face hub, OWNER/NAME/FILE of it, a folder, a .safetensors file, or a "
        "model that is here; several make one model: a base with its LoRA, refiner or prior",
        show_default=False,
    ),
]
Version = Annotated[
    str | None,
    typer.Option("--v", "--version", help="of `--v`, such as 7; or test, testp", show_default=False),
]
Niji = Annotated[str | None, typer.Option(help="of `--niji`, such as 6", show_default=False)]
Style = Annotated[str | None, typer.Option(help="of `--style`, such as raw or cute", show_default=False)]


@models.callback(invoke_without_command=True)
def _all(context: typer.Context, as_json: AsJson = False) -> None:
    if context.invoked_subcommand is None:
        listed(as_json)


@models.command("list")
def listed(as_json: AsJson = False) -> None:
    """List the models that are here and the kinds that can be opened."""
    from sfumato.faces.cli.shelf import list_command

    raise typer.Exit(list_command(as_json))


@models.command()
def add(
    sources: Sources,
    name: Annotated[
        str | None, typer.Option(help="what to call it", show_default="made from where it is")
    ] = None,
    copy: Annotated[
        bool, typer.Option("--copy", help="copy files of this machine; else they stay where they are")
    ] = False,
    revision: Annotated[
        str | None, typer.Option(help="branch, tag or commit of a repository", show_default="the newest")
    ] = None,
    variant: Annotated[str, typer.Option(help="such as fp16: half the download, where there is one")] = "",
) -> None:
    """Get a model: from the hub, a folder or a file. Stopped in the middle, the same command goes on."""
    from sfumato.faces.cli.shelf import add_command
    from sfumato.studio.collection import Adding

    raise typer.Exit(add_command(Adding(tuple(sources), name, copy, revision, variant)))


@models.command()
def remove(
    name: Name, yes: Annotated[bool, typer.Option("--yes", "-y", help="without asking")] = False
) -> None:
    """Remove a model and its files; of one that was registered in place the files stay."""
    from sfumato.faces.cli.shelf import remove_command

    raise typer.Exit(remove_command(name, yes))


@models.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Show a model: its networks, licence, memory, and what it can and cannot do."""
    from sfumato.faces.cli.shelf import show_command

    raise typer.Exit(show_command(name, as_json))


@models.command()
def default(name: Name) -> None:
    """Let this model draw where none is named."""
    from sfumato.faces.cli.shelf import collection

    collection().set_default(name)
    print(f"{name} draws where no model is named.")


@models.command("map")
def mapped(
    name: Annotated[
        str | None, typer.Argument(help="who paints it from now on", show_default="shows the table")
    ] = None,
    version: Version = None,
    niji: Niji = None,
    style: Style = None,
    as_json: AsJson = False,
) -> None:
    """Show, or change, which model paints what `--v`, `--niji` and `--style` ask for."""
    from sfumato.faces.cli.shelf import key_of, map_command, table_command

    key = key_of(version, niji, style)
    if name is None and key:
        raise ValueError("Say which model, such as: sfumato models map --v 7 flux-dev")
    raise typer.Exit(table_command(as_json) if name is None else map_command(key, name))


@models.command()
def unmap(version: Version = None, niji: Niji = None, style: Style = None) -> None:
    """Take a row of the table back: your own change first, then what came with the package."""
    from sfumato.faces.cli.shelf import key_of, unmap_command

    raise typer.Exit(unmap_command(key_of(version, niji, style)))
