"""SDXL at tiny size: how it reads, what belongs to it, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch

from sfumato.engine import as_mask
from sfumato.language import read
from sfumato.models._parts.unet.model import UnetModel
from sfumato.models._parts.unet.text import Reader
from sfumato.models._parts.unet.text import read as read_text
from sfumato.models.family import UnknownModel, recognise
from sfumato.models.sdxl import Sdxl
from sfumato.plan import Input, Plan, StagePlan, draft
from tinies import sdxl
from tinies.flights import MOVED, fly, gap
from tinies.parts import redraw, write_repository

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")


def family(*paths: Path) -> Sdxl:
    found = recognise(paths)
    assert isinstance(found, Sdxl)
    return found


# Reading


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> UnetModel:
    model = family(*sdxl.base(tmp_path_factory.mktemp("base"))).open("cpu", "float32")
    assert isinstance(model, UnetModel)
    return model


LONG = " ".join(["a red fox in the snow"] * 20)


@pytest.fixture(scope="module")
def readers(opened: UnetModel) -> tuple[Reader, ...]:
    return opened.stages[0].parts.readers


def test_short_text_is_read_as_the_tokenizer_pads_it(readers: tuple[Reader, ...]) -> None:
    for reader in readers:
        (window,) = reader.windows("a red fox in the snow")
        padded = reader.tokenizer("a red fox in the snow", padding="max_length", return_tensors="pt")
        seen = reader.encoder(padded.input_ids, output_hidden_states=True)
        tokens, _ = reader.read([window])
        assert torch.equal(tokens, seen.hidden_states[-2][0])


def test_no_word_of_a_long_text_is_lost(readers: tuple[Reader, ...]) -> None:
    (reader, _) = readers
    windows = reader.windows(LONG)
    assert [len(window) for window in windows] == [75, 45]
    assert list(chain(*windows)) == reader.tokenizer(LONG, add_special_tokens=False).input_ids
    text = read_text(readers, LONG)
    assert text["tokens"].shape == (2 * 77, 64 + 128) and text["pooled"].shape == (128,)
    other = read_text(readers, LONG.removesuffix("snow") + "sea")
    assert torch.equal(text["tokens"][:77], other["tokens"][:77])
    assert gap(text["tokens"][77:], other["tokens"][77:]) > MOVED


def test_texts_of_any_length_fly_together(opened: UnetModel, tmp_path: Path) -> None:
    found = family(*sdxl.base(tmp_path))
    plans = [few_steps(draft(read(f"{text} --seed 3")[0], found.defaults())) for text in (LONG, "a red fox")]
    alone = fly(opened, plans[:1])
    together = fly(opened, plans)
    assert gap(together.x[0], alone.x[0]) < 1e-5
    assert gap(fly(opened, plans[1:]).x[0], alone.x[0]) > MOVED
    assert sorted(set(together.rows)) == [1, 3], "the long one, then the short one and both without text"


def few_steps(plan: Plan, steps: int = 2) -> Plan:
    stages = tuple(stage.model_copy(update={"steps": steps}) for stage in plan.stages)
    return plan.model_copy(update={"stages": stages, "seeds": plan.seeds[:1]})


def test_bfloat16_is_for_the_autoencoder_too(tmp_path: Path) -> None:
    """`force_upcast` is about float16, which ends at 65504: bfloat16 goes as far as float32."""
    model = family(*sdxl.base(tmp_path)).open("cpu", "bfloat16")
    assert isinstance(model, UnetModel)
    parts = model.stages[0].parts
    assert (parts.unet.dtype, parts.latent.vae.dtype) == (torch.bfloat16, torch.bfloat16)


# What belongs together


def test_works_without_torch(tmp_path: Path) -> None:
    paths = sdxl.both(tmp_path)
    program = """
