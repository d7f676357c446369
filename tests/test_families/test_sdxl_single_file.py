"""SDXL in one file: opened without any config, and the same networks to the last bit."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import PathFinder
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from sfumato.engine import NoisePath
from sfumato.language import read
from sfumato.models._parts.unet.model import UnetModel
from sfumato.models._parts.unet.vocabulary import open_words, read_merges
from sfumato.models.family import UnknownModel, recognise
from sfumato.models.sdxl import Sdxl, claim
from sfumato.plan import Plan, draft
from tinies import sdxl
from tinies.flights import MOVED, fly, gap
from tinies.sdxl_file import edm_marks, write_file

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

SIDE = f"{2 * sdxl.LATENT_SIDE}x{2 * sdxl.LATENT_SIDE}"


def family(*paths: Path) -> Sdxl:
    found = recognise(paths)
    assert isinstance(found, Sdxl)
    return found


def opened(*paths: Path) -> UnetModel:
    """Kernels add up in another order where weights lie at odd addresses, as in mapped files: each moves."""
    model = family(*paths).open("cpu", "float32")
    assert isinstance(model, UnetModel)
    for network in networks(model).values():
        for parameter in network.parameters():
            parameter.data = parameter.data.clone()
    return model


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[Path, Path]]:
    """A tiny variant as a folder and, elsewhere, as a file."""

    def make(name: str, marks: Mapping[str, Tensor] | None = None, **said: str) -> tuple[Path, Path]:
        (folder,) = sdxl.VARIANTS[name](tmp_path_factory.mktemp("folder"))
        file = tmp_path_factory.mktemp("file") / f"{name}.safetensors"
        return folder, write_file(folder, file, marks, **{"resolution": SIDE} | said)

    return make


def networks(model: UnetModel) -> dict[str, nn.Module]:
    parts = model.stages[0].parts
    readers = {f"text {index}": reader.encoder for index, reader in enumerate(parts.readers)}
    return {"unet": parts.unet, "vae": parts.latent.vae, **readers}


def same(one: nn.Module, other: nn.Module) -> bool:
    """Every parameter and buffer, bit for bit."""
    first, second = (dict([*net.named_parameters(), *net.named_buffers()]) for net in (one, other))
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def plan_of(found: Sdxl, text: str = "a red fox in the snow --ar 3:2 --seed 7") -> Plan:
    plan = draft(read(text)[0], found.defaults())
    stage = plan.stages[0].model_copy(update={"steps": 4})
    return plan.model_copy(update={"stages": (stage,), "seeds": plan.seeds[:1]})


@pytest.mark.parametrize("name", ["base", "refiner", "inpaint"])
def test_same_networks_and_same_picture(written: Callable[..., tuple[Path, Path]], name: str) -> None:
    folder, file = written(name)
    if name == "refiner":  # its folder has the second tokenizer alone
        copytree(folder / "tokenizer_2", folder / "words" / "tokenizer")
        copytree(folder / "tokenizer_2", folder / "words" / "tokenizer_2")
    else:
        for part in ("tokenizer", "tokenizer_2"):
            copytree(folder / part, folder / "words" / part)
    ours, theirs = opened(file, folder / "words"), opened(folder)
    have, want = networks(ours), networks(theirs)
    assert have.keys() == want.keys()
    assert all(same(have[part], want[part]) for part in want)
    plan = plan_of(family(folder))
    zeroed = theirs.stages[0].facts.zeros == ours.stages[0].facts.zeros
    assert zeroed and torch.equal(fly(ours, [plan]).x[0], fly(theirs, [plan]).x[0])


def test_playground(written: Callable[..., tuple[Path, Path]]) -> None:
    folder, file = written("playground-v2.5", edm_marks(sdxl.MEAN, sdxl.DEVIATION))
    ours, theirs = opened(file, tokenizers(folder)), opened(folder)
    assert ours.stages[0].path == theirs.stages[0].path
    plans = [plan_of(found) for found in (family(file, tokenizers(folder)), family(folder))]
    knobs = [plan.stages[0].model_dump(exclude={"weights"}) for plan in plans]
    assert knobs[0] == knobs[1]
    pictures = [
        stage.decode(fly(model, [plan]).x[0])
        for model, plan, stage in zip((ours, theirs), plans, (ours.stages[0], theirs.stages[0]), strict=True)
    ]
    assert torch.equal(pictures[0], pictures[1])
    folder, plain = written("playground-v2.5")
    assert opened(plain, tokenizers(folder)).stages[0].path.kind == "vp"


def tokenizers(folder: Path) -> Path:
    """A folder with nothing but the tokenizers of this one."""
    words = folder / "words"
    for part in ("tokenizer", "tokenizer_2"):
        copytree(folder / part, words / part, dirs_exist_ok=True)
    return words


@pytest.mark.parametrize(
    ("marks", "said", "path"),
    [
        ((), {}, NoisePath("vp", "eps")),
        (("v_pred",), {}, NoisePath("vp", "v")),
        (("v_pred", "ztsnr"), {}, NoisePath("vp", "v", zero_snr=True)),
        ((), {"prediction_type": "v"}, NoisePath("vp", "v")),
    ],
)
def test_marks_of_v_prediction(
    written: Callable[..., tuple[Path, Path]], marks: Sequence[str], said: dict[str, str], path: NoisePath
) -> None:
    folder, file = written("base", {mark: torch.tensor([]) for mark in marks}, **said)
    words = tokenizers(folder)
    assert opened(file, words).stages[0].path == path
    schedule = family(file, words).defaults().stages[0].schedule
    assert schedule == ("trailing" if "ztsnr" in marks else "leading+1")
    assert path.times(4, schedule)[0] == (1000 if "ztsnr" in marks else 752)


def test_side_is_the_release_s_where_nothing_is_said(written: Callable[..., tuple[Path, Path]]) -> None:
    folder, file = written("base", resolution="unknown")
    assert family(file, tokenizers(folder)).defaults().pixels == 1024**2


# Tokenizers


def test_tokenizers_beside_the_file(written: Callable[..., tuple[Path, Path]]) -> None:
    folder, file = written("base")
    assert family(file).missing() == (file.parent / "tokenizer",)
    sentences = family(file).check(plan_of(family(file)))
    assert any("name a folder with tokenizer/" in sentence for sentence in sentences)
    with pytest.raises(FileNotFoundError, match="open_clip_torch"):
        family(file).open("cpu", "float32")
    copytree(folder / "tokenizer", file.parent / "tokenizer")
    beside = family(file)
    assert beside.missing() == () and beside.check(plan_of(beside)) == ()
    first, second = open_words(file.parent)
    assert first("a fox").input_ids == second("a fox").input_ids
    assert (first.pad_token, second.pad_token) == ("<|endoftext|>", "!")


def test_vocabulary_of_open_clip(
    written: Callable[..., tuple[Path, Path]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "open_clip"
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError('found, but not to be run')", encoding="utf-8")
    merges = package / "bpe_simple_vocab_16e6.txt.gz"
    merges.write_bytes(gzip.compress(b"a heading\nf o\nfo x</w>\nt h\nth e</w>\n"))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    PathFinder.invalidate_caches()
    _, file = written("base")
    assert family(file).missing() == ()
    assert family(file).releases[0] == type(family(file).releases[0])(file, merges)
    vocabulary, pairs = read_merges(merges)
    assert len(vocabulary) == 512 + 4 + 2 and pairs[0] == ("f", "o")
    first, second = open_words(merges)
    start, end = vocabulary["<|startoftext|>"], vocabulary["<|endoftext|>"]
    assert first("The fox").input_ids == [start, vocabulary["the</w>"], vocabulary["fox</w>"], end]
    assert second.pad_token_id == vocabulary["!"] == 0
    assert first.pad_token_id == end == len(vocabulary) - 1


# What is not one


def test_parts_of_a_model_are_not_claimed(written: Callable[..., tuple[Path, Path]], tmp_path: Path) -> None:
    _, file = written("base")
    tensors = load_file(file)
    for prefix in ("model.diffusion_model.", "first_stage_model.", "conditioner."):
        part = {name: tensor for name, tensor in tensors.items() if not name.startswith(prefix)}
        save_file(part, tmp_path / "part.safetensors")
        assert claim((tmp_path / "part.safetensors",)) is None
    (tmp_path / "torn.safetensors").write_bytes(file.read_bytes()[:100])
    assert claim((tmp_path / "torn.safetensors",)) is None
    with pytest.raises(UnknownModel):
        recognise([tmp_path / "torn.safetensors"])


@pytest.mark.parametrize("change", ["missing", "larger"])
def test_other_networks_are_refused(
    written: Callable[..., tuple[Path, Path]], tmp_path: Path, change: str
) -> None:
    folder, file = written("base")
    tensors: dict[str, Any] = load_file(file)
    name = "model.diffusion_model.output_blocks.0.0.in_layers.0.weight"
    grown = {name: torch.ones(7)} if change == "larger" else {}
    save_file({key: t for key, t in tensors.items() if key != name} | grown, tmp_path / "odd.safetensors")
    with pytest.raises(ValueError, match="another UNet2DConditionModel"):
        family(tmp_path / "odd.safetensors", tokenizers(folder)).open("cpu", "float32")


def test_weights_decide(written: Callable[..., tuple[Path, Path]]) -> None:
    """The test above could not tell networks apart otherwise."""
    folder, file = written("base")
    tensors = load_file(file)
    name = "conditioner.embedders.1.model.text_projection"
    save_file(tensors | {name: tensors[name].T.contiguous()}, file, {"modelspec.resolution": SIDE})
    turned, straight = opened(file, tokenizers(folder)), opened(folder)
    assert not same(networks(turned)["text 1"], networks(straight)["text 1"])
    plan = plan_of(family(folder))
    assert gap(fly(turned, [plan]).x[0], fly(straight, [plan]).x[0]) > MOVED
