"""Any other repository: the pipeline itself against what we make of it, and what is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import CogView3PlusPipeline, LatentConsistencyModelPipeline
from torch import Tensor

from sfumato.models.family import UnknownModel, kinds, recognise
from sfumato.models.other import Other, claim
from sfumato.models.other.model import seed_of
from sfumato.models.other.pipelines import call_of, home_of
from sfumato.plan import Input, Plan
from tinies import other as tiny
from tinies.beside import Beside, draw_of, open_beside, staged
from tinies.flights import MOVED, fly, gap

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

PIPELINES = {"cogview3-plus": CogView3PlusPipeline, "lcm": LatentConsistencyModelPipeline}


def painted(pipe: Any, plan: Plan, **more: Any) -> Tensor:
    """The pipeline's own picture of the plan, (3, H, W) in [-1, 1], from a generator seeded by our noise."""
    stage = plan.stages[0]
    noise = draw_of(plan)("start", 0, (3, stage.height, stage.width))
    told = {
        "prompt": plan.parts[0].content,
        "num_inference_steps": stage.steps,
        "guidance_scale": stage.guidance,
        "height": stage.height,
        "width": stage.width,
        "generator": torch.Generator().manual_seed(seed_of(noise)),
        "output_type": "np",
        **more,
    }
    return torch.as_tensor(pipe(**told).images[0]).movedim(-1, 0) * 2 - 1


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Beside]:
    def open_kind(kind: str) -> Beside:
        paths = tiny.VARIANTS[kind](tmp_path_factory.mktemp("other"))
        return open_beside(paths, PIPELINES[kind], painted)

    return cache(open_kind)


@pytest.mark.parametrize("kind", PIPELINES)
def test_its_pictures_are_the_pipeline_s_to_the_last_bit(opened, kind: str) -> None:
    both = opened(kind)
    assert isinstance(both.family, Other)
    flown = fly(both.model, both.plans)
    for number, x in enumerate(flown.x):
        assert torch.equal(x, both.theirs(number))
        assert gap(x, both.theirs(1 - number)) > MOVED


@pytest.mark.parametrize("kind", PIPELINES)
@pytest.mark.parametrize("knobs", [{"steps": 2}, {"guidance": 2.0}], ids=str)
def test_knobs_reach_it(opened, kind: str, knobs: dict[str, Any]) -> None:
    both = opened(kind)
    plan = staged(both.plans[0], **knobs)
    made = fly(both.model, [plan]).x[0]
    assert torch.equal(made, painted(both.pipe, plan))
    assert gap(made, both.theirs(0)) > 1e-3


def test_a_negative_prompt_reaches_it(opened) -> None:
    both = opened("cogview3-plus")
    plan = both.plans[0].model_copy(update={"negative": "a small blue car"})
    made = fly(both.model, [plan]).x[0]
    assert torch.equal(made, painted(both.pipe, plan, negative_prompt="a small blue car"))
    assert not torch.equal(made, both.theirs(0))


def test_every_seed_is_another_picture(opened) -> None:
    both = opened("lcm")
    plan = both.plans[0]
    seeds = tuple(plan.seeds[0].model_copy(update={"number": number}) for number in (7, 8))
    pictures = [fly(both.model, [plan.model_copy(update={"seeds": (seed,)})]).x[0] for seed in seeds]
    assert gap(*pictures) > MOVED


# What is claimed


def test_it_is_asked_last() -> None:
    assert list(kinds())[-1] == "other" and list(kinds())[:-1] == sorted(list(kinds())[:-1])


def test_a_family_s_own_release_stays_with_it(tmp_path: Path) -> None:
    from tinies import sd3

    assert recognise(sd3.medium(tmp_path)).name == "sd3"


def index(folder: Path, **changes: Any) -> Path:
    """A folder with an index alone."""
    folder.mkdir(exist_ok=True)
    said = {
        "_class_name": "CogView3PlusPipeline",
        "_diffusers_version": "0.36.0",
        "vae": ["diffusers", "AutoencoderKL"],
        **changes,
    }
    (folder / "model_index.json").write_text(json.dumps(said), encoding="utf-8")
    return folder


UNABLE = (
    ({"_class_name": ["pipeline", "OwnPipeline"]}, "model_index.json would be run from code"),
    ({"vae": ["vae.own", "Own"]}, "vae would be run from code"),
    ({"vae": ["os", "system"]}, "vae would be run from code"),
    ({"_class_name": "FarFuturePipeline"}, "has no FarFuturePipeline"),
    ({"_class_name": "WanPipeline"}, "does not make a picture from words alone"),
    ({"_class_name": "AudioLDM2Pipeline"}, "does not make a picture from words alone"),
    ({"_class_name": "StableDiffusionLatentUpscalePipeline"}, "does not make a picture from words alone"),
    ({"_class_name": "StableDiffusionXLControlNetPipeline"}, "does not make a picture from words alone"),
)


