"""Everything that is said about prompts, plans and models has its Chinese."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import TypeGuard

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.faces.chinese import chinese, chinese_or
from sfumato.faces.chinese.forms import form
from sfumato.faces.web.errors import CODES, Refusal
from sfumato.language import PARAMETERS, Reading, parse

SAYING = frozenset(
    {"note", "problem", "wrong", "wrong_words", "wrong_text", "invalid", "PlanError", "Refused"}
)
WORDS = re.compile(r"[a-z]{2,} [a-z]+ [a-z]+")
FILLED = ("`--x`", "7", "")
EXAMPLES = {
    "hint": ("Give the parts you want to see more weight",),
    "takes": ("it draws from words alone",),
    "to": ("left",),
    "spoken": ("`--a` twice",),
    "size": ("2 × 3 pixels",),
    "verb": ("is", "are"),
    "message": ("`--a` is not compatible with `--b`",),
    "not_with": ("An image prompt is not compatible with `--b`",),
    "reason": (
        "A model takes its guidance as a number, so nothing can be guided away from",
        "A model makes one thing of all words before it paints",
    ),
}
"""What stands in places that hold more than a name or a number."""
HAN = re.compile(r"[\u4e00-\u9fff]")


def said(reading: Reading) -> list[str]:
    return [*(own.message for own in reading.problems), *reading.notes]


def lacking(sentences: list[str]) -> list[str]:
    return [own for own in sentences if chinese(own) is None]


def strings(tree: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """What a module says: texts in calls that tell something, that are yielded or raised, or are remarks."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            yield from (own for own in node.args if name in SAYING and is_text(own))
            yield from (own.value for own in node.keywords if own.arg == "remark" and is_text(own.value))
        elif isinstance(node, ast.Yield) and node.value and is_text(node.value):
            yield node.value


def is_text(node: ast.AST) -> TypeGuard[ast.Constant | ast.JoinedStr]:
    return isinstance(node, ast.Constant | ast.JoinedStr) and bool(WORDS.search(ast.unparse(node)))


def fillings(node: ast.Constant | ast.JoinedStr) -> Iterator[str]:
    """The text with every choice of values in its places."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    places = [own for own in parts if not isinstance(own, ast.Constant)]
    names = [ast.unparse(own.value).split("(")[0] for own in places if isinstance(own, ast.FormattedValue)]
    for values in product(*(EXAMPLES.get(name, FILLED) for name in names)):
        left = iter(values)
        yield "".join(str(own.value) if isinstance(own, ast.Constant) else next(left) for own in parts)


def modules(root: Path) -> list[Path]:
    source = root / "src" / "sfumato"
    able = [source / "models" / "_parts" / "able.py", *source.glob("models/*/family.py")]
    able += [*source.glob("models/*/limits.py"), *source.glob("models/_parts/rungs/family.py")]
    able += [source / "models" / "_parts" / "latent_release.py", source / "models/_parts/unet/limits.py"]
    return [*source.glob("language/*.py"), *source.glob("plan/*.py"), *able]


def test_every_sentence_in_the_sources(root: Path) -> None:
    found = [(path, own) for path in modules(root) for own in strings(ast.parse(path.read_text("utf-8")))]
    assert len(found) > 110
    missing = [
        f"{path.name}:{own.lineno} {ast.unparse(own)}"
        for path, own in found
        if not any(chinese(text) for text in fillings(own))
    ]
    assert not missing, "\n".join(missing)


def test_everything_that_was_ever_said(root: Path) -> None:
    lines = (root / "tests" / "replay" / "prompts.jsonl").read_text("utf-8").splitlines()
    heard = {own for line in lines for own in said(parse(json.loads(line)["input"]))}
    assert len(heard) > 100 and not lacking(sorted(heard))


def test_every_remark_of_a_parameter() -> None:
    assert not lacking([row.remark for row in PARAMETERS if row.remark])


def test_every_help_of_a_parameter() -> None:
    assert not lacking([row.help for row in PARAMETERS])


def test_every_answer_of_the_families(root: Path) -> None:
    rows = json.loads((root / "tests" / "golden" / "families.json").read_text("utf-8"))
    told = {
        text for row in rows.values() for cell in row.values() for texts in cell.values() for text in texts
    }
    assert len(told) > 30 and not lacking(sorted(told))


NAMES = st.sampled_from([name for row in PARAMETERS for name in row.names])
VALUES = st.sampled_from(
    ["", "0", "7", "-3", "1.5", "99999", "16x9", "16:9", "raw", "x", "9,", "http://a.de/b.png"]
)
WHERE = st.sampled_from(["--", "--", "--", "-", "—", "- -", "x--"])
FLAGS = st.builds(lambda dash, name, value: f"{dash}{name} {value}", WHERE, NAMES, VALUES)
PROSE = st.sampled_from(
    ["a fox", "狐狸::2 雪::-3", "", "{a, b} c", "{one}", "http://a.de/b.png", "a::1e9 b", '"a"']
)
MODELS = st.sampled_from(
    ["", "--v 1", "--v 4", "--v 5.2", "--v 7", "--v 8.2", "--niji 6", "--testp", "--v 9"]
)


@given(PROSE, st.lists(FLAGS, max_size=3), MODELS)
def test_whatever_is_typed(prose: str, flags: list[str], model: str) -> None:
    assert not lacking(said(parse(" ".join((prose, *flags, model)))))


def test_it_reads_like_chinese() -> None:
    message = parse("fox --ar 16x9").problems[0].message
    assert chinese(message) == "`--aspect` 的值 `16x9` 无效：它接受用冒号隔开的两个整数；请写 `--ar 16:9`。"
    assert chinese("The house model does not know “quantum”: it drew the rest.") == (
        "内置模型不认识 “quantum”，只画了其余部分。"
    )
    two = "There is no such job. There is no such person."
    assert chinese(two) == "没有这个任务。没有这个人。"


def test_what_nobody_translated_stays_readable() -> None:
    assert chinese("Quite another thing.") is None and chinese("x" * 5000) is None
    assert chinese_or("Quite another thing.", "出错了。") == "出错了。 Quite another thing."


def test_places_must_agree() -> None:
    with pytest.raises(ValueError, match="other places"):
        form("<a> is <b>.", "<a> 是 <c>。")


def test_refusals_are_told_in_chinese() -> None:
    assert (
        Refusal("plan", "This edit takes one picture, not 2.").chinese
        == "这个操作只接受一张图片，这里有 2 张。"
    )
    assert Refusal("plan", "Something new.").chinese == f"{CODES['plan'].chinese} Something new."
    assert Refusal("not_found", "Something new.").chinese == CODES["not_found"].chinese
    both = Refusal("refused", "a\nb", parts=("There is no such job.", "There is no such person."))
    assert both.chinese == "没有这个任务。没有这个人。"
    assert all(HAN.search(code.chinese) for code in CODES.values())
