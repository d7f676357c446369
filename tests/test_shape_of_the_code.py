"""Budgets of the code, so that review is short. Each limit is one named constant; decisions/0002 says why."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "sfumato"

FILE_LINES = 400
FUNCTION_LINES = 60
PARAMETERS = 8
OPTIONS = 10  # of a command
NESTING = 3

MEANINGLESS_MODULES = frozenset({"utils", "util", "helpers", "helper", "common", "misc"})
MEANINGLESS_CLASS = re.compile(r"(Manager|Service|Handler|Helper|Base)(?![a-z])")
MUTABLE_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
MUTABLE_CALLS = frozenset("list dict set bytearray defaultdict deque OrderedDict Counter".split())
MUTABLE_NAMES_ALLOWED = frozenset({"__all__", "__slots__"})
UNSAFE_CALLS = frozenset({"torch.load", "yaml.load", "pickle.load"})
UNSAFE_BUILTINS = frozenset({"eval", "exec"})
UNSAFE_IMPORTS = frozenset({"pickle", "cPickle", "dill", "shelve", "marshal"})
NOT_A_FAMILY = frozenset({"judge", "safety"})
# Training knows its network and paints houses; `--sd` and files of other programs have words of their own.
WORDS_OF_FAMILIES = "models train language studio/imports faces/sdapi"
FAMILY_WORDS_ALLOWED = tuple(SOURCE / own for own in WORDS_OF_FAMILIES.split())

# What a module may call while it is imported: classes (by their capital letter), functions of its own folder
# that build a constant, and these, which only compute.
DEFINING_CALLS = frozenset(
    """
    abs all any bool bytes chr dict enumerate filter float frozenset int len list map max min next ord range
    reversed round sorted str sum super tuple zip chain from_iterable product cos exp log radians sin sqrt
    attrgetter cast compile dataclass field fields getLogger itemgetter namedtuple partial replace version
    encode endswith format fromkeys isdigit items join keys lower maketrans removeprefix removesuffix split
    splitlines startswith strip upper values files joinpath resolve with_name argument option
    """.split()
)
# The only bare calls at module level: a command line names its commands.
DECLARING_METHODS = frozenset({"command", "group"})
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def python_files(*folders: str) -> list[Path]:
    return sorted(chain.from_iterable((ROOT / folder).rglob("*.py") for folder in folders))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS))


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a name or attribute chain; the attributes alone where it starts from something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, module) of every absolute import, wherever it stands; `from a import b` gives both a and a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


CODE = python_files("src", "tests", "recipes", "bench")
PACKAGE = python_files("src")


def test_there_is_code_to_look_at() -> None:
    assert len(PACKAGE) >= 7
    assert Path(__file__).resolve() in CODE


def test_files_are_short() -> None:
    long = {
        shown(path): lines
        for path in CODE
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES
    }
    assert not long, f"more than {FILE_LINES} lines"


def test_functions_are_short() -> None:
    long = [
        f"{shown(path)}:{node.lineno} {node.name} {lines}"
        for path in CODE
        for node in functions(parsed(path))
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert not long, f"more than {FUNCTION_LINES} lines"


def count_parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    arguments = node.args
    named = [argument.arg for argument in arguments.posonlyargs + arguments.args + arguments.kwonlyargs]
    own = 1 if named and named[0] in ("self", "cls") else 0
    return len(named) - own + sum(extra is not None for extra in (arguments.vararg, arguments.kwarg))


def is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether its parameters are what a person types, each by its name; nobody calls it with positions."""
    return any(re.search(r"\bcommand\(", ast.unparse(own)) for own in node.decorator_list)


def test_functions_take_few_parameters() -> None:
    wide = [
        f"{shown(path)}:{node.lineno} {node.name} {count}"
        for path in CODE
        for node in functions(parsed(path))
        if (count := count_parameters(node)) > (OPTIONS if is_command(node) else PARAMETERS)
    ]
    assert not wide, f"more than {PARAMETERS} parameters"


def nesting(node: ast.AST, depth: int = 0) -> int:
    """How many blocks stand inside one another below `node`; functions and classes inside count anew."""
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            continue
        is_elif = isinstance(child, ast.If) and isinstance(node, ast.If) and node.orelse == [child]
        deeper = isinstance(child, BLOCKS) and not is_elif
        deepest = max(deepest, nesting(child, depth + deeper))
    return deepest


