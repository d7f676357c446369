"""The shelf holds models within its bound, shares what it can, and closes nothing that is in use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sfumato.engine import Rows, Straight
from sfumato.models.family import Family, families, recognise
from sfumato.models.opening import Tuning
from sfumato.models.placement import NoRoom, Way
from sfumato.models.size import Part, is_large
from sfumato.studio import Job, Picture, Shelf, Studio, Wishes
from tinies import flux, sdxl

ASKED = "a fox --seed 3"
QUICK = Wishes(knobs={"steps": "2"})


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[Family]:
    """Three of the same size, with other weights."""
    folders = [tmp_path_factory.mktemp("models") / name for name in "abc"]
    return [recognise(flux.schnell(folder)) for folder in folders]


@pytest.fixture(scope="module")
def size(models: list[Family]) -> int:
    shelf = Shelf("cpu", "float32")
    shelf.lease(models[0])
    return shelf.standing(models[0]).bytes


@pytest.fixture
def two(size: int) -> Iterator[Shelf]:
    """Room for two of them."""
    shelf = Shelf("cpu", "float32", memory=int(2.5 * size))
    yield shelf
    shelf.close()


def held(shelf: Shelf, models: list[Family]) -> list[bool]:
    return [shelf.holds(own) for own in models]


def picture(family: Family, shelf: Shelf) -> np.ndarray:
    studio = Studio(family=family, shelf=shelf)
    (job,) = studio.submit(ASKED, QUICK)
    alone = Job(job.plan.model_copy(update={"seeds": job.plan.seeds[:1]}))
    return next(made.pixels for made in studio.work(alone) if isinstance(made, Picture))


def test_the_longest_unused_goes_first(models: list[Family], two: Shelf) -> None:
    first = two.lease(models[0])
    two.lease(models[1])
    assert two.lease(models[0]) is first
    two.lease(models[2])
    assert held(two, models) == [True, False, True]
    assert two.standing(models[1]).state == "closed" and two.standing(models[0]).state == "open"


def test_what_is_in_use_stays(models: list[Family], two: Shelf) -> None:
    studio = Studio(family=models[0], shelf=two)
    (job,) = studio.submit(ASKED)
    work = studio.work(job)
    next(work)  # under way
    assert two.standing(models[0]).busy
    two.lease(models[1])
    two.lease(models[2])
    assert held(two, models) == [True, False, True]
    assert any(isinstance(made, Picture) for made in work)


def test_where_all_is_in_use_there_is_no_room(models: list[Family], size: int) -> None:
    shelf = Shelf("cpu", "float32", memory=int(1.5 * size))
    studio = Studio(family=models[0], shelf=shelf)
    work = studio.work(studio.submit(ASKED)[0])
    next(work)
    assert shelf.has_room(models[0]) and not shelf.has_room(models[1])
    with pytest.raises(NoRoom, match="try again later"):
        shelf.lease(models[1])
    list(work)
    assert shelf.has_room(models[1])
    shelf.lease(models[1])
    assert held(shelf, models) == [False, True, False]
    shelf.close()


def test_a_model_that_never_fits_says_what_it_needs(models: list[Family]) -> None:
    shelf = Shelf("cpu", "float32", memory=1000)
    assert shelf.has_room(models[0])
    with pytest.raises(NoRoom, match="needs at least"):
        shelf.lease(models[0])
    assert shelf.standing(models[0]).state == "closed"


def test_a_closed_model_opens_to_the_same_picture(models: list[Family], two: Shelf) -> None:
    before = picture(models[0], two)
    for own in models[1:]:
        two.lease(own)
    assert not two.holds(models[0])
    assert np.array_equal(picture(models[0], two), before)


def test_adapters_swap_without_reopening(tmp_path: Path) -> None:
    paths = sdxl.VARIANTS["adapters"](tmp_path)
    base, both = recognise(paths[:1]), recognise(paths)
    shelf = Shelf("cpu", "float32")
    plain = shelf.lease(base).model.stages[0].parts.unet  # type: ignore[attr-defined]
    adapted = shelf.lease(both).model.stages[0].parts.unet  # type: ignore[attr-defined]
    assert plain is adapted
    alone = picture(base, shelf)
    picture(both, shelf)
    assert np.array_equal(picture(base, shelf), alone)
    shelf.close()


def test_opening_is_told_as_it_goes(models: list[Family]) -> None:
    shelf, seen = Shelf("cpu", "float32"), []

    @dataclass(frozen=True)
    class Told:
        """The family, which looks at the shelf when it has opened its networks."""

        own: Family
        files: object

        def open(self, device: str, dtype: str):
            model = self.own.open(device, dtype)
            seen.append(shelf.standing(told))  # type: ignore[arg-type]
            return model

    told = Told(models[0], models[0].files)  # type: ignore[attr-defined]
    shelf.lease(told)  # type: ignore[arg-type]
    (standing,) = seen
    assert standing.state == "opening" and 0 < standing.bytes <= standing.total
    assert shelf.standing(told).state == "open"  # type: ignore[arg-type]


@dataclass(frozen=True)
class Placed(Shelf):
    way: Way = "whole"

    def _way(self, family: Family, device: str, dtype: str) -> Way:
        return self.way


@pytest.mark.parametrize("way", ["parts", "layers"])
@pytest.mark.parametrize("variant", [flux.dev, sdxl.VARIANTS["adapters"]])
def test_where_networks_wait_changes_no_bit(variant, way: Way, tmp_path: Path) -> None:
    family = recognise(variant(tmp_path))
    whole = picture(family, Shelf("cpu", "float32"))
    assert np.array_equal(picture(family, Placed("cpu", "float32", way=way)), whole)


@pytest.mark.parametrize(("kind", "decibels"), [("int8", 35), ("fp8", 25)])
def test_eight_bits_change_little(kind: str, decibels: float, tmp_path: Path) -> None:
    family = recognise(flux.dev(tmp_path))
    shelf = Shelf("cpu", "float32", tuning=Tuning(kind))
    gap = picture(family, shelf).astype(float) - picture(family, Shelf("cpu", "float32"))
    assert decibels < 10 * np.log10(255**2 / (gap**2).mean()) < 80
    assert shelf.lease(family).by["tuning"] == kind


@pytest.mark.parametrize("tuning", [Tuning(), Tuning("int8")])
def test_the_shipped_model_is_never_tuned(tuning: Tuning) -> None:
    shelf, (house, *_) = Shelf("cpu", "float32", tuning=tuning), families()
    assert shelf.standing(house) == ("closed", 0, 0, False)
    assert "tuning" not in shelf.lease(house).by
    assert 50e6 < shelf.standing(house).bytes < 70e6


def test_large_networks_work_on_one_picture_at_a_time(models: list[Family], monkeypatch) -> None:
    """On a CPU: nothing is tried out, and every pass is of one picture."""
    small = Shelf("cpu", "float32").lease(models[0]).batcher
    assert isinstance(small.answering(), Rows)
    monkeypatch.setattr("sfumato.models.size.LARGE", 1000)
    shelf = Shelf("cpu", "float32")
    large = shelf.lease(models[0]).batcher.answering()
    assert isinstance(large, Straight) and not large.shares
    assert np.array_equal(
        picture(models[0], shelf), picture(models[0], Shelf("cpu", "float32", memory=2**40))
    )


def test_how_large_is_large() -> None:
    sd, tiny = Part("unet", 860_000_000, 0, 0), Part("unet", 20_000_000, 0, 0)
    assert is_large([tiny, sd]) and not is_large([tiny, tiny]) and not is_large([])
