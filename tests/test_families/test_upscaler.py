"""Upscalers: ours in windows against spandrel's own call of the whole picture, and what is refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from sfumato.engine import finished, fitted, noise, resize, to_pixels
from sfumato.language import read
from sfumato.models.family import UnknownModel, recognise
from sfumato.models.upscaler import Upscaler, claim
from sfumato.models.upscaler import family as families
from sfumato.plan import PlanError
from sfumato.plan.edits import Asked, Source, Upscale, Vary
from sfumato.plan.plan import Plan
from tinies import upscaler as tiny
from tinies.flights import MOVED, PARITY, fly, gap
from tinies.operations import hash_of

pytestmark = pytest.mark.filterwarnings("ignore:torch.meshgrid:UserWarning")

KINDS: MappingProxyType[str, Callable[[], Any]] = MappingProxyType(
    {
        "ESRGAN": lambda: tiny.esrgan(scale=4),
        "Real-ESRGAN x2": lambda: tiny.esrgan(scale=2, shuffle_factor=2),
        "compact": tiny.compact,
        "compact x3": lambda: tiny.compact(3),
        "SwinIR": tiny.swinir,
        "DAT": tiny.dat,
    }
)
OWN = hash_of("own")


@dataclass(frozen=True)
class Beside:
    """Ours, and spandrel's call of the same network."""

    family: Upscaler
    model: Any
    network: Any

    @property
    def scale(self) -> int:
        return self.family.facts.scale

    def plan(self, picture: Tensor, factor: float | None = None, **knobs: Any) -> Plan:
        """To so many times its size, the network's own when none is said."""
        height, width = picture.shape[-2:]
        (nothing,) = read("a picture")
        asked = Asked(nothing, self.family.defaults(), [Source(OWN, width, height)], self.family.accepts)
        plan = Upscale(factor=factor or self.scale).plan(asked)
        return plan.model_copy(update={"stages": (plan.stages[0].model_copy(update=knobs),)})

    def ours(self, picture: Tensor, **knobs: Any) -> Tensor:
        return fly(self.model, [self.plan(picture, **knobs)], {OWN: picture}).x[0]

    @torch.no_grad()
    def theirs(self, picture: Tensor) -> Tensor:
        """The whole at once, (3, H, W) in [-1, 1]."""
        return (self.network((picture[None] + 1) / 2)[0] * 2 - 1).clone()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Beside]:
    @cache
    def open_kind(kind: str) -> Beside:
        from sfumato.models.upscaler.library import load

        paths = tiny.write(tmp_path_factory.mktemp("upscaler"), KINDS[kind]())
        found = recognise(paths)
        assert isinstance(found, Upscaler)
        return Beside(found, found.open("cpu", "float32"), load(paths[0]).found)

    return open_kind


