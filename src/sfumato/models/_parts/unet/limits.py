"""What models of this kind cannot do beside what no model can, as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from sfumato.models._parts.cascade import pair_refusals
from sfumato.models._parts.rungs.family import stage_refusals
from sfumato.models._parts.rungs.release import FACTOR
from sfumato.models._parts.rungs.release import Release as Enlarging
from sfumato.models._parts.unet.facts import Facts
from sfumato.models._parts.unet.release import Release
from sfumato.plan import Plan, StagePlan

JUMPERS = ("LCMScheduler", "TCDScheduler")


def unable(plan: Plan, releases: Mapping[str, Release]) -> tuple[str, ...]:
    """Why these releases, by stage, cannot make the plan."""
    known = [stage for stage in plan.stages if stage.name in releases]
    return (
        *_of_files(releases),
        *(sentence for stage in known for sentence in _of_stage(stage, releases[stage.name].facts)),
    )


def no_words(path: Path) -> str:
    """The sentence for a checkpoint whose tokenizers are nowhere."""
    return (
        f"{path.name} holds no tokenizers, and none were found: name a folder with tokenizer/ (for SDXL also "
        "tokenizer_2/) beside it, as every Stable Diffusion release in folders has them, or install the "
        "package open_clip_torch."
    )


def _of_files(releases: Mapping[str, Release]) -> Iterator[str]:
    for release in releases.values():
        name, facts = release.path.name, release.facts
        if release.missing() and release.path.is_file():
            yield no_words(release.path)
        if facts.unet.get("time_cond_proj_dim") or facts.scheduler.get("_class_name") in JUMPERS:
            yield f"{name} is a consistency model, whose way of sampling is not known here: use its teacher."


def _of_stage(stage: StagePlan, facts: Facts) -> Iterator[str]:
    is_edm = facts.scheduler.get("_class_name", "").startswith("EDM")
    pure = facts.scheduler.get("rescale_betas_zero_snr", False)
    if is_edm and stage.schedule.startswith("leading"):
        yield f"The {stage.schedule} schedule counts entries of a table; this model has none: use karras."
    if pure and stage.schedule == "karras":
        yield "The karras schedule needs a largest noise, but this model begins in pure noise: use trailing."
    if stage.width % facts.factor or stage.height % facts.factor:
        yield (
            f"A picture of {stage.width}×{stage.height} has no whole latent here: make both sides "
            f"multiples of {facts.factor}."
        )


def of_last(plan: Plan, last: Mapping[str, Enlarging]) -> Iterator[str]:
    """Why the ×4 upscaler, by the name of its stage, cannot make the plan's picture larger."""
    for before, stage in pairwise(plan.stages):
        if before.name in last:
            yield f"Stage {before.name} makes the finished picture larger: it comes after {stage.name}."
        elif stage.name in last:
            yield from pair_refusals(before, stage, FACTOR)
    for stage in plan.stages:
        if stage.name in last:
            yield from stage_refusals(stage, last[stage.name])
