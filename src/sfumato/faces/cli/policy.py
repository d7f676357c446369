"""`sfumato policy`: what prompts may not ask for, looked at and tried."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from sfumato.faces.cli.declaring import Group
from sfumato.faces.cli.options import as_json

if TYPE_CHECKING:
    from sfumato.studio.policy import Finding, Policy

policy = Group("policy", help="What prompts may not ask for.")

which = click.option(
    "--policy",
    "-p",
    "which",
    help="off, normal, strict, or a file of your own",
    show_default="the settings', else normal",
)


@policy.command()
@click.argument("prompt", help="a prompt, in quotes")
@which
@as_json
def check(prompt: str, which: str | None, as_json: bool) -> int:
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
    return 1 if found else 0


@policy.command()
@which
@as_json
def show(which: str | None, as_json: bool) -> None:
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
