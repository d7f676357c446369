"""The names of samplers and schedules, which a plan knows without tensors."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sfumato.engine import SAMPLERS, SCHEDULES
from sfumato.plan import SAMPLER_HELP, SCHEDULE_HELP, PlanError, adjust


def test_every_name_has_a_line_and_every_line_a_name() -> None:
    for table, said in ((SAMPLERS, SAMPLER_HELP), (SCHEDULES, SCHEDULE_HELP)):
        assert list(table) == list(said)
        assert all(len(line) < 100 and line == line.strip() and "\n" not in line for line in said.values())
        assert len(set(said.values())) == len(said)


def test_the_lines_are_there_without_tensors() -> None:
    code = (
        "import sys, sfumato.plan as p; p.SAMPLER_HELP['unipc']; print({'torch', 'numpy'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "set()"


@pytest.mark.parametrize(
    ("knob", "kind", "known"), [("sampler", "sampler", "unipc"), ("schedule", "schedule", "ays-sdxl")]
)
def test_a_plan_refuses_an_unknown_name_and_lists_what_there_is(
    knob: str, kind: str, known: str, staged, planned
) -> None:
    with pytest.raises(ValueError, match=f"no {kind} 'bogus': choose one of .*{known}"):
        staged(**{knob: "bogus"})
    with pytest.raises(PlanError, match=f"no {kind} 'bogus': choose one of .*{known}"):
        adjust(planned(staged()), {knob: "bogus"})
    assert getattr(adjust(planned(staged()), {knob: known}).stages[0], knob) == known
