"""What can be asked of any family, as changes to a plain plan: the rows of the table in docs/families.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor

from sfumato.engine import noise
from sfumato.language import read
from sfumato.models.family import Family
from sfumato.plan import Input, Plan, draft

STEPS = 4
PLAIN = "a red fox in the snow --ar 3:2 --seed 7"


def smooth(name: str, height: int = 48, width: int = 72) -> Tensor:
    """A smooth picture (3, height, width) of its own for each name, in [-1, 1]."""
    coarse = noise(0, 0, name, 0, (1, 3, 4, 6))
    return torch.nn.functional.interpolate(coarse, (height, width), mode="bilinear")[0].clamp(-1, 1)


def _half() -> Tensor:
    """White on the right."""
    mask = -torch.ones(3, 48, 72)
    mask[:, :, 36:] = 1
    return mask


def hash_of(name: str) -> str:
    return (name.encode().hex() + "0" * 64)[:64]


GIVEN: Mapping[str, Tensor] = MappingProxyType(
    {
        hash_of(name): _half() if name == "mask" else smooth(name)
        for name in ("start", "mask", "hint", "reference", "another")
    }
)


def named(role: str, name: str = "") -> Input:
    return Input(role=role, hash=hash_of(name or role))


def plain(family: Family, text: str = PLAIN, negative: str = "") -> Plan:
    """A plan of one picture and few steps, with what the family cannot do without."""
    (prompt,) = read(text)
    return short(family, draft(prompt, family.defaults()).model_copy(update={"negative": negative}))


def short(family: Family, plan: Plan) -> Plan:
    """The plan with one picture and few steps, and with what the family cannot do without."""
    stages = tuple(stage.model_copy(update={"steps": STEPS}) for stage in plan.stages)
    plan = plan.model_copy(update={"seeds": plan.seeds[:1], "stages": stages})
    needed = [role for role in ("start", "mask", "hint", "reference") if _needs(family, plan, role)]
    return reading(plan, *needed)


def _needs(family: Family, plan: Plan, role: str) -> bool:
    return any(f"needs a picture as {role}" in sentence for sentence in family.check(plan))


def reading(plan: Plan, *roles: str) -> Plan:
    have = {item.role for item in plan.inputs}
    new = tuple(named(role) for role in roles if role not in have)
    return plan.model_copy(update={"inputs": (*plan.inputs, *new)})


def every_stage(plan: Plan, **knobs: object) -> Plan:
    stages = tuple(stage.model_copy(update=knobs) for stage in plan.stages)
    return plan.model_copy(update={"stages": stages})


def _from_a_picture(family: Family) -> Plan:
    """The last stage that keeps the size begins in mid-run; what would hand on to it is left out."""
    plan = plain(family)
    sizes = [(stage.width, stage.height) for stage in plan.stages]
    index = max(i for i, size in enumerate(sizes) if size == sizes[0])
    stage = plan.stages[index]
    begun = stage.model_copy(update={"start": 0.5, "end": 1.0})
    before = plan.stages[: index - 1] if index and plan.stages[index - 1].end < 1 else plan.stages[:index]
    return reading(plan.model_copy(update={"stages": (*before, begun, *plan.stages[index + 1 :])}), "start")


def _with_adapter(family: Family) -> Plan:
    """Adapters at another strength; where the files bring none, one that is not there."""
    from sfumato.plan import Adapter

    plan = plain(family)
    if any("Without a picture with the role hint" in note for note in family.notes(plan)):
        plan = reading(plan, "hint")
    first = plan.stages[0]
    here = first.adapters or (Adapter(weights="a" * 64),)
    changed = tuple(adapter.model_copy(update={"scale": 0.25}) for adapter in here)
    return plan.model_copy(
        update={"stages": (first.model_copy(update={"adapters": changed}), *plan.stages[1:])}
    )


def _otherwise(family: Family) -> int:
    """Another clip_skip than the family's own."""
    return 0 if family.defaults().stages[0].clip_skip else 1


def _blended(family: Family) -> Plan:
    plan = reading(plain(family, "a red fox::2 the sea at night::1 --ar 3:2 --seed 7"), "reference")
    both = (*plan.inputs, named("reference", "another"))
    return plan.model_copy(update={"operation": "blend", "inputs": both})


OPERATIONS: Mapping[str, Callable[[Family], Plan]] = MappingProxyType(
    {
        "text to image": plain,
        "weighted parts `::`": lambda family: plain(family, "a red fox::1 the sea::2 --ar 3:2 --seed 7"),
        "`--no`": lambda family: plain(family, f"{PLAIN} --no car"),
        "negative prompt": lambda family: plain(family, negative="a small blue car"),
        "another guidance": lambda family: every_stage(plain(family), guidance=2.25),
        "guidance interval": lambda family: every_stage(plain(family), interval=(0.0, 0.5)),
        "guidance rescale": lambda family: every_stage(plain(family), rescale=0.7),
        "`--stop`": lambda family: plain(family, f"{PLAIN} --stop 50"),
        "image to image": _from_a_picture,
        "inpainting": lambda family: reading(plain(family), "start", "mask"),
        "hint (ControlNet)": lambda family: reading(plain(family), "hint"),
        "reference picture": lambda family: reading(plain(family), "reference"),
        "blend": _blended,
        "adapters": _with_adapter,
        "CLIP skip": lambda family: every_stage(plain(family), clip_skip=_otherwise(family)),
        "best of three": lambda family: every_stage(plain(family), candidates=3),
        "Heun": lambda family: every_stage(plain(family), sampler="heun"),
        "DPM-Solver++ 2M": lambda family: every_stage(plain(family), sampler="dpm++2m"),
        "UniPC": lambda family: every_stage(plain(family), sampler="unipc"),
        "DPM-Solver++ SDE": lambda family: every_stage(plain(family), sampler="dpm++sde"),
        "LCM": lambda family: every_stage(plain(family), sampler="lcm"),
        "projected guidance (APG)": lambda family: every_stage(plain(family), parallel=0.0, momentum=-0.5),
        "CFG-Zero*": lambda family: every_stage(plain(family), zero_star=True, zero_init=1),
        "ancestral": lambda family: every_stage(plain(family), sampler="euler-ancestral"),
        "Karras schedule": lambda family: every_stage(plain(family), schedule="karras"),
    }
)
"""Beside the edits, which are in edits.py."""