def test_blocks_are_shallow() -> None:
    deep = [
        f"{shown(path)}:{node.lineno} {node.name} {depth}"
        for path in CODE
        for node in functions(parsed(path))
        if (depth := nesting(node)) > NESTING
    ]
    assert not deep, f"blocks nested more than {NESTING} deep"


def test_nesting_counts_blocks_and_not_elif() -> None:
    source = "def f(x):\n for a in x:\n  if a:\n   pass\n  elif x:\n   with x:\n    pass\n"
    assert nesting(ast.parse(source).body[0]) == 3


def test_no_global_statement() -> None:
    found = [
        f"{shown(path)}:{node.lineno}"
        for path in CODE
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Global)
    ]
    assert not found


def is_mutable(value: ast.expr | None) -> bool:
    """Whether a constant's value could be changed in place, also inside a tuple or a read-only mapping."""
    if isinstance(value, MUTABLE_DISPLAYS):
        return True
    if isinstance(value, ast.Tuple):
        return any(is_mutable(element) for element in value.elts)
    if not isinstance(value, ast.Call):
        return False
    name = dotted(value.func).rpartition(".")[2]
    if name == "MappingProxyType":
        return any(is_mutable(v) for arg in value.args if isinstance(arg, ast.Dict) for v in arg.values)
    return name in MUTABLE_CALLS


def outer_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run at import: the module's own, those of its classes, those inside its blocks."""
    for node in body:
        if isinstance(node, FUNCTIONS) or is_main_guard(node) or is_type_checking(node):
            continue
        yield node
        for inner in ("body", "orelse", "finalbody"):
            yield from outer_statements(getattr(node, inner, []))
        for handler in getattr(node, "handlers", []):
            yield from outer_statements(handler.body)


def is_main_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in {
        n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)
    }


def is_type_checking(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and dotted(node.test).endswith("TYPE_CHECKING")


def assigned(node: ast.stmt) -> tuple[list[str], ast.expr | None]:
    if isinstance(node, ast.Assign):
        return [dotted(target) for target in node.targets], node.value
    if isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        return [dotted(node.target)], node.value
    return [], None


def test_no_mutable_state_at_module_or_class_level() -> None:
    found = []
    for path in PACKAGE:
        for node in outer_statements(parsed(path).body):
            names, value = assigned(node)
            if is_mutable(value) and not MUTABLE_NAMES_ALLOWED & set(names):
                found.append(f"{shown(path)}:{node.lineno} {', '.join(names)}")
    assert not found, "write a tuple, a frozenset or MappingProxyType"


@pytest.mark.parametrize(
    ("value", "mutable"),
    [
        ("[1]", True),
        ("({},)", True),
        ("MappingProxyType({'a': [1]})", True),
        ("collections.deque()", True),
        ("MappingProxyType({'a': (1,)})", False),
        ("frozenset({1})", False),
        ("(1, 2)", False),
    ],
)
def test_what_counts_as_mutable(value: str, mutable: bool) -> None:
    assert is_mutable(ast.parse(value, mode="eval").body) is mutable


def runs_at_import(node: ast.stmt, own: frozenset[str]) -> Iterator[str]:
    """The calls of one import-time statement that do more than define something."""
    if isinstance(node, (ast.For, ast.While, ast.With)):
        yield type(node).__name__.lower()
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        outer = node.value.func.func if isinstance(node.value.func, ast.Call) else node.value.func
        if not (isinstance(outer, ast.Attribute) and outer.attr in DECLARING_METHODS):
            yield ast.unparse(node.value)[:60]
    _, value = assigned(node)
    for call in calls(value) if value is not None else ():
        name = dotted(call.func).rpartition(".")[2]
        if not (name in DEFINING_CALLS or name in own or name.lstrip("_")[:1].isupper()):
            yield f"{name}()"


def calls(value: ast.expr) -> Iterator[ast.Call]:
    """The calls made when an expression is evaluated; those in the body of a lambda are not."""
    if isinstance(value, ast.Lambda):
        return
    if isinstance(value, ast.Call):
        yield value
    for child in ast.iter_child_nodes(value):
        yield from calls(child)


def own_functions(path: Path) -> frozenset[str]:
    """Names of functions of this module, and of what it imports from its own folder."""
    tree = parsed(path)
    folder = ".".join(path.relative_to(ROOT / "src").parent.parts)
    near = [
        node
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").rpartition(".")[0] == folder
    ]
    defined = {node.name for node in tree.body if isinstance(node, FUNCTIONS)}
    return frozenset(defined | {alias.asname or alias.name for node in near for alias in node.names})


def test_no_work_at_import() -> None:
    found = []
    for path in PACKAGE:
        own = own_functions(path)
        for node in outer_statements(parsed(path).body):
            found += [f"{shown(path)}:{node.lineno} {what}" for what in runs_at_import(node, own)]
    assert not found, "a module only defines; work belongs in a function"


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        ("print('hello')", 1),
        ("DEVICE = torch.device('cpu')", 1),
        ("for x in y: pass", 1),
        ("NAMES = frozenset(open('x'))", 1),
        ("PATTERN = re.compile('a')", 0),
        ("TABLE = (Row('a'), Row('b'))", 0),
        ("TABLE = build()", 0),
        ("app.command()(imagine)", 0),
        ("new_id = field(default_factory=lambda: uuid4())", 0),
        ("'a docstring'", 0),
    ],
)
def test_what_counts_as_work(statement: str, count: int) -> None:
    assert len(list(runs_at_import(ast.parse(statement).body[0], frozenset({"build"})))) == count


