"""Models come from a hub whole, go on where they were cut off, and never come as pickles."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest

from sfumato.studio.collection import Adding, Collection, Getting, Hub, Models, NotAdded, add, rests
from test_collection.conftest import NAME
from test_collection.hub import Fake, serving
from tinies import sdxl

ADDED = Adding((NAME,))
LARGEST = "transformer/diffusion_pytorch_model.safetensors"
PROGRAM = """
import sys
from pathlib import Path
from huggingface_hub import constants
from sfumato.studio.collection import Adding, Collection, Hub, add
constants.DOWNLOAD_CHUNK_SIZE = 65536
print("begins", flush=True)
add(Adding((sys.argv[1],)), Collection(Path(sys.argv[2])), Hub(sys.argv[3]))
"""


def nothing_there(to: Collection) -> None:
    assert to.entries() == () and tuple(Models(to)) == ("house",)


def test_a_model_comes_with_all_it_needs_and_nothing_else(to: Collection, hub: Hub, tiny: Path) -> None:
    heard: list[Getting] = []
    entry = add(ADDED, to, hub, heard.append)
    assert entry.name == "tiny-flux" and entry.parts[0].licence == "tiny-license other LICENSE.md"
    (folder,) = entry.paths
    came = {str(own.relative_to(folder)) for own in folder.rglob("*") if own.is_file()}
    assert {LARGEST, "model_index.json", "README.md", "tokenizer_2/tokenizer.json"} <= came
    assert not [
        path for path in came if path.endswith((".bin", ".ckpt")) or "safety" in path or "fp16" in path
    ]
    assert all((folder / path).read_bytes() == (tiny / path).read_bytes() for path in came)
    assert "flux1-tiny.safetensors" not in came and rests(to) == 0
    counts = [own.done for own in heard]
    assert counts == sorted(counts) and counts[-1] == heard[-1].total > 2_000_000


def test_a_name_stands_for_its_files(to: Collection, hub: Hub, tiny: Path) -> None:
    add(ADDED, to, hub)
    found = Models(to)["tiny-flux"]
    assert found.name == "flux" and not found.missing()
    with pytest.raises(NotAdded, match="here already, as tiny-flux"):
        add(ADDED, to, hub)
    assert add(Adding((NAME,), "second"), to, hub).name == "second"


def test_a_repository_of_a_lora_comes_as_one(to: Collection, hub: Hub, fake: Fake, tmp_path: Path) -> None:
    _, lora, *_ = sdxl.VARIANTS["adapters"](tmp_path / "sdxl")
    fake.repositories["someone/Ink"] = tmp_path / "ink"
    (tmp_path / "ink").mkdir()
    (tmp_path / "ink" / "README.md").write_text("---\nlicense: mit\n---\n", encoding="utf-8")
    lora.rename(tmp_path / "ink" / "ink.safetensors")
    entry = add(Adding(("someone/Ink",)), to, hub)
    assert (entry.name, entry.parts[0].licence, Models(to).adapters()) == ("ink", "mit", {"ink": "LoRA"})
    assert entry.paths[0].name == "ink.safetensors" and not entry.in_place


def test_a_broken_connection_goes_on_where_it_broke(
    to: Collection, hub: Hub, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 65536)
    fake.cut[LARGEST] = 1_000_000
    add(ADDED, to, hub)
    firsts = [first for method, path, first in fake.asked if path == LARGEST and method == "GET"]
    assert firsts[0] == 0 and 900_000 <= firsts[1] <= 1_000_000 and len(firsts) == 2
    assert fake.got["vae/diffusion_pytorch_model.safetensors"] == 1


def test_a_killed_download_goes_on(to: Collection, fake: Fake) -> None:
    fake.held[LARGEST] = 1_000_000
    with serving(fake) as address:
        program = [sys.executable, "-c", PROGRAM, NAME, str(to.folder), address]
        with subprocess.Popen(program, env=os.environ, stdout=subprocess.PIPE) as process:
            while process.poll() is None and not any(map(is_begun, to.folder.rglob("*.part"))):
                sleep(0.01)
            process.send_signal(signal.SIGKILL)
        nothing_there(to)
        before = len(fake.asked)
        del fake.held[LARGEST]
        add(ADDED, to, Hub(address))
    again = [own for own in fake.asked[before:] if own[0] == "GET"]
    firsts = {path: first for _, path, first in again}
    assert firsts[LARGEST] >= 900_000
    assert "text_encoder/model.safetensors" not in firsts
    assert [own.name for own in to.entries()] == ["tiny-flux"] and rests(to) == 0


def is_begun(rest: Path) -> bool:
    return rest.stat().st_size > 900_000


@pytest.mark.parametrize(
    ("status", "word", "said"),
    [
        (401, "RepoNotFound", "no repository"),
        (404, "RepoNotFound", "no repository"),
        (403, "GatedRepo", "accept them on its page"),
        (403, "", "log in"),
        (404, "RevisionNotFound", "revision"),
        (429, "", "in a minute"),
        (500, "", "later"),
    ],
)
def test_refusals_are_sentences(
    to: Collection, hub: Hub, fake: Fake, status: int, word: str, said: str
) -> None:
    fake.refused[NAME] = (status, word)
    with pytest.raises(NotAdded, match=said):
        add(ADDED, to, hub)
    nothing_there(to)


def test_no_network(to: Collection) -> None:
    with pytest.raises(NotAdded, match="cannot be reached"):
        add(ADDED, to, Hub("http://127.0.0.1:9"))
    nothing_there(to)


def test_another_revision_begins_anew(to: Collection, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.refused[f"{NAME}/{LARGEST}"] = (500, "")
    with serving(fake) as address:
        with pytest.raises(NotAdded, match="later"):
            add(ADDED, to, Hub(address))
        assert fake.got["text_encoder/model.safetensors"] == 1
        monkeypatch.setattr("test_collection.hub.COMMIT", "f" * 40)
        fake.refused.clear()
        assert add(ADDED, to, Hub(address)).parts[0].revision == "f" * 40
    assert fake.got["text_encoder/model.safetensors"] == 2


def test_a_token_is_told_to_the_hub_alone(to: Collection, fake: Fake) -> None:
    with serving(fake) as other, serving(fake) as address:
        fake.elsewhere = other
        add(ADDED, to, Hub(address, "my-token"))
    assert fake.tokens["GET", LARGEST] == {""} and fake.tokens["HEAD", LARGEST] == {"Bearer my-token"}


def test_what_comes_damaged_is_thrown_away(to: Collection, hub: Hub, fake: Fake) -> None:
    fake.spoiled.add(LARGEST)
    with pytest.raises(NotAdded, match="damaged"):
        add(ADDED, to, hub)
    nothing_there(to)
    fake.spoiled.clear()
    add(ADDED, to, hub)
    assert fake.got[LARGEST] == 2 and fake.got["text_encoder/model.safetensors"] == 1


def test_a_repository_without_safetensors(to: Collection, hub: Hub, fake: Fake, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "model.ckpt").write_bytes(b"\x80\x04" + bytes(5000))
    fake.repositories["someone/old"] = old
    with pytest.raises(NotAdded, match=r"model\.ckpt is a pickle, which can run any program"):
        add(Adding(("someone/old",)), to, hub)
    with pytest.raises(NotAdded, match="is a pickle"):
        add(Adding(("someone/old/model.ckpt",)), to, hub)
    with pytest.raises(NotAdded, match=r"There is no lora\.safetensors"):
        add(Adding(("someone/old/lora.safetensors",)), to, hub)
    assert not fake.got


def test_a_full_disk_is_seen_before_anything_comes(
    to: Collection, hub: Hub, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfumato.studio.collection.hub.SPARE", 2**60)
    with pytest.raises(NotAdded, match="make room, or set SFUMATO_MODELS"):
        add(ADDED, to, hub)
    nothing_there(to)
    assert LARGEST not in fake.got
