"""OmniGen at paper size on the meta device, and what of it needs no weights: mask, sentences, pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention as attention

from sfumato.engine import Condition, noise, to_pixels
from sfumato.language import read as read_prompt
from sfumato.models._parts.opening import parameters
from sfumato.models._parts.repository import Repository
from sfumato.models.omnigen import claim
from sfumato.models.omnigen.picture import framed, tokens
from sfumato.models.omnigen.sentence import named, pictured, runs, sentence, shown
from sfumato.models.omnigen.stream import read, sight, within
from sfumato.plan import Input, Plan, draft
from tinies.flights import gap
from tinies.omnigen import llama_tokenizer, transformer, write_omnigen

TRANSFORMER, AUTOENCODER, PHI_3_MINI = 3_762_072_592, 83_653_863, 3_821_079_552
WIDTH, VOCABULARY = 3072, 32064
INDEX = {
    "_class_name": "OmniGenPipeline",
    "transformer": ["diffusers", "OmniGenTransformer2DModel"],
    "vae": ["diffusers", "AutoencoderKL"],
    "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
    "tokenizer": ["transformers", "LlamaTokenizer"],
}
CONFIGS = {
    "transformer": {
        "in_channels": 4,
        "patch_size": 2,
        "hidden_size": WIDTH,
        "num_attention_heads": 32,
        "num_key_value_heads": 32,
        "intermediate_size": 8192,
        "num_layers": 32,
        "vocab_size": VOCABULARY,
        "max_position_embeddings": 131072,
        "original_max_position_embeddings": 4096,
        "pos_embed_max_size": 192,
        "rope_scaling": {"short_factor": [1.0] * 48, "long_factor": [2.0] * 48, "type": "su"},
    },
    "vae": {
        "block_out_channels": [128, 256, 512, 512],
        "down_block_types": ["DownEncoderBlock2D"] * 4,
        "up_block_types": ["UpDecoderBlock2D"] * 4,
        "layers_per_block": 2,
        "latent_channels": 4,
        "sample_size": 1024,
        "scaling_factor": 0.13025,
    },
    "scheduler": {
        "_class_name": "FlowMatchEulerDiscreteScheduler",
        "num_train_timesteps": 1,
        "shift": 1.0,
        "invert_sigmas": True,
    },
}


def write_configs(folder: Path, **changes: dict[str, Any]) -> Path:
    """The release without its weights."""
    for name, config in CONFIGS.items():
        (folder / name).mkdir(parents=True)
        file = folder / name / ("scheduler_config.json" if name == "scheduler" else "config.json")
        file.write_text(json.dumps({**config, **changes.get(name, {})}), encoding="utf-8")
    (folder / "model_index.json").write_text(json.dumps(INDEX), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Paper size, with weights that say nothing."""
    folder = write_configs(tmp_path_factory.mktemp("paper") / "omnigen")
    llama_tokenizer().save_pretrained(folder / "tokenizer")
    for name in ("transformer", "vae"):
        save_file({"nothing": torch.zeros(1)}, folder / name / "diffusion_pytorch_model.safetensors")
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_omnigen(tmp_path_factory.mktemp("tiny") / "omnigen")[0]


@pytest.fixture(scope="module")
def ours(tiny: Path) -> Iterator[Any]:
    opened = claimed(tiny).open("cpu", "float32")
    yield opened
    opened.close()


def claimed(folder: Path) -> Any:
    family = claim((folder,))
    assert family
    return family


def planned(folder: Path, text: str = "a red fox", references: int = 0, **knobs: Any) -> Plan:
    (prompt,) = read_prompt(f"{text} --seed 5")
    plan = draft(prompt, claimed(folder).defaults())
    stage = plan.stages[0].model_copy(update={"steps": 3, **knobs})
    inputs = tuple(Input(role="reference", hash=name(number)) for number in range(references))
    return plan.model_copy(update={"stages": (stage,), "inputs": inputs})


def name(number: int) -> str:
    return sha256(b"%d" % number).hexdigest()


# Size


def test_parameters_are_counted_exactly(paper: Path) -> None:
    assert parameters(Repository(paper)) == {"transformer": TRANSFORMER, "vae": AUTOENCODER}


