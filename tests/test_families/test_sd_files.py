"""SD 1 and 2 at tiny size: single files, depth in windows, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from sfumato.engine import NoisePath
from sfumato.language import read
from sfumato.models._parts.unet.model import UnetModel
from sfumato.models.family import UnknownModel, recognise
from sfumato.models.sd import Sd, claim
from sfumato.plan import Input, Plan, draft
from tinies import adapters as tiny
from tinies import sd
from tinies.flights import MOVED, fly, gap
from tinies.operations import smooth
from tinies.sdxl_file import save

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

SIDE = 2 * sd.LATENT_SIDE


def family(*paths: Path) -> Sd:
    found = recognise(paths)
    assert isinstance(found, Sd)
    return found


def opened(*paths: Path) -> UnetModel:
    model = family(*paths).open("cpu", "float32")
    assert isinstance(model, UnetModel)
    return model


def plan_of(found: Sd, text: str = "a red fox in the snow --ar 3:2 --seed 7", **knobs: Any) -> Plan:
    plan = draft(read(text)[0], found.defaults())
    stage = plan.stages[0].model_copy(update={"steps": 3, **knobs})
    return plan.model_copy(update={"stages": (stage,), "seeds": plan.seeds[:1]})


# Single files


def networks(model: UnetModel) -> dict[str, nn.Module]:
    parts = model.stages[0].parts
    return {"unet": parts.unet, "vae": parts.latent.vae, "text": parts.readers[0].encoder}


def same(one: nn.Module, other: nn.Module) -> bool:
    """Every parameter and buffer, bit for bit."""
    first, second = (dict([*net.named_parameters(), *net.named_buffers()]) for net in (one, other))
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("version", [1, 2])
def test_same_networks_and_same_picture(tmp_path: Path, version: int) -> None:
    (folder,) = sd.release(tmp_path / "folder", version)
    copytree(folder / "tokenizer", tmp_path / "words" / "tokenizer")
    said = {"resolution": f"{SIDE}x{SIDE}"}
    file = save(sd.file_of(folder, version), tmp_path / "sd.safetensors", **said)
    ours, theirs = opened(file, tmp_path / "words"), opened(folder)
    have, want = networks(ours), networks(theirs)
    assert all(same(have[name], want[name]) for name in want)
    plan = plan_of(family(folder))
    assert torch.equal(fly(ours, [plan]).x[0], fly(theirs, [plan]).x[0])


def test_files_of_older_names(tmp_path: Path) -> None:
    """Checkpoints of 2022 have no `text_model` in the names of the text encoder."""
    (folder,) = sd.release(tmp_path / "folder")
    tensors = {name.replace(".text_model.", "."): t for name, t in sd.file_of(folder, 1).items()}
    older = save(tensors, tmp_path / "old.safetensors")
    copytree(folder / "tokenizer", tmp_path / "words" / "tokenizer")
    assert same(networks(opened(older, tmp_path / "words"))["text"], networks(opened(folder))["text"])


@pytest.mark.parametrize(
    ("name", "version", "said", "predicts", "side"),
    [
        ("v1-5-pruned", 1, {}, "eps", 512),
        ("v2-1_768-ema-pruned", 2, {}, "v", 768),
        ("v2-1_512-ema-pruned", 2, {}, "eps", 512),
        ("mine", 2, {"resolution": "512x512"}, "eps", 512),
        ("mine", 1, {"prediction_type": "v"}, "v", 512),
        ("mine", 2, {"prediction_type": "epsilon"}, "eps", 768),
    ],
)
def test_what_a_file_says(
    tmp_path: Path, name: str, version: int, said: dict[str, str], predicts: str, side: int
) -> None:
    (folder,) = sd.release(tmp_path / "folder", version)
    file = save(sd.file_of(folder, version), tmp_path / f"{name}.safetensors", **said)
    found = family(file, _words(folder))
    assert found.defaults().pixels == side**2
    path = found.open("cpu", "float32").stages[0].path
    assert path == NoisePath("vp", predicts)  # type: ignore[arg-type]


def _words(folder: Path) -> Path:
    copytree(folder / "tokenizer", folder / "words" / "tokenizer")
    return folder / "words"


def test_a_file_without_tokenizers_says_so(tmp_path: Path) -> None:
    file, _ = sd.single_file(tmp_path)
    found = family(file)
    assert found.missing() == (file.parent / "tokenizer",)
    assert any("name a folder with tokenizer/" in sentence for sentence in found.check(plan_of(found)))
    with pytest.raises(FileNotFoundError, match="open_clip_torch"):
        found.open("cpu", "float32")


def test_parts_of_a_model_are_not_claimed(tmp_path: Path) -> None:
    file, _ = sd.single_file(tmp_path)
    tensors = load_file(file)
    for prefix in ("model.diffusion_model.", "first_stage_model.", "cond_stage_model."):
        part = {name: tensor for name, tensor in tensors.items() if not name.startswith(prefix)}
        assert claim((save(part, tmp_path / "part.safetensors"),)) is None


def test_a_lora_in_the_usual_trainer_s_names(tmp_path: Path) -> None:
    (folder,) = sd.first(tmp_path)
    drawn = sd.lora_of()
    peft, kohya = tiny.peft(drawn), tiny.kohya(drawn, alpha=float(tiny.RANK))
    renamed = {name.replace("lora_te1_", "lora_te_"): tensor for name, tensor in kohya.items()}
    found = [family(folder, tiny.write(tmp_path, n, t)) for n, t in (("peft", peft), ("kohya", renamed))]
    one, other = (fly(each.open("cpu", "float32"), [plan_of(each)]).x[0] for each in found)
    plain = fly(opened(folder), [plan_of(family(folder))]).x[0]
    assert gap(one, other) < 1e-5 and gap(one, plain) > MOVED


# Reading


def test_skipped_layers_are_left_out_of_both_texts(tmp_path: Path) -> None:
    found = family(*sd.novelai(tmp_path))
    model = found.open("cpu", "float32")
    assert plan_of(found).stages[0].clip_skip == 1
    seen: list[Any] = []
    for skip in (0, 1, 2):
        fly(model, [plan_of(found, clip_skip=skip)], tamper=lambda ask: seen.append(ask.condition) or ask)
    tokens = (
        [condition["tokens"] for condition in seen[::6]],
        [condition["tokens"] for condition in seen[1::6]],
    )
    for rows in tokens:
        assert gap(rows[0], rows[1]) > MOVED and gap(rows[1], rows[2]) > MOVED
    (sentence,) = found.check(plan_of(found, clip_skip=3))
    assert "2 layers that can be left out" in sentence


# Depth


def test_a_window_sees_its_part_of_the_spread_depth(tmp_path: Path) -> None:
    found = family(*sd.deep(tmp_path))
    model, hint = found.open("cpu", "float32"), Input(role="hint", hash="a" * 64)
    plan = plan_of(found).model_copy(update={"inputs": (hint,)})
    ramp = torch.linspace(-1, 1, plan.width).expand(3, plan.height, -1)
    seen: list[Any] = []

    def watched(of: Plan) -> None:
        fly(model, [of], {hint.hash: ramp}, lambda ask: seen.append(ask.condition["depth"]) or ask)

    watched(plan)
    whole = seen[0]
    assert whole.shape == (1, plan.height // 2, plan.width // 2)
    assert (float(whole.min()), float(whole.max())) == (-1.0, 1.0)
    seen.clear()
    stage = plan.stages[0].model_copy(update={"window": 16})
    watched(plan.model_copy(update={"stages": (stage,)}))
    assert any(gap(part, whole[:, :8, :8]) < 1e-6 for part in seen if part.shape == (1, 8, 8))
    assert all(float(part.max() - part.min()) < 1.0 for part in seen)


def test_a_flat_depth_map_is_in_the_middle(tmp_path: Path) -> None:
    found = family(*sd.deep(tmp_path))
    hint = Input(role="hint", hash="a" * 64)
    plan = plan_of(found).model_copy(update={"inputs": (hint,)})
    seen: list[Any] = []
    given = {hint.hash: torch.ones(3, 24, 40)}
    fly(found.open("cpu", "float32"), [plan], given, lambda ask: seen.append(ask.condition["depth"]) or ask)
    assert not seen[0].any()


def test_control_reads_the_hint_after_the_depth_map(tmp_path: Path) -> None:
    control = tiny.control(tmp_path, 41, sd.unet(2, channels=4))
    found = family(*sd.deep(tmp_path), control)
    hints = tuple(Input(role="hint", hash=digit * 64) for digit in "ab")
    plan = plan_of(found).model_copy(update={"inputs": hints})
    given = {item.hash: smooth(item.hash[0], plan.height, plan.width) for item in hints}
    assert found.check(plan) == () and found.notes(plan) == ()
    alone = plan.model_copy(update={"inputs": hints[:1]})
    assert any("no effect" in note for note in found.notes(alone))
    assert any("as hint" in sentence for sentence in found.check(plan.model_copy(update={"inputs": ()})))
    model, seen = found.open("cpu", "float32"), []
    fly(model, [plan], given, lambda ask: seen.append(ask.condition) or ask)
    (name,) = (name for name in seen[0].entries if name.endswith(".hint"))
    assert gap(seen[0][name], (given["b" * 64] + 1) / 2) < 1e-6


# What cannot be done


@pytest.mark.parametrize(
    ("write", "change", "words"),
    [
        (sd.first, {"width": 41}, "multiples of 2"),
        (sd.first, {"start": 0.5}, "a start picture"),
        (sd.deep, {}, "needs a picture as hint"),
        (sd.novelai, {"schedule": "karras"}, "use trailing"),
    ],
)
def test_refusals(
    tmp_path: Path, write: Callable[[Path], tuple[Path, ...]], change: dict[str, Any], words: str
) -> None:
    found = family(*write(tmp_path))
    assert any(words in sentence for sentence in found.check(plan_of(found, **change)))


def test_foreign_companions_are_refused(tmp_path: Path) -> None:
    (folder,) = sd.first(tmp_path)
    with pytest.raises(UnknownModel, match="no adapter"):
        recognise([folder, tiny.write(tmp_path, "other", {"weight": torch.ones(2)})])
    wide = {"unet": {"conv_in": tiny.Half(torch.ones(2, 7, 3, 3), torch.ones(9, 2, 1, 1))}}
    found = family(folder, tiny.write(tmp_path, "wide", tiny.peft(wide)))
    with pytest.raises(UnknownModel, match="made for another model"):
        found.open("cpu", "float32")


def test_works_without_torch(tmp_path: Path) -> None:
    program = """
import sys
sys.modules["torch"] = None
from collections.abc import Callable
from pathlib import Path
from sfumato.language import read
from sfumato.models.family import recognise
from sfumato.plan import draft
found = recognise([Path(name) for name in sys.argv[1:]])
plan = draft(read("a red fox")[0], found.defaults())
assert found.check(plan) == () and found.missing() == () and found.summary
print(found.name)
"""
    paths = map(str, sd.first(tmp_path))
    ran = subprocess.run([sys.executable, "-c", program, *paths], capture_output=True, text=True)
    assert ran.stdout.strip() == "sd", ran.stderr
