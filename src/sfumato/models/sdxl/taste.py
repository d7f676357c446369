"""How the releases of this architecture are meant to be sampled, told apart by their schedulers.

The pipelines' own defaults are 50 steps with guidance 5, and 7.5 for inpainting; the cards of Playground say
3 (v2, and v2.5 with DPM-Solver++) and 5 (v2.5 with Euler), that of SDXL-Turbo one step without guidance.
"""

from __future__ import annotations

from sfumato.models._parts.scheduler import steps
from sfumato.models._parts.unet.facts import Facts
from sfumato.models._parts.unet.family import Taste

STEPS, GUIDANCE, PAINTING, PLAYGROUND = 50, 5.0, 7.5, 3.0


def taste(facts: Facts) -> Taste:
    """What a release was made to be sampled with."""
    sampler, schedule = steps(facts.scheduler)
    if facts.painted:
        return Taste(STEPS, sampler, schedule, PAINTING)
    if sampler == "euler-ancestral":
        distilled = schedule == "trailing"
        return Taste(1, sampler, schedule, 1.0) if distilled else Taste(STEPS, sampler, schedule, PLAYGROUND)
    edm_solver = facts.scheduler["_class_name"] == "EDMDPMSolverMultistepScheduler"
    return Taste(STEPS, sampler, schedule, PLAYGROUND if edm_solver else GUIDANCE)
