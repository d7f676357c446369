"""The judge: it names what a picture shows. It has seen the painted world's renders alone."""

from sfumato.models.judge.judge import FILE, Found, Judge, Names, Verdict, open_judge, verdicts
from sfumato.models.judge.net import CELL, SIDE_PX, JudgeConfig, JudgeNet, Seen

__all__ = [
    "CELL", "FILE", "SIDE_PX", "Found", "Judge", "JudgeConfig", "JudgeNet", "Names", "Seen", "Verdict",
    "open_judge", "verdicts",
]  # fmt: skip