def test_it_is_phi_3_with_other_ends() -> None:
    """No head that says words; two embedders of patches, two of time, and the last layer."""

    def linear(inputs: int, outputs: int) -> int:
        return (inputs + 1) * outputs

    time = linear(256, WIDTH) + linear(WIDTH, WIDTH)
    ends = 2 * linear(4 * 2 * 2, WIDTH) + 2 * time + linear(WIDTH, 2 * WIDTH) + linear(WIDTH, 4 * 2 * 2)
    assert PHI_3_MINI - VOCABULARY * WIDTH + ends == TRANSFORMER


def test_defaults_are_the_release_s(paper: Path) -> None:
    defaults = claimed(paper).defaults()
    (stage,) = defaults.stages
    assert (stage.steps, stage.sampler, stage.schedule, stage.shift) == (50, "euler", "linear", 1.0)
    assert (stage.guidance, stage.image_guidance) == (2.5, 1.6)
    assert (defaults.pixels, defaults.multiple) == (1024**2, 16)


def test_a_square_picture_is_4096_tokens(paper: Path) -> None:
    plan = planned(paper)
    opened = claimed(paper).open("meta", "float32")
    channels, height, width = opened.stages[0].shape(plan, plan.stages[0])
    assert (plan.width, plan.height, channels) == (1024, 1024, 4)
    assert height * width // opened.net.config.patch_size**2 == 4096 == tokens(plan.height, plan.width)


# What it claims and what it refuses


def test_only_its_own_folder_is_claimed(paper: Path, tiny: Path, tmp_path: Path) -> None:
    assert claim((paper,)) == claim((paper,)) != claim((tiny,))
    assert hash(claim((paper,))) == hash(claim((paper,)))
    assert claim(()) is None and claim((paper, tiny)) is None and claim((tmp_path,)) is None
    assert claim((paper / "vae" / "config.json",)) is None
    forwards = write_configs(tmp_path / "forwards", scheduler={"invert_sigmas": False})
    assert claim((forwards,)) is None


def test_missing_weights_are_named(paper: Path, tmp_path: Path) -> None:
    bare = claimed(write_configs(tmp_path / "bare"))
    assert [path.name for path in bare.missing()] == ["transformer", "vae"]
    with pytest.raises(FileNotFoundError, match=r"no \.safetensors file"):
        bare.defaults()
    assert claimed(paper).missing() == ()
    shards = {"a": "part-1.safetensors", "b": "part-2.safetensors"}
    vae = write_configs(tmp_path / "half") / "vae"
    save_file({"a": torch.zeros(1)}, vae / shards["a"])
    index = json.dumps({"weight_map": shards})
    (vae / "diffusion_pytorch_model.safetensors.index.json").write_text(index, encoding="utf-8")
    assert vae / shards["b"] in claimed(tmp_path / "half").missing()


@pytest.mark.parametrize(
    ("text", "references", "changes", "said"),
    [
        ("a fox", 4, {}, "at most 3"),
        ("a fox like <|image_2|>", 1, {}, "names <|image_2|>, but there is one reference picture"),
        ("a fox like <|image_1|>", 0, {}, "but there are no reference pictures"),
        ("a fox like <|image_0|>", 2, {}, "numbers start at 1"),
        ("a fox like <|image_1|>", 2, {}, "not <|image_2|>"),
        ("a fox", 0, {"schedule": "leading"}, "leading"),
        ("a fox", 0, {"start": 0.5}, "start"),
    ],
)
def test_what_cannot_be_is_said_before(
    tiny: Path, text: str, references: int, changes: dict[str, Any], said: str
) -> None:
    (refusal,) = claimed(tiny).check(planned(tiny, text, references, **changes))
    assert said in refusal


def test_sizes_that_cannot_be_are_said_before(tiny: Path) -> None:
    family, plan = claimed(tiny), planned(tiny)
    for width, said in ((72, "multiples of 16"), (208, "longer than 192")):
        stage = plan.stages[0].model_copy(update={"width": width})
        (refusal,) = family.check(plan.model_copy(update={"stages": (stage,)}))
        assert said in refusal
    assert family.check(plan) == ()


def test_a_weight_of_a_picture_is_refused(tiny: Path) -> None:
    plan = planned(tiny, references=1)
    heavy = plan.inputs[0].model_copy(update={"weight": 0.5})
    (refusal,) = claimed(tiny).check(plan.model_copy(update={"inputs": (heavy,)}))
    assert "weight 1" in refusal


