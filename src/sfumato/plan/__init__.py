"""Prompt and knobs to Plan: frozen, complete, content-addressed. Needs no tensors."""

from sfumato.plan.adjust import KNOBS, adjust
from sfumato.plan.defaults import Defaults
from sfumato.plan.draft import draft, drafts
from sfumato.plan.edits import Asked, Blend, Edit, Pan, Region, Restyle, Source, Square, Upscale, Vary, Zoom
from sfumato.plan.errors import PlanError
from sfumato.plan.knobs import SAMPLER_HELP, SCHEDULE_HELP
from sfumato.plan.notes import notes
from sfumato.plan.plan import Frame, Input, Plan, PlanPart, PlanReference, PostStep
from sfumato.plan.seed import Seed, random_seed
from sfumato.plan.size import fit
from sfumato.plan.stage import Adapter, StageDefaults, StagePlan
from sfumato.plan.wishes import keeping, styled, switched, with_region

__all__ = [
    "KNOBS",
    "SAMPLER_HELP",
    "SCHEDULE_HELP",
    "Adapter",
    "Asked",
    "Blend",
    "Defaults",
    "Edit",
    "Frame",
    "Input",
    "Pan",
    "Plan",
    "PlanError",
    "PlanPart",
    "PlanReference",
    "PostStep",
    "Region",
    "Restyle",
    "Seed",
    "Source",
    "Square",
    "StageDefaults",
    "StagePlan",
    "Upscale",
    "Vary",
    "Zoom",
    "adjust",
    "draft",
    "drafts",
    "fit",
    "keeping",
    "notes",
    "random_seed",
    "styled",
    "switched",
    "with_region",
]