import sys
sys.modules["torch"] = None
from pathlib import Path
from sfumato.language import read
from sfumato.models.sdxl import claim
from sfumato.plan import draft
found = claim(tuple(Path(name) for name in sys.argv[1:]))
plan = draft(read("a red fox")[0], found.defaults())
assert found.check(plan) == () and found.missing() == () and found.summary
print(len(plan.stages))
"""
    ran = subprocess.run([sys.executable, "-c", program, *map(str, paths)], capture_output=True, text=True)
    assert ran.stdout.strip() == "2", ran.stderr


def test_lora_belongs_to_the_base(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    base, refiner = sdxl.both(tmp_path)
    layer = "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q"
    down, up = torch.nn.Linear(128, 4, bias=False), torch.nn.Linear(4, 128, bias=False)
    pair = {"lora_A": redraw(down, 1).weight, "lora_B": redraw(up, 2).weight}
    save_file(
        {f"{layer}.{name}.weight": tensor for name, tensor in pair.items()}, tmp_path / "style.safetensors"
    )
    found = family(base, tmp_path / "style.safetensors", refiner)
    plan = few_steps(draft(read("a red fox --seed 1")[0], found.defaults()), 4)
    assert [len(stage.adapters) for stage in plan.stages] == [1, 0] and found.check(plan) == ()
    assert family(base, refiner).check(plan) != ()
    model = found.open("cpu", "float32")
    first = plan.stages[0].model_copy(update={"adapters": ()})
    without = plan.model_copy(update={"stages": (first, *plan.stages[1:])})
    assert gap(fly(model, [plan]).x[0], fly(model, [without]).x[0]) > MOVED
    with pytest.raises(UnknownModel):
        recognise([tmp_path / "style.safetensors"])


# What cannot be done


def with_stage(plan: Plan, **changes: Any) -> Plan:
    first = StagePlan.model_validate(plan.stages[0].model_dump() | changes)
    return plan.model_copy(update={"stages": (first, *plan.stages[1:])})


def reading(plan: Plan, *roles: str) -> Plan:
    return plan.model_copy(update={"inputs": tuple(Input(role=role, hash="a" * 64) for role in roles)})


@pytest.mark.parametrize(
    ("variant", "change", "words"),
    [
        ("base", lambda plan: with_stage(plan, width=41), "multiples of 2"),
        ("base", lambda plan: reading(plan, "mask"), "give the picture as start too"),
        ("base", lambda plan: reading(plan, "hint"), "as hint: it takes start, mask."),
        ("base", lambda plan: with_stage(plan, window=41), "a multiple of 2"),
        ("base", lambda plan: with_stage(plan, start=0.5), "a start picture"),
        ("both", lambda plan: with_stage(plan, width=80), "same size"),
        ("both", few_steps, "too few to hand on"),
        ("both", lambda plan: few_steps(with_stage(plan, start=0.75), 8), "too few to hand on"),
        ("inpaint", lambda plan: reading(plan, "mask"), "give the picture as start too"),
        ("v-prediction", lambda plan: with_stage(plan, schedule="karras"), "use trailing"),
        ("playground-v2.5", lambda plan: with_stage(plan, schedule="leading"), "use karras"),
    ],
)
def test_refusals(tmp_path: Path, variant: str, change: Callable[[Plan], Plan], words: str) -> None:
    found = family(*sdxl.VARIANTS[variant](tmp_path))
    plan = draft(read("a red fox --ar 3:2")[0], found.defaults())
    assert found.check(plan) == ()
    assert any(words in sentence for sentence in found.check(change(plan)))


@pytest.mark.parametrize("variant", ["base", "refiner", "inpaint"])
def test_a_mask_is_taken_with_its_picture(tmp_path: Path, variant: str) -> None:
    """Whether the U-Net reads it or the engine keeps what it leaves."""
    found = family(*sdxl.VARIANTS[variant](tmp_path))
    plan = reading(draft(read("a red fox")[0], found.defaults()), "start", "mask")
    assert found.check(plan) == found.notes(plan) == ()


def test_consistency_models_are_refused(tmp_path: Path) -> None:
    found = family(*sdxl.base(tmp_path, scheduler=diffusers.LCMScheduler()))
    plan = draft(read("a red fox")[0], found.defaults())
    assert any("consistency model" in sentence for sentence in found.check(plan))


def test_a_refiner_of_other_noise_is_refused(tmp_path: Path) -> None:
    found = family(*sdxl.playground_25(tmp_path), *sdxl.refiner(tmp_path))
    plan = draft(read("a red fox")[0], found.defaults())
    assert any("cannot go on from this base" in sentence for sentence in found.check(plan))


def test_without_a_picture_all_is_painted_anew(tmp_path: Path) -> None:
    found = family(*sdxl.inpaint(tmp_path))
    model = found.open("cpu", "float32")
    plan = few_steps(draft(read("a red fox --seed 1")[0], found.defaults()))
    seen: list[Any] = []
    fly(model, [plan], tamper=lambda ask: seen.append(ask.condition) or ask)
    stage = model.stages[0]
    assert (seen[0]["mask"] == 1).all() and seen[0]["mask"].shape == (1, plan.height // 2, plan.width // 2)
    assert torch.equal(seen[0]["masked"], stage.encode(torch.zeros(3, plan.height, plan.width)))
    white = torch.ones(3, plan.height, plan.width)
    assert (as_mask(white) == 1).all()


def test_weights_and_scheduler_are_the_identity(tmp_path: Path) -> None:
    (folder,) = sdxl.base(tmp_path)
    before = family(folder).defaults().stages[0].weights
    write_repository(tmp_path / "new", "StableDiffusionXLPipeline", {})
    file = folder / "scheduler" / "scheduler_config.json"
    config = json.loads(file.read_text(encoding="utf-8")) | {"prediction_type": "v_prediction"}
    file.write_text(json.dumps(config), encoding="utf-8")
    assert family(folder).defaults().stages[0].weights != before
