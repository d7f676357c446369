"""What every family must do, at tiny size. A new family joins by existing."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from sfumato.engine import Batcher, Commission, Model
from sfumato.models.family import Family, UnknownModel, kinds, recognise
from sfumato.plan import Plan
from tinies.flights import fly, gap
from tinies.kinds import abilities, idle, tiny_family, variants
from tinies.operations import GIVEN, OPERATIONS, plain

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "families.json"
NAMES = tuple(name for name, _ in variants())
VISIBLE = 1e-3  # an operation that works changes the result by more than this, as a `gap`

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks


@pytest.fixture(scope="module", params=NAMES)
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Family:
    return tiny_family(request.param, tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def model(family: Family) -> Iterator[Model]:
    opened = family.open("cpu", "float32")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def without(family: Family, model: Model) -> Tensor:
    """The picture of the plain plan."""
    return made(model, plain(family))


def made(model: Model, plan: Plan) -> Tensor:
    """The finished picture, (3, height, width)."""
    (state,) = fly(model, [plan], GIVEN).states
    last = next(stage for stage in model.stages if stage.name == plan.stages[-1].name)
    return last.decode(state.x)


def test_what_works_and_what_is_refused_is_pinned(family: Family, request) -> None:
    pinned = json.loads(GOLDEN.read_text(encoding="utf-8"))
    name = request.node.callspec.params["family"]
    assert pinned[name] == abilities(family), "if this is meant: python scripts/families"


def test_every_variant_is_pinned() -> None:
    assert set(json.loads(GOLDEN.read_text(encoding="utf-8"))) == set(NAMES)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_works_or_is_refused(
    family: Family, model: Model, without: Tensor, operation: str
) -> None:
    plan = OPERATIONS[operation](family)
    if sentences := family.check(plan):
        assert all(sentence[0].isupper() and sentence.endswith((".", "…")) for sentence in sentences)
        return
    picture = made(model, plan)
    assert picture.shape == (3, plan.height, plan.width)
    assert picture.isfinite().all()
    if plan != plain(family) and not idle(family, plan):
        assert gap(picture, without) > VISIBLE, "it was accepted, but nothing came of it"


def test_saved_and_loaded_at_every_ask(family: Family, model: Model) -> None:
    plan = plain(family)
    straight, resumed = fly(model, [plan], GIVEN), fly(model, [plan], GIVEN, saved=True)
    assert torch.equal(straight.x[0], resumed.x[0])


def test_company_changes_no_bit(family: Family, model: Model) -> None:
    """Two pictures in one batcher, whose passes they share, and each by itself."""
    plans = [plain(family), plain(family, "two cats and a lighthouse --ar 3:2 --seed 8")]
    together = landed(model, plans)
    for plan, picture in zip(plans, together, strict=True):
        assert torch.equal(picture, landed(model, [plan])[0])


def landed(model: Model, plans: list[Plan]) -> list[Tensor]:
    """What the last stage of each plan's first picture left, all of them in one batcher."""
    batcher, done = Batcher(), {}
    tickets = [batcher.add(Commission(plan, model, GIVEN), 0) for plan in plans]
    while batcher.busy:
        for event in batcher.step():
            assert event.error is None and event.flight is not None
            done[event.ticket] = event.flight.state.x
    return [done[ticket] for ticket in tickets]


def test_half_precision(family: Family) -> None:
    model = family.open("cpu", "bfloat16")
    try:
        picture = made(model, plain(family))
        assert picture.isfinite().all() and picture.dtype == torch.float32
    finally:
        model.close()


def living_bytes() -> int:
    """Bytes of all tensors that are alive on the CPU, each storage once."""
    gc.collect()
    tensors = (found for found in gc.get_objects() if issubclass(type(found), Tensor))
    storages = {
        t.untyped_storage().data_ptr(): t.untyped_storage().nbytes()
        for t in tensors
        if t.device.type == "cpu"
    }
    return sum(storages.values())


def test_close_gives_the_memory_back(family: Family) -> None:
    before = living_bytes()
    model = family.open("cpu", "float32")
    fly(model, [plain(family)], GIVEN)
    opened = living_bytes() - before
    model.close()
    kept = living_bytes() - before
    assert opened > 50_000 and kept < opened / 20, f"{kept:,} of {opened:,} bytes are kept"


def test_a_family_is_found_by_its_files_alone(family: Family) -> None:
    assert family.name in kinds()
    assert family.missing() == ()
    assert family.check(plain(family)) == ()


def test_other_weights_are_refused(family: Family) -> None:
    plan = plain(family)
    stage = plan.stages[0].model_copy(update={"weights": "f" * 64})
    foreign = plan.model_copy(update={"stages": (stage, *plan.stages[1:])})
    assert any("weights" in sentence for sentence in family.check(foreign))


def test_foreign_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text('{"_class_name": "NothingPipeline"}', encoding="utf-8")
    with pytest.raises(UnknownModel, match="no model that can be opened"):
        recognise([tmp_path])
    with pytest.raises(UnknownModel, match="nothing at"):
        recognise([tmp_path / "absent"])
    (tmp_path / "model.ckpt").write_bytes(b"\x80\x04.")
    with pytest.raises(UnknownModel, match="pickle, which can run any program"):
        recognise([tmp_path / "model.ckpt"])
