"""Models: what can be asked for by name, and who paints a prompt."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from sfumato.language import Prompt
from sfumato.models.adapters import adapter_at
from sfumato.models.family import Family, UnknownModel, families, named, recognise
from sfumato.models.safety import Checker, checker_at
from sfumato.plan import Edit, Plan, Upscale
from sfumato.studio.collection.collection import Collection
from sfumato.studio.collection.entry import Entry
from sfumato.studio.collection.table import Row, asked, flag, keys, rows, style_words


class Painter(NamedTuple):
    """Who paints a prompt.

    words  added to it, for the style of a model that is not here
    notes  what is to be said about that
    """

    family: Family
    words: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Models(Mapping[str, Family]):
    """The shipped models and those of a collection, by name. What is added or removed shows at once; models
    whose files are gone, or are not what they were, are left out (see `broken`).

    first   names, or paths, of what draws where nothing is named; none leaves that to the collection
    larger  likewise of what makes pictures larger; none leaves that to the model that painted them

    What these two name by paths, or together, has a name, too: that of its first file or folder.
    """

    collection: Collection
    first: tuple[str, ...] = ()
    larger: tuple[str, ...] = ()
    _known: dict[Entry, Family | str] = field(default_factory=dict, repr=False)

    def __iter__(self) -> Iterator[str]:
        yield from (own.name for own in families())
        yield from (own.name for own in self.collection.entries() if not isinstance(self._open(own), str))
        yield from self._chosen

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, name: str) -> Family:
        for own in families():
            if own.name == name:
                return own
        if name in self._chosen:
            return self._chosen[name]
        try:
            found = self._open(self.collection.entry(name))
        except UnknownModel:
            raise KeyError(name) from None
        if isinstance(found, str):
            raise KeyError(name)
        return found

    @property
    def default(self) -> str:
        """The name of what draws where nothing is named."""
        if self.first:
            return self.name_of(self.family(self.first))
        chosen = self.collection.chosen.default
        return chosen if chosen in self else families()[0].name

    def broken(self) -> Mapping[str, str]:
        """Models that cannot be opened, and why."""
        idle = {*self.adapters(), *(own.name for own in self.collection.entries() if _checker(own))}
        found = {own.name: self._open(own) for own in self.collection.entries() if own.name not in idle}
        return {name: why for name, why in found.items() if isinstance(why, str)}

    def adapters(self) -> Mapping[str, str]:
        """What paints only beside a model, by name, and what it is: "LoRA", "ControlNet" …"""
        return {own.name: kind for own in self.collection.entries() if (kind := _adapter(own)) is not None}

    def checkers(self) -> tuple[Checker, ...]:
        """The models that look at finished pictures."""
        return tuple(found for own in self.collection.entries() if (found := _checker(own)) is not None)

    def family(self, names: Sequence[str]) -> Family:
        """What these names, or paths, stand for together; none is the default. Raises UnknownModel."""
        if not names:
            return self.family(self.first) if self.first else self[self.default]
        if len(names) == 1 and names[0] in self:
            return self[names[0]]
        if len(names) == 1 and (why := self.broken().get(names[0])):
            raise UnknownModel(f"The model {names[0]} cannot be opened: {why}")
        if len(names) == 1 and (kind := self.adapters().get(names[0])):
            raise UnknownModel(
                f"{names[0]} is no model but what is added to one ({kind}): name both, as "
                f"-m MODEL -m {names[0]}."
            )
        return self._together(names) if len(names) > 1 else self._path(names[0])

    def editor(self, edit: Edit) -> Family | None:
        """What is chosen for this edit, whoever painted the picture; None where nothing is. UnknownModel."""
        enlarges = isinstance(edit, Upscale) and not edit.creative
        return self.family(self.larger) if enlarges and self.larger else None

    def name_of(self, family: Family) -> str:
        """What people call it; the kind where it was named by path."""
        return next((name for name, own in self.items() if own == family), family.name)

    def maker(self, plan: Plan) -> Family | None:
        """The model that makes this plan, None where there is none."""
        able = (own for own in self.values() if own.name == plan.family and not own.missing())
        return next((own for own in able if not own.check(plan)), None)

    def painter(self, prompt: Prompt, otherwise: Family) -> Painter:
        """Who paints this prompt: what `--v`, `--niji` and `--style` map to, else who does otherwise."""
        version, style = asked(prompt)
        mapped = rows(self.collection)
        row = next((key for key in keys(version, style) if key in mapped and mapped[key].name in self), None)
        if row is not None:
            said = () if flag(row).endswith(style) else (_unstyled(style, mapped[row].name),)
            return Painter(self[mapped[row].name], notes=said)
        return self._stand_in(version, style, otherwise)

    def _stand_in(self, version: str, style: str, family: Family) -> Painter:
        mapped = rows(self.collection)
        wanted = next((key for key in keys(version, style) if key in mapped), None)
        said = [mapped[wanted].words] if wanted else []
        said += [style_words()[style]] if style in style_words() else []
        # A style has the last word: `--niji 5 --style expressive` is no pop art.
        words = said[-1] if said and family in families() else ""
        name = self.name_of(family)
        notes = [_absent(wanted, mapped[wanted], name, words)] if wanted else []
        if version and not wanted:
            notes.append(f"No model is mapped to `{flag(version)}`: the {name} model paints it.")
        if style and not words:
            notes.append(_unstyled(style, name))
        elif style and not wanted:
            notes.append(f"`--style {style}`: the {name} model paints it with the words “{words}”.")
        return Painter(family, words, tuple(notes))

    def _open(self, entry: Entry) -> Family | str:
        """The family over a model's files, or why there is none."""
        if _adapter(entry):  # recognising what is no model takes seconds
            return "it paints only beside a model."
        lost = [path for path in entry.paths if not path.exists()]
        if lost:
            return f"{lost[0]} is not there any more: put it back, or `sfumato models remove {entry.name}`."
        if entry not in self._known:
            try:
                self._known[entry] = recognise(entry.paths)
            except UnknownModel as error:
                self._known[entry] = str(error)
        return self._known[entry]

    @cached_property
    def _chosen(self) -> dict[str, Family]:
        """What has no other name, see `Models`: what a worker draws with is found by its name."""
        taken = {own.name for own in (*families(), *self.collection.entries())}
        found: dict[str, Family] = {}
        for names in (self.first, self.larger):
            if names and not (len(names) == 1 and names[0] in taken):
                with suppress(UnknownModel):  # `family` says what is wrong with it
                    found[_free(Path(names[0]).stem, taken | set(found))] = self._together(names)
        return found

    def _path(self, name: str) -> Family:
        if Path(name).exists():
            return named([name])
        have = ", ".join(self)
        raise UnknownModel(f"There is no model {name!r}: choose one of {have}, or the path of one.")

    def _together(self, names: Sequence[str]) -> Family:
        entries = {own.name: own for own in self.collection.entries()}
        paths = [
            path for name in names for path in (entries[name].paths if name in entries else [Path(name)])
        ]
        return recognise(paths)


