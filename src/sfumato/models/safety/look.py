"""Looking at a picture: Stable Diffusion's checker of concepts, and classifiers whose labels say it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sfumato.models.safety.claim import Checker

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

Look = Callable[["np.ndarray"], str]
CARE = 0.01  # by which the thresholds of all concepts sink where something needs special care
LIKELY = 0.5  # the probability from which on the labels that are withheld, taken together, count


def open_checker(checker: Checker, device: str = "cpu") -> Look:
    """What says of a picture, uint8 (H, W, 3), why it is withheld, and "" where it is not.

    In float32: it looks once a picture, and its thresholds were set so. Raises OSError, ValueError for files
    that cannot be read.
    """
    import torch
    from transformers import AutoImageProcessor

    prepare = AutoImageProcessor.from_pretrained(checker.takes, local_files_only=True)
    net = _net(checker).eval().to(device)
    judge = _labels if checker.labels else _concepts

    def look(pixels: np.ndarray) -> str:
        ready = prepare(images=pixels, return_tensors="pt")["pixel_values"].to(device)
        with torch.inference_mode():
            return judge(net, ready, checker.labels)

    return look


def _net(checker: Checker) -> nn.Module:
    if checker.labels:
        from transformers import AutoModelForImageClassification as Network
    else:
        from diffusers.pipelines.stable_diffusion.safety_checker import (
            StableDiffusionSafetyChecker as Network,
        )
    own: Any = Network  # two classes with the same way in
    return own.from_pretrained(checker.path, use_safetensors=True, local_files_only=True)


def _concepts(net: Any, pixels: Tensor, _labels: tuple[str, ...]) -> str:
    """The concepts that a picture is nearer to than their thresholds; special care lowers all of these.

    As diffusers' checker, rounding included, whose `forward` would blacken a picture too.
    """
    seen = net.visual_projection(net.vision_model(pixels)[1])
    special = _beyond(seen, net.special_care_embeds, net.special_care_embeds_weights)
    # In order, as there: a first hit makes the others more likely.
    care = 0.0
    for own in special:
        care = CARE if round(own + care, 3) > 0 else care
    concepts = _beyond(seen, net.concept_embeds, net.concept_embeds_weights)
    found = [str(place) for place, own in enumerate(concepts) if round(own + care, 3) > 0]
    return f"it is near what is withheld (concept {', '.join(found)})" if found else ""


def _beyond(seen: Tensor, concepts: Tensor, thresholds: Tensor) -> list[float]:
    """By how much a picture's cosine to each concept is over its threshold."""
    from torch.nn.functional import normalize

    cosines = normalize(seen) @ normalize(concepts).t()
    return (cosines[0].double() - thresholds.double()).tolist()


def _labels(net: Any, pixels: Tensor, labels: tuple[str, ...]) -> str:
    chances = net(pixels).logits[0].float().softmax(-1).tolist()
    own = {net.config.id2label[place]: chance for place, chance in enumerate(chances)}
    total = sum(own[label] for label in labels)
    first = max(labels, key=lambda label: own[label])
    return f"it looks like {first} ({total:.0%})" if total >= LIKELY else ""
