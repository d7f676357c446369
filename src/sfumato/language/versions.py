"""The models of Midjourney, in the order they came, and how a prompt names them."""

from __future__ import annotations

from dataclasses import dataclass

OPEN = "open"
"""The profile of a prompt that names no model: every parameter, each in its newest meaning."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model: how tables call it, how a message calls it, when it came, and a note where it is
    discouraged."""

    name: str
    flag: str
    released: str
    note: str = ""


_OLD = "is an early model that Midjourney no longer recommends"

MODELS = (
    Model("1", "--version 1", "2022-02", f"`--v 1` {_OLD}; it is read by the rules of its time."),
    Model("2", "--version 2", "2022-04-12", f"`--v 2` {_OLD}; it is read by the rules of its time."),
    Model("3", "--version 3", "2022-07-25", f"`--v 3` {_OLD}; it is read by the rules of its time."),
    Model(
        "test",
        "--test",
        "2022-08",
        "`--test` was an experiment of 2022; it is read by the rules of its time.",
    ),
    Model(
        "testp",
        "--testp",
        "2022-08",
        "`--testp` was an experiment of 2022; it is read by the rules of its time.",
    ),
    Model("4", "--version 4", "2022-11-05"),
    Model("niji 4", "--niji 4", "2022-12"),
    Model("5", "--version 5", "2023-03-15"),
    Model("5.1", "--version 5.1", "2023-05-04"),
    Model("niji 5", "--niji 5", "2023"),
    Model("5.2", "--version 5.2", "2023-06-22"),
    Model("6", "--version 6", "2023-12-20"),
    Model("niji 6", "--niji 6", "2024"),
    Model("6.1", "--version 6.1", "2024-07-30"),
    Model("7", "--version 7", "2025-04-03"),
    Model("niji 7", "--niji 7", "2026-01-09"),
    Model("8.1", "--version 8.1", "2026-04-14"),
    Model("8.2", "--version 8.2", "2026-07-24"),
)
NAMES = tuple(model.name for model in MODELS)
NUMBERED = tuple("1 2 3 4 5 5.1 5.2 6 6.1 7 8.1 8.2".split())
NIJI_VERSIONS = tuple("4 5 6 7".split())
NIJIS = tuple(f"niji {number}" for number in NIJI_VERSIONS)
TESTS = ("test", "testp")
FIRST = ("1", "2", "3")
"""The models in which `--w` and `--h` are pixels."""

VERSIONS = NUMBERED
NEWEST_NIJI = NIJI_VERSIONS[-1]


def since(first: str, last: str = "8.2") -> tuple[str, ...]:
    """The numbered models from `first` to `last`, both included."""
    return NUMBERED[NUMBERED.index(first) : NUMBERED.index(last) + 1]


def nijis(first: str, last: str = "7") -> tuple[str, ...]:
    """The niji models from `first` to `last`, both included."""
    return NIJIS[NIJI_VERSIONS.index(first) : NIJI_VERSIONS.index(last) + 1]


EVERY = (OPEN, *NAMES)


def model_named(name: str) -> Model:
    """The model a table calls `name`; raises KeyError for a name that is not in the table."""
    return {model.name: model for model in MODELS}[name]


def read_number(text: str, accepted: tuple[str, ...]) -> str | None:
    """`7`, or `7.0` as Midjourney's server writes it back, as the name in `accepted`; None when it is no
    version."""
    short = text.removesuffix(".0")
    return short if short in accepted else None


def spans(models: tuple[str, ...]) -> str:
    """Names of models as a person writes them: `4–8.2, niji 5–7`."""
    runs = [_runs(models, NUMBERED), _runs(models, NIJIS), *(name for name in TESTS if name in models)]
    return ", ".join(run for run in runs if run)


def _runs(models: tuple[str, ...], order: tuple[str, ...]) -> str:
    runs: list[list[str]] = []
    for index, name in enumerate(order):
        if name not in models:
            continue
        if index and runs and runs[-1][-1] == order[index - 1]:
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1].removeprefix('niji ')}" for run in runs)