def test_module_names_mean_something() -> None:
    found = [shown(path) for path in CODE if {path.stem, *path.relative_to(ROOT).parts} & MEANINGLESS_MODULES]
    assert not found


def test_class_names_mean_something() -> None:
    found = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path in CODE
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and MEANINGLESS_CLASS.search(node.name)
    ]
    assert not found


def is_unsafe(function: ast.expr) -> bool:
    """`model.eval()` is a method of that name and harmless."""
    builtin = isinstance(function, ast.Name) and function.id in UNSAFE_BUILTINS
    return builtin or dotted(function) in UNSAFE_CALLS


def test_nothing_is_loaded_unsafely() -> None:
    found = []
    for path in CODE:
        tree = parsed(path)
        found += [
            f"{shown(path)}:{line} {module}" for line, module in imported(tree) if module in UNSAFE_IMPORTS
        ]
        found += [
            f"{shown(path)}:{node.lineno} {dotted(node.func)}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and is_unsafe(node.func)
        ]
    assert not found, "weights are safetensors; settings are TOML or JSON"


def families() -> frozenset[str]:
    """Families are the folders of models; a leading underscore marks what families share."""
    folders = (path.name for path in (SOURCE / "models").iterdir() if path.is_dir())
    return frozenset(name for name in folders if name[0] not in "_." and name not in NOT_A_FAMILY)


def docstrings(tree: ast.Module) -> frozenset[int]:
    places = [node for node in ast.walk(tree) if isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS))]
    return frozenset(
        id(node.body[0].value) for node in places if node.body and isinstance(node.body[0], ast.Expr)
    )


def named_families(tree: ast.Module, names: frozenset[str]) -> Iterator[str]:
    """Lines that name a family: by importing its folder, or, but for a word of every day, as 'house/base'."""
    for line, module in imported(tree):
        if any(module.startswith(f"sfumato.models.{name}") for name in names):
            yield f"{line} {module}"
    word = re.compile(rf"({'|'.join(map(re.escape, sorted(names - {'other'})))})([-_/.:].*)?")
    said = docstrings(tree)
    for node in ast.walk(tree):
        spoken = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
        if spoken and word.fullmatch(node.value):
            yield f"{node.lineno} {node.value!r}"


def test_families_are_named_only_in_models() -> None:
    names = families()
    assert names, "models has no family"
    found = [
        f"{shown(path)}:{what}"
        for path in PACKAGE
        if not any(path.is_relative_to(folder) for folder in FAMILY_WORDS_ALLOWED)
        for what in named_families(parsed(path), names)
    ]
    assert not found, "ask the registry of models"


def test_naming_a_family_is_seen() -> None:
    tree = ast.parse("import sfumato.models.house.net\nif name != 'house-small': pass\nx = 'a house'\n")
    assert len(list(named_families(tree, frozenset({"house"})))) == 2


def test_the_language_is_pure_python() -> None:
    found = [
        f"{shown(path)}:{line} {module}"
        for path in sorted((SOURCE / "language").rglob("*.py"))
        for line, module in imported(parsed(path))
        if module.split(".")[0] not in sys.stdlib_module_names and not module.startswith("sfumato.language")
    ]
    assert not found