def drawn(height: int, width: int) -> Tensor:
    return noise(0, 0, "picture", 0, (3, height, width)).mul(0.5).clamp(-1, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_one_window_is_spandrel_s_own_call(opened, kind: str) -> None:
    both, picture = opened(kind), drawn(20, 33)
    made = both.ours(picture)
    assert made.shape == (3, 20 * both.scale, 33 * both.scale)
    assert torch.equal(made, both.theirs(picture))
    assert gap(both.ours(picture.flip(1)), both.theirs(picture)) > MOVED


@pytest.mark.parametrize("kind", ["ESRGAN", "compact", "compact x3"])
def test_windows_are_as_the_whole_where_they_see_all_that_counts(opened, kind: str) -> None:
    """These networks see no further than a window's surroundings, so no border shows anywhere."""
    both, picture = opened(kind), drawn(150, 100)
    plan = both.plan(picture, window=64 * both.scale)
    flown = fly(both.model, [plan], {OWN: picture})
    assert sum(flown.rows) >= 6
    assert gap(flown.x[0], both.theirs(picture)) < PARITY


def test_without_surroundings_borders_would_show(opened) -> None:
    both, picture = opened("ESRGAN"), drawn(150, 100)
    blind = replace(both.model, stage=replace(both.model.stage, around=0))
    ours = replace(both, model=blind).ours(picture, window=64 * both.scale)
    assert gap(ours, both.theirs(picture)) > MOVED


def test_what_is_seen_at_once_does_not_grow_with_the_picture(opened) -> None:
    from sfumato.models.upscaler.model import AROUND

    both, seen = opened("compact"), []
    hook = both.model.network.register_forward_pre_hook(lambda _, told: seen.append(told[0].shape[-2:]))
    try:
        for width in (300, 900):
            both.ours(drawn(64, width))
    finally:
        hook.remove()
    assert len(seen) > 4 and max(max(size) for size in seen) <= families.SIDE + 2 * AROUND


def test_rows_of_other_jobs_change_no_bit(opened) -> None:
    both, picture = opened("compact"), drawn(20, 33)
    plans = [both.plan(picture), both.plan(picture)]
    for x in fly(both.model, plans, {OWN: picture}).x:
        assert torch.equal(x, both.theirs(picture))


def test_bfloat16_where_the_network_can(opened) -> None:
    both, picture = opened("ESRGAN"), drawn(20, 33)
    model = both.family.open("cpu", "bfloat16")
    made = fly(model, [both.plan(picture)], {OWN: picture}).x[0]
    assert made.dtype == torch.float32 and 1e-5 < gap(made, both.theirs(picture)) < 0.1


# Any size


def test_a_smaller_factor_is_shrunk_from_the_network_s_own(opened) -> None:
    both, picture = opened("compact"), drawn(21, 33)
    plan = both.plan(picture, factor=2.0)
    assert (plan.width, plan.height) == (33 * 4, 21 * 4)
    x = fly(both.model, [plan], {OWN: picture}).x[0]
    made = finished(to_pixels(x), plan, {OWN: picture})
    assert made.shape == (42, 66, 3)
    assert (made == resize(to_pixels(both.theirs(picture)), 66, 42)).all()


def test_a_larger_factor_begins_from_a_larger_picture(opened) -> None:
    both, picture = opened("compact"), drawn(21, 33)
    plan = both.plan(picture, factor=8.0)
    assert (plan.width, plan.height) == (33 * 8, 21 * 8) and plan.post == ()
    x = fly(both.model, [plan], {OWN: picture}).x[0]
    assert gap(x, both.theirs(fitted(picture, 66, 42))) < PARITY


def test_a_picture_that_would_be_too_large_on_the_way_is_made_larger_by_less(opened) -> None:
    plan = opened("compact").plan(torch.zeros(3, 10, 6000), factor=2.0)
    assert (plan.width, plan.height) == (16384, 28)
    assert (plan.post[0].frame.width, plan.post[0].frame.height) == (12000, 20)  # pyright: ignore
    with pytest.raises(PlanError, match="too many"):
        opened("compact").plan(torch.zeros(3, 10, 9000), factor=2.0)


def test_sizes_are_exact_whatever_they_are(opened) -> None:
    both = opened("compact x3")
    for height, width, factor in ((7, 11, 2.5), (5, 9, 3.1), (40, 3, 1.3)):
        picture = drawn(height, width)
        plan = both.plan(picture, factor=factor)
        x = fly(both.model, [plan], {OWN: picture}).x[0]
        made = finished(to_pixels(x), plan, {OWN: picture})
        assert made.shape == (round(height * factor), round(width * factor), 3)


# What is claimed and refused


def test_what_it_is_and_what_it_chooses(opened) -> None:
    family = opened("SwinIR").family
    assert family.summary == "SwinIR (larger.safetensors): makes a picture 2 times as wide and high"
    (stage,) = family.defaults().stages
    assert (stage.scale, stage.window, stage.steps) == (2, 512, 1) and family.defaults().at_once


def test_refused(opened) -> None:
    both = opened("compact")
    plan = both.plan(drawn(20, 33))
    assert both.family.check(plan) == ()
    assert "the prompt has no effect" in both.family.notes(plan)[0]
    knobs = plan.stages[0].model_copy
    for changed, words in (
        ({"inputs": ()}, "needs a picture as start"),
        ({"inputs": plan.inputs * 2}, "reads one picture as start"),
        ({"negative": "fog"}, "reads no words"),
        ({"wrap": 8}, "leave out `--tile`"),
        ({"stages": (knobs(update={"end": 0.5}),)}, "cannot stop half way"),
        ({"stages": (knobs(update={"guidance": 2.0}),)}, "leave out guidance"),
        ({"stages": (knobs(update={"width": 131}),)}, "multiples of 4"),
        ({"stages": (knobs(update={"start": 0.5}),)}, "cannot begin stage upscaler"),
        ({"stages": (knobs(update={"weights": "0" * 64}),)}, "needs other upscaler weights"),
    ):
        assert any(words in said for said in both.family.check(plan.model_copy(update=changed)))


def test_other_edits_are_refused(opened) -> None:
    both = opened("compact")
    (nothing,) = read("a picture")
    asked = Asked(nothing, both.family.defaults(), [Source(OWN, 33, 20)], both.family.accepts)
    assert any("cannot begin stage" in said for said in both.family.check(Vary().plan(asked)))
    assert any(
        "leave out `--creative`" in said for said in both.family.check(Upscale(creative=True).plan(asked))
    )


def saved(folder: Path, made: Any, prefix: str = "") -> Path:
    return tiny.write(folder, made, prefix)[0]


def test_files_as_they_are_found(tmp_path: Path) -> None:
    """Many hold the weights that were averaged in training under a name of their own."""
    found = claim((saved(tmp_path, tiny.compact(), "params_ema."),))
    assert found is not None and found.facts.scale == 4
    found.open("cpu", "float32")


def test_what_makes_nothing_larger_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, tiny.compact(upscale=1))
    with pytest.raises(UnknownModel, match="does not make colour pictures larger"):
        recognise([path])
    grey = tiny.network(
        "Compact", "SRVGG", "SRVGGNetCompact", num_in_ch=1, num_out_ch=1, num_feat=8, num_conv=2, upscale=2
    )
    with pytest.raises(UnknownModel, match="does not make colour pictures larger"):
        recognise([saved(tmp_path / "grey", grey)])


