"""A plan is frozen, complete, the same text both ways, and readable for ever."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sfumato.plan import (
    SAMPLER_HELP,
    SCHEDULE_HELP,
    Adapter,
    Input,
    Plan,
    PlanError,
    PlanPart,
    PlanReference,
    PostStep,
    Seed,
    StagePlan,
)
from sfumato.plan.schema import SCHEMA, upgrade

OLDER = Path(__file__).resolve().parents[1] / "golden" / "plan-v1.json"
GOLDEN = OLDER.with_name("plan-v5.json")
GOLDEN_HASH = "df4949b65a8edf074045bdef4057e5b03c52977a48db588758cc7e949e3db692"

words = st.text(min_size=1, max_size=12)
digests = st.binary(max_size=4).map(lambda content: hashlib.sha256(content).hexdigest())
numbers = st.floats(-10, 10)


@st.composite
def fractions(draw: st.DrawFn) -> tuple[float, float]:
    low, high = sorted((draw(st.floats(0, 1)), draw(st.floats(0, 1))))
    return low, high


@st.composite
def stages(draw: st.DrawFn) -> StagePlan:
    start, end = draw(fractions().filter(lambda pair: pair[0] < pair[1]))
    return StagePlan(
        name=draw(words),
        weights=draw(digests),
        adapters=tuple(draw(st.lists(st.builds(Adapter, weights=digests, scale=numbers), max_size=2))),
        width=draw(st.integers(1, 4096)),
        height=draw(st.integers(1, 4096)),
        steps=draw(st.integers(1, 1000)),
        sampler=draw(st.sampled_from(sorted(SAMPLER_HELP))),
        schedule=draw(st.sampled_from(sorted(SCHEDULE_HELP))),
        shift=draw(st.floats(0.01, 100)),
        guidance=draw(st.floats(0, 100)),
        rescale=draw(st.floats(0, 1)),
        interval=draw(fractions()),
        start=start,
        end=end,
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    chosen = draw(st.lists(stages(), min_size=1, max_size=3))
    return Plan(
        family=draw(words),
        prompt=draw(st.text(max_size=40)),
        parts=tuple(draw(st.lists(st.builds(PlanPart, content=words, weight=st.floats(0.1, 5)), max_size=3))),
        quoted=tuple(draw(st.lists(words, max_size=2))),
        references=tuple(draw(st.lists(st.builds(PlanReference, content=words, weight=numbers), max_size=2))),
        operation=draw(words),
        inputs=tuple(draw(st.lists(st.builds(Input, role=words, hash=digests, weight=numbers), max_size=2))),
        seeds=tuple(
            draw(
                st.lists(
                    st.builds(Seed, number=st.integers(0, 2**32 - 1), slice=st.integers(0, 63)),
                    min_size=1,
                    max_size=4,
                )
            )
        ),
        width=chosen[-1].width,
        height=chosen[-1].height,
        stages=tuple(chosen),
        post=tuple(draw(st.lists(st.builds(PostStep, name=words, amount=numbers), max_size=2))),
    )


@given(plan=plans())
def test_json_both_ways(plan: Plan) -> None:
    again = Plan.from_json(plan.to_json())
    assert again == plan
    assert again.to_json() == plan.to_json()
    assert again.hash == plan.hash == hashlib.sha256(plan.to_json().encode()).hexdigest()


def golden() -> Plan:
    return Plan.from_json(GOLDEN.read_text(encoding="utf-8"))


def test_the_stored_plan_is_readable() -> None:
    plan = golden()
    assert plan.prompt == 'a red fox by a sign "狐" --no snow --ar 3:2 --sref 3456789012'
    assert [(part.content, part.weight) for part in plan.parts] == [
        ('a red fox by a sign "狐"', 1),
        ("snow", -0.5),
    ]
    assert plan.seeds == tuple(Seed(number=123456789, slice=index) for index in range(4))
    assert [(stage.name, stage.width, stage.height, stage.steps) for stage in plan.stages] == [
        ("base", 72, 48, 20),
        ("larger", 288, 192, 10),
    ]


def test_the_hash_of_the_stored_plan_never_changes() -> None:
    assert golden().hash == GOLDEN_HASH


def other(value: object) -> object:
    """A value near this one that is not it."""
    if isinstance(value, dict):
        return {key: other(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return value[:-1] if len(value) > 1 else [*value, *value]
    return f"{value}x" if isinstance(value, str) else value + 8


@pytest.mark.parametrize(
    "name", sorted({*Plan.model_fields} - {"schema_version", "stages", "width", "height", "inputs"})
)
def test_every_field_is_part_of_the_hash(name: str) -> None:
    record = json.loads(GOLDEN.read_text(encoding="utf-8"))
    changed = Plan.from_json(json.dumps({**record, name: other(record[name])}))
    assert changed.hash != GOLDEN_HASH


def test_minus_zero_is_zero() -> None:
    stage = golden().stages[0]
    signed = stage.model_copy(
        update={"start": -0.0, "guidance": -0.0, "interval": (-0.0, 1.0), "rescale": -0.0}
    )
    written = StagePlan.model_validate(signed.model_dump()).model_dump_json()
    assert "-0" not in written


def test_every_number_shows_its_range() -> None:
    properties = StagePlan.model_json_schema()["properties"]
    for name in (
        "width",
        "height",
        "steps",
        "guidance",
        "rescale",
        "momentum",
        "zero_init",
        "threshold",
        "start",
        "end",
    ):
        assert {"minimum", "maximum", "description"} <= set(properties[name]), name
    assert {"exclusiveMinimum", "maximum", "description"} <= set(properties["shift"])


def test_a_plan_of_the_first_form_says_what_was_silent_in_it() -> None:
    plan = Plan.from_json(OLDER.read_text(encoding="utf-8"))
    assert [stage.augment for stage in plan.stages] == [0.0, 0.1]
    assert plan.negative == "" and plan.stages[0].adapters[0].interval == (0.0, 1.0)
    spoken = {"negative": "blurry", "stages": golden().stages}
    assert plan.model_copy(update=spoken).hash == GOLDEN_HASH


def test_a_plan_of_the_third_form_skips_no_layers() -> None:
    third = GOLDEN.with_name("plan-v3.json").read_text(encoding="utf-8")
    assert Plan.from_json(third).stages[0].clip_skip == 0
    assert Plan.from_json(third).model_copy(update={"stages": golden().stages}).hash == GOLDEN_HASH


def test_a_plan_of_the_fourth_form_draws_one_candidate_and_leaves_no_layers_out() -> None:
    fourth = Plan.from_json(GOLDEN.with_name("plan-v4.json").read_text(encoding="utf-8"))
    assert [stage.candidates for stage in fourth.stages] == [1, 1]
    assert fourth.stages[0].skip_layers == () and fourth.stages[0].skip_interval == (0.01, 0.2)
    assert fourth.model_copy(update={"stages": golden().stages}).hash == GOLDEN_HASH


def test_every_field_is_in_the_stored_plan() -> None:
    record = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert set(record) == {field.alias or name for name, field in Plan.model_fields.items()}
    assert all(set(stage) == set(StagePlan.model_fields) for stage in record["stages"])


def test_a_plan_is_frozen_all_through() -> None:
    plan = golden()
    for holder, name in (
        (plan, "prompt"),
        (plan.stages[0], "steps"),
        (plan.seeds[0], "number"),
        (plan.parts[0], "weight"),
    ):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(holder, name, 1)
    assert hash(plan) == hash(golden())


def test_blanks_and_order_of_the_file_do_not_matter() -> None:
    record = json.loads(GOLDEN.read_text(encoding="utf-8"))
    turned = json.dumps(dict(reversed(record.items())), indent=4)
    assert Plan.from_json(turned).hash == GOLDEN_HASH


def test_a_plan_of_the_future_is_refused_in_words() -> None:
    record = {**json.loads(GOLDEN.read_text(encoding="utf-8")), "schema": SCHEMA + 1}
    with pytest.raises(PlanError, match=f"form {SCHEMA + 1}.*reads forms up to {SCHEMA}.*Update"):
        Plan.from_json(json.dumps(record))


def test_older_forms_are_brought_up_step_by_step() -> None:
    steps = {
        1: lambda record: {**record, "prompt": record["text"]},
        2: lambda record: {key: value for key, value in record.items() if key != "text"},
    }
    assert upgrade({"schema": 1, "text": "a fox"}, newest=3, steps=steps) == {"schema": 3, "prompt": "a fox"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        ("[]", "not a plan"),
        ("{}", "not a plan"),
        ('{"schema": "1"}', "not a plan"),
        ('{"schema": true}', "not a plan"),
        ('{"schema": 0}', "never existed"),
        ('{"schema": 1}', "family: Field required"),
    ],
)
def test_what_is_no_plan_is_said_in_words(text: str | bytes, words: str) -> None:
    with pytest.raises(PlanError, match=words):
        Plan.from_json(text)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"width": 100}, "100×192, its last stage 288×192"),
        ({"seeds": []}, "seeds"),
        ({"stages": []}, "stages"),
        (
            {"parts": [{"content": "fox", "weight": 0.5}, {"content": "hat", "weight": -0.5}]},
            "must be positive",
        ),
        ({"parts": [{"content": "fox", "weight": float("nan")}]}, "finite"),
        ({"inputs": [{"role": "start", "hash": "no digest"}]}, "hash"),
        ({"seeds": [{"number": 2**32, "slice": 0}]}, "number"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_plan_that_does_not_hang_together_is_refused(change: dict, words: str) -> None:
    record = {**json.loads(GOLDEN.read_text(encoding="utf-8")), **change}
    with pytest.raises(PlanError, match=words):
        Plan.from_json(json.dumps(record))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start": 0.5, "end": 0.5}, "nothing is left to do"),
        ({"interval": (0.9, 0.1)}, "smaller end"),
        ({"steps": 0}, "greater than or equal to 1"),
        ({"guidance": float("inf")}, "finite"),
    ],
)
def test_a_stage_that_cannot_run_is_refused(change: dict, words: str) -> None:
    stage = golden().stages[0].model_dump()
    with pytest.raises(ValidationError, match=words):
        StagePlan.model_validate({**stage, **change})
