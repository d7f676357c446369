"""DeepFloyd IF at full size: counts on the meta device, and everything that can be known without weights."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler, DDPMScheduler
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import NoisePath, Source, noise
from sfumato.language import read
from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.rungs.stage import Limit, augmented, enlarged, limit_of
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.deepfloyd import DeepFloyd, claim
from sfumato.plan import Adapter, Plan, draft
from tinies.deepfloyd_paper import COSINE, DDIM, LEARNED, UNET, write, write_base, write_super, write_upscaler
from tinies.operations import named


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    root = tmp_path_factory.mktemp("paper")
    return write_base(root / "I"), write_super(root / "II"), write_upscaler(root / "III")


@pytest.fixture(scope="module")
def family(folders: tuple[Path, Path, Path]) -> DeepFloyd:
    found = claim(folders)
    assert found is not None
    return found


def planned(family: DeepFloyd, text: str = "a red fox --ar 3:2 --seed 7") -> Plan:
    (prompt,) = read(text)
    return draft(prompt, family.defaults())


def staged(plan: Plan, index: int, **knobs: Any) -> Plan:
    stages = list(plan.stages)
    stages[index] = stages[index].model_copy(update=knobs)
    return plan.model_copy(update={"stages": tuple(stages)})


# Counts


@pytest.mark.parametrize(("width", "count"), [(704, 4_304_695_110), (320, 935_365_830), (192, 371_605_830)])
def test_first_stage(tmp_path: Path, width: int, count: int) -> None:
    counts = parameters(Repository(write_base(tmp_path / "I", width)))
    assert counts == {"unet": count, "text_encoder": 4_762_310_656}


def test_second_stage(folders: tuple[Path, ...]) -> None:
    assert parameters(Repository(folders[1])) == {"unet": 1_183_628_550}


def test_third_stage(folders: tuple[Path, ...]) -> None:
    counts = parameters(Repository(folders[2]))
    assert counts["unet"] == 473_398_020
    assert counts["text_encoder"] == 340_387_840


# What the family chooses


def test_defaults_are_the_released_numbers(family: DeepFloyd) -> None:
    defaults = family.defaults()
    chosen = [
        (s.name, s.scale, s.steps, s.sampler, s.schedule, s.guidance, s.augment) for s in defaults.stages
    ]
    assert chosen == [
        ("base", 1, 100, "ddpm", "leading", 7.0, 0.0),
        ("super", 4, 50, "ddpm", "leading", 4.0, 0.25),
        ("upscaler", 4, 75, "ddim", "leading+1", 9.0, 0.02),
    ]
    assert (defaults.pixels, defaults.multiple) == (64 * 64, 8)


@pytest.mark.parametrize(
    ("aspect", "size"), [("1:1", (1024, 1024)), ("3:2", (1152, 768)), ("1:2", (640, 1280))]
)
def test_sizes(family: DeepFloyd, aspect: str, size: tuple[int, int]) -> None:
    plan = planned(family, f"a red fox --ar {aspect}")
    assert (plan.width, plan.height) == size
    assert family.check(plan) == ()


def test_without_the_first_stage_the_second_sets_the_size(folders: tuple[Path, ...], tmp_path: Path) -> None:
    alone = claim((write_super(tmp_path / "II", reads=True),))
    assert alone is not None
    defaults = alone.defaults()
    assert (defaults.pixels, defaults.multiple, defaults.stages[0].scale) == (256 * 256, 16, 1)


@pytest.mark.parametrize(
    ("index", "config", "steps"),
    [(0, LEARNED, 100), (1, LEARNED, 50), (2, DDIM, 75), (0, LEARNED, 27), (2, DDIM, 4)],
)
def test_steps_are_the_schedulers(family: DeepFloyd, index: int, config: Mapping, steps: int) -> None:
    kind = DDIMScheduler if config is DDIM else DDPMScheduler
    oracle = kind.from_config({k: v for k, v in config.items() if k != "_class_name"})
    oracle.set_timesteps(steps)
    path = noise_path(config)
    times = path.times(steps, family.defaults().stages[index].schedule)
    assert [path.net_time(t) for t in times[:-1]] == oracle.timesteps.tolist()


def test_the_cosine_table_ends_in_noise() -> None:
    path = noise_path(COSINE)
    assert path.alpha(1000.0) ** 2 == pytest.approx(2.43e-9, rel=2e-3)
    assert path.ratio(1000.0) == pytest.approx(20291, rel=1e-3)


# Thresholding


@given(st.integers(0, 2**32), st.floats(0.01, 30), st.floats(0.5, 0.999), st.floats(1, 5))
def test_thresholding_is_the_schedulers(seed: int, size: float, ratio: float, largest: float) -> None:
    x0 = size * noise(seed, 0, "x0", 0, (3, 5, 7))
    oracle = DDPMScheduler(thresholding=True, dynamic_thresholding_ratio=ratio, sample_max_value=largest)
    ours = Limit(ratio, largest)(x0)
    assert torch.allclose(ours, oracle._threshold_sample(x0[None])[0], rtol=1e-5, atol=1e-6)
    assert float(ours.abs().max()) <= 1


def test_thresholding_leaves_what_is_within_bounds() -> None:
    x0 = noise(1, 0, "x0", 0, (3, 8, 8)).clamp(-1, 1)
    assert torch.equal(Limit(0.95, 1.5)(x0), x0)


def test_thresholding_divides_by_the_quantile() -> None:
    x0 = torch.linspace(0, 2, 101)[None, None]
    assert float(Limit(0.6, 1.5).threshold(x0)) == pytest.approx(1.2)
    assert Limit(0.6, 1.5)(x0)[0, 0, 30] == pytest.approx(0.6 / 1.2)
    assert Limit(0.95, 1.5).threshold(x0) == 1.5 and Limit(0.3, 1.5).threshold(x0) == 1.0


def test_limits_come_from_the_scheduler() -> None:
    assert limit_of({**LEARNED, "sample_max_value": 1.5}) == Limit(0.95, 1.5)
    assert limit_of({"thresholding": True}) == Limit(0.995, 1.0)
    assert limit_of({}) == Limit(clip=1.0)
    assert limit_of({"clip_sample_range": 2.0}) == Limit(clip=2.0)
    x0 = 3 * noise(1, 0, "x0", 0, (3, 8, 8))
    assert limit_of(DDIM)(x0) is x0
    assert float(Limit(clip=2.0)(x0).abs().max()) == 2.0


# Noise-conditioning augmentation


@pytest.mark.parametrize(("part", "level"), [(0.25, 250), (0.02, 20), (0.001, 1), (1.0, 999)])
def test_augmentation_is_add_noise(part: float, level: int) -> None:
    low, draw = noise(1, 0, "low", 0, (3, 6, 8)), Source(7, 0, "super")
    picture, told = augmented(low, part, noise_path(COSINE), draw)
    oracle = DDPMScheduler(beta_schedule="squaredcos_cap_v2")
    theirs = oracle.add_noise(low, draw("augment", 0, (3, 6, 8)), torch.tensor([level]))
    assert told == level
    assert torch.allclose(picture, theirs, atol=1e-5)


def test_augmentation_runs_from_nothing_to_noise_alone() -> None:
    low, draw = noise(1, 0, "low", 0, (3, 64, 64)), Source(7, 0, "super")
    untouched, told = augmented(low, 0.0, NoisePath("vp", "eps", table="cosine"), draw)
    assert untouched is low and told == 0
    drowned, _ = augmented(low, 1.0, NoisePath("vp", "eps", table="cosine"), draw)
    assert abs(float(torch.corrcoef(torch.stack([low.flatten(), drowned.flatten()]))[0, 1])) < 0.05


def test_corners_stay_corners() -> None:
    low = noise(1, 0, "low", 0, (3, 4, 6))
    large = enlarged(low, (3, 16, 24))
    assert torch.equal(large[:, ::15, ::23], low[:, ::3, ::5])
    assert torch.equal(enlarged(low, (4, 4, 6)), low), "the upscaler sees it in its own size"


# Files


def test_any_order_of_folders(folders: tuple[Path, ...], family: DeepFloyd) -> None:
    assert all(claim(order) == family for order in permutations(folders))
    assert [stage.name for stage in family.defaults().stages] == ["base", "super", "upscaler"]


def test_foreign_folders(folders: tuple[Path, ...], tmp_path: Path) -> None:
    other = write(tmp_path / "other", "FluxPipeline", {"unet": (UNET, {})})
    one, _, three = folders
    assert claim(()) is None
    assert claim((three,)) is None, "alone it belongs to another family"
    assert claim((one, one)) is None
    assert claim((one, other)) is None
    assert claim((one, tmp_path / "absent")) is None


def test_missing_files(folders: tuple[Path, ...], tmp_path: Path) -> None:
    alone = claim((write_super(tmp_path / "II"),))
    assert alone is not None
    assert alone.missing() == (tmp_path / "II" / "text_encoder",)
    first = write_base(tmp_path / "I")
    index = {"weight_map": {"a": "model.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (first / "unet" / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    both = claim((first, tmp_path / "II"))
    assert both is not None
    assert both.missing() == (first / "unet" / "model-00002-of-00002.safetensors",)


def test_weights_name_all_that_decides_a_pixel(tmp_path: Path) -> None:
    first = write_base(tmp_path / "I")

    def name() -> str:
        found = claim((first,))
        assert found is not None
        return found.defaults().stages[0].weights

    before = name()
    (first / "scheduler" / "scheduler_config.json").write_text(
        json.dumps({**LEARNED, "sample_max_value": 2.0})
    )
    threshold = name()
    (first / "text_encoder" / "model.safetensors").write_bytes(b"another")
    assert len({before, threshold, name()}) == 3


def test_nothing_but_open_needs_torch(folders: tuple[Path, ...]) -> None:
    program = f"""
