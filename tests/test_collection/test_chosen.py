"""What settings name by a path has a name: workers draw with what has one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sfumato.studio import Models
from sfumato.studio.collection import Collection


def test_a_path_has_the_name_of_its_folder(tiny: Path, to: Collection) -> None:
    known = Models(to, (str(tiny),))
    assert list(known) == ["house", "tiny-flux"] and known.default == "tiny-flux"
    assert known["tiny-flux"] == known.family(()) == known.family([str(tiny)])
    plan = known.family(()).defaults()
    assert known["tiny-flux"].name == plan.family


def test_two_of_one_name(tiny: Path, to: Collection, tmp_path: Path) -> None:
    (tmp_path / tiny.name).symlink_to(tiny)
    known = Models(to, (str(tiny),), (str(tmp_path / tiny.name),))
    assert list(known) == ["house", "tiny-flux", "tiny-flux-2"]


def test_names_need_no_other(tiny: Path, to: Collection) -> None:
    assert list(Models(to, ("house",), ("house",))) == ["house"]
    assert Models(to, ("house",)).default == "house"
    assert list(replace(Models(to), first=(str(tiny),))) == ["house", "tiny-flux"]


def test_what_is_not_there_is_left_out(to: Collection, tmp_path: Path) -> None:
    assert list(Models(to, (str(tmp_path / "none"),))) == ["house"]
