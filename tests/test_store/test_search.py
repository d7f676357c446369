"""Search: words in English and Chinese, filters, and pages that stay still."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfumato.studio.store import Filters, PictureRow, Store
from sfumato.studio.store.drawn import words
from sfumato.studio.store.search import Order
from sfumato.studio.store.tables import PICTURES
from test_store.conftest import picture

PROMPTS = (
    "A red Fox in the SNOW --ar 3:2",
    "雪地里的红狐狸, 水墨画",
    "江南水乡 a village by the water",
    'a sign that says "50% off_season"',
    "ｆｕｌｌ　ｗｉｄｔｈ Straße",
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", {0, 1, 2, 3, 4}),
        ("fox", {0}),
        ("snow FOX", {0}),
        ("ox", {0}),
        ("狐狸", {1}),
        ("水", {1, 2}),
        ("江南水乡", {2}),
        ("水 village", {2}),
        ("50%", {3}),
        ("5%", set()),
        ("off_s", {3}),
        ("f_s", {3}),
        ("r_d", set()),
        ('"50', {3}),
        ('says" OR "fox', set()),
        ("fox NOT snow", set()),
        ("full width", {4}),
        ("strasse", {4}),
        ("a\0b\\", set()),
    ],
)
def test_every_word_is_found(asked: str, found: set[int], store: Store, ann: str) -> None:
    store.pictures.add([picture(prompt, seed) for seed, prompt in enumerate(PROMPTS)], ann)
    assert {row.seed for row in store.pictures.search(asked).rows} == found


TEXT = st.text(st.sampled_from("ab雪狐'\"%_\\*-: "), max_size=6)


def test_whatever_is_asked_is_what_contains_it(store: Store, ann: str) -> None:
    few = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])

    @few
    @given(st.lists(TEXT, max_size=4), TEXT)
    def check(prompts: list[str], asked: str) -> None:
        with store.database.writing() as connection:
            connection.execute(PICTURES.delete())
        store.pictures.add([picture(prompt, seed) for seed, prompt in enumerate(prompts)], ann)
        expected = {
            seed
            for seed, prompt in enumerate(prompts)
            if all(word in words(prompt, ()) for word in asked.casefold().split())
        }
        assert {row.seed for row in store.pictures.search(asked).rows} == expected

    check()


def seeds(store: Store, **filters: object) -> list[int]:
    viewer = filters.pop("viewer", None)
    return [row.seed for row in store.pictures.search(filters=Filters(**filters), viewer=viewer).rows]  # type: ignore[arg-type]


def test_filters(store: Store, ann: str, bob: str) -> None:
    wide = {"width": 1344, "height": 768}
    store.pictures.add([picture(seed=1, model="flux"), picture(seed=2, **wide), picture(seed=3)], ann)
    (row,) = store.pictures.add([picture(seed=4)], bob)
    store.pictures.like([row.id])
    store.pictures.rate([row.id], 3)
    assert seeds(store, model="flux") == [1]
    assert seeds(store, aspect="16:9") == [2] and seeds(store, aspect="1:1") == [4, 3, 1]
    assert seeds(store, liked=True) == seeds(store, rating=3) == seeds(store, owner=bob) == [4]
    assert seeds(store, rating=4) == [] and seeds(store, liked=False) == [3, 2, 1]
    assert seeds(store, since=2.0, until=4.0) == [3, 2] and seeds(store, job=row.job) == [4]
    for wrong in ("wide", "16:0", "0:9", "nan:1", "-1:-1e-9"):
        with pytest.raises(ValueError, match="is not an aspect"):
            seeds(store, aspect=wrong)


def all_pages(store: Store, order: Order, *, meanwhile: bool, owner: str) -> list[PictureRow]:
    rows, cursor = [], ""
    for page in range(50):
        found = store.pictures.search(order=order, cursor=cursor, limit=3)
        rows += found.rows
        if not (cursor := found.cursor):
            return rows
        if meanwhile:
            store.pictures.add([picture("new", 1000 + page)], owner)
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("order", ["newest", "oldest", "best"])
def test_pages_are_whole_and_stay_still(order: Order, store: Store, ann: str) -> None:
    rows = store.pictures.add([picture(seed=n, created=float(n // 4)) for n in range(20)], ann)
    store.pictures.rate([row.id for row in rows[::3]], 5)
    still = all_pages(store, order, meanwhile=False, owner=ann)
    assert [row.seed for row in still] == [row.seed for row in store.pictures.search(order=order).rows]
    assert sorted(row.seed for row in still) == list(range(20))
    while_adding = all_pages(store, order, meanwhile=order != "oldest", owner=ann)
    assert [row.seed for row in while_adding if row.prompt != "new"] == [row.seed for row in still]
    assert len({row.id for row in while_adding}) == len(while_adding)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "[]",
        '["oldest", 1, 1]',
        '["newest", "a", 1]',
        '["newest", 1, null]',
        f'["newest", 1, {2**63}]',
        f'["newest", {10**400}, 1]',
    ],
)
def test_a_cursor_that_is_none_is_refused(cursor: str, store: Store) -> None:
    with pytest.raises(ValueError, match="begin again"):
        store.pictures.search(cursor=cursor)


def test_a_board_is_an_ordered_choice(store: Store, ann: str, bob: str) -> None:
    ids = [row.id for row in store.pictures.add([picture(seed=n) for n in range(5)], ann)]
    board, other = store.boards.add("foxes", ann), store.boards.add("more", ann)
    store.boards.pin(board.id, [ids[3], ids[1]], ann)
    store.boards.pin(board.id, [ids[1], ids[4]], ann)
    store.boards.pin(other.id, [ids[0], ids[1]], ann)

    def shown() -> list[int]:
        page = store.pictures.search(filters=Filters(board=board.id), order="board")
        return [row.seed for row in page.rows]

    assert shown() == [3, 1, 4]
    store.boards.arrange(board.id, [ids[4], ids[0]], ann)
    assert shown() == [4, 3, 1]
    store.boards.unpin(board.id, [ids[3]], ann)
    assert shown() == [4, 1]
    store.boards.change(board.id, ann, "red foxes", True)
    assert {own.name for own in store.boards.listed(ann)} == {"red foxes", "more"}
    assert [own.id for own in store.boards.listed(bob)] == [other.id]
    store.boards.remove(board.id, ann)
    assert shown() == [] and len(store.pictures.search().rows) == 5
