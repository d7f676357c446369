"""What is no adapter, or one of another model, is refused with a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from sfumato.models._parts.adapter_file import fingerprint_of
from sfumato.models._parts.header import header
from sfumato.models._parts.unet.adapters import adapter_fingerprint, adapter_kind, open_adapters
from sfumato.models.family import UnknownModel
from tinies import adapters as tiny
from tinies import sdxl
from tinies.bench import Bench, build, drawn

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return build(tmp_path_factory.mktemp("adapters"))


def refused(bench: Bench, path: Path, match: str, unet: Any = None) -> None:
    encoders = {name: bench.networks[name] for name in ("text_encoder", "text_encoder_2")}
    with pytest.raises(UnknownModel, match=match) as caught:
        open_adapters((path,), unet or bench.unet, encoders, "cpu", "float32")
    assert str(caught.value).endswith(".") and path.stem in str(caught.value)


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("lora_unet_conv_in.dora_scale", "is a DoRA"),
        ("lora_unet_conv_in.hada_w1_a", "is a LoHa"),
        ("lora_unet_conv_in.lokr_w1", "is a LoKr"),
        ("lora_unet_conv_in.lora_mid.weight", "Tucker"),
        ("lora_unet_conv_in.diff", "no LoRA that can be read"),
        ("bundle_emb.word.string_to_param", "no LoRA that can be read"),
    ],
)
def test_other_kinds_of_lora_are_refused(bench: Bench, tmp_path: Path, name: str, match: str) -> None:
    tensors = tiny.kohya({"unet": tiny.drawn(5)["unet"]}) | {name: torch.ones(2)}
    refused(bench, tiny.write(tmp_path, "other", tensors), match)


def test_half_a_pair_is_refused(bench: Bench, tmp_path: Path) -> None:
    tensors = tiny.peft({"unet": tiny.drawn(5)["unet"]})
    tensors.pop(next(name for name in tensors if "lora_B" in name))
    refused(bench, tiny.write(tmp_path, "half", tensors), "one half of its pair")


def test_a_lora_of_another_model_is_refused(bench: Bench, tmp_path: Path) -> None:
    wide = {"mid_block.resnets.0.conv1": tiny.Half(drawn(2, 7, 3, 3), drawn(9, 2, 1, 1))}
    deep = {"down_blocks.7.resnets.0.conv1": wide["mid_block.resnets.0.conv1"]}
    refused(bench, tiny.write(tmp_path, "wide", tiny.peft({"unet": wide})), "7 inputs and 9 outputs")
    refused(bench, tiny.write(tmp_path, "deep", tiny.peft({"unet": deep})), "down_blocks.7.resnets.0.conv1")
    refused(bench, tiny.write(tmp_path, "flux", tiny.peft({"transformer": wide})), "'transformer'")


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"cross_attention_dim": 64}, "cross_attention_dim is 64 in place of 192"),
        ({"layers_per_block": 2}, "layers_per_block"),
        ({"global_pool_conditions": True}, "as a whole"),
    ],
)
def test_a_control_of_another_model_is_refused(
    bench: Bench, tmp_path: Path, changed: dict[str, Any], match: str
) -> None:
    refused(bench, tiny.control(tmp_path, 1, **changed), match)


def test_a_control_of_many_kinds_is_refused(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "union"
    folder.mkdir()
    (folder / "config.json").write_text('{"_class_name": "ControlNetUnionModel"}')
    (folder / "diffusion_pytorch_model.safetensors").write_bytes(b"")
    refused(bench, folder, "many kinds in one")


def test_an_image_prompt_needs_its_own_encoder(bench: Bench, tmp_path: Path) -> None:
    path = tiny.image_prompt(tmp_path, "lonely", 51, fine=False)
    refused(bench, path, "needs the image encoder")
    tiny.image_encoder(tmp_path / "image_encoder", projection_dim=16)
    refused(bench, path, "needs the image encoder")
    alone = fingerprint_of(path)
    tiny.image_encoder(tmp_path / "image_encoder")
    assert fingerprint_of(path) != alone, "the encoder beside it decides pixels too"
    assert open_adapters((path,), bench.unet, {}, "cpu", "float32").images.keys() == {fingerprint_of(path)}


def test_an_image_prompt_of_another_model_is_refused(bench: Bench, tmp_path: Path) -> None:
    path = tiny.image_prompt(tmp_path, "narrow", 51, fine=False)
    refused(bench, path, "do not fit", unet=sdxl.unet(texts=64))
    faces = {"image_proj.proj.0.weight": torch.ones(2, 2), "image_proj.norm.weight": torch.ones(2)}
    refused(bench, tiny.write(tmp_path, "faces", faces), "variant not known")


@pytest.mark.parametrize("suffix", [".bin", ".pt", ".ckpt"])
def test_pickles_are_not_opened(bench: Bench, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"old{suffix}"
    path.write_bytes(b"\x80\x02}q\x00.")
    assert adapter_kind(path) is None
    refused(bench, path, "is a pickle")


def test_what_is_no_adapter_has_no_kind(bench: Bench, tmp_path: Path) -> None:
    other = tiny.write(tmp_path, "other", {"model.weight": torch.ones(2)})
    broken = []
    for number, text in enumerate((b"not json at all!", b"[1]", b'{"a": 1}', b'{"a": {}}')):
        broken.append(tmp_path / f"broken{number}.safetensors")
        broken[-1].write_bytes(len(text).to_bytes(8, "little") + text)
    for path in (other, *broken, tmp_path, tmp_path / "nowhere"):
        assert adapter_kind(path) is None
    with pytest.raises(UnknownModel, match="no adapter that can be read here"):
        adapter_fingerprint(other)
    assert header(other).shapes == {"model.weight": (2,)}
    kinds = {name: adapter_kind(path) for name, path in bench.files.items()}
    assert kinds == dict.fromkeys(("kohya", "peft", "older"), "lora") | dict.fromkeys(
        ("control", "control 2"), "control"
    ) | dict.fromkeys(("encoder", "plain", "plus"), "image")


def test_kinds_and_fingerprints_need_no_torch(bench: Bench) -> None:
    paths = ", ".join(repr(str(bench.files[name])) for name in ("kohya", "control", "plain", "encoder"))
    program = (
        "import sys; from pathlib import Path; from sfumato.models._parts.unet import adapters as a\n"
        f"assert all(a.adapter_kind(Path(p)) and a.adapter_fingerprint(Path(p)) for p in [{paths}])\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
