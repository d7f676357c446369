"""What the sentences of _parts/able.py allow in every family alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfumato.plan import Input, Plan, switched, with_region
from tinies.kinds import tiny_family
from tinies.operations import hash_of, named, plain

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks

VARIANTS = ("deepfloyd/pixels", "flux/dev", "flux/kontext", "house/house", "kandinsky/2.2", "sdxl/both")


def reading(plan: Plan, *inputs: Input) -> Plan:
    return plan.model_copy(update={"inputs": inputs})


@pytest.mark.parametrize("variant", [*VARIANTS, "flux/fill", "kandinsky/2.2-inpaint", "sdxl/inpaint"])
def test_a_mask_is_taken_with_its_picture(tmp_path: Path, variant: str) -> None:
    """Whether a network reads it or the engine keeps what it leaves; then the picture is not for nothing."""
    family = tiny_family(variant, tmp_path)
    masked = reading(plain(family), named("start"), named("mask"))
    assert family.check(masked) == () and not any("start" in note for note in family.notes(masked))
    refused = " ".join(family.check(reading(plain(family), named("mask"))))
    assert "give the picture as start too" in refused


@pytest.mark.parametrize("variant", VARIANTS)
def test_start_pictures_have_a_weight_together(tmp_path: Path, variant: str) -> None:
    family = tiny_family(variant, tmp_path)
    plan = plain(family)
    last = plan.stages[-1].model_copy(update={"start": 0.9})
    plan = plan.model_copy(update={"stages": (*plan.stages[:-1], last)})
    starts = [Input(role="start", hash=hash_of(name), weight=1.0) for name in ("start", "another")]
    assert family.check(reading(plan, *starts)) == ()
    lost = starts[1].model_copy(update={"weight": -1.0})
    (refusal,) = family.check(reading(plan, starts[0], lost))
    assert "start pictures add up to 0" in refusal


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_region_comes_with_its_text(tmp_path: Path, variant: str) -> None:
    family = tiny_family(variant, tmp_path)
    (refusal,) = family.check(reading(plain(family), named("region", "mask")))
    assert "give it together with its text" in refusal


def test_beside_references_omnigens_prompt_cannot_change(tmp_path: Path) -> None:
    """Three roles are joined as released: then no part of the prompt has times or a place of its own."""
    family = tiny_family("omnigen/omnigen", tmp_path)
    for inputs, refused in (((), False), ((named("reference"),), True)):
        plan = reading(plain(family), *inputs)
        for changed, said in (
            (switched(plan, 0.5, "the sea"), "cannot change on the way"),
            (with_region(plan, named("region", "mask"), "the sea"), "cannot have regions"),
        ):
            sentences = family.check(changed)
            assert any(said in sentence for sentence in sentences) == refused
            assert refused or not sentences
