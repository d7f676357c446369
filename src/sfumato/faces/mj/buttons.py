"""The buttons below a picture, each with an id of its own that says what it does to what."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from sfumato.plan import Edit, Pan, Square, Upscale, Vary, Zoom

JOB = r"(?P<job>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
BUTTON = re.compile(
    rf"MJ::(?P<name>[A-Za-z]+(?:::[a-z_0-9]+)?)::(?P<index>\d{{1,2}})::{JOB}(?:::SOLO(?:::(?P<of>\d{{1,2}}))?)?",
    re.A,
)
LARGER = re.compile(r"JOB::upsample_v\d\w{0,4}_2x(_subtle|_creative)?", re.A)  # of each version
READ = re.compile(r"MJ::Job::PicReader::([1-9])", re.A)
DIGITS = "1️⃣ 2️⃣ 3️⃣ 4️⃣ 5️⃣ 6️⃣ 7️⃣ 8️⃣ 9️⃣".split()

ALONE = (
    ("JOB::upsample_v7_2x_subtle", "", "Upscale (Subtle)"),
    ("JOB::upsample_v7_2x_creative", "", "Upscale (Creative)"),
    ("JOB::low_variation", "🪄", "Vary (Subtle)"),
    ("JOB::high_variation", "🪄", "Vary (Strong)"),
    ("Inpaint", "🖌️", "Vary (Region)"),
    ("Outpaint::50", "🔍", "Zoom Out 2x"),
    ("Outpaint::75", "🔍", "Zoom Out 1.5x"),
    ("CustomZoom", "🔍", "Custom Zoom"),
    ("Outpaint::100", "↔️", "Make Square"),
    ("JOB::pan_left", "⬅️", ""),
    ("JOB::pan_right", "➡️", ""),
    ("JOB::pan_up", "⬆️", ""),
    ("JOB::pan_down", "⬇️", ""),
    ("BOOKMARK", "❤️", ""),
)
"""Of a picture that is shown alone: name, emoji, label."""

WAITING = frozenset({"Inpaint", "CustomZoom"})  # they ask for something first


class Pressed(NamedTuple):
    """A button: its name, and the job and picture, from 1, that it is about; 0: all of them."""

    name: str
    job: str
    index: int

    @property
    def picture(self) -> str:
        """The picture's id in the gallery."""
        return f"{self.job}-{self.index - 1}"


def pressed(custom: str) -> Pressed | None:
    """What a button's id says; None for one that is none of ours."""
    found = BUTTON.fullmatch(custom)
    return Pressed(found["name"], found["job"], int(found["of"] or found["index"])) if found else None


def edit_of(name: str) -> Edit | None:
    """What is done with a picture at once; None where that is something else."""
    if found := LARGER.fullmatch(name):
        return Upscale(creative=found[1] == "_creative")
    edits: dict[str, Edit] = {
        "JOB::variation": Vary(strong=True),
        "JOB::low_variation": Vary(),
        "JOB::high_variation": Vary(strong=True),
        "Outpaint::50": Zoom(),
        "Outpaint::75": Zoom(factor=1.5),
        "Outpaint::100": Square(),
        "JOB::pan_left": Pan(to="left"),
        "JOB::pan_right": Pan(to="right"),
        "JOB::pan_up": Pan(to="up"),
        "JOB::pan_down": Pan(to="down"),
    }
    return edits.get(name)


def below_grid(job: str, count: int) -> list[dict[str, Any]]:
    """U1 … Un, again, V1 … Vn: of one picture those of one that is alone."""
    if count == 1:
        return [*below_picture(job, 1), custom_button(f"MJ::JOB::reroll::0::{job}::SOLO", "🔄", "")]
    single = [
        [
            custom_button(f"MJ::JOB::{name}::{place}::{job}", "", f"{letter}{place}")
            for place in range(1, count + 1)
        ]
        for letter, name in (("U", "upsample"), ("V", "variation"))
    ]
    return [*single[0], custom_button(f"MJ::JOB::reroll::0::{job}::SOLO", "🔄", ""), *single[1]]


def below_picture(job: str, index: int) -> list[dict[str, Any]]:
    """What can be done with one picture. Clients look for `Inpaint::1`: one alone is always the first."""
    behind = f"::{index}" if index > 1 else ""
    return [
        custom_button(f"MJ::{name}::1::{job}::SOLO{behind}", emoji, label) for name, emoji, label in ALONE
    ]


def below_words(count: int) -> list[dict[str, Any]]:
    """Of a picture that was put into words: make one from each."""
    return [
        custom_button(f"MJ::Job::PicReader::{place}", DIGITS[place - 1], "") for place in range(1, count + 1)
    ]


def custom_button(custom: str, emoji: str, label: str) -> dict[str, Any]:
    """A button as clients draw it; type 2 is a button, style 2 a grey one."""
    return {"customId": custom, "emoji": emoji, "label": label, "type": 2, "style": 2}
