"""What a plan leaves out of a prompt, in sentences, before anything runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sfumato.language import PARAMETERS, Prompt, job
from sfumato.plan.defaults import Defaults
from sfumato.plan.honour import HONOURED


def notes(prompt: Prompt, defaults: Defaults) -> tuple[str, ...]:
    """One sentence for each parameter of the prompt that is understood but changes nothing yet."""
    unheard = {row.parameter for row in HONOURED if not row.today}
    return tuple(_note(name, defaults.family) for name in _names(job(prompt)) if name in unheard)


def _names(said: Mapping[str, Any]) -> Iterator[str]:
    """The parameters of a job; where several share a key, as the speeds do, the one whose value was said."""
    keys = [parameter.key for parameter in PARAMETERS]
    for parameter in PARAMETERS:
        key = parameter.key
        if key in said and (keys.count(key) == 1 or said[key] == parameter.value):
            yield parameter.name


def _note(name: str, family: str) -> str:
    return f"`--{name}` is understood but not honoured yet: {family} paints as if it were not there."
