"""Judges of pictures, which have seen the painted world's renders alone: one names a single object, the
eye sees all."""

from sfumato.models.judge.eye import FILES, Eye, Found, Names, Verdict, found_boxes, open_eye, verdicts
from sfumato.models.judge.finder import CELL, SIDE_PX, USUAL_PX, FinderConfig, FinderNet, Places
from sfumato.models.judge.judge import FILE, Judge, JudgeNet, open_judge
from sfumato.models.judge.namer import CROP_PX, Named, NamerConfig, NamerNet, cut
from sfumato.models.judge.reader import ReaderConfig, ReaderNet, decoded
from sfumato.models.judge.sight import Sight, Tags, chinese, open_sight

__all__ = [
    "CELL", "CROP_PX", "FILE", "FILES", "SIDE_PX", "USUAL_PX", "Eye", "FinderConfig", "FinderNet",
    "Found", "Judge", "JudgeNet", "Named", "NamerConfig", "NamerNet", "Names", "Places", "ReaderConfig",
    "ReaderNet", "Sight", "Tags", "Verdict", "chinese", "cut", "decoded", "found_boxes", "open_eye",
    "open_judge", "open_sight", "verdicts",
]  # fmt: skip
