"""English nouns: articles, plurals, and what is counted in pairs, bunches and bowls."""

from __future__ import annotations

import re
from types import MappingProxyType

NUMBERS = ("no", "one", "two", "three", "four")
_IRREGULAR = MappingProxyType(
    {
        "man": "men", "woman": "women", "child": "children", "person": "people", "mouse": "mice",
        "goose": "geese", "ox": "oxen", "wolf": "wolves", "leaf": "leaves", "knife": "knives",
        "bookshelf": "bookshelves", "elf": "elves", "scarf": "scarves", "tooth": "teeth",
        "foot": "feet", "loaf": "loaves", "potato": "potatoes", "tomato": "tomatoes",
        "mosquito": "mosquitoes", "buffalo": "buffalo", "fish": "fish", "sheep": "sheep",
        "deer": "deer", "moose": "moose", "bison": "bison", "shrimp": "shrimp", "squid": "squid",
        "dice": "dice", "aircraft": "aircraft", "spacecraft": "spacecraft", "die": "dice",
        "policeman": "policemen", "snowman": "snowmen", "spaceman": "spacemen",
        "swordsman": "swordsmen", "cactus": "cacti", "bus": "buses", "octopus": "octopuses",
        "walrus": "walruses", "fungus": "fungi", "compass": "compasses", "tempura": "tempura",
        "chess": "chess", "swimwear": "swimsuits", "batman": "batmen", "volcano": "volcanoes",
        "dodo": "dodos",
    }
)  # fmt: skip
# Words that are plural already: they take no "a", and are counted by the word here.
_PLURAL = MappingProxyType(
    {
        "pair": """
            glasses eyeglasses spectacles specs sunglasses jeans pants trousers shorts socks gloves
            scissors skis skates goggles shoes chopsticks headphones maracas clippers lips hands scales
            nails footprints horns
            """,
        "bunch": """
            grapes cherries blueberries leaves beans peanuts peas bubbles sparkles prints beads
            """,
        "set": """
            gears cogs chains irons bricks pins dolls notes masks keys bags dots flames fireworks
            banknotes badminton stars arrows fries noodles pancakes clockwork surfers books up
            """,
    }
)
_MASS = frozenset(
    """
    bread cheese bacon butter salt popcorn sushi ice curry ramen spaghetti pasta salad rice tea coffee
    milk soda juice sake wine beer whiskey whisky champagne ginger garlic corn maize broccoli lettuce
    cabbage honey chocolate money cash luggage soap paper thread yarn coral firewood confetti fire
    fireworks falafel oden paella stew fondue soup metro subway lavender hyacinth bowling tennis
    badminton railroad parchment tempura x-ray fuji liberty tag slide music kaaba saturn dango bento
    cloth biceps clothing earth
    """.split()
)
_WHOLE = ("two ", "man and", "mount ")  # how names begin that take no article and no plural
_HEAD = re.compile(r"(.+?)( (?:of|with|in|on|holding|behind|and) .+)")


def article(noun: str) -> str:
    """The noun phrase with "a" or "an", or bare where English takes none."""
    if not is_countable(noun):
        return noun
    vowel = noun[0] in "aeiou" and not noun.startswith(("uni", "uku", "ufo", "eur", "one"))
    vowel = vowel or noun.startswith(("hour", "x-", "suv"))
    return f"{'an' if vowel else 'a'} {noun}"


def is_countable(noun: str) -> bool:
    """Whether "a …" can stand before it."""
    last = _split(noun)[0].split()[-1]
    return last not in _MASS and _counter(last) is None and not noun.startswith(_WHOLE)


def plural(noun: str) -> str:
    """The noun in the plural; only its head changes: "pairs of hearts", "mice", "glasses"."""
    head, rest = _split(noun)
    before, _, last = head.rpartition(" ")
    if noun.startswith(_WHOLE) or last in _MASS or _counter(last):
        return noun
    return f"{before} {_many(last)}{rest}".strip()


def count(noun: str, number: int, before: str = "") -> str:
    """`number` of it: "three cats", "two pairs of glasses"; `before` is an adjective of the noun."""
    noun_ = f"{before} {noun}".strip()
    last = _split(noun)[0].split()[-1]
    unit = _counter(last)
    if number == 1:
        return article(noun_) if is_countable(noun) else noun_
    if unit or not is_countable(noun):
        return f"{NUMBERS[number]} {_many(unit or 'piece')} of {noun_}"
    return f"{NUMBERS[number]} {plural(noun_)}"


def _split(noun: str) -> tuple[str, str]:
    found = _HEAD.fullmatch(noun)
    return (found[1], found[2]) if found else (noun, "")


def _counter(last: str) -> str | None:
    return next((unit for unit, words in _PLURAL.items() if last in words.split()), None)


def _many(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if re.search("(s|x|z|ch|sh)$", word):
        return word + "es"
    return word[:-1] + "ies" if re.search("[^aeiou]y$", word) else word + "s"
