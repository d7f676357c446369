"""What a file or folder adds to a network, read from configs and headers alone: no torch, no weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from sfumato.models._parts.embedding_file import is_embedding
from sfumato.models._parts.header import header
from sfumato.models._parts.repository import Repository
from sfumato.models.family import PICKLES, UnknownModel
from sfumato.models.weights import fingerprint

LORA, CONTROL, IMAGE, WORD = "lora", "control", "image", "word"
CONTROL_CLASSES = frozenset(
    {
        "ControlNetModel",
        "ControlNetUnionModel",
        "FluxControlNetModel",
        "HunyuanDiT2DControlNetModel",
        "SD3ControlNetModel",
    }
)
ENCODER_CLASS = "CLIPVisionModelWithProjection"
ENCODER_BESIDE = "image_encoder"  # the folder's name in the releases
LORA_MARKS = (".lora_down.", ".lora_A.", ".lora.down.", "_lora.down.", ".lora_linear_layer.down.")
OTHER_MARKS = MappingProxyType(
    {
        "dora_scale": "a DoRA",
        "lora_magnitude_vector": "a DoRA",
        "hada_w": "a LoHa",
        "lokr_w": "a LoKr",
        "lora_mid": "a LoRA with a Tucker core",
    }
)


def kind_of(path: Path) -> str | None:
    """ "lora", "control" (a ControlNet's folder), "image" (an IP-Adapter, or its image encoder's folder),
    "word" (a textual inversion).
    """
    if path.is_dir():
        return _kind_of_folder(Repository(path).config("") if (path / "config.json").is_file() else {})
    names = tuple(header(path).shapes)
    if any(name.startswith("image_proj.") for name in names):
        return IMAGE
    marks = (*LORA_MARKS, *OTHER_MARKS)
    if any(mark in name for name in names for mark in marks):
        return LORA
    return WORD if is_embedding(path) else None


def _kind_of_folder(config: Mapping[str, Any]) -> str | None:
    if config.get("_class_name") in CONTROL_CLASSES:
        return CONTROL
    return IMAGE if ENCODER_CLASS in (config.get("architectures") or ()) else None


def is_encoder(path: Path) -> bool:
    """Whether this is the folder of an image encoder, which adds nothing by itself."""
    return path.is_dir() and kind_of(path) == IMAGE


def require_adapter(path: Path) -> str:
    """The kind of this adapter. Raises UnknownModel with what to do when it is none."""
    if path.suffix in PICKLES:
        raise UnknownModel(
            f"{path.name} is a pickle, which can run any program when it is read: get this adapter's "
            ".safetensors file."
        )
    kind = kind_of(path)
    if kind is None:
        raise UnknownModel(
            f"{path} is no adapter that can be read here: an adapter is the .safetensors file of a LoRA, of "
            "an IP-Adapter or of a textual inversion, or the folder of a ControlNet or of an IP-Adapter's "
            "image encoder."
        )
    return kind


def fingerprint_of(path: Path) -> str:
    """What plans name an adapter by: sha256 of its weights, and of the image encoder that lies beside it.

    Raises UnknownModel when it is no adapter, FileNotFoundError when its weights are missing.
    """
    kind = require_adapter(path)
    if path.is_dir():
        return Repository(path).fingerprint("")
    beside = encoder_beside(path) if kind == IMAGE else None
    if beside is None:
        return fingerprint(path)
    return sha256(f"{fingerprint(path)}\0{Repository(beside).fingerprint('')}".encode()).hexdigest()


class Looks(NamedTuple):
    """How an IP-Adapter sees pictures.

    is_fine  through a resampler of all patches ("Plus"); else through the picture's one embedding
    width    of what it takes from the image encoder
    """

    is_fine: bool
    width: int


def looks(path: Path) -> Looks:
    """How this IP-Adapter sees. Raises UnknownModel for the variants that look at faces."""
    shapes = header(path).shapes
    if "image_proj.proj.weight" in shapes:
        return Looks(False, shapes["image_proj.proj.weight"][1])
    if "image_proj.latents" in shapes and "image_proj.proj_in.weight" in shapes:
        return Looks(True, shapes["image_proj.proj_in.weight"][1])
    raise UnknownModel(
        f"{path.name} is an IP-Adapter of a variant not known here, such as those for faces: use a plain one "
        "or a “Plus” one."
    )


def encoder_beside(path: Path) -> Path | None:
    """The image encoder's folder beside an IP-Adapter's file, None where it is not of the adapter's width."""
    beside = path.parent / ENCODER_BESIDE
    return encoder_for(path, [beside]) if is_encoder(beside) else None


def encoder_for(path: Path, encoders: Iterable[Path]) -> Path | None:
    """The first of these image encoders whose numbers are of the width this IP-Adapter takes."""
    wants = looks(path)
    width, unsaid = ("hidden_size", 768) if wants.is_fine else ("projection_dim", 512)
    fitting = (item for item in encoders if Repository(item).config("").get(width, unsaid) == wants.width)
    return next(fitting, None)
