"""Learned words of SD and SDXL against diffusers' pipelines, and how texts name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import Tensor

from sfumato.models._parts.embedding_file import is_embedding, is_said, names_of, said
from sfumato.models._parts.unet.taught import taught
from sfumato.models.family import UnknownModel, recognise
from sfumato.plan import Plan
from tinies import adapters, kolors, sd, sdxl
from tinies.flights import MOVED, PARITY, fly, gap
from tinies.sdxl_oracle import Shelf, Tiny, drawn

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks

TOY, STYLE = "<cat-toy>", "painterly"
PROMPTS = (
    f"a red fox beside {TOY} in the snow --ar 3:2 --seed 7",
    f"a <{STYLE}> sea at night --ar 3:2 --seed 11",
)
PLAIN = ("a red fox beside in the snow --ar 3:2 --seed 7", "a sea at night --ar 3:2 --seed 11")


def vectors(count: int, width: int, seed: int) -> Tensor:
    return torch.randn(count, width, generator=torch.Generator().manual_seed(seed))


def write(path: Path, tensors: Mapping[str, Tensor]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(dict(tensors), path)
    return path


TOY_VECTOR, STYLE_VECTORS = vectors(1, 64, 1), vectors(3, 64, 2)
LARGE = {"clip_l": vectors(2, 64, 3), "clip_g": vectors(2, 128, 4)}


def small(folder: Path) -> tuple[Path, ...]:
    """A file as diffusers writes it, with one vector and its own name, and one as AUTOMATIC1111 does."""
    toy = write(folder / "learned_embeds.safetensors", {TOY: TOY_VECTOR[0]})
    style = write(folder / f"{STYLE}.safetensors", {"emb_params": STYLE_VECTORS})
    return (*sd.first(folder), toy, style)


def large(folder: Path) -> tuple[Path, ...]:
    toy = write(folder / "cat-toy.safetensors", LARGE)
    other = {"text_encoders_0": vectors(1, 64, 5), "text_encoders_1": vectors(1, 128, 6)}
    return (*sdxl.base(folder), toy, write(folder / f"{STYLE}.safetensors", other))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    shelf = Shelf(partial(tmp_path_factory.mktemp, "words"), {}, {"sd": small, "sdxl": large})
    yield shelf
    shelf.close()


def plans(tiny: Tiny, prompts: tuple[str, ...] = PROMPTS, **more: Any) -> list[Plan]:
    return tiny.plans(prompts, sampler="euler", schedule="leading+1", **more)


@pytest.fixture(scope="module")
def theirs(opened: Shelf) -> dict[str, Any]:
    """The pipelines, who know the same words."""
    import diffusers

    first, both = (
        opened("sd").pipe("StableDiffusionPipeline"),
        opened("sdxl").pipe("StableDiffusionXLPipeline"),
    )
    first.load_textual_inversion({TOY: TOY_VECTOR}, token=TOY)
    first.load_textual_inversion({"x": STYLE_VECTORS}, token=f"<{STYLE}>")
    for suffix, seed, name in (("", 5, "clip_l"), ("_2", 6, "clip_g")):
        parts = {part: getattr(both, part + suffix) for part in ("tokenizer", "text_encoder")}
        both.load_textual_inversion({"x": LARGE[name]}, token=TOY, **parts)
        own = vectors(1, LARGE[name].shape[1], seed)
        both.load_textual_inversion({"x": own}, token=f"<{STYLE}>", **parts)
    for pipe in (first, both):
        pipe.scheduler = diffusers.EulerDiscreteScheduler.from_config(
            pipe.scheduler.config, timestep_spacing="leading", steps_offset=1
        )
    return {"sd": first, "sdxl": both}


@pytest.mark.parametrize("kind", ["sd", "sdxl"])
def test_two_prompts_in_one_batch_equal_two_runs_of_the_pipeline(opened, theirs, kind: str) -> None:
    tiny = opened(kind)
    flown, without = fly(tiny.model, plans(tiny)), fly(tiny.model, plans(tiny, PLAIN))
    assert set(flown.rows) == {4}
    for x, bare, plan in zip(flown.x, without.x, plans(tiny), strict=True):
        other = drawn(theirs[kind], plan, tiny.model)
        assert gap(x, other) < PARITY and gap(bare, other) > MOVED


def test_a_negative_prompt_says_it_too(opened, theirs) -> None:
    tiny = opened("sd")
    own = plans(tiny, PLAIN[:1], negative=f"<{STYLE}>, a car")
    other = drawn(theirs["sd"], own[0], tiny.model)
    assert gap(fly(tiny.model, own).x[0], other) < PARITY
    assert gap(fly(tiny.model, plans(tiny, PLAIN[:1], negative=f"{STYLE}, a car")).x[0], other) > MOVED


SPELLED = ("<cat-toy>", "<CAT-TOY>", "<learned_embeds>", "embedding:cat-toy", "embedding:learned_embeds.pt")


@pytest.mark.parametrize("spelled", SPELLED)
def test_one_word_is_written_in_many_ways(opened, spelled: str) -> None:
    tiny = opened("sd")
    same = plans(tiny, (PROMPTS[0].replace(TOY, spelled),))
    assert torch.equal(fly(tiny.model, same).x[0], fly(tiny.model, plans(tiny)[:1]).x[0])


# Strength, and what a plan leaves out


def with_scale(plan: Plan, scale: float, **more: Any) -> Plan:
    stage = plan.stages[0]
    changed = tuple(own.model_copy(update={"scale": scale, **more}) for own in stage.adapters)
    return plan.model_copy(update={"stages": (stage.model_copy(update={"adapters": changed}),)})


def test_a_scale_multiplies_its_vectors(opened, theirs) -> None:
    tiny = opened("sd")
    plan = with_scale(plans(tiny)[0], 0.5)
    table = theirs["sd"].text_encoder.get_input_embeddings().weight
    place = theirs["sd"].tokenizer.convert_tokens_to_ids(TOY)
    own = table[place].clone()
    table.data[place] = own / 2
    other = drawn(theirs["sd"], plan, tiny.model)
    table.data[place] = own
    assert gap(fly(tiny.model, [plan]).x[0], other) < PARITY
    assert gap(fly(tiny.model, plans(tiny)[:1]).x[0], other) > MOVED


def test_without_it_the_name_is_letters(opened) -> None:
    tiny = opened("sd")
    plan = plans(tiny)[0]
    bare = plan.model_copy(update={"stages": (plan.stages[0].model_copy(update={"adapters": ()}),)})
    x = fly(tiny.model, [bare]).x[0]
    assert torch.equal(fly(tiny.model, [with_scale(plan, 0.0)]).x[0], x)
    assert torch.equal(fly(tiny.model, [with_scale(plan, 1.0, interval=(0.5, 0.5))]).x[0], x)
    assert gap(fly(tiny.model, [plan]).x[0], x) > MOVED


def test_nothing_stays_on_the_encoder(opened) -> None:
    tiny = opened("sd")
    encoder = tiny.model.stages[0].parts.readers[0].encoder
    fly(tiny.model, plans(tiny))
    assert not encoder.get_input_embeddings()._forward_hooks


def test_a_word_that_nobody_says_is_told(opened) -> None:
    tiny = opened("sd")
    family = recognise(tiny.paths)
    assert family.notes(plans(tiny)[0]) == (
        "No text says <painterly>: what was learned for it has no effect. Write it in the prompt.",
    )
    both = f"{TOY} <{STYLE}> --ar 3:2"
    assert family.notes(plans(tiny, (both,))[0]) == () and family.check(plans(tiny, (both,))[0]) == ()


def test_the_encoder_gets_only_ids_that_it_knows(opened) -> None:
    """Encoders whose config says 2 pool at the largest id, which must not be that of a learned word."""
    stage = opened("sdxl").model.stages[0]
    path, word = next(iter(stage.adapters.words.values()))
    reader = taught(stage.parts.readers[1], "text_encoder_2", {path: word})
    table, got = reader.encoder.get_input_embeddings(), []
    hook = table.register_forward_pre_hook(lambda module, args: got.append(args[0]))
    windows = reader.windows(f"a fox beside {TOY}")
    reader.read(windows)
    hook.remove()
    assert max(windows[0]) >= table.num_embeddings > int(got[0].max())


# Files and names


def test_files_are_told_apart(tmp_path: Path) -> None:
    for index, tensors in enumerate(({"*": vectors(4, 8, 1)}, {"<x>": vectors(1, 8, 1)[0]}, LARGE)):
        assert is_embedding(write(tmp_path / f"{index}.safetensors", tensors))
    for index, tensors in enumerate(
        ({"a": vectors(4, 8, 1)}, {"a": vectors(4, 8, 1), "b": vectors(4, 8, 1)})
    ):
        assert not is_embedding(write(tmp_path / f"no{index}.safetensors", tensors))
    assert not is_embedding(adapters.write(tmp_path, "lora", adapters.peft(sd.lora_of())))
    assert not is_embedding(tmp_path)


def test_what_it_is_called(tmp_path: Path) -> None:
    own = write(tmp_path / "Cat.safetensors", {TOY: TOY_VECTOR})
    assert names_of(own) == ("cat", "cat-toy")
    assert names_of(write(tmp_path / "bad-hands-5.safetensors", {"emb_params": TOY_VECTOR})) == (
        "bad-hands-5",
    )
    assert is_said(own, ["a <CAT>"]) and not is_said(own, ["a cat", "<cats>", "embedding:cat-toys"])


NAMES = ("cat", "cat-toy", "x.y")
PIECES = st.sampled_from(("a fox ", "<cat>", "embedding:cat-toy ", "<x.y>", "<dog> ", "cat ", ":: "))


@given(st.lists(PIECES))
def test_no_letter_is_lost(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = list(said(text, NAMES))
    assert "".join(words for _, words in found) == text.replace("<cat>", "").replace(
        "embedding:cat-toy", ""
    ).replace("<x.y>", "")
    assert [name for name, _ in found if name] == [
        own.strip("<> ").removeprefix("embedding:")
        for own in pieces
        if own in ("<cat>", "embedding:cat-toy ", "<x.y>")
    ]


REFUSED = {
    "an SD 1 word beside SDXL": (sdxl.base, {"emb_params": vectors(1, 64, 1)}),
    "an SDXL word beside SD 1": (sd.first, LARGE),
    "a word of another width": (sd.first, {"*": vectors(1, 48, 1)}),
    "a word beside ChatGLM": (kolors.VARIANTS["kolors"], {"*": vectors(1, 48, 1)}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_another_model_s_words_are_refused(tmp_path: Path, case: str) -> None:
    build, tensors = REFUSED[case]
    word = write(tmp_path / "word.safetensors", tensors)
    with pytest.raises(UnknownModel, match="was made for another model: its vectors are"):
        recognise((*build(tmp_path / "model"), word))


def test_two_words_of_one_name_are_refused(tmp_path: Path) -> None:
    pair = [write(tmp_path / name / "cat.safetensors", {"*": TOY_VECTOR}) for name in "ab"]
    with pytest.raises(UnknownModel, match="both called <cat>"):
        recognise((*sd.first(tmp_path / "model"), *pair))
