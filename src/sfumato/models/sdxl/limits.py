"""What this kind of model in particular cannot do, as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import floor
from pathlib import Path

from sfumato.models.sdxl.facts import Facts
from sfumato.models.sdxl.release import Release
from sfumato.plan import Plan, StagePlan

JUMPERS = ("LCMScheduler", "TCDScheduler")
SPACE = ("scaling_factor", "shift_factor", "latents_mean", "latents_std", "latent_channels")
NOISE = (
    "beta_start",
    "beta_end",
    "beta_schedule",
    "num_train_timesteps",
    "rescale_betas_zero_snr",
    "sigma_max",
)


def unable(plan: Plan, releases: Mapping[str, Release]) -> tuple[str, ...]:
    """Why these releases, by stage, cannot make the plan."""
    known = [stage for stage in plan.stages if stage.name in releases]
    return (
        *_of_files(releases),
        *_of_pair(releases),
        *(sentence for stage in known for sentence in _of_stage(stage, releases[stage.name].facts)),
        *_of_run(plan),
    )


def no_words(path: Path) -> str:
    """The sentence for a checkpoint whose tokenizers are nowhere."""
    return (
        f"{path.name} holds no tokenizers, and none were found: name a folder with tokenizer/ and "
        "tokenizer_2/ beside it, as every SDXL release in folders has them, or install the package "
        "open_clip_torch."
    )


def _of_files(releases: Mapping[str, Release]) -> Iterator[str]:
    for release in releases.values():
        name, facts = release.path.name, release.facts
        if release.missing() and release.path.is_file():
            yield no_words(release.path)
        if facts.unet.get("time_cond_proj_dim") or facts.scheduler.get("_class_name") in JUMPERS:
            yield f"{name} is a consistency model, whose way of sampling is not known here: use its teacher."


def _of_pair(releases: Mapping[str, Release]) -> Iterator[str]:
    for one, other in pairwise(release.facts for release in releases.values()):
        spaces = [[facts.vae.get(name) or None for name in SPACE] for facts in (one, other)]
        noises = [[facts.scheduler.get(name) or None for name in NOISE] for facts in (one, other)]
        if spaces[0] != spaces[1] or noises[0] != noises[1]:
            yield (
                "This refiner cannot go on from this base: their latents, or their noise, are not the same. "
                "Leave the refiner out."
            )


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


def _of_run(plan: Plan) -> Iterator[str]:
    """What a refiner goes on with must be there: the base's latent, in mid-run."""
    for base, refiner in pairwise(plan.stages):
        if (base.width, base.height) != (refiner.width, refiner.height):
            yield "A base and its refiner work on one latent: give both stages the same size."
        first, last = (floor(part * base.steps + 0.5) for part in (base.start, base.end))
        if base.end == refiner.start < 1 and not first < last < base.steps:
            yield (
                f"{base.steps} steps are too few to hand on from {base.name} to {refiner.name} at "
                f"{base.end:g} of the run: take more steps."
            )
