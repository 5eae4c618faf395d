"""Bring the files of one recording, exactly as the lock pins them."""

from __future__ import annotations

import contextlib
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from ...errors import SourceError
from ...files.atomic import sync_folder
from ...files.digests import digests_of, hashed
from ...files.exclusive import alone, one_of
from ...files.links import linked
from ...files.paths import inside, safe_path
from ...reading.companions import absent_companion
from ..limits import Limits
from ..storage import open_reader
from ..storage.annex import refuse_pointer
from ..storage.faults import Missing
from .cache import Cache
from .progress import Silent
from .transfer import Transfer, require_pinned, writing
from .under_way import UnderWay

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ...lock import Lock, LockedFile, LockedRecording
    from .progress import Progress


@dataclass(frozen=True)
class FetchedFile:
    """A file that is there and is what the lock pins."""

    path: str
    size: int
    sha256: str


def fetch_recording(
    lock: Lock,
    name: str,
    root: Path,
    *,
    cache: Path | None = None,
    offline: bool = False,
    progress: Progress | None = None,
    limits: Limits | None = None,
    slots: Path | None = None,
    stop: threading.Event | None = None,
) -> tuple[FetchedFile, ...]:
    """Bring every file of a recording to ``root/<path>``.

    A file appears under its name only when it is whole and agrees with its pin. Several jobs may fetch at once.

    Parameters
    ----------
    lock, name
        What was pinned, and which recording of it.
    root
        The dataset's folder.
    cache, offline
        A folder shared between runs, see `eegmill.inputs.fetch.cache`; whether never to touch the network.
    progress
        Told of every byte.
    limits, slots
        How hard to try, by default as the environment says; a folder whose users share ``limits.transfers``, by
        default those that fetch into ``root``.
    stop
        Set by whoever wants the fetch to end where it is.

    Returns
    -------
    tuple of FetchedFile
        Sorted by path.

    Raises
    ------
    SourceError
        If a file cannot be had, with which and why; ChangedSource if its source no longer has what was pinned.
    """
    entry = lock.recording(name)
    _refuse_unpinned(entry)
    told = progress or Silent()
    job = _Fetch(
        root=root,
        under_way=(under_way := UnderWay(root)),
        cache=Cache(cache) if cache else None,
        offline=offline,
        told=partial(told.advance, name),
        limits=limits or Limits.from_environment(),
        slots=slots or under_way.slots,
        asked_to_stop=stop or threading.Event(),
    )
    told.expect(name, {file.path: file.size for file in entry.files})
    fetched = job.all_of(entry.files)
    _require_companions(entry, root)
    told.finish(name)
    return fetched


def _refuse_unpinned(entry: LockedRecording) -> None:
    if not any(file.path == entry.raw for file in entry.files):
        msg = f"'{entry.raw}' was not at its source when the lock was written: the recording cannot be fetched."
        raise Missing(msg)


def _require_companions(entry: LockedRecording, root: Path) -> None:
    """Look into a fetched raw file, and raise if it needs a file that its source did not have."""
    absent = absent_companion(root / entry.raw)
    if absent:
        path = f"{entry.raw.rpartition('/')[0]}/{absent}"
        msg = f"'{entry.raw}' needs '{path}', which its source does not have: the recording is not complete."
        raise Missing(msg)


class _Stopped(SourceError):
    """Ends the transfer of a file because another file of the recording failed; what came stays for the next run."""


@dataclass
class _Fetch:
    root: Path
    under_way: UnderWay
    cache: Cache | None
    offline: bool
    told: Callable[[int], None]
    limits: Limits
    slots: Path
    asked_to_stop: threading.Event
    stop: threading.Event = field(default_factory=threading.Event)

    def all_of(self, files: tuple[LockedFile, ...]) -> tuple[FetchedFile, ...]:
        """Fetch in parallel; the first fault, or Ctrl-C, stops the other files where they are."""
        folders = self._folders(files)
        workers = min(self.limits.parallel, len(files))
        with ThreadPoolExecutor(workers, thread_name_prefix="fetch") as pool:
            waiting = [pool.submit(self.one, file) for file in files]
            try:
                fetched = sorted((done.result() for done in as_completed(waiting)), key=lambda file: file.path)
            finally:
                self.stop.set()
                pool.shutdown(wait=False, cancel_futures=True)
        for folder in folders:
            sync_folder(folder)
        return tuple(fetched)

    def _folders(self, files: tuple[LockedFile, ...]) -> set[Path]:
        """Make the folders of all files, each once, after looking whether they lie where they seem to."""
        folders = {safe_path(file.path).rpartition("/")[0]: file.path for file in files}
        made = {inside(self.root, path).parent for path in folders.values()}
        with writing(self.root):
            self.under_way.prepare()
            for folder in made:
                folder.mkdir(parents=True, exist_ok=True)
        return made

    def advance(self, count: int) -> None:
        """Pass progress on, as long as there is reason to go on."""
        if self.stop.is_set() or self.asked_to_stop.is_set():
            raise _Stopped
        self.told(count)

    def one(self, file: LockedFile) -> FetchedFile:
        """Bring one file, unless it is there."""
        target = self.root / file.path
        with writing(target), alone(self.under_way.lock(file)):
            return self._there(file, target) or self._bring(file, target)

    def _there(self, file: LockedFile, target: Path) -> FetchedFile | None:
        if not target.is_file() or (file.size is not None and target.stat().st_size != file.size):
            return None
        noted = None if hashed(file) else self.under_way.noted(file)
        if not hashed(file) and noted is None:
            return None  # nothing would tell whether it is the right one
        digests = digests_of(target, file)
        if digests.differences(file) or (noted and noted != digests.sha256):
            return None
        self.advance(digests.count)
        return FetchedFile(file.path, digests.count, digests.sha256)

    def _bring(self, file: LockedFile, target: Path) -> FetchedFile:
        part = self.under_way.part(file)
        sha256 = self._from_cache(file, part) or self._from_source(file, part)
        size = part.stat().st_size
        self.under_way.note(file, sha256)
        part.replace(target)
        return FetchedFile(file.path, size, sha256)

    def _from_cache(self, file: LockedFile, part: Path) -> str | None:
        if self.cache is None or not self.cache.has(file):
            return None
        staged = part.with_name(f"{part.name}.{secrets.token_hex(4)}")
        try:
            sha256 = self.cache.take(file, staged)
            if sha256:
                staged.replace(part)
                self.advance(part.stat().st_size)
            return sha256
        finally:
            staged.unlink(missing_ok=True)

    def _from_source(self, file: LockedFile, part: Path) -> str:
        reader = open_reader(file.url, self.limits)
        if self.offline and reader.network:
            msg = f"'{file.path}' is not here and not in the cache; offline, it cannot be fetched from '{file.url}'."
            raise SourceError(msg)
        source = reader.path(file)
        if source:
            return self._by_link(file, source, part)
        transfer = Transfer(file, reader, part=part, limits=self.limits, advance=self.advance)
        with one_of(self.slots, self.limits.transfers) if reader.network else contextlib.nullcontext():
            digests = transfer.run()
        refuse_pointer(file, part)
        if self.cache:
            with writing(self.cache.folder / "sha256"):
                self.cache.put(file, digests.sha256, part)
        return digests.sha256

    def _by_link(self, file: LockedFile, source: Path, part: Path) -> str:
        digests = digests_of(source, file)
        require_pinned(file, digests)
        part.unlink(missing_ok=True)
        linked(source, part)
        self.advance(digests.count)
        return digests.sha256
