"""The judge: a small classifier of the object in a picture. It has seen the painted world's renders alone."""

from sfumato.models.judge.judge import FILE, Judge, JudgeNet, open_judge

__all__ = ["FILE", "Judge", "JudgeNet", "open_judge"]
