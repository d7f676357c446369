"""The rules of films."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfumato.language.prompt import Parameters

if TYPE_CHECKING:
    from sfumato.language.rules import Case


def is_film(said: Parameters) -> bool:
    """Whether the prompt asks for a film, for which one image alone is enough."""
    return said.video or said.loop or bool(said.motion or said.end or said.bs)


def check(case: Case) -> None:
    """Say where film parameters stand without the `--video` that makes a film."""
    said = case.said
    loose = [f"`--{key}`" for key in ("motion", "loop", "end", "bs") if getattr(said, key)]
    if loose and not said.video:
        case.remarks.note(f"{', '.join(loose)} counts only in a film; add `--video` to make one.")
    if said.loop and said.end and said.end != "loop":
        case.wrong(
            "end",
            "incompatible_parameter",
            "`--end` is not compatible with `--loop`: a loop ends where it began. Keep one of them.",
        )
