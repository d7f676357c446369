"""Prompt and knobs to Plan: frozen, complete, content-addressed. Needs no tensors."""

from sfumato.plan.adjust import KNOBS, adjust
from sfumato.plan.defaults import Defaults
from sfumato.plan.draft import draft, drafts
from sfumato.plan.errors import PlanError
from sfumato.plan.knobs import SAMPLER_HELP, SCHEDULE_HELP
from sfumato.plan.notes import notes
from sfumato.plan.plan import Input, Plan, PlanPart, PlanReference, PostStep
from sfumato.plan.seed import Seed, random_seed
from sfumato.plan.size import fit
from sfumato.plan.stage import Adapter, StageDefaults, StagePlan

__all__ = [
    "KNOBS",
    "SAMPLER_HELP",
    "SCHEDULE_HELP",
    "Adapter",
    "Defaults",
    "Input",
    "Plan",
    "PlanError",
    "PlanPart",
    "PlanReference",
    "PostStep",
    "Seed",
    "StageDefaults",
    "StagePlan",
    "adjust",
    "draft",
    "drafts",
    "fit",
    "notes",
    "random_seed",
]
