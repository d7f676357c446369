"""`sfumato score FOLDER`: how good anybody's pictures are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from platformdirs import user_data_path
from rich.console import Console

from sfumato.models.judge import open_eye, open_judge
from sfumato.studio.given import read_pixels
from sfumato.studio.words import words_in
from sfumato.train.metrics.clip import open_clip
from sfumato.train.metrics.folder import (
    Features,
    Measured,
    Measures,
    Shown,
    agreed,
    asked,
    categories,
    distances,
    fitted,
    measure,
)
from sfumato.train.metrics.inception import inception_features, open_inception
from sfumato.train.metrics.labels import Labels, files_in, labels_beside, read_labels
from sfumato.train.metrics.questions import questions, shape_of
from sfumato.train.metrics.truth import render_truth
from sfumato.train.world.atlas import open_atlas

INCEPTION, CLIP = "inception.safetensors", "clip"
PUBLISHED = 10_000  # pictures on each side that published Fréchet distances take at least
NO_INCEPTION = (
    "FID and KID as others report them need Inception-v3: the release fid_weights of mseitzer/pytorch-fid "
    "on GitHub (Apache-2.0; 95 MB), written as safetensors to {path}."
)
NO_CLIP = (
    "A CLIP score needs CLIP: openai/clip-vit-large-patch14 on Hugging Face (its code is MIT; the card names "
    "no licence of the weights; 1.7 GB), its folder at {path}."
)
NO_REFERENCE = (
    "Distances need pictures to compare with: --reference FOLDER. For MJHQ-30K that is playgroundai/MJHQ-30K "
    "on Hugging Face (its card names no licence; 9 GB): meta_data.json beside the ten unpacked folders."
)


class Tools(NamedTuple):
    """What there is to measure with, and a sentence for each thing there is not."""

    measures: Measures
    missing: tuple[str, ...]


def list_prompts(language: str) -> int:
    """Print the committed prompts, a line each, those of three views with their shape. Returns 0."""
    for question in questions():
        height, width = shape_of(question)
        shape = "" if height == width else f" --ar {width}:{height}"
        print(f"{question.zh if language == 'zh' else question.en}{shape}")
    return 0


def score_command(
    folder: Path, prompts: Path | None, reference: Path | None, weights: Path | None, as_json: bool
) -> int:
    """Print the scores of a folder's pictures. Returns 0.

    Raises FileNotFoundError for an empty folder, ValueError for weights or prompts of another form.
    """
    tools = open_tools(weights or user_data_path("sfumato") / "metrics")
    report = score(folder, prompts, reference, tools)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        print("\n".join(lines(report)))
    return 0


def score(folder: Path, prompts: Path | None, reference: Path | None, tools: Tools) -> dict[str, Any]:
    """All that can be measured here."""
    labels = read_labels(prompts) if prompts else labels_beside(*(own for own in (folder, reference) if own))
    measured = _measured("pictures", files_in(folder), labels, tools.measures)
    report: dict[str, Any] = {"pictures": len(measured.texts), "with_prompts": sum(map(bool, measured.texts))}
    report |= {"categories": categories(measured), "agreement": agreed(measured), "clip": fitted(measured)}
    missing = list(tools.missing)
    other = _reference(reference, labels, measured, tools.measures)
    if other is None:
        missing.append(NO_REFERENCE)
    elif min(len(own.texts) for own in (measured, other)) < 2:
        missing.append("Distances need at least two pictures on each side.")
    else:
        report |= {"distances": distances(measured, other), "reference_pictures": len(other.texts)}
        missing += _few(measured, other)
    return {**report, "missing": missing}


def _few(one: Measured, other: Measured) -> Iterator[str]:
    if (count := min(len(one.texts), len(other.texts))) < PUBLISHED:
        yield (
            f"Distances of {count} pictures are larger than of {PUBLISHED:,}: "
            "compare them with their like only."
        )


def open_tools(weights: Path) -> Tools:
    """The judge, and what lies in the folder `weights`."""
    features: dict[str, Features] = {}
    missing: list[str] = []
    look = fit = None
    try:
        eye = open_eye()
        features["judge"], look = eye.features, eye.look
    except FileNotFoundError as error:
        features["judge"] = open_judge().features
        missing.append(f"What pictures show is not scored: {error}")
    if path := _inception(weights):
        network = open_inception(path)
        features["inception"] = lambda pictures: inception_features(network, pictures)
    else:
        missing.append(NO_INCEPTION.format(path=weights / INCEPTION))
    if (path := weights / CLIP).is_dir():
        fit = open_clip(path).scores
    else:
        missing.append(NO_CLIP.format(path=path))
    return Tools(Measures(features, look, fit), tuple(missing))


def _inception(weights: Path) -> Path | None:
    """Its file, of a form that can be read or not: what cannot is said when it is opened."""
    known = (weights / INCEPTION, *sorted(weights.glob("*inception*")))
    return next((path for path in known if path.is_file()), None)


def _reference(
    folder: Path | None, labels: Mapping[str, Labels], measured: Measured, by: Measures
) -> Measured | None:
    """Those of a folder; else true renders, where the pictures are of committed prompts; else None."""
    alone = Measures(by.features)
    if folder is not None:
        return _measured("reference", files_in(folder), labels, alone)
    told = [question for question in asked(measured.texts) if question is not None]
    if len(told) < len(measured.texts):
        return None
    try:
        made = render_truth(told, open_atlas(), 0)
    except FileNotFoundError:
        return None
    return _watched("true renders", [(picture, "", "") for picture in made], alone, len(made))


def _measured(what: str, files: Sequence[Path], labels: Mapping[str, Labels], by: Measures) -> Measured:
    return _watched(what, (_shown(path, labels) for path in files), by, len(files))


def _watched(what: str, pictures: Any, by: Measures, count: int) -> Measured:
    """The last of what is measured, with progress on the error stream."""
    measured = Measured()
    with Console(stderr=True).status(what) as status:
        for measured in measure(pictures, by):
            status.update(f"{what}: {len(measured.texts)} of {count}")
    return measured


def _shown(path: Path, labels: Mapping[str, Labels]) -> Shown:
    """A picture, its text and its group: those beside it, else the words it carries and the folder it is
    in."""
    pixels: np.ndarray = read_pixels(path)
    told = labels.get(path.stem)
    return (pixels, told.text, told.group) if told else (pixels, _carried(path), path.parent.name)


def _carried(path: Path) -> str:
    """What a picture says that it was made from, without parameters; "" where it says nothing."""
    try:
        return str(words_in(path)).split(" --")[0].strip()
    except ValueError:
        return ""


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """A report for people."""
    yield f"pictures        {report['pictures']}, {report['with_prompts']} of them with a prompt"
    for name, own in report["categories"].items():
        yield f"{name:15} {own['right']:.1%} of {own['pictures']} do what was asked"
    if own := report["agreement"]:
        yield f"{'agreement':15} {own['seen']:.1%} of what {own['pictures']} prompts name is seen"
    if own := report["clip"]:
        yield f"{'CLIP score':15} {own['score']:.2f} of {own['pictures']} pictures"
    for name, own in report.get("distances", {}).items():
        yield f"{name:15} {_apart(own)}, against {report['reference_pictures']} pictures"
        yield from (f"  {group:13} {_apart(part)}" for group, part in own["groups"].items())
    yield from report["missing"]


def _apart(own: Mapping[str, Any]) -> str:
    return f"Fréchet {own['frechet']:.4g}, kernel {own['kernel']:.4g}"
