"""How messages name things: models, numbers, and what a parameter takes."""

from __future__ import annotations

from types import MappingProxyType

from sfumato.language.parameters import Parameter, Range
from sfumato.language.versions import model_named, spans

_KINDS = MappingProxyType(
    {
        "ratio": "two whole numbers with a colon between",
        "texts": "words, separated by commas",
        "styles": "addresses, numeric codes or `random`",
        "reference": "one address",
        "references": "one or more addresses",
        "images": "an address or a path",
        "codes": "ids or codes",
        "end": "an address or `loop`",
    }
)


def number(value: float) -> str:
    """A number as a person writes it, never with an exponent: `0.25`, `1000`."""
    if value == int(value):
        return str(int(value))
    text = repr(value)
    if "e" in text:
        from decimal import Decimal

        text = format(Decimal(text), "f")
    return text


def listed(items: tuple[float | str, ...]) -> str:
    """`0.5`, `1` or `2`."""
    names = [f"`{number(item) if isinstance(item, (int, float)) else item}`" for item in items]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def taken(parameter: Parameter, range_: Range) -> str:
    """What a parameter takes, as the end of a sentence."""
    if range_.choices:
        return listed(range_.choices)
    if parameter.kind in ("integer", "number", "quality", "pixels"):
        whole = "a whole number" if parameter.kind in ("integer", "pixels") else "a number"
        return f"{whole} from {number(range_.low)} to {number(range_.high)}"
    return _KINDS.get(parameter.kind, "a value")


def bare(parameter: Parameter) -> str:
    """The name with its dashes, in the marks messages put around code."""
    return f"`--{parameter.name}`"


def not_with(what: str, model: str) -> str:
    """Midjourney's own sentence for a thing a model does not take."""
    return f"{what} is not compatible with `{model_named(model).flag}`"


def who_takes(parameter: Parameter, model: str) -> str:
    """What to do about a parameter that the named model does not take."""
    away = f"Take it out, or take out `{model_named(model).flag}`"
    return f"{away}: the models that take it are {spans(parameter.models)}."
