"""OmniGen against diffusers' pipeline over the same folder: same noise, same words, same pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from sfumato.engine import Commission, Source, board, fitted
from sfumato.language import read
from sfumato.models.omnigen import claim, model, sentence, stream
from sfumato.plan import Input, Plan, draft
from tinies.flights import MOVED, PARITY, entries, fly, gap, zeroed
from tinies.omnigen import SIDE_PX, write_omnigen

LONG = "a small blue lighthouse: zigzag quartz fjords, vexed wizards, jumbo pyjamas, brown foxes, glib dwarfs"
LONGER = f"{LONG}, mazy hymns of the kraken by the sea at night, two cats, waltz, bad nymph for jigs, {LONG}"
EDIT = "<img><|image_1|></img> a red fox in the snow, golden hour"
MIX = "two cats of <img><|image_2|></img> and the small car of <img><|image_1|></img>, at night"


@dataclass(frozen=True)
class Case:
    """A prompt, the sizes of its pictures (width, height), and whether the oracle's rows run one by one.

    diffusers turns every row of a batch by the positions of the first one: wrong for the others where
    the first is shorter and so padded. One by one its rows are right.
    """

    text: str
    sizes: tuple[tuple[int, int], ...] = ()
    apart: bool = False


WORDS = Case(LONGER)
SHORT = Case("a red fox in the snow", apart=True)
ONE = Case(f"{EDIT}, {LONG}", ((64, 48),))
TWO = Case(f"{MIX}, {LONG}", ((61, 40), (190, 145)))
CASES = {"words": WORDS, "short words": SHORT, "one picture": ONE, "two pictures": TWO}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_omnigen(tmp_path_factory.mktemp("tiny") / "omnigen")[0]


@pytest.fixture
def ours(folder: Path) -> Iterator[Any]:
    """Opened anew for every test, since some tests break it."""
    family = claim((folder,))
    assert family
    opened = family.open("cpu", "float32")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def theirs(folder: Path) -> Iterator[Any]:
    """The released pipeline; its autoencoder gives its mean, in place of a draw nobody could repeat."""
    from diffusers import OmniGenPipeline
    from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
    from diffusers.pipelines.omnigen import pipeline_omnigen, processor_omnigen

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processor_omnigen, "transforms", TRANSFORMS, raising=False)
        chosen = processor_omnigen.OmniGenMultiModalProcessor
        patch.setattr(pipeline_omnigen, "OmniGenMultiModalProcessor", chosen, raising=False)
        patch.setattr(DiagonalGaussianDistribution, "sample", lambda seen: seen.mode())
        pipeline = OmniGenPipeline.from_pretrained(folder)
        pipeline.set_progress_bar_config(disable=True)
        yield pipeline


def _composed(steps: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return run


def _tensor(image: Image.Image) -> Tensor:
    return torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1).float() / 255


# The four functions of torchvision that the pipeline uses, so that the test does not need all the others.
TRANSFORMS = SimpleNamespace(
    Compose=_composed,
    Lambda=lambda function: function,
    ToTensor=lambda: _tensor,
    Normalize=lambda mean, std, inplace: lambda value: (value - mean[0]) / std[0],
)


def pictures(case: Case) -> tuple[Image.Image, ...]:
    """Coloured waves and some noise, different for every place in the list."""
    images = []
    for number, (width, height) in enumerate(case.sizes):
        draw = np.random.default_rng(number + 5)
        across, down = np.linspace(0, 5, width), np.linspace(0, 4 + number, height)[:, None]
        waves = np.stack([np.sin(across * (c + 1) + down + number) for c in range(3)], axis=-1)
        values = 127 + 90 * waves + draw.normal(0, 25, (height, width, 3))
        images.append(Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)))
    return tuple(images)


def given(case: Case) -> dict[str, Tensor]:
    """The pictures as a plan reads them, by their hash, in order."""
    return {sha256(image.tobytes()).hexdigest(): _tensor(image) * 2 - 1 for image in pictures(case)}


def planned(folder: Path, case: Case, seed: int = 11, **knobs: Any) -> Plan:
    family = claim((folder,))
    assert family
    (prompt,) = read(f"{case.text} --ar 3:2 --seed {seed}")
    inputs = tuple(Input(role="reference", hash=key) for key in given(case))
    plan = draft(prompt, family.defaults()).model_copy(update={"inputs": inputs})
    stage = plan.stages[0].model_copy(update={"steps": 4, **knobs})
    plan = plan.model_copy(update={"stages": (stage,)})
    assert not family.check(plan)
    return plan


def oracle(pipeline: Any, case: Case, plan: Plan) -> Tensor:
    """The final latent of the pipeline, given the plan's noise."""
    seed, stage = plan.seeds[0], plan.stages[0]
    noise = Source(seed.number, seed.slice, place=stage.name)(
        "start", 0, (4, plan.height // 8, plan.width // 8)
    )
    with pytest.MonkeyPatch.context() as patch:
        if case.apart:
            patch.setattr(pipeline.transformer, "forward", one_by_one(pipeline.transformer.forward))
        return pipeline(
            sentence.shown(plan.parts[0].content, 0),
            input_images=list(pictures(case)) or None,
            height=plan.height,
            width=plan.width,
            num_inference_steps=stage.steps,
            max_input_image_size=SIDE_PX,
            guidance_scale=stage.guidance,
            img_guidance_scale=stage.image_guidance,
            latents=noise[None],
            output_type="latent",
        ).images[0]


def one_by_one(forward: Callable[..., Any]) -> Callable[..., Any]:
    """The transformer asked for one row at a time."""

    def asked(
        *, input_img_latents: list[Tensor], input_image_sizes: dict, return_dict: bool, **rows: Tensor
    ) -> Any:
        latents, outs = list(input_img_latents), []
        for row in range(len(rows["hidden_states"])):
            places = input_image_sizes.get(row, [])
            own, latents = latents[: len(places)], latents[len(places) :]
            mine = {name: value[row : row + 1] for name, value in rows.items()}
            sizes = {0: places} if places else {}
            outs += forward(**mine, input_img_latents=own, input_image_sizes=sizes, return_dict=False)
        return (torch.cat(outs),)

    return asked


def flown(ours: Any, case: Case, plan: Plan, **options: Any) -> Tensor:
    return fly(ours, [plan], given(case), **options).x[0]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_final_latent_is_theirs(ours: Any, theirs: Any, folder: Path, case: Case) -> None:
    plan = planned(folder, case)
    wanted = oracle(theirs, case, plan)
    assert (
        plan.width != plan.height and plan.stages[0].guidance == 2.5 and plan.stages[0].image_guidance == 1.6
    )
    assert float(wanted.abs().max()) < 30
    assert gap(flown(ours, case, plan), wanted) < PARITY


@pytest.mark.parametrize("case", [WORDS, TWO], ids=["words", "pictures"])
def test_different_prompts_share_passes_and_are_each_as_if_alone(
    ours: Any, theirs: Any, folder: Path, case: Case
) -> None:
    """Of different lengths they share what is equally long: the null, and the pictures without words."""
    other = replace(case, text=f"{case.text} and a blue car")
    plans = planned(folder, case), planned(folder, other, seed=12, guidance=4.0)
    both = fly(ours, plans, given(case))
    roles = 3 if case.sizes else 2
    assert sorted(both.rows) == sorted(([1, 1] + [2] * (roles - 1)) * 4)
    wanted = [oracle(theirs, own, plan) for own, plan in zip((case, other), plans, strict=True)]
    assert all(gap(mine, own) < PARITY for mine, own in zip(both.x, wanted, strict=True))
    assert all(gap(mine, own) > MOVED for mine, own in zip(both.x, reversed(wanted), strict=True))


def test_equally_long_prompts_at_other_sizes_of_pictures_share_every_pass(
    ours: Any, theirs: Any, folder: Path
) -> None:
    cases = ONE, replace(ONE, text=ONE.text.replace("red", "car"), sizes=((48, 64),))
    plans = planned(folder, cases[0]), planned(folder, cases[1], seed=12)
    both = fly(ours, plans, given(cases[0]) | given(cases[1]))
    assert set(both.rows) == {2}
    wanted = [oracle(theirs, own, plan) for own, plan in zip(cases, plans, strict=True)]
    assert all(gap(mine, own) < PARITY for mine, own in zip(both.x, wanted, strict=True))


@pytest.mark.parametrize("case", [WORDS, TWO], ids=["words", "pictures"])
def test_every_entry_of_a_condition_is_looked_at(ours: Any, theirs: Any, folder: Path, case: Case) -> None:
    plan = planned(folder, case)
    wanted = oracle(theirs, case, plan)
    leg = board(Commission(plan, ours, given(case)), 0).leg
    assert leg
    names = entries(leg.panes[0].conditions.values())
    assert names == ("ids", "long", *(f"picture.{k}" for k in range(len(case.sizes))))
    moved = {name: gap(flown(ours, case, plan, tamper=zeroed(name)), wanted) for name in names}
    assert min(moved.values()) > MOVED, moved


@pytest.mark.parametrize(
    "knobs",
    [
        {"guidance": 1.0},
        {"image_guidance": 1.0},
        {"image_guidance": 2.5},
        {"interval": (0.0, 0.5)},
        {"rescale": 1.0},
    ],
    ids=str,
)
def test_guidance_is_looked_at(ours: Any, theirs: Any, folder: Path, knobs: dict[str, Any]) -> None:
    wanted = oracle(theirs, TWO, planned(folder, TWO))
    assert gap(flown(ours, TWO, planned(folder, TWO, **knobs)), wanted) > MOVED


def test_a_shifted_release_walks_other_steps(tmp_path: Path, theirs: Any) -> None:
    shifted = write_omnigen(tmp_path / "shifted", shift=3.0)[0]
    family, plan = claim((shifted,)), planned(shifted, WORDS)
    assert family
    opened = family.open("cpu", "float32")
    scheduler, theirs.scheduler = (
        theirs.scheduler,
        type(theirs.scheduler).from_pretrained(shifted / "scheduler"),
    )
    wanted = oracle(theirs, WORDS, plan)
    theirs.scheduler = scheduler
    assert gap(flown(opened, WORDS, plan), wanted) < PARITY
    assert gap(flown(opened, WORDS, planned(shifted, WORDS, shift=1.0)), wanted) > MOVED


# Every fault below is a way in which this system is easily got wrong.


def _time_first(patch: pytest.MonkeyPatch, ours: Any) -> None:
    def places(start: int, count: int) -> Tensor:
        if start == 0:
            return torch.arange(1, count + 1)
        return torch.cat([torch.zeros(1, dtype=torch.long), torch.arange(start + 1, start + count)])

    patch.setattr(stream, "places", places)


def _positions_start_anew(patch: pytest.MonkeyPatch, ours: Any) -> None:
    patch.setattr(stream, "places", lambda start, count: torch.arange(count))


def _causal_in_pictures(patch: pytest.MonkeyPatch, ours: Any) -> None:
    whole = stream.sight
    patch.setattr(stream, "sight", lambda part, device: whole(part._replace(picture=None), device))


def _embedders_swapped(patch: pytest.MonkeyPatch, ours: Any) -> None:
    embed = ours.net.patch_embedding
    embed.input_image_proj, embed.output_image_proj = embed.output_image_proj, embed.input_image_proj


def _clocks_swapped(patch: pytest.MonkeyPatch, ours: Any) -> None:
    ours.net.time_token, ours.net.t_embedder = ours.net.t_embedder, ours.net.time_token


def _table_not_centred(patch: pytest.MonkeyPatch, ours: Any) -> None:
    embed = ours.net.patch_embedding

    def corner(height: int, width: int) -> Tensor:
        table = embed.pos_embed.unflatten(1, (embed.pos_embed_max_size, -1))
        return table[:, : height // embed.patch_size, : width // embed.patch_size].flatten(1, 2)

    patch.setattr(embed, "_cropped_pos_embed", corner)


def _towards_noise(patch: pytest.MonkeyPatch, ours: Any) -> None:
    right = model.look
    patch.setattr(model, "look", lambda *looked: -right(*looked))


def _clock_backwards(patch: pytest.MonkeyPatch, ours: Any) -> None:
    right = model.look
    patch.setattr(model, "look", lambda net, x, clock, *rest: right(net, x, 1 - clock, *rest))


def _unscaled_references(patch: pytest.MonkeyPatch, ours: Any) -> None:
    right = model.Sentences._references
    scale = ours.stages[0].latent.scale
    patch.setattr(
        model.Sentences,
        "_references",
        lambda stage, setting: tuple(one / scale for one in right(stage, setting)),
    )


def _stretched_without_loudness(patch: pytest.MonkeyPatch, ours: Any) -> None:
    ours.net.rope.max_position_embeddings = ours.net.rope.original_max_position_embeddings


def _squeezed_references(patch: pytest.MonkeyPatch, ours: Any) -> None:
    def squeezed(picture: Tensor, longest_px: int) -> Tensor:
        right = cropped(picture, longest_px)
        return fitted(picture, right.shape[2], right.shape[1])

    cropped = model.framed
    patch.setattr(model, "framed", squeezed)


def _every_chunk_begins_a_text(patch: pytest.MonkeyPatch, ours: Any) -> None:
    patch.setattr(sentence, "_words", lambda chunk, tokenizer, first: tokenizer(chunk).input_ids)


def _no_instruction(patch: pytest.MonkeyPatch, ours: Any) -> None:
    patch.setattr(sentence, "BEFORE", "<|user|>\n")


def _away_from_nothing(patch: pytest.MonkeyPatch, ours: Any) -> None:
    patch.setattr(model, "NEGATIVE", " ")


def _words_without_pictures_as_null(patch: pytest.MonkeyPatch, ours: Any) -> None:
    patch.setattr(model, "pictured", lambda count: "")


FAULTS = (
    _time_first,
    _positions_start_anew,
    _causal_in_pictures,
    _embedders_swapped,
    _clocks_swapped,
    _table_not_centred,
    _towards_noise,
    _clock_backwards,
    _unscaled_references,
    _stretched_without_loudness,
    _squeezed_references,
    _every_chunk_begins_a_text,
    _no_instruction,
    _away_from_nothing,
    _words_without_pictures_as_null,
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__.strip("_").replace("_", " "))
def test_every_trap_moves_the_picture(
    ours: Any, theirs: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, fault: Callable[..., None]
) -> None:
    plan = planned(folder, TWO)
    wanted = oracle(theirs, TWO, plan)
    fault(monkeypatch, ours)
    assert gap(flown(ours, TWO, plan), wanted) > MOVED
