"""The last changes of a store, read once for all who follow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sfumato.faces.web.shown import JobShown, PictureShown
from sfumato.studio.store import Change, JobRow, Person, PictureRow, hidden_from_others

MOST = 500  # changes that are remembered
Key = tuple[bool, str]


@dataclass(frozen=True)
class Told:
    """A change as streams tell it: written once for its owner and once for all others."""

    change: Change
    texts: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> Key:
        """What changed."""
        return isinstance(self.change.row, JobRow), self.change.row.id

    def text(self, me: Person, since: int) -> str:
        """The event for a person who was told everything up to a number; empty where they may not see it."""
        row = self.change.row
        if row.owner == me.id:
            return self._written("own", row, me)
        if not row.private:
            return self._written("other", row, me)
        if isinstance(row, PictureRow) and (row.hidden or 0) > since:
            return self._written("gone", hidden_from_others(row), me)
        return ""

    def _written(self, form: str, row: JobRow | PictureRow, me: Person) -> str:
        if form not in self.texts:
            shown = JobShown.of(row, me) if isinstance(row, JobRow) else PictureShown.of(row, me)
            kind = "job" if isinstance(row, JobRow) else "picture"
            data = shown.model_dump_json()
            self.texts[form] = f"id: {self.change.rev}\nevent: {kind}\ndata: {data}\n\n"
        return self.texts[form]


@dataclass
class Recent:
    """Of everything that changed after `since` and up to `until` the last change, in their order."""

    since: int
    until: int
    told: dict[Key, Told] = field(default_factory=dict)

    def add(self, changes: Sequence[Change], until: int) -> None:
        """All that changed up to this number; what is too long ago is dropped."""
        for change in changes:
            told = Told(change)
            self.told.pop(told.key, None)
            self.told[told.key] = told
        self.until = max(until, self.until)
        while len(self.told) > MOST:
            self.since = self.told.pop(next(iter(self.told))).change.rev

    def after(self, since: int) -> list[Told]:
        """What changed after a number that is not before the first."""
        found = []
        for told in reversed(self.told.values()):
            if told.change.rev <= since:
                break
            found.append(told)
        return found[::-1]

    def is_stale(self, told: Told) -> bool:
        """Whether something newer of the same is known, which will be told instead.

        That a thing has gone is told in any case: who hears the newer one only would not learn of it.
        """
        row = told.change.row
        if row.gone or (isinstance(row, PictureRow) and row.hidden is not None):
            return False
        newer = self.told.get(told.key)
        return newer is not None and newer.change.rev > told.change.rev