def _free(name: str, taken: Container[str]) -> str:
    """A name like this one that nothing has."""
    numbered = (f"{name}-{number}" for number in count(2))
    return next(own for own in chain([name], numbered) if own not in taken)


def _adapter(entry: Entry) -> str | None:
    """What the adapter is called that this is by itself; None where it is none."""
    return adapter_at(entry.paths[0]) if len(entry.paths) == 1 else None


def _checker(entry: Entry) -> Checker | None:
    """The model that looks at pictures and paints none; None where it is one that paints."""
    return checker_at(entry.paths[0]) if len(entry.paths) == 1 and not _paints(entry.paths[0]) else None


def _paints(path: Path) -> bool:
    """A repository of Stable Diffusion that has its own checker with it stays one that paints."""
    return (path / "model_index.json").is_file()


def named_alone(prompt: Prompt, family: Family) -> Painter:
    """The painter that was named, whatever version the prompt says."""
    version, style = asked(prompt)
    notes = []
    if version:
        notes.append(
            f"`{flag(version)}` decides how the prompt is read, not who paints: "
            f"{family.name} was named for that."
        )
    if style:
        notes.append(_unstyled(style, family.name))
    return Painter(family, notes=tuple(notes))


def _absent(key: str, row: Row, name: str, words: str) -> str:
    how = f", with the words “{words}”" if words else ""
    get = f"; add it with `sfumato models add {row.repository}`" if row.repository else ""
    return f"`{flag(key)}` would be {row.name}, which is not here: the {name} model paints it{how}{get}."


def _unstyled(style: str, name: str) -> str:
    return f"`--style {style}` is understood but not honoured yet: {name} has no such style."