def test_a_mask_is_taken_with_its_picture(tiny: Path) -> None:
    """The engine keeps what it leaves: the network reads none."""
    plan, mask, start = planned(tiny), Input(role="mask", hash=name(0)), Input(role="start", hash=name(1))
    (refusal,) = claimed(tiny).check(plan.model_copy(update={"inputs": (mask,)}))
    assert "give the picture as start too" in refusal
    masked = plan.model_copy(update={"inputs": (start, mask)})
    assert claimed(tiny).check(masked) == claimed(tiny).notes(masked) == ()
    (refusal,) = claimed(tiny).check(plan.model_copy(update={"inputs": (Input(role="hint", hash=name(0)),)}))
    assert "it takes start, reference, mask." in refusal


# Sentences


@pytest.mark.parametrize(
    ("text", "count", "wanted"),
    [
        ("a fox", 0, "a fox"),
        ("a fox", 1, "<img><|image_1|></img> a fox"),
        ("a fox", 2, "<img><|image_1|></img> <img><|image_2|></img> a fox"),
        ("", 1, "<img><|image_1|></img>"),
        (
            "put <|image_2|> on <img><|image_1|></img>",
            2,
            "put <img><|image_2|></img> on <img><|image_1|></img>",
        ),
    ],
)
def test_how_a_prompt_shows_its_pictures(text: str, count: int, wanted: str) -> None:
    assert shown(text, count) == wanted
    assert named(wanted) == named(text) or named(wanted) == tuple(range(1, count + 1))


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("a red fox in the snow", ()),
        (pictured(1), ((48, 64),)),
        ("the cats of <img><|image_2|></img> in <img><|image_1|></img>, at night", ((48, 64), (32, 16))),
        ("<img><|image_1|></img> and <img><|image_1|></img> again", ((32, 32),)),
    ],
)
def test_ids_are_the_released_processor_s(ours: Any, text: str, sides: tuple[tuple[int, int], ...]) -> None:
    from diffusers.pipelines.omnigen.processor_omnigen import OmniGenMultiModalProcessor

    tokenizer = ours.stages[0].tokenizer
    images = [torch.zeros(3, *side) for side in sides]
    processor = SimpleNamespace(
        text_tokenizer=tokenizer,
        add_prefix_instruction=lambda said: OmniGenMultiModalProcessor.add_prefix_instruction(None, said),  # type: ignore[arg-type]
    )
    theirs = OmniGenMultiModalProcessor.process_multi_modal_prompt(processor, text, images or None)  # type: ignore[arg-type]
    mine = sentence(text, [tokens(*side) for side in sides], tokenizer)
    assert [max(token, 0) for token in mine.ids] == theirs["input_ids"]
    places = [[run.start, run.stop] for run in runs(mine.ids) if run.picture is not None]
    assert places == (theirs["image_sizes"] or [])


# Pictures


