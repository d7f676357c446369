"""Getting a model's files from a hub that speaks Hugging Face's protocol."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sfumato.studio.collection.choose import chosen, only
from sfumato.studio.collection.trouble import DiskFull, NotAdded

INDEX = "model_index.json"
SPARE = 2**28  # bytes that stay free on the disk


class Remote(NamedTuple):
    """A file of a repository; `sha256` is "" for small files, which the hub does not tell it of."""

    path: str
    size: int
    sha256: str


class Listing(NamedTuple):
    """What a repository holds at one revision, which is a commit."""

    revision: str
    licence: str
    files: tuple[Remote, ...]


class Getting(NamedTuple):
    """How far a download is; `path` is the file under way."""

    path: str
    done: int
    total: int


Heard = Callable[[Getting], None]


@dataclass(frozen=True)
class Hub:
    """endpoint  None takes HF_ENDPOINT, or huggingface.co
    token     None takes HF_TOKEN or what `hf auth login` kept
    """

    endpoint: str | None = None
    token: str | None = field(default=None, repr=False)

    def listing(self, repository: str, revision: str | None = None) -> Listing:
        """Raises NotAdded."""
        from huggingface_hub import HfApi

        with _told(repository):
            api = HfApi(endpoint=self.endpoint, token=self.token)
            info = api.model_info(repository, revision=revision, files_metadata=True)
        files = tuple(
            Remote(own.rfilename, own.size or 0, own.lfs.sha256 if own.lfs else "")
            for own in info.siblings or ()
        )
        card: Any = info.card_data or {}
        said = (card.get(key) for key in ("license_name", "license", "license_link"))
        return Listing(info.sha or "main", " ".join(own for own in said if isinstance(own, str)), files)

    def choose(
        self, repository: str, listing: Listing, file: str, variant: str, folder: Path
    ) -> list[Remote]:
        """The files that a model takes; `file` is the one that was named, or "". Raises NotAdded."""
        paths = [own.path for own in listing.files]
        if file:
            wanted = only(paths, file)
        else:
            index = next((own for own in listing.files if own.path == INDEX), None)
            components = self._components(repository, listing, index, folder) if index else None
            wanted = chosen(paths, components, variant)
        return [own for own in listing.files if own.path in wanted]

    def fetch(
        self, repository: str, revision: str, files: Collection[Remote], folder: Path, heard: Heard
    ) -> None:
        """Get files into a folder, going on from what is there. Raises NotAdded, DiskFull."""
        total = sum(own.size for own in files)
        room(folder, total - _there(folder))
        done = 0
        for own in files:
            self._get(repository, revision, own, folder, _counting(own, done, total, heard))
            done += own.size

    def _components(self, repository: str, listing: Listing, index: Remote, folder: Path) -> Collection[str]:
        path = self._get(repository, listing.revision, index, folder, lambda count: None)
        told = json.loads(path.read_text(encoding="utf-8"))
        return {name for name, own in told.items() if isinstance(own, list) and own and own[0]}

    def _get(
        self, repository: str, revision: str, file: Remote, folder: Path, heard: Callable[[int], None]
    ) -> Path:
        """The file, whole. Its beginning waits beside it under another name, whoever is killed."""
        from huggingface_hub import hf_hub_url
        from huggingface_hub.file_download import get_hf_file_metadata, http_get

        goal = folder / file.path
        if goal.exists():
            return goal
        goal.parent.mkdir(parents=True, exist_ok=True)
        rest = goal.with_name(f"{goal.name}.part")
        with _told(f"{repository}/{file.path}"), rest.open("ab") as opened:
            url = hf_hub_url(repository, file.path, revision=revision, endpoint=self.endpoint)
            there = get_hf_file_metadata(url, token=self.token, endpoint=self.endpoint).location
            http_get(
                there,
                opened,
                resume_size=opened.tell(),
                headers=self._headers(same=urlsplit(url).netloc == urlsplit(there).netloc),
                expected_size=file.size or None,
                tqdm_class=_silent(heard),
            )
        _require_same(rest, file)
        return rest.replace(goal)

    def _headers(self, same: bool) -> dict[str, str]:
        """Who asks: told to the hub alone, not to where it sends us for large files."""
        from huggingface_hub.utils import build_hf_headers

        return build_hf_headers(token=self.token if same else False)


def require_hub() -> None:
    """Raises NotAdded with what to install."""
    if find_spec("huggingface_hub") is None:
        raise NotAdded("Getting models from a hub needs huggingface-hub: pip install 'sfumato[models]'.")


def room(folder: Path, wanted: int) -> None:
    """Raises DiskFull where there is not as much room as a model takes."""
    free = shutil.disk_usage(folder).free
    if wanted + SPARE > free:
        raise DiskFull(wanted, free)


def _there(folder: Path) -> int:
    return sum(own.stat().st_size for own in folder.rglob("*") if own.is_file())


def _counting(file: Remote, before: int, total: int, heard: Heard) -> Callable[[int], None]:
    def count(bytes_here: int) -> None:
        heard(Getting(file.path, before + min(bytes_here, file.size), total))

    count(0)
    return count


def _silent(heard: Callable[[int], None]) -> Any:
    """A progress bar, as the library wants one, that shows nothing and tells how many bytes are here."""
    from tqdm import tqdm

    class Counted(tqdm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self.here = int(kwargs.get("initial") or 0)
            super().__init__(disable=True)
            heard(self.here)

        def update(self, n: float | None = 1) -> bool | None:
            self.here += int(n or 0)
            heard(self.here)
            return None

    return Counted


def _require_same(path: Path, file: Remote) -> None:
    """What came is what the hub says it has; else it goes."""
    same = path.stat().st_size == file.size or not file.size
    if same and file.sha256:
        with path.open("rb") as opened:
            same = file_digest(opened, "sha256").hexdigest() == file.sha256
    if not same:
        path.unlink()
        raise NotAdded(f"{file.path} came damaged and was thrown away: run the same command again.")


@contextmanager
def _told(what: str) -> Iterator[None]:
    """The hub's errors as sentences."""
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError:
        raise NotAdded(
            f"{what} is given only to people who accepted its terms: accept them on its page, then log in "
            "with `hf auth login` or set HF_TOKEN, and run the same command again."
        ) from None
    except errors.RepositoryNotFoundError:
        raise NotAdded(
            f"There is no repository {what}, or it is private: look at how it is written, or log in with "
            "`hf auth login` or HF_TOKEN."
        ) from None
    except errors.RevisionNotFoundError:
        raise NotAdded(f"{what} has no such revision: leave `--revision` out for the newest.") from None
    except errors.RemoteEntryNotFoundError:
        raise NotAdded(f"{what} is not there any more: run the same command again.") from None
    except errors.HFValidationError:
        raise NotAdded(f"{what} is no name of a repository: they are written OWNER/NAME.") from None
    except errors.HfHubHTTPError as error:
        raise NotAdded(_of_status(what, error)) from None
    except errors.OfflineModeIsEnabled:
        raise NotAdded("HF_HUB_OFFLINE is set, so nothing is asked of the hub: unset it.") from None
    except (errors.LocalEntryNotFoundError, *_network()) as error:
        raise NotAdded(
            f"The hub cannot be reached for {what} ({type(error).__name__}): look at the network, then run "
            "the same command again; what has come stays."
        ) from None


def _network() -> tuple[type[Exception], ...]:
    """The root of what the hub's client raises, whichever client it is, where the network does not work."""
    from huggingface_hub.errors import HfHubHTTPError

    return HfHubHTTPError.__mro__[1:2]


def _of_status(what: str, error: Any) -> str:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status in (401, 403):
        return f"The hub refuses {what} ({status}): log in with `hf auth login`, or set HF_TOKEN."
    if status == 429:
        return f"The hub has had too many requests for now ({what}): run the same command again in a minute."
    return f"The hub answers {status} for {what}: run the same command again later; what has come stays."
