"""The JSON job of a prompt: what was said, and nothing else."""

from __future__ import annotations

from sfumato.language.prompt import Parameters, Prompt, Reference

KEYS = tuple(Parameters.__dataclass_fields__)
"""The keys of the parameters, in the order of the job."""


def job(prompt: Prompt) -> dict[str, object]:
    """The prompt as plain JSON values, only what was said. Numbers are numbers (whole ones ints), flags are
    true; an image, part or style without a said weight has weight 1; a bare `--profile` is an empty list."""
    made: dict[str, object] = {}
    if prompt.parts:
        made["text"] = prompt.text
        made["parts"] = [{"content": part.content, "weight": _number(part.weight)} for part in prompt.parts]
    if prompt.images:
        made["images"] = [{"url": image.url, "weight": _number(image.weight)} for image in prompt.images]
    for key in KEYS:
        value = getattr(prompt.parameters, key)
        if value is None or value is False or (value == () and key != "profile"):
            continue
        made[key] = _plain(value)
    return made


def _number(value: float | None) -> float:
    value = 1 if value is None else value
    return int(value) if value == int(value) else value


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Reference):
        return {"content": value.content, "weight": _number(value.weight)}
    return _number(value) if isinstance(value, float) else value