import sys
from pathlib import Path
from typing import Any
from sfumato.language import read
from sfumato.models.deepfloyd import claim
from sfumato.plan import draft
family = claim(tuple(map(Path, {[str(folder) for folder in folders]})))
plan = draft(read("a red fox")[0], family.defaults())
assert family.check(plan) == () == family.notes(plan) == family.missing()
assert not {{"torch", "diffusers", "transformers"}} & set(sys.modules), "imported"
"""
    subprocess.run([sys.executable, "-c", program], check=True)


# What is refused


@pytest.mark.parametrize(
    ("index", "knobs", "sentence"),
    [
        (1, {"width": 256}, "makes a picture 4 times as wide and high"),
        (0, {"width": 100}, "cannot make 100×.* multiples of 8"),
        (2, {"augment": 0.36}, "augmentation up to 0.35, not 0.36"),
        (1, {"start": 0.5}, "give it a start picture"),
        (0, {"weights": "f" * 64}, "needs other base weights"),
        (0, {"adapters": (Adapter(weights="f" * 64),)}, "needs an adapter"),
    ],
)
def test_what_would_fail_is_refused(family: DeepFloyd, index: int, knobs: dict, sentence: str) -> None:
    sentences = family.check(staged(planned(family), index, **knobs))
    assert any(re.search(sentence, said) for said in sentences), sentences


def test_a_larger_picture_cannot_go_on_in_mid_run(family: DeepFloyd) -> None:
    plan = staged(staged(planned(family), 0, end=0.5), 1, start=0.5)
    assert any("cannot go on where base stops" in said for said in family.check(plan))


def test_stages_run_in_their_order(family: DeepFloyd) -> None:
    plan = planned(family)
    turned = plan.model_copy(update={"stages": (plan.stages[1], plan.stages[0], plan.stages[2])})
    assert any("in this order: base, super, upscaler" in said for said in family.check(turned))


def test_the_second_stage_alone_needs_a_picture(family: DeepFloyd) -> None:
    plan = planned(family)
    later = plan.model_copy(update={"stages": plan.stages[1:]})
    assert family.check(later) == ("DeepFloyd IF needs a picture as start: give one.",)
    assert family.check(later.model_copy(update={"inputs": (named("start"),)})) == ()


@pytest.mark.parametrize("role", ["hint", "reference"])
def test_other_pictures_are_refused(family: DeepFloyd, role: str) -> None:
    plan = planned(family).model_copy(update={"inputs": (named(role),)})
    assert family.check(plan) == (f"DeepFloyd IF cannot take a picture as {role}: it takes start, mask.",)


def test_a_mask_is_of_a_picture(family: DeepFloyd) -> None:
    """The engine keeps what it leaves, though no network of the cascade reads it."""
    plan = planned(family)
    (refusal,) = family.check(plan.model_copy(update={"inputs": (named("mask"),)}))
    assert "give the picture as start too" in refusal
    masked = plan.model_copy(update={"inputs": (named("start"), named("mask"))})
    assert family.check(masked) == family.notes(masked) == ()


def test_windows_fit_the_networks(family: DeepFloyd) -> None:
    plan = planned(family)
    (refusal,) = family.check(staged(plan, 2, window=100))
    assert "windows of stage upscaler are 100 pixels wide: make them a multiple of" in refusal
    assert family.check(staged(plan, 2, window=256)) == ()


def test_what_has_no_effect_is_said(family: DeepFloyd, folders: tuple[Path, ...]) -> None:
    plan = planned(family)
    assert family.notes(plan) == ()
    idle = plan.model_copy(update={"inputs": (named("start"),)})
    assert family.notes(idle) == ("The start picture has no effect: no stage begins from it.",)
    assert family.notes(staged(idle, 0, start=0.5)) == ()
    first = claim(folders[:1])
    assert first is not None
    renamed = staged(planned(first), 0, sampler="euler-ancestral")
    assert "no effect" in " ".join(first.notes(renamed))
    assert family.notes(staged(plan, 0, sampler="euler-ancestral")) == ()
