"""What a policy is, and what it finds in a plan or a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sfumato.plan import Plan
from sfumato.studio.policy.views import views, without_writing
from sfumato.studio.refused import Refused

Level = Literal["off", "normal", "strict"]
PASSED_OVER = " . "

# What stands before a word that is not to be seen. Models may paint it all the same: it was not asked for.
_NOT = re.compile(
    r"(?:\b(?:no|not|without|never|non|free of|anti|zero|avoid|avoiding)[\s-]+(?:a |an |any |the )?"
    r"(?:\w+ (?:or|and|nor) )?"
    r"|(?:没有|不要|禁止|拒绝|反对|防止|预防|避免|无|非|勿|反|不含)(?:任何)?[\u3400-\u9fff]{0,2}?(?:、|或|和)?)$"
)
_NEAR = 40  # characters before a word in which such a word is looked for


class RefusedPrompt(Refused):
    """A prompt asks for what the policy refuses. `category` names what."""

    def __init__(self, category: Category) -> None:
        super().__init__(f"This prompt was refused before anything was made: it asks for {category.title}.")
        self.category = category


@dataclass(frozen=True)
class Words:
    """A set of words: what finds them, and what is passed over before they are looked for."""

    words: re.Pattern[str]
    allow: re.Pattern[str]

    def find(self, seen: tuple[str, ...], heeding: bool) -> str:
        """The first of these words in any view of a text, "" where there is none.

        heeding  whether words with a no before them are left out
        """
        for view in seen:
            for found in self.words.finditer(self.allow.sub(PASSED_OVER, view)):
                before = found.string[max(0, found.start() - _NEAR) : found.start()]
                if not (heeding and _NOT.search(before)):
                    return found[0]
        return ""


@dataclass(frozen=True)
class Category:
    """A kind of content.

    normal, strict  rules: of each set that a rule names a prompt has to say a word; strict ones count at that
                    level only
    always          whether it is refused at every level
    writing         whether words that are only to be written in the picture count
    """

    name: str
    title: str
    title_zh: str
    normal: tuple[tuple[str, ...], ...]
    strict: tuple[tuple[str, ...], ...] = ()
    always: bool = False
    writing: bool = False

    def rules(self, level: Level) -> tuple[tuple[str, ...], ...]:
        """Those that count at a level."""
        if level == "strict":
            return (*self.normal, *self.strict)
        return self.normal if level == "normal" or self.always else ()


class Finding(NamedTuple):
    """What was found: the category, and the words that made it so."""

    category: Category
    words: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """What is refused.

    level   of all categories
    levels  of single ones, by name
    allow   texts that are passed over in every category but those that always count
    """

    categories: tuple[Category, ...]
    sets: Mapping[str, Words] = field(repr=False)
    level: Level = "normal"
    levels: Mapping[str, Level] = field(default_factory=dict)
    allow: re.Pattern[str] | None = None

    def check(self, plan: Plan) -> None:
        """Raises RefusedPrompt where the plan asks for what is refused.

        What is painted away from, by `--no`, a negative prompt or a weight of 0 or less, is not asked for.
        """
        asked = [part.content for part in plan.parts if part.weight > 0]
        for finding in self.find(" ; ".join(asked)):
            raise RefusedPrompt(finding.category)

    def find(self, text: str) -> Iterator[Finding]:
        """What is refused in a text that says what is to be seen, a finding for each category at most."""
        painted, written = without_writing(text)
        seen, both = views(painted), views(f"{painted}\n{written}")
        for category in self.categories:
            found = self._first(category, both if category.writing else seen)
            if found:
                yield Finding(category, found)

    def level_of(self, category: Category) -> Level:
        """The level at which a category is looked at; what always counts never has off."""
        level = self.levels.get(category.name, self.level)
        return "normal" if category.always and level == "off" else level

    def _first(self, category: Category, seen: tuple[str, ...]) -> tuple[str, ...]:
        if self.allow is not None and not category.always:
            seen = tuple(self.allow.sub(PASSED_OVER, view) for view in seen)
        for rule in category.rules(self.level_of(category)):
            found = tuple(self.sets[name].find(seen, not category.always) for name in rule)
            if all(found):
                return found
        return ()
