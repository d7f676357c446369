"""The command line itself: where its commands are, and how their ends are told."""

from __future__ import annotations

import os
import signal
import sys
from threading import Event
from types import FrameType, MappingProxyType

import click

from sfumato import __version__
from sfumato.faces.cli import STOPPED
from sfumato.faces.cli.completing import install, show
from sfumato.faces.cli.declaring import Sections
from sfumato.faces.cli.tongue import said

PACKAGE = "sfumato.faces.cli"
WIDEST = 110  # columns of a help

# In the order of the help. What is not asked for is not imported: a quick command has no time for it.
COMMANDS = MappingProxyType(
    {
        "imagine": "painting:imagine",
        "resume": "doing:resume",
        "parse": "doing:parse",
        "info": "doing:info",
        "verify": "doing:verify",
        "bench": "doing:bench",
        "score": "doing:score",
        "world": "doing:world",
        "batch": "doing:batch",
        "mcp": "doing:mcp",
        "import": "imports:bring",
        "describe": "imports:describe",
        "serve": "serving:serve",
        "people": "serving:people",
        "gallery": "gallery:gallery",
        "jobs": "jobs:jobs",
        "settings": "settings:settings",
        "models": "models:models",
        "policy": "policy:policy",
        "provenance": "provenance:provenance",
    }
)
EDITS = MappingProxyType(
    {
        "vary": "painting:vary",
        "restyle": "painting:restyle",
        "region": "painting:region",
        "zoom": "painting:zoom",
        "pan": "painting:pan",
        "square": "painting:square",
        "upscale": "painting:upscale",
        "blend": "painting:blend",
    }
)


def _tell_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        print(f"sfumato {__version__}")
        context.exit()


app = Sections(
    "sfumato",
    PACKAGE,
    MappingProxyType({"Commands": COMMANDS, "Edits of a picture": EDITS}),
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_tell_version,
            help="Show the version and exit.",
        ),
        click.Option(
            ["--install-completion"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=install,
            help="Have this shell (bash, zsh or fish) complete commands and options.",
        ),
        click.Option(
            ["--show-completion"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=show,
            help="Print what does that, to put it where you want it.",
        ),
    ],
    help="An open, self-hosted Midjourney. Try: sfumato imagine 'a red fox in the snow --ar 3:2'",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDEST},
)


def run() -> int:
    """Read what was typed and do it. Returns the exit code, see `main`."""
    pressed = _ctrl_c()
    try:
        return app.main(prog_name="sfumato", standalone_mode=False, color=_colour()) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return STOPPED
    except Exception as error:
        if pressed.is_set():  # what was being imported is incomplete then, and fails in any way
            return STOPPED
        if not isinstance(error, (ValueError, OSError)):
            raise
        print(f"sfumato: {said(str(error))}", file=sys.stderr)
        return 2


def _ctrl_c() -> Event:
    """Set when Ctrl-C is pressed, which raises KeyboardInterrupt as ever.

    Not while this thread imports torch: its C++ ends the process with a trace then, before anything begins.
    """
    pressed = Event()

    def press(number: int, frame: FrameType | None) -> None:
        pressed.set()
        if _imports_torch(frame):
            os._exit(STOPPED)
        signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not in the background of a shell
        signal.signal(signal.SIGINT, press)
    return pressed


def _imports_torch(frame: FrameType | None) -> bool:
    """Whether what runs here was called by torch's own beginning; other threads may import it meanwhile."""
    while frame is not None:
        if frame.f_globals.get("__name__") == "torch" and frame.f_code.co_name == "<module>":
            return True
        frame = frame.f_back
    return False


def _colour() -> bool | None:
    """Whether there are colours where they are wanted or unwanted everywhere; None where terminals decide."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None