@given(width=st.integers(1, 400), height=st.integers(1, 400))
@settings(max_examples=60)
def test_pictures_are_framed_as_released(width: int, height: int) -> None:
    from diffusers.pipelines.omnigen.processor_omnigen import crop_image

    values = np.random.default_rng(width * 401 + height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    picture = torch.from_numpy(values).permute(2, 0, 1) / 127.5 - 1
    try:
        wanted = np.asarray(crop_image(Image.fromarray(values), 64))
    except ValueError:  # nothing is left of it
        wanted = np.empty((0, 0, 3))
    if not 0 < max(wanted.shape[:2]) <= 192:  # where the tiny table of positions ends
        with pytest.raises(ValueError, match="too narrow"):
            framed(picture, 64)
        return
    mine = framed(picture, 64)
    assert np.array_equal(to_pixels(mine), wanted)
    assert all(side % 16 == 0 and side > 0 for side in mine.shape[1:])


# The mask

KINDS = st.lists(st.tuples(st.booleans(), st.integers(1, 6)), min_size=1, max_size=7)


def row_of(kinds: list[tuple[bool, int]]) -> list[int]:
    """Ids of words (7) and pictures, one after the other."""
    ids, pictures = [], 0
    for is_picture, length in kinds:
        pictures += is_picture
        ids += [-pictures if is_picture else 7] * length
    return ids


def seen_by_definition(ids: list[int]) -> Tensor:
    """Token i sees token j: where j is not later, or both are of one picture."""
    size = range(len(ids))
    return torch.tensor([[j <= i or (ids[i] < 0 and ids[i] == ids[j]) for j in size] for i in size])


@given(KINDS)
def test_the_mask_of_any_interleaving(kinds: list[tuple[bool, int]]) -> None:
    from diffusers.pipelines.omnigen.processor_omnigen import OmniGenCollator

    ids = row_of(kinds)
    mine = torch.zeros(len(ids), len(ids), dtype=torch.bool)
    for run in runs(ids):
        seen = sight(run)
        mine[run.start : run.stop, : run.stop] = True if seen is None else seen
    assert torch.equal(mine, seen_by_definition(ids))
    places = [[run.start, run.stop] for run in runs(ids) if run.picture is not None]
    row = {"input_ids": ids, "pixel_values": None, "image_sizes": places}
    collator = OmniGenCollator()
    whole = collator.process_mllm_input([row], [(16, 48)])[2]
    whole = collator.adjust_attention_for_input_images(whole, {0: places})[0]
    size = len(ids)
    assert torch.equal(whole[:size, :size] > 0, mine) and not whole[:size, size:].any()
    assert whole[size].tolist() == [1] * (size + 1) + [0] * 3 and whole[size + 1 :].all()


@given(KINDS)
@settings(max_examples=25)
def test_attention_run_by_run_is_attention_under_the_mask(kinds: list[tuple[bool, int]]) -> None:
    ids = row_of(kinds)
    q, k, v = (noise(seed, 0, "tokens", 0, (1, 2, len(ids), 4)) for seed in range(3))
    wanted = attention(q, k, v, attn_mask=seen_by_definition(ids))
    assert gap(within(q, k, v, tuple(runs(ids))), wanted) < 3e-6


@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_words_alone_are_read_as_phi_3_reads_them(long: bool) -> None:
    """The hidden states, keys and values of every layer are those of transformers' Phi-3."""
    from transformers import Phi3Config, Phi3Model

    net = transformer(60)
    ids = torch.randint(1, 60, (130 if long else 40,), generator=torch.Generator().manual_seed(3))
    config = net.config
    phi = Phi3Model(
        Phi3Config(
            vocab_size=60,
            hidden_size=config.hidden_size,
            intermediate_size=config.intermediate_size,
            num_hidden_layers=config.num_layers,
            num_attention_heads=config.num_attention_heads,
            num_key_value_heads=config.num_key_value_heads,
            max_position_embeddings=config.max_position_embeddings,
            original_max_position_embeddings=config.original_max_position_embeddings,
            rope_parameters={"rope_type": "longrope", "rope_theta": 10000.0, **config.rope_scaling},
            pad_token_id=0,
        )
    )
    phi.load_state_dict(as_phi_3(net), strict=True)
    inputs = []
    for layer in net.layers:
        layer.input_layernorm.register_forward_pre_hook(lambda norm, given: inputs.append(given[0]))
    past = read(net, Condition({"ids": ids, "long": torch.tensor(int(long))}))
    with torch.no_grad():
        told = phi.eval()(ids[None], use_cache=True, output_hidden_states=True)
    for number, layer in enumerate(told.past_key_values.layers):
        assert gap(inputs[number], told.hidden_states[number]) < 1e-5
        assert gap(past.keys[number], layer.keys) < 1e-5
        assert gap(past.values[number], layer.values) < 1e-5


def as_phi_3(net: Any) -> dict[str, Tensor]:
    """The weights under Phi-3's names, which keep queries, keys and values in one matrix."""
    state = {"embed_tokens.weight": net.embed_tokens.weight, "norm.weight": net.norm.weight}
    for number, layer in enumerate(net.layers):
        attn, name = layer.self_attn, f"layers.{number}."
        qkv = torch.cat([attn.to_q.weight, attn.to_k.weight, attn.to_v.weight])
        state |= {
            f"{name}self_attn.qkv_proj.weight": qkv,
            f"{name}self_attn.o_proj.weight": attn.to_out[0].weight,
            f"{name}mlp.gate_up_proj.weight": layer.mlp.gate_up_proj.weight,
            f"{name}mlp.down_proj.weight": layer.mlp.down_proj.weight,
            f"{name}input_layernorm.weight": layer.input_layernorm.weight,
            f"{name}post_attention_layernorm.weight": layer.post_attention_layernorm.weight,
        }
    return state
