"""Judges of pictures, which have seen the painted world's renders alone: one names a single object, the
eye sees all."""

from sfumato.models.judge.eye import Eye, Found, Names, Verdict, open_eye, verdicts
from sfumato.models.judge.eyenet import CELL, SIDE_PX, EyeConfig, EyeNet, Seen
from sfumato.models.judge.judge import FILE, Judge, JudgeNet, open_judge
from sfumato.models.judge.sight import Sight, Tags, chinese, open_sight

__all__ = [
    "CELL", "FILE", "SIDE_PX", "Eye", "EyeConfig", "EyeNet", "Found", "Judge", "JudgeNet", "Names", "Seen",
    "Sight", "Tags", "Verdict", "chinese", "open_eye", "open_judge", "open_sight", "verdicts",
]  # fmt: skip
