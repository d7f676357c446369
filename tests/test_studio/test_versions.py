"""`--v`, `--niji` and `--style` choose who paints; what is not here is stood in for, and said."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfumato.language.versions import NAMES
from sfumato.models.family import UnknownModel
from sfumato.studio import Models, Picture, Shelf, Studio, Wishes
from sfumato.studio.collection import (
    Adding,
    Collection,
    Hub,
    NotAdded,
    add,
    flag,
    map_version,
    rows,
    unmap_version,
)
from tinies import flux, sdxl

QUICK = Wishes(knobs={"steps": "1"})


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """A folder with two models: one called as the table calls it, one of the person's own."""
    to = Collection(tmp_path_factory.mktemp("collection"))
    for name, make in (("flux-dev", flux.dev), ("mine", sdxl.VARIANTS["base"])):
        paths = make(tmp_path_factory.mktemp(name))
        add(Adding(tuple(map(str, paths)), name), to, Hub("http://127.0.0.1:9"))
    return Models(to)


@pytest.fixture
def bare(tmp_path: Path) -> Studio:
    """With nothing but the shipped model."""
    return Studio(models=Models(Collection(tmp_path / "models")))


def test_versions_choose_who_paints(models: Models) -> None:
    studio = Studio(models=models)
    old, new, plain = (studio.submit(f"a fox {said}")[0] for said in ("--v 6", "--v 7", ""))
    assert (old.plan.family, new.plan.family, plain.plan.family) == ("house", "flux", "house")
    assert new.plan.stages[0].weights == models["flux-dev"].defaults().stages[0].weights
    assert new.notes == () == plain.notes and new.plan.parts[0].content == "a fox"


def test_one_prompt_may_have_several_painters(models: Models) -> None:
    studio = Studio(models=models, shelf=Shelf("cpu", "float32"))
    jobs = studio.submit("a fox --v {6, 7}", QUICK)
    assert [job.plan.family for job in jobs] == ["house", "flux"]
    for job in jobs:
        made = [own for own in studio.work(job) if isinstance(own, Picture)]
        assert {own.plan for own in made} == {job.plan}
    studio.shelf.close()


@pytest.mark.parametrize(
    ("said", "words", "noted"),
    [
        ("--v 7", "photo", "`--v 7` would be flux-dev, which is not here: the house model paints it"),
        ("--niji 6", "pop art", "sfumato models add cagliostrolab/animagine-xl-4.0"),
        ("--niji 5 --style expressive", "watercolor painting", "would be animagine-3.1"),
        ("--style raw", "photo", "with the words “photo”"),
        ("--raw", "photo", "with the words “photo”"),
    ],
)
def test_what_is_not_here_is_stood_in_for(bare: Studio, said: str, words: str, noted: str) -> None:
    (job,) = bare.submit(f"a fox {said}")
    assert job.plan.family == "house" and job.plan.parts[0].content == f"a fox, {words}"
    assert any(noted in note for note in job.notes)
    assert job.plan.hash != bare.submit("a fox")[0].plan.hash


def test_words_that_stand_in_are_known_and_spare_what_is_unwanted(bare: Studio) -> None:
    for key in rows(bare.models.collection):  # type: ignore[union-attr]
        (job,) = bare.submit(f"a fox {flag(key)}")
        assert not [note for note in job.notes if "does not know" in note], key
    (job,) = bare.submit("a fox:: snow::2 --no car --v 7")
    contents = [part.content for part in job.plan.parts]
    assert contents == ["a fox, photo", "snow, photo", "car"]


def test_every_version_has_a_row(bare: Studio) -> None:
    assert set(rows(bare.models.collection)) == set(NAMES)  # type: ignore[union-attr]


def test_a_named_model_paints_every_version(models: Models) -> None:
    (job,) = Studio(family=models["mine"]).submit("a fox --v 7 --raw")
    assert job.plan.family == "sdxl" and len(job.notes) == 2
    assert "sdxl was named for that" in job.notes[0] and "`--style raw`" in job.notes[1]


def test_people_edit_the_table(models: Models) -> None:
    to, studio = models.collection, Studio(models=models)
    map_version(to, "niji 6", "mine")
    map_version(to, "niji 6 cute", "flux-dev")
    try:
        assert rows(to)["niji 6"].own and list(rows(to))[-1] != "niji 6"
        asked = ("--niji 6", "--niji 6 --style cute", "--niji 6 --style raw")
        plain, cute, raw = (studio.submit(f"a fox {said}")[0] for said in asked)
        assert [own.plan.family for own in (plain, cute, raw)] == ["sdxl", "flux", "sdxl"]
        assert not [note for own in (plain, cute) for note in own.notes if "paints" in note]
        assert "mine has no such style" in raw.notes[0]
    finally:
        assert unmap_version(to, "niji 6") and unmap_version(to, "niji 6 cute")
    assert rows(to)["niji 6"].name == "animagine-4" and "niji 6 cute" not in rows(to)
    assert not unmap_version(to, "niji 6 cute")


def test_a_row_can_be_taken_out(tmp_path: Path) -> None:
    to = Collection(tmp_path)
    assert unmap_version(to, "7") and "7" not in rows(to)
    (job,) = Studio(models=Models(to)).submit("a fox --v 7")
    assert job.plan.parts[0].content == "a fox" and "No model is mapped to `--v 7`" in job.notes[0]
    assert unmap_version(to, "7") and "7" in rows(to)


@pytest.mark.parametrize("key", ["9", "", "niji 3", "7 loud"])
def test_rows_are_of_versions_that_there_are(models: Models, key: str) -> None:
    with pytest.raises(NotAdded, match="There is no version"):
        map_version(models.collection, key, "mine")
    with pytest.raises(UnknownModel, match="No model 'nobody'"):
        map_version(models.collection, "7", "nobody")