def test_half_a_file_is_told(tmp_path: Path) -> None:
    path = saved(tmp_path, tiny.esrgan(scale=4))
    state = load_file(path)
    save_file({name: own for name, own in state.items() if not name.startswith("model.3.")}, path)
    with pytest.raises(UnknownModel, match=r"larger.safetensors is not whole: .* get the file again"):
        recognise([path])


def test_other_files_are_left_to_others(tmp_path: Path) -> None:
    save_file({"one": torch.zeros(3)}, tmp_path / "other.safetensors")
    save_file({"conv_first.lora_A.weight": torch.zeros(3)}, tmp_path / "lora.safetensors")
    for name in ("other", "lora"):
        assert claim((tmp_path / f"{name}.safetensors",)) is None
    assert claim(()) is None and claim((tmp_path,)) is None


def test_a_pickle_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "4x.pth").write_bytes(b"PK\x03\x04")
    with pytest.raises(UnknownModel, match="pickle, which can run any program when it is read"):
        recognise([tmp_path / "4x.pth"])


def test_without_spandrel_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, tiny.esrgan(scale=4))
    save_file({"one": torch.zeros(3)}, tmp_path / "other.safetensors")
    monkeypatch.setattr(families, "find_spec", lambda name: None)
    with pytest.raises(UnknownModel, match=r"looks like an upscaler.*sfumato\[upscalers\]"):
        claim((path,))
    assert claim((tmp_path / "other.safetensors",)) is None


def test_torchvision_is_neither_needed_nor_left_behind(opened, tmp_path: Path) -> None:
    """One that does not load, as beside a torch for the CPU, is not even looked at."""
    broken = tmp_path / "torchvision"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    path = tmp_path / "larger.safetensors"
    shutil.copy(opened("compact").family.path, path)
    code = (
        "import sys; from pathlib import Path; from sfumato.models.upscaler import claim\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "print(claim((Path(sys.argv[1]),)).summary, 'torchvision' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert (
        done.stdout
        == "RealESRGAN Compact (larger.safetensors): makes a picture 4 times as wide and high False\n"
    )
