"""Which files of a repository a model takes: safetensors of one variant, configs, words, its card."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from sfumato.models.family import PICKLES
from sfumato.studio.collection.trouble import NotAdded
from sfumato.studio.collection.whole import PICKLED

BESIDE = frozenset({".json", ".txt", ".model"})  # configs, vocabularies
CARDS = ("readme.md", "license", "licence", "notice")
VARIANTS = ("", "fp16", "bf16", "non_ema", "fp32")  # in order of preference


def chosen(paths: Iterable[str], components: Collection[str] | None, variant: str = "") -> tuple[str, ...]:
    """The files to get, in order.

    components  the folders that the release's index names; None where it has no index: then the files at its
                root alone are a model
    variant     as "fp16": taken wherever a network has it

    Raises NotAdded where there are no weights that can be read.
    """
    here = [path for path in paths if _belongs(PurePosixPath(path), components)]
    weights = [path for path in here if path.endswith(".safetensors")]
    if not weights:
        raise NotAdded(_nothing(here))
    kept = set(_of_one_variant(weights, variant))
    return tuple(sorted(kept | {path for path in here if _beside(PurePosixPath(path), kept)}))


def only(paths: Iterable[str], file: str) -> tuple[str, ...]:
    """One file of a repository, and its card. Raises NotAdded."""
    have = set(paths)
    if PurePosixPath(file).suffix in PICKLES:
        raise NotAdded(f"{file} {PICKLED}.")
    if file not in have:
        there = ", ".join(sorted(path for path in have if path.endswith(".safetensors"))[:5]) or "none"
        raise NotAdded(f"There is no {file} in this repository; its .safetensors files: {there}.")
    return (file, *sorted(path for path in have if PurePosixPath(path).name.lower().startswith(CARDS)))


def variant_of(path: str) -> str:
    """`fp16` of `unet/model.fp16-00001-of-00002.safetensors`, "" of most."""
    stem = PurePosixPath(path).name.removesuffix(".safetensors").split("-0000")[0]
    last = stem.rpartition(".")[2] if "." in stem else ""
    return last if last in VARIANTS else ""


def _belongs(path: PurePosixPath, components: Collection[str] | None) -> bool:
    if path.name.startswith("."):
        return False
    if components is None:
        return len(path.parts) == 1
    if len(path.parts) == 1:
        return path.suffix not in (".safetensors", *PICKLES)  # the same weights once more, in one file
    return len(path.parts) == 2 and path.parts[0] in components


def _of_one_variant(weights: Iterable[str], variant: str) -> Iterable[str]:
    folders: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in weights:
        folders[str(PurePosixPath(path).parent)][variant_of(path)].append(path)
    for found in folders.values():
        yield from found[min(found, key=lambda own: (own != variant, VARIANTS.index(own)))]


def _beside(path: PurePosixPath, weights: Collection[str]) -> bool:
    if path.name.endswith(".json") and ".safetensors.index" in path.name:
        stem = path.name.partition(".safetensors.index")[0]
        return any(PurePosixPath(own).name.startswith(stem) and PurePosixPath(own).parent == path.parent
                   for own in weights)  # fmt: skip
    return path.suffix in BESIDE or path.name.lower().startswith(CARDS)


def _nothing(paths: list[str]) -> str:
    if pickles := [path for path in paths if PurePosixPath(path).suffix in PICKLES]:
        return f"This model is there as pickles only: {pickles[0]} {PICKLED}."
    return (
        "There are no .safetensors files at this repository's root, and no model_index.json: name one of its "
        "files, as OWNER/NAME/FOLDER/FILE.safetensors."
    )
