"""Scores of any pictures: what a judge sees in them, how far they are from others, how they fit their
texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from statistics import fmean
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sfumato.models.judge import Verdict
from sfumato.train.metrics.agreement import agreement
from sfumato.train.metrics.answers import answered
from sfumato.train.metrics.distances import frechet, kernel
from sfumato.train.metrics.questions import Question, questions

AT_ONCE = 32

Features = Callable[[Sequence[np.ndarray]], Tensor]
Look = Callable[[Sequence[np.ndarray]], Sequence[Verdict]]
Fit = Callable[[Sequence[np.ndarray], Sequence[str]], Tensor]


@dataclass(frozen=True)
class Measures:
    """What there is to measure with: extractors of features by their names, an eye, a CLIP."""

    features: Mapping[str, Features]
    look: Look | None = None
    fit: Fit | None = None


@dataclass
class Measured:
    """Of N pictures, in order.

    Attributes:
        texts: "" where none is known. groups: "" where a picture is in none.
        features: (N, C) by the extractors' names. verdicts: empty without an eye.
        fits: what CLIP gives each, None without a text.
    """

    texts: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    features: dict[str, Tensor] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    fits: list[float | None] = field(default_factory=list)


Shown = tuple[np.ndarray, str, str]  # a picture uint8 (H, W, 3), its text and its group, "" for none


def measure(pictures: Iterable[Shown], by: Measures) -> Iterator[Measured]:
    """What has been measured so far, a few pictures further each time; features come with the last."""
    measured, left = Measured(), iter(pictures)
    rows: dict[str, list[Tensor]] = {name: [] for name in by.features}
    while some := list(islice(left, AT_ONCE)):
        shown, texts, groups = zip(*some, strict=True)
        measured.texts += texts
        measured.groups += groups
        for name, extract in by.features.items():
            rows[name].append(extract(shown))
        measured.verdicts += by.look(shown) if by.look else ()
        measured.fits += _fits(shown, texts, by.fit) if by.fit else ()
        yield measured
    measured.features = {name: torch.cat(parts) for name, parts in rows.items() if parts}
    yield measured


def _fits(shown: Sequence[np.ndarray], texts: Sequence[str], fit: Fit) -> Iterator[float | None]:
    told = [i for i, text in enumerate(texts) if text]
    scores = fit([shown[i] for i in told], [texts[i] for i in told]).tolist() if told else []
    known = dict(zip(told, scores, strict=True))
    return (known.get(i) for i in range(len(texts)))


def asked(texts: Sequence[str]) -> list[Question | None]:
    """The committed question of each text, in either language; None for other texts."""
    known = {text.casefold(): own for own in questions() for text in (own.en, own.zh)}
    return [known.get(text.casefold()) for text in texts]


def categories(measured: Measured) -> dict[str, Any]:
    """Of each category of committed prompts that there are pictures of: the share that does what was
    asked."""
    told = zip(asked(measured.texts), measured.verdicts, strict=bool(measured.verdicts))
    right: dict[str, list[bool]] = {}
    for question, seen in told:
        if question is not None:
            right.setdefault(question.category, []).append(answered(question, seen))
    return {name: {"right": fmean(own), "pictures": len(own)} for name, own in right.items()}


def agreed(measured: Measured) -> dict[str, Any] | None:
    """How much of what the texts name is seen, on average; None where no text names anything known."""
    told = [agreement(text, seen) for text, seen in zip(measured.texts, measured.verdicts, strict=False)]
    known = [own for own in told if own is not None]
    return {"seen": fmean(known), "pictures": len(known)} if known else None


def fitted(measured: Measured) -> dict[str, Any] | None:
    """The mean CLIP score; None where there are no texts."""
    known = [own for own in measured.fits if own is not None]
    return {"score": fmean(known), "pictures": len(known)} if known else None


def distances(measured: Measured, reference: Measured) -> dict[str, Any]:
    """By each extractor, Fréchet and kernel distance, of all and of each group that both sides have twice."""
    return {
        name: _apart(own, reference.features[name]) | {"groups": dict(_of_groups(name, measured, reference))}
        for name, own in measured.features.items()
    }


def _of_groups(name: str, measured: Measured, reference: Measured) -> Iterator[tuple[str, dict[str, float]]]:
    for group in sorted({*measured.groups} & {*reference.groups} - {""}):
        one, other = (
            own.features[name][[i for i, told in enumerate(own.groups) if told == group]]
            for own in (measured, reference)
        )
        if min(len(one), len(other)) > 1:
            yield group, _apart(one, other)


def _apart(one: Tensor, other: Tensor) -> dict[str, float]:
    return {"frechet": frechet(one, other), "kernel": kernel(one, other)}
