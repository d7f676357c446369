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
from sfumato.faces.extent import extent_of
from sfumato.models.family import Family, UnknownModel, kinds, recognise
from sfumato.plan import Plan
from tinies.edits import EDITS, given
from tinies.flights import fly, gap
from tinies.kinds import ROWS, abilities, idle, tiny_family, variants
from tinies.operations import plain
from tinies.proofs import PROOFS, VISIBLE, make

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "families.json"
NAMES = tuple(name for name, _ in variants())
# Runs whose states hold the most: windows, margins, what a step cache remembers.
HELD = ("text to image", "upscale (creative)", "`--tile`", "step cache")
SHARED = ("text to image", "upscale (creative)", "`--tile`")

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
    """The picture of the plain plan, (3, height, width)."""
    return make(family, model, plain(family)).picture


def test_what_works_and_what_is_refused_is_pinned(family: Family, request) -> None:
    pinned = json.loads(GOLDEN.read_text(encoding="utf-8"))
    name = request.node.callspec.params["family"]
    assert pinned[name] == abilities(family), "if this is meant: python scripts/families"


def test_every_variant_is_pinned() -> None:
    assert set(json.loads(GOLDEN.read_text(encoding="utf-8"))) == set(NAMES)


def test_every_edit_but_the_plainest_is_proved() -> None:
    assert set(EDITS) - set(PROOFS) == {"vary (subtle)"}


@pytest.mark.parametrize("operation", ROWS)
def test_an_operation_works_or_is_refused(
    family: Family, model: Model, without: Tensor, operation: str
) -> None:
    plan = ROWS[operation](family)
    if sentences := family.check(plan):
        assert all(sentence[0].isupper() and sentence.endswith((".", "…")) for sentence in sentences)
        return
    made = make(family, model, plan)
    picture = made.picture
    assert picture.shape == (3, plan.height, plan.width)
    assert picture.isfinite().all()
    assert made.pixels.shape[1::-1] == extent_of(json.loads(plan.to_json()))
    new = painted(plan) != painted(plain(family)) and not idle(family, plan)
    if new and picture.shape == without.shape:
        assert gap(picture, without) > VISIBLE, "it was accepted, but nothing came of it"
    if operation in PROOFS:
        PROOFS[operation](made)


def painted(plan: Plan) -> Plan:
    """All that is painted, without how it was said and how it is finished."""
    return plan.model_copy(update={"prompt": "", "post": ()})


@pytest.mark.parametrize("operation", HELD)
def test_saved_and_loaded_at_every_ask(family: Family, model: Model, operation: str) -> None:
    plan, pictures = ROWS[operation](family), given(family)
    if family.check(plan):
        return
    straight, resumed = fly(model, [plan], pictures), fly(model, [plan], pictures, saved=True)
    assert torch.equal(straight.x[0], resumed.x[0])


@pytest.mark.parametrize("operation", SHARED)
def test_company_changes_no_bit(family: Family, model: Model, operation: str) -> None:
    """Pictures in one batcher, whose passes they share, and each by itself."""
    plan = ROWS[operation](family)
    if family.check(plan):
        return
    other = plan.model_copy(update={"seeds": (plan.seeds[0].model_copy(update={"number": 8}),)})
    plans = [plan, other, plain(family, "two cats and a lighthouse --ar 3:2 --seed 8")]
    together = landed(family, model, plans)
    noisy = not family.defaults().at_once  # those begin in no noise
    assert noisy != torch.equal(together[0], together[1])
    for plan, picture in zip(plans, together, strict=True):
        assert torch.equal(picture, landed(family, model, [plan])[0])


def landed(family: Family, model: Model, plans: list[Plan]) -> list[Tensor]:
    """What the last stage of each plan's first picture left, all of them in one batcher."""
    batcher, done = Batcher(), {}
    tickets = [batcher.add(Commission(plan, model, given(family)), 0) for plan in plans]
    while batcher.busy:
        for event in batcher.step():
            assert event.error is None and event.flight is not None
            done[event.ticket] = event.flight.state.x
    return [done[ticket] for ticket in tickets]


def test_half_precision(family: Family) -> None:
    model = family.open("cpu", "bfloat16")
    try:
        picture = make(family, model, plain(family)).picture
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
    fly(model, [plain(family)], given(family))
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