@pytest.mark.parametrize(("changes", "words"), UNABLE)
def test_what_cannot_be_run_is_said(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UnknownModel, match=words):
        recognise([index(tmp_path, **changes)])


def test_what_is_no_release_is_left_to_others(tmp_path: Path) -> None:
    assert claim(()) is None and claim((tmp_path,)) is None and claim((tmp_path, tmp_path)) is None


@pytest.mark.parametrize("name", ["AuraFlow", "Sana", "Lumina2", "CogView4", "Chroma", "GlmImage"])
def test_released_pipelines_are_taken(tmp_path: Path, name: str) -> None:
    assert claim((index(tmp_path, _class_name=f"{name}Pipeline"),)) is not None


def test_calls_are_read_as_python_has_them() -> None:
    import inspect

    for kind in PIPELINES.values():
        parameters = dict(list(inspect.signature(kind.__call__).parameters.items())[1:])
        call = call_of(kind.__name__)
        assert call is not None
        assert call.given == {own for own in parameters if own != "kwargs"}
        assert call.needed == set()
        numbers = {
            own: what.default for own, what in parameters.items() if type(what.default) in (int, float)
        }
        assert dict(call.numbers) == numbers


def test_parts_that_belong_to_one_pipeline_are_at_home_there() -> None:
    assert home_of("stable_diffusion") == "diffusers.pipelines.stable_diffusion"
    assert home_of("transformers") == "transformers"
    assert home_of("os") == home_of("../stable_diffusion") == home_of("") == ""


def test_pickles_stay_closed(tmp_path: Path) -> None:
    (folder,) = tiny.cogview(tmp_path / "whole")
    (weights,) = (folder / "vae").glob("*.safetensors")
    weights.rename(weights.with_suffix(".bin"))
    family = claim((folder,))
    assert family is not None and [path.name for path in family.missing()] == ["vae"]
    with pytest.raises(FileNotFoundError, match="pickles"):
        family.defaults()
    with pytest.raises(FileNotFoundError, match="pickles"):
        family.open("cpu", "float32")


# What it chooses and refuses


def test_defaults_are_the_call_s(opened) -> None:
    for kind, (steps, guidance, side) in {"cogview3-plus": (50, 5.0, 64), "lcm": (4, 8.5, 64)}.items():
        defaults = opened(kind).family.defaults()
        (stage,) = defaults.stages
        assert (stage.steps, stage.guidance) == (steps, guidance)
        assert defaults.pixels == side**2


REFUSED = (
    ({"sampler": "heun"}, "leave out sampler"),
    ({"schedule": "karras", "cache": 0.1}, "leave out schedule, cache"),
    ({"end": 0.5}, "leave out `--stop`"),
    ({"width": 60}, "multiples of 16"),
    ({"start": 0.5}, "start it at 0"),
    ({"weights": "0" * 64}, "needs other base weights"),
)


@pytest.mark.parametrize(("knobs", "words"), REFUSED)
def test_refused(opened, knobs: dict[str, Any], words: str) -> None:
    both = opened("cogview3-plus")
    assert any(words in said for said in both.family.check(staged(both.plans[0], **knobs)))
    assert both.family.check(both.plans[0]) == ()


def test_pictures_weights_and_negatives_that_it_cannot_take(opened) -> None:
    both = opened("lcm")
    plan = both.plans[0]
    part = plan.parts[0]
    start = plan.model_copy(update={"inputs": (Input(role="start", hash="1" * 64),)})
    two = plan.model_copy(update={"parts": (part, part.model_copy(update={"weight": -0.5}))})
    negative = plan.model_copy(update={"negative": "a car"})
    for changed, words in ((start, "as start"), (two, "without weights"), (negative, "no negative prompt")):
        assert any(words in said for said in both.family.check(changed))


def test_other_networks_are_another_model(opened, tmp_path: Path) -> None:
    family = opened("lcm").family
    shutil.copytree(family.path, tmp_path / "copy")  # pyright: ignore
    copied = claim((tmp_path / "copy",))
    assert copied is not None and copied.fingerprint() == family.defaults().stages[0].weights
    index(tmp_path / "copy", **{**copied.repository.index, "requires_safety_checker": True})
    other = claim((tmp_path / "copy",))
    assert other is not None and other.fingerprint() != copied.fingerprint()


def test_no_torch_before_open(opened) -> None:
    code = (
        "import sys; from pathlib import Path; from sfumato.language import read\n"
        "from sfumato.models.other import claim; from sfumato.plan import draft\n"
        "family = claim((Path(sys.argv[1]),)); plan = draft(read('a fox')[0], family.defaults())\n"
        "print(family.check(plan), family.missing(), family.summary)\n"
        "print('torch' in sys.modules or 'diffusers' in sys.modules)"
    )
    told = [sys.executable, "-c", code, str(opened("lcm").family.path)]
    done = subprocess.run(told, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("() () LatentConsistencyModel (")
    assert done.stdout.splitlines()[1] == "False"
