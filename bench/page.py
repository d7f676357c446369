"""The web page: how soon it is seen, how soon a prompt shows a first preview, and its four pictures.

    scripts/bench page              a minute
    scripts/bench page --quick      fewer of everything

A real `sfumato serve` on loopback and a real Chromium (Playwright; of Debian or Google), 1440 × 900.
Times are taken in the page, on its own clock: from the key press to the frame in which something is
seen. What is seen is looked at: every job must show a preview and then all of its pictures, or nothing is
reported.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.report import Goal, finish, options, say, table
from bench.wire import Serving, serving

PROMPT = "a red fox in the snow --seed {}"
PICTURES = 4
LOADS, ROUNDS, FEED = 7, 9, 12
PATIENCE = 120_000  # milliseconds
WINDOW = {"width": 1440, "height": 900}
# Marks the first frame after each of these is there; nothing is asked for in between.
WATCH = """() => {
  window.seen = {};
  const looks = {
    screen: () => document.querySelector("#prompt") && document.querySelector("main h1"),
    feed: () => document.querySelector(".tile img.loaded"),
  };
  const look = () => {
    for (const [name, there] of Object.entries(looks)) {
      if (name in window.seen || !there()) continue;
      window.seen[name] = NaN;
      requestAnimationFrame(() => setTimeout(() => (window.seen[name] = performance.now())));
    }
  };
  window.watch = (more) => { window.seen = {}; Object.assign(looks, more); look(); };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}"""
# From the key press on; `before` are the jobs that were there already.
ASKED = """() => {
  const before = new Set([...document.querySelectorAll("article")].map((own) => own.dataset.job));
  const mine = () => [...document.querySelectorAll("article")].find((own) => !before.has(own.dataset.job));
  window.watch({
    card: mine,
    preview: () => mine()?.querySelector(".preview"),
    pictures: () => mine()?.querySelectorAll(".tile img.loaded").length === %d,
  });
  addEventListener("keydown", (event) => (window.pressed = event.timeStamp), { capture: true, once: true });
}"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
SENT = """() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
  .filter((own) => !new URL(own.name).pathname.startsWith("/api/"))
  .reduce((sum, own) => sum + own.encodedBodySize, 0)"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report. Exit code 1 when a goal was missed."""
    parser = options(__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer of everything")
    asked = parser.parse_args(arguments)
    few = 3 if asked.quick else 1
    with TemporaryDirectory() as folder, serving(Path(folder) / "data") as server, chromium() as browser:
        empty = loads(browser, server, LOADS // few, "screen")
        made = submits(browser, server, ROUNDS // few)
        fill(browser, server, FEED // few)
        full = loads(browser, server, LOADS // few, "feed")
    figures = {**named("empty", empty), **named("full", full), **made}
    rows = [(name, value) for name, value in figures.items() if isinstance(value, float)]
    print(*table(("page", ""), rows), sep="\n")
    return finish("page", figures, goals(figures), asked.results)


def goals(figures: Mapping[str, Any]) -> list[Goal]:
    most = {"at_most": True}
    return [
        Goal("seconds to the first paint, median", figures["empty_paint_s"], 0.5, **most),
        Goal("seconds to a feed with pictures, median", figures["full_feed_s"], 1.0, **most),
        Goal("seconds from Enter to the first preview, median", figures["preview_median_s"], 0.5, **most),
        Goal(
            "bytes sent at the first visit, pictures and data aside", figures["empty_bytes"], 90_000, **most
        ),
    ]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window. Raises SystemExit where none is installed."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise SystemExit("Chromium is not here: apt-get install chromium. Nothing is reported.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def visit(browser: Browser, server: Serving) -> Iterator[Page]:
    """The page for somebody who was never there before: nothing is cached."""
    context = browser.new_context(viewport=WINDOW, locale="en-US")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.add_init_script(f"({WATCH})()")
    page.goto(f"http://127.0.0.1:{server.port}/")
    yield page
    context.close()


def seen(page: Page, name: str) -> float:
    """Milliseconds on the page's clock at which something was painted; waits for it."""
    until = PATIENCE / 20
    while (at := page.evaluate("(name) => window.seen[name] || 0", name)) == 0:
        page.wait_for_timeout(20)
        until -= 1
        if until < 0:
            raise SystemExit(f"{name} was never seen. Nothing is reported.")
    return at


def loads(browser: Browser, server: Serving, rounds: int, name: str) -> dict[str, list[float]]:
    """Seconds to the first paint and to what the screen shows, and the bytes of the page itself."""
    found: dict[str, list[float]] = {"paint_s": [], f"{name}_s": [], "bytes": []}
    for _ in range(rounds + 1):
        with visit(browser, server) as page:
            at = seen(page, name)
            painted = page.wait_for_function(PAINT)  # told a little after it was
            found["paint_s"].append(painted.json_value() / 1e3)
            found[f"{name}_s"].append(at / 1e3)
            found["bytes"].append(float(page.evaluate(SENT)))
    return {own: values[1:] for own, values in found.items()}  # the first one started the browser


def named(prefix: str, found: Mapping[str, list[float]]) -> dict[str, Any]:
    """The medians, and all values."""
    medians = {f"{prefix}_{name}": median(values) for name, values in found.items()}
    return {**medians, **{f"{prefix}_{name}_all": values for name, values in found.items()}}


def submits(browser: Browser, server: Serving, rounds: int) -> dict[str, Any]:
    """Seconds from Enter to the card, the first preview and the four pictures, one job at a time."""
    found: dict[str, list[float]] = {"card": [], "preview": [], "pictures": []}
    with visit(browser, server) as page:
        seen(page, "screen")
        for number in range(rounds + 1):
            page.fill("#prompt", PROMPT.format(number))
            page.wait_for_timeout(400)  # it is read while nothing is typed
            page.evaluate(ASKED % PICTURES)
            page.keyboard.press("Enter")
            at = {name: seen(page, name) - page.evaluate("window.pressed") for name in found}
            say(", ".join(f"{name} {own / 1e3:.2f} s" for name, own in at.items()))
            for name, own in at.items():
                found[name].append(own / 1e3)
    warm = {name: values[1:] for name, values in found.items()}  # the first one opened the model
    medians = {f"{name}_median_s": median(values) for name, values in warm.items()}
    return {**medians, "preview_cold_s": found["preview"][0], **{f"{own}_s": warm[own] for own in warm}}


def fill(browser: Browser, server: Serving, jobs: int) -> None:
    """A feed of so many jobs."""
    with visit(browser, server) as page:
        seen(page, "screen")
        before = page.locator("article").count()
        page.fill("#prompt", f"a whale --q .25 --repeat {jobs}")
        page.wait_for_timeout(400)
        page.keyboard.press("Enter")
        page.locator("article").nth(before + jobs - 1).wait_for(state="attached")
        page.wait_for_function("() => !document.querySelector('.tile.waiting')")


if __name__ == "__main__":
    raise SystemExit(main())
