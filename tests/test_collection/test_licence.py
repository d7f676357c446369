"""The licence of a model: out of its card, its LICENSE, its head, or what was known when it was added."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from sfumato.models.family import families, recognise
from sfumato.models.licence import licence_of
from sfumato.studio.collection import OURS, UNKNOWN, Adding, Collection, Hub, Models, add, licences

HUB = Hub("http://127.0.0.1:9")
TEXTS = {
    "                                 Apache License\n                           Version 2.0": "apache-2.0",
    "Copyright (c) 2022 Robin\n\nCreativeML Open RAIL-M\n": "creativeml-openrail-m",
    "CreativeML Open RAIL++-M License\ndated July 26, 2023": "openrail++",
    "# FLUX.1 [dev] Non-Commercial License v1.1.1": "flux-1-dev-non-commercial-license",
    "STABILITY AI COMMUNITY LICENSE AGREEMENT": "stabilityai-ai-community",
    "\n# My own terms\nDo as you like.": "My own terms",
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_licence_says_which_it_is(tmp_path: Path, text: str) -> None:
    (tmp_path / "LICENSE.md").write_text(text, encoding="utf-8")
    assert licence_of(tmp_path) == TEXTS[text]
    (tmp_path / "README.md").write_text("---\nlicense: mit\ntags: [x]\n---\nlicense: no\n", encoding="utf-8")
    assert licence_of(tmp_path) == "mit"  # the card comes first
    part = tmp_path / "unet" / "model.safetensors"
    part.parent.mkdir()
    save_file({"a": torch.zeros(1)}, part)
    assert licence_of(part) == ""
    (tmp_path / "model_index.json").write_text("{}", encoding="utf-8")
    assert licence_of(part) == licence_of(part.parent) == "mit"  # a part of a repository
    save_file({"a": torch.zeros(1)}, part, {"modelspec.license": "CC-BY-4.0"})
    assert licence_of(part) == "CC-BY-4.0"


def test_of_models(tiny: Path, to: Collection) -> None:
    assert licences(families()[0]) == OURS
    assert licences(recognise([tiny])) == "tiny-license other LICENSE.md"
    entry = add(Adding((str(tiny),), "mine", copy=True), to, HUB)
    (entry.paths[0] / "README.md").unlink()
    assert licences(Models(to)["mine"]) == "tiny-license other LICENSE.md"  # as it was when it was added


def test_what_says_nothing_is_unknown(tiny: Path) -> None:
    card = tiny / "README.md"
    text = card.read_text(encoding="utf-8")
    card.write_text("# No head\nlicense: mit\n", encoding="utf-8")
    try:
        assert licences(recognise([tiny])) == UNKNOWN
    finally:
        card.write_text(text, encoding="utf-8")
