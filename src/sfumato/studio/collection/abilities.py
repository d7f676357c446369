"""What a model can and cannot honour, asked of its own `check`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sfumato.language import read
from sfumato.models.family import Family
from sfumato.plan import Input, Plan, draft, keeping, switched, with_region

MARK = Input(role="start", hash="0" * 64)  # a picture that nobody reads
MIDWAY = 0.5


class Ability(NamedTuple):
    """`refusal` is the model's own sentence, "" where it can."""

    what: str
    refusal: str


def abilities(family: Family) -> tuple[Ability, ...]:
    """What can be asked of the model, and what it answers.

    Raises FileNotFoundError when weights are missing.
    """
    words = frozenset(family.check(_plan(family)))  # such as a picture that it needs: all plans below lack it
    found = [Ability("text to image", " ".join(sorted(words)))]
    for what, plan in _asked(family):
        found.append(Ability(what, " ".join(own for own in family.check(plan) if own not in words)))
    return tuple(found)


def _asked(family: Family) -> Iterator[tuple[str, Plan]]:
    plan = _plan(family)
    yield "weighted parts", _plan(family, "a fox:: snow::2")
    yield "--no", _plan(family, "a fox --no snow")
    yield "negative prompt", plan.model_copy(update={"negative": "snow"})
    yield "--tile", _plan(family, "a fox --tile")
    yield "image to image", _begun(plan)
    for role in ("mask", "hint", "reference"):
        yield f"picture as {role}", _given(plan, role)
    yield "words that change on the way", switched(plan, MIDWAY, "snow")
    yield "words with a place", with_region(plan, MARK, "snow")


def _plan(family: Family, text: str = "a fox") -> Plan:
    return draft(read(text)[0], family.defaults(), lambda: 0)


def _given(plan: Plan, role: str) -> Plan:
    own = MARK.model_copy(update={"role": role})
    inputs = (MARK, own) if role == "mask" else (own,)
    return keeping(plan.model_copy(update={"inputs": inputs}))


def _begun(plan: Plan) -> Plan:
    """From a picture, in the stage that the run begins with."""
    first = next((i for i, stage in enumerate(plan.stages) if stage.width * stage.height > 0), 0)
    stages = list(plan.stages)
    stages[first] = stages[first].model_copy(update={"start": MIDWAY * stages[first].end})
    return plan.model_copy(update={"inputs": (MARK,), "stages": tuple(stages)})
