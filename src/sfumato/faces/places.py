"""Where a person's settings and data are. It is all that finding a running server needs of the settings."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

FILE = "SFUMATO_SETTINGS"  # names the settings file
DATA = "SFUMATO_DATA"  # names the data folder


def path_of() -> Path:
    """The settings file of this person; it need not be there."""
    if named := os.environ.get(FILE):
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("sfumato", appauthor=False) / "settings.toml"


def read(path: Path) -> dict[str, Any]:
    """What a settings file says, unchecked; nothing where there is none. Raises ValueError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no TOML that can be read: {error}.") from None


def data_folder() -> Path:
    """The data folder in effect, without a look at the other settings. Raises ValueError."""
    typed = os.environ.get(DATA) or read(path_of()).get("data")
    if typed is None:
        return own_folder()
    if isinstance(typed, str):
        return Path(typed)
    from sfumato.faces.settings import load

    return load().folder


def own_folder() -> Path:
    """The data folder of this person, where none is chosen."""
    from platformdirs import user_data_path

    return user_data_path("sfumato", appauthor=False)
