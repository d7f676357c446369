"""What can be asked of any plan beside its prompt: texts that come later, texts of a region, kept pixels."""

from __future__ import annotations

from sfumato.plan.errors import PlanError
from sfumato.plan.plan import KEEPING, Input, Plan, PlanPart, PostStep

SEAM = 4  # pixels in which what was painted anew passes into what was kept


def switched(plan: Plan, moment: float, text: str) -> Plan:
    """From this part of the run on, another text in place of the last one; what `--no` names stays.

    Raises PlanError when the moment is not after the one before and within the run, or nothing is said.
    """
    last = max((part.interval[0] for part in plan.parts), default=0.0)
    if not last < moment < 1:
        raise PlanError(f"A prompt can change after {last:g} and before 1 of the run, not at {moment:g}.")
    parts = [
        part.model_copy(update={"interval": (part.interval[0], moment)})
        if part.weight > 0 and not part.region and part.interval[1] == 1
        else part
        for part in plan.parts
    ]
    return _again(plan, parts=(*parts, PlanPart(content=_said(text), interval=(moment, 1.0))))


def with_region(plan: Plan, mask: Input, text: str) -> Plan:
    """A text that counts where a mask is white, so many times as much as the prompt as its weight says.

    Raises PlanError when nothing is said.
    """
    part = PlanPart(content=_said(text), weight=mask.weight, region=mask.hash)
    own = Input(role="region", hash=mask.hash, frame=mask.frame)
    return _again(plan, parts=(*plan.parts, part), inputs=(*plan.inputs, own))


def keeping(plan: Plan) -> Plan:
    """The plan, which leaves a given picture where it is.

    It ends by putting back what its masks leave, where it has any; what begins from a picture is not turned.
    """
    roles, post = {item.role for item in plan.inputs}, plan.post
    if "start" in roles:
        post = tuple(step for step in post if step.name != "turn")
    if {"start", "mask"} <= roles and not any(step.name in KEEPING for step in post):
        post = (PostStep(name="keep", amount=SEAM), *post)
    return plan if post == plan.post else _again(plan, post=post)


def styled(plan: Plan, words: str) -> Plan:
    """The plan with these words at the end of every text that is to be seen; "" changes nothing."""
    if not words:
        return plan
    parts = [
        part.model_copy(update={"content": f"{part.content}, {words}"}) if part.weight > 0 else part
        for part in plan.parts
    ]
    return _again(plan, parts=tuple(parts))


def _said(text: str) -> str:
    if not text.strip():
        raise PlanError("What is to be seen later, or somewhere, needs words: this text is empty.")
    return text


def _again(plan: Plan, **changed: object) -> Plan:
    return Plan.from_json(plan.model_copy(update=changed).to_json())
