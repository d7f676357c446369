"""What a family's network is given of a picture that it sees through windows."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from sfumato.engine import Commission, fitted
from sfumato.engine.leg import Leg, open_leg
from sfumato.engine.panes import Pane
from sfumato.engine.placing import Box
from sfumato.models._parts.rungs.release import FACTOR
from sfumato.models.family import Family
from sfumato.plan import Plan
from tinies.edits import given
from tinies.flights import fly
from tinies.kinds import tiny_family
from tinies.operations import every_stage, hash_of, plain, reading

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks


def landing(family: Family, plan: Plan) -> Leg:
    """The last stage's; those before it are made."""
    model, results = family.open("cpu", "float32"), {}
    if plan.stages[:-1]:
        shorter = plan.model_copy(update={"stages": plan.stages[:-1]})
        (state,) = fly(model, [shorter], given(family)).states
        results = state.results
    return open_leg(Commission(plan, model, given(family)), 0, len(plan.stages) - 1, results)


def resized(plan: Plan, width: int, height: int, window: int = 0) -> Plan:
    """A plan of one stage in another size."""
    sides = {"width": width, "height": height}
    return every_stage(plan.model_copy(update=sides), **sides, window=window)


@pytest.mark.parametrize(
    ("variant", "role", "entry"),
    [("kandinsky/2.2-controlnet-depth", "hint", "hint"), ("sdxl/adapters", "hint", ".hint")],
)
def test_every_window_is_given_its_own_part(tmp_path: Path, variant: str, role: str, entry: str) -> None:
    """The whole's entry, cut where the window lies: not the whole picture once more in each."""
    family = tiny_family(variant, tmp_path)
    plan = reading(plain(family), role)
    whole = landing(family, plan).panes[0].conditions["part.0"]
    cut = landing(family, every_stage(plan, window=plan.height))
    (name,) = (name for name in whole.entries if name.endswith(entry))
    assert len(cut.panes) > 1
    for pane in cut.panes:
        box = on(pane, cut, plan, 1)
        assert torch.equal(pane.conditions["part.0"][name], box.cut(whole[name]))


def test_every_window_is_made_larger_from_its_own_part(tmp_path: Path) -> None:
    """Corners lie on corners, as in training, so that those show what is made larger."""
    family = tiny_family("deepfloyd/super", tmp_path)
    plan = every_stage(plain(family), augment=0.0)
    small = fitted(given(family)[hash_of("start")], plan.width // FACTOR, plan.height // FACTOR)
    leg = landing(family, every_stage(plan, window=plan.height))
    assert len(leg.panes) > 1
    for pane in leg.panes:
        seen, own = pane.conditions["part.0"]["low"], on(pane, leg, plan, FACTOR).cut(small)
        for corner in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
            assert torch.equal(seen[:, corner[0], corner[1]], own[:, corner[0], corner[1]])


def on(pane: Pane, leg: Leg, plan: Plan, smaller: int) -> Box:
    """Where a pane lies on the plan's picture, its sides divided by `smaller`."""
    assert pane.box is not None
    height, width = leg.stage.shape(plan, plan.stages[-1])[-2:]
    return pane.box.scaled((height, width), (plan.height // smaller, plan.width // smaller))


def test_the_ladder_is_that_of_the_windows_size(tmp_path: Path) -> None:
    """FLUX.1's shift grows with what the transformer sees, which is not the whole picture."""
    family = tiny_family("flux/dev", tmp_path)
    plan = plain(family)
    side = plan.height
    small, seen, whole = (
        landing(family, resized(plan, *sides)).ladder.times
        for sides in ((side, side), (2 * side, 2 * side, side), (2 * side, 2 * side))
    )
    assert small == seen != whole


def test_only_what_is_seen_at_once_has_a_longest_side(tmp_path: Path) -> None:
    family = tiny_family("omnigen/omnigen", tmp_path)
    wide = resized(plain(family), 208, 48)
    (refusal,) = family.check(wide)
    assert "cannot see 208×48 at once: no side may be longer than 192 pixels" in refusal
    assert family.check(resized(plain(family), 208, 48, window=96)) == ()


@pytest.mark.parametrize(
    "variant", ["house/house", "kandinsky/2.2", "omnigen/omnigen", "sdxl/base", "flux/dev"]
)
def test_windows_that_do_not_fit_are_refused(tmp_path: Path, variant: str) -> None:
    family = tiny_family(variant, tmp_path)
    refusals = family.check(every_stage(plain(family), window=33))
    assert any("are 33 pixels wide: make them a multiple of" in sentence for sentence in refusals)
