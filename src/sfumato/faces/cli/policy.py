"""`sfumato policy`: what prompts may not ask for, looked at and tried."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from sfumato.faces.cli.options import AsJson

if TYPE_CHECKING:
    from sfumato.studio.policy import Finding, Policy

policy = typer.Typer(help="What prompts may not ask for.", no_args_is_help=True)

Which = Annotated[
    str | None,
    typer.Option(
        "--policy",
        "-p",
        help="off, normal, strict, or a file of your own",
        show_default="the settings', else normal",
    ),
]


@policy.command()
def check(
    prompt: Annotated[str, typer.Argument(help="a prompt, in quotes", show_default=False)],
    which: Which = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a prompt would be refused, by which words: exit 0 allowed, 1 refused."""
    found = _found(_policy(which), prompt)
    if as_json:
        rows = [{"category": own.category.name, "words": own.words} for own in found]
        print(json.dumps({"refused": bool(found), "found": rows}, ensure_ascii=False))
    else:
        for own in found:
            words = ", ".join(f"“{word}”" for word in own.words)
            print(
                f"refused: {own.category.title} · {own.category.title_zh} ({own.category.name}), by {words}"
            )
        if not found:
            print("allowed.")
    raise typer.Exit(1 if found else 0)


@policy.command()
def show(which: Which = None, as_json: AsJson = False) -> None:
    """List the categories and the level at which each is looked at."""
    own = _policy(which)
    rows = {kind.name: own.level_of(kind) for kind in own.categories}
    if as_json:
        print(json.dumps({"level": own.level, "categories": rows}))
        return
    for kind in own.categories:
        always = "  always" if kind.always else ""
        print(f"{kind.name:<16} {rows[kind.name]:<8} {kind.title} · {kind.title_zh}{always}")


def _policy(which: str | None) -> Policy:
    from sfumato.faces.settings import load
    from sfumato.studio.policy import read_policy

    return read_policy(which or load().policy or "")


def _found(own: Policy, text: str) -> list[Finding]:
    """What is refused in any permutation, each category once. Raises PromptError."""
    from sfumato.studio.words import words

    asked = (" ; ".join(part.content for part in prompt.parts if part.weight > 0) for prompt in words(text))
    found = {finding.category.name: finding for said in asked for finding in own.find(said)}
    return list(found.values())
