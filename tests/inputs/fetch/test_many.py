from __future__ import annotations

import io
import os
import signal
import threading

import pytest

from eegmill.errors import ConfigurationError, SourceError
from eegmill.inputs.fetch.many import fetch_recordings
from eegmill.inputs.fetch.progress import Lines
from pinned import files_in, lock_of, web_file
from web_server import answers, stalls_after

NAMES = [f"sub-0{number}_task-rest" for number in range(1, 6)]


@pytest.fixture
def lock(web):
    """A lock of five recordings, with a sidecar that all share."""
    shared = web_file(web, b"{}", path="task-rest_eeg.json", role="sidecar")
    entries = []
    for name in NAMES:
        raw = web_file(web, name.encode() * 100, path=f"{name}_eeg.edf")
        entry = lock_of(raw, shared, raw=raw.path).recordings[0]
        entries.append(entry.model_copy(update={"recording": name}))
    return lock_of().model_copy(update={"recordings": tuple(entries)})


def test_all_recordings_come_and_what_they_share_comes_once(web, lock, tmp_path):
    outcomes = fetch_recordings(lock, NAMES, tmp_path)
    assert [[file.path for file in files] for files in outcomes.values()] == [
        [f"{name}_eeg.edf", "task-rest_eeg.json"] for name in NAMES
    ]
    assert len(files_in(tmp_path)) == 6


def test_a_recording_that_fails_stops_no_other(web, lock, tmp_path):
    web.always[f"{NAMES[1]}_eeg.edf"] = answers(403)
    log = io.StringIO()
    outcomes = fetch_recordings(lock, NAMES, tmp_path, progress=Lines(log))
    assert [name for name, files in outcomes.items() if isinstance(files, SourceError)] == [NAMES[1]]
    assert f"{NAMES[1]}: failed: " in log.getvalue()
    assert f"{NAMES[1]}_eeg.edf" not in files_in(tmp_path)


def test_progress_is_out_of_all_recordings_from_the_start(web, lock, tmp_path):
    log = io.StringIO()
    fetch_recordings(lock, NAMES, tmp_path, progress=Lines(log))
    assert all(f" of {5 * 1602 / 1000:.1f} kB, " in line for line in log.getvalue().splitlines())


def test_a_recording_that_is_not_in_the_lock_is_told_before_anything_is_fetched(web, lock, tmp_path):
    with pytest.raises(ConfigurationError, match="sub-99"):
        fetch_recordings(lock, [*NAMES, "sub-99"], tmp_path)
    assert web.requests == []


@pytest.fixture
def interruptible():
    """A process that a shell started in the background ignores Ctrl-C; this one does not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_all_transfers(web, lock, tmp_path, monkeypatch):
    monkeypatch.setenv("EEGMILL_STALL_S", "1")
    for name in NAMES:
        web.always[f"{name}_eeg.edf"] = stalls_after(10)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        fetch_recordings(lock, NAMES, tmp_path)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("fetch", "recording", "range"))]
