"""Models of this machine: registered or copied, whole or not at all, removed without loss."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copyfile

import pytest
import torch
from safetensors.torch import save_file

from sfumato.models.family import UnknownModel
from sfumato.studio.collection import Adding, Collection, Hub, Models, NotAdded, add
from sfumato.studio.collection.choose import chosen
from sfumato.studio.collection.whole import fault
from tinies import sdxl

HUB = Hub("http://127.0.0.1:9")


def test_a_folder_stays_where_it_is(to: Collection, tiny: Path) -> None:
    entry = add(Adding((str(tiny),)), to, HUB)
    assert entry.in_place and entry.paths == (tiny,) and "license" in entry.parts[0].licence
    to.remove("tiny-flux")
    assert not to.entries() and (tiny / "model_index.json").exists()


def test_a_folder_is_copied(to: Collection, tiny: Path) -> None:
    entry = add(Adding((str(tiny),), "mine", copy=True), to, HUB)
    assert entry.paths == (to.folder / "mine" / tiny.name,) and not entry.in_place
    copied = entry.paths[0] / "model_index.json"
    assert copied.read_bytes() == (tiny / "model_index.json").read_bytes()
    to.remove("mine")
    assert not copied.exists()


def test_a_base_and_its_lora_are_one_name(to: Collection, tmp_path: Path) -> None:
    paths = sdxl.VARIANTS["adapters"](tmp_path / "sdxl")
    base = add(Adding((str(paths[0]),), "base", copy=True), to, HUB)
    both = add(Adding(("base", *map(str, paths[1:])), "both"), to, HUB)
    stage = Models(to)["both"].defaults().stages[0]
    assert both.paths[0] == base.paths[0] and stage.adapters
    assert stage.weights == Models(to)["base"].defaults().stages[0].weights
    assert to.users("base") == ("both",)


def test_adapters_wait_for_a_model(to: Collection, tmp_path: Path) -> None:
    base, lora, control, plus, encoder = map(str, sdxl.VARIANTS["adapters"](tmp_path / "sdxl"))
    for source in (lora, control, plus, encoder):
        add(Adding((source,)), to, HUB)
    models = Models(to)
    kinds = {"lora": "LoRA", "control-41": "ControlNet", "plus": "IP-Adapter", "encoder": "image encoder"}
    assert models.adapters() == kinds and not models.broken()
    assert not set(models) & set(kinds)  # none of them paints
    with pytest.raises(UnknownModel, match=r"lora is no model but what is added to one .LoRA.: name both"):
        models.family(["lora"])
    assert models.family([base, "lora"]) == models.family([base, lora]) != models.family([base])
    both = add(Adding((base, "control-41"), "both"), to, HUB)
    assert models["both"] == models.family([base, control]) and both.paths[1] == Path(control)


def test_a_folder_of_a_lora_stands_for_its_file(to: Collection, tmp_path: Path) -> None:
    _, lora, *_ = sdxl.VARIANTS["adapters"](tmp_path / "sdxl")
    folder = tmp_path / "ink style"
    (folder / "images").mkdir(parents=True)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n", encoding="utf-8")
    copyfile(lora, folder / "pytorch_lora_weights.safetensors")
    entry = add(Adding((str(folder),)), to, HUB)
    assert (entry.name, Models(to).adapters()) == ("ink-style", {"ink-style": "LoRA"})
    assert entry.paths == (folder / "pytorch_lora_weights.safetensors",)
    copyfile(lora, folder / "second.safetensors")
    with pytest.raises(NotAdded, match=r"several adapters in it, so name one: pytorch_lora_weights.*second"):
        add(Adding((str(folder),)), to, HUB)


def test_what_is_moved_away_is_said(to: Collection, tiny: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.mkdir()
    for own in tiny.iterdir():
        (link / own.name).symlink_to(own)
    add(Adding((str(link),), "mine"), to, HUB)
    models = Models(to)
    assert "mine" in models
    link.rename(tmp_path / "elsewhere")
    assert "mine" not in models and "is not there any more" in models.broken()["mine"]
    with pytest.raises(UnknownModel, match="cannot be opened"):
        models.family(["mine"])


def spoil(path: Path, kind: str) -> None:
    content = path.read_bytes()
    spoiled = {
        "truncated": content[:-10],
        "header": content[:50],
        "foreign": b"PK\x03\x04" + bytes(4000),
        "longer": content + bytes(8),
        "empty": b"",
    }
    path.write_bytes(spoiled[kind])


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("truncated", "was cut off"),
        ("header", "was cut off"),
        ("foreign", "is not what its name says"),
        ("longer", "is damaged"),
        ("empty", "is not what its name says"),
    ],
)
def test_damaged_files_are_refused(to: Collection, tmp_path: Path, kind: str, said: str) -> None:
    file = tmp_path / "model.safetensors"
    save_file({"a": torch.zeros(100, 100)}, file)
    assert fault(file) == ""
    spoil(file, kind)
    with pytest.raises(NotAdded, match=said):
        add(Adding((str(file),)), to, HUB)
    assert not to.entries()


@pytest.mark.parametrize(("name", "said"), [("a.ckpt", "can run any program"), ("a.txt", "no .safetensors")])
def test_foreign_files_are_refused(to: Collection, tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / name).write_bytes(bytes(10))
    with pytest.raises(NotAdded, match=said):
        add(Adding((str(tmp_path / name),)), to, HUB)


def test_a_folder_of_pickles_is_refused(to: Collection, tiny: Path, tmp_path: Path) -> None:
    for own in ("unet", "vae"):
        (tmp_path / "m" / own).mkdir(parents=True)
        (tmp_path / "m" / own / "config.json").write_text("{}", encoding="utf-8")
    save_file({"a": torch.zeros(4)}, tmp_path / "m" / "vae" / "model.safetensors")
    (tmp_path / "m" / "unet" / "diffusion_pytorch_model.bin").write_bytes(bytes(10))
    with pytest.raises(NotAdded, match=r"unet/diffusion_pytorch_model\.bin is a pickle"):
        add(Adding((str(tmp_path / "m"),)), to, HUB)


def test_a_lost_shard_is_named(to: Collection, tmp_path: Path) -> None:
    save_file({"a": torch.zeros(4)}, tmp_path / "m-00001-of-00002.safetensors")
    shards = {"a": "m-00001-of-00002.safetensors", "b": "m-00002-of-00002.safetensors"}
    index = tmp_path / "m.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": shards}), encoding="utf-8")
    with pytest.raises(NotAdded, match=r"m-00002-of-00002\.safetensors is missing"):
        add(Adding((str(tmp_path),)), to, HUB)


def test_what_is_no_model_leaves_nothing(to: Collection, tmp_path: Path) -> None:
    save_file({"a": torch.zeros(4)}, tmp_path / "a.safetensors")
    with pytest.raises(UnknownModel, match="no model that can be opened"):
        add(Adding((str(tmp_path / "a.safetensors"),), copy=True), to, HUB)
    assert not list(to.folder.rglob("*.safetensors"))
    with pytest.raises(NotAdded, match=r"There is nothing at \./nowhere"):
        add(Adding(("./nowhere",)), to, HUB)


@pytest.mark.parametrize("name", ["house", "flux", "Large", "a/b", "", "../x", "tiny"])
def test_names_are_short_and_free(to: Collection, tiny: Path, name: str) -> None:
    add(Adding((str(tiny),), "tiny"), to, HUB)
    with pytest.raises(NotAdded, match="name"):
        add(Adding((str(tiny),), name), to, HUB)


def test_a_derived_name_is_made_free(to: Collection, tiny: Path) -> None:
    add(Adding((str(tiny),), "tiny-flux", copy=True), to, HUB)
    (to.folder.parent / "tiny-flux").symlink_to(to.folder / "tiny-flux" / tiny.name)
    assert add(Adding((str(to.folder.parent / "tiny-flux"),)), to, HUB).name == "tiny-flux-2"


def test_the_default(to: Collection, tiny: Path) -> None:
    add(Adding((str(tiny),), "tiny"), to, HUB)
    models = Models(to)
    assert models.default == "house"
    to.set_default("tiny")
    assert models.default == "tiny" and models.family(()) == models["tiny"]
    to.remove("tiny")
    assert models.default == "house"
    with pytest.raises(UnknownModel):
        to.set_default("tiny")


RELEASE = (
    "model_index.json unet/config.json unet/m.safetensors unet/m.fp16.safetensors unet/m.bin "
    "vae/m.fp16.safetensors vae/m.safetensors.index.fp16.json te/m-00001-of-00002.safetensors "
    "te/m-00002-of-00002.safetensors te/m.safetensors.index.json whole.safetensors README.md "
    "onnx/unet/model.onnx safety/m.safetensors .gitattributes assets/fox.png LICENSE.md"
).split()


@pytest.mark.parametrize(("variant", "taken"), [("", "m"), ("fp16", "m.fp16"), ("bf16", "m")])
def test_one_variant_of_every_network(variant: str, taken: str) -> None:
    assert set(chosen(RELEASE, {"unet", "vae", "te"}, variant)) == {
        *(
            "model_index.json",
            "unet/config.json",
            f"unet/{taken}.safetensors",
            "vae/m.fp16.safetensors",
            "README.md",
            "LICENSE.md",
        ),
        *("vae/m.safetensors.index.fp16.json", "te/m.safetensors.index.json"),
        *("te/m-00001-of-00002.safetensors", "te/m-00002-of-00002.safetensors"),
    }


def test_without_an_index_the_root_is_the_model() -> None:
    assert chosen(["config.json", "m.safetensors", "sub/n.safetensors"], None) == (
        "config.json",
        "m.safetensors",
    )
    with pytest.raises(NotAdded, match="name one of its files"):
        chosen(["config.json", "sub/n.safetensors"], None)
