"""What every store must do; a test file of each store subclasses this."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from eegmill.inputs.storage import open_reader
from eegmill.inputs.storage.faults import Missing
from eegmill.lock import LockedFile
from pinned import QUICK

FILES = {
    "dataset_description.json": b"{}",
    "sub-01/eeg/sub-01_task-é rest_eeg.edf": bytes(range(256)) * 40,
    "sub-01/eeg/sub-01_events.tsv": "onset\tname\n1\tµ\n".encode(),
}
RAW = "sub-01/eeg/sub-01_task-é rest_eeg.edf"


class StorageContract:
    """Subclasses give a fixture ``source``: a Source over FILES."""

    lists = True

    def test_it_lists_every_file_or_says_that_it_cannot(self, source):
        listed = source.listing()
        assert (set(listed) if listed is not None else None) == (set(FILES) if self.lists else None)

    def test_a_pin_has_the_size(self, source):
        assert {path: source.pin(path).size for path in FILES} == {path: len(data) for path, data in FILES.items()}

    def test_listing_and_pin_agree_on_size_and_address(self, source):
        for path, pin in (source.listing() or {}).items():
            one = source.pin(path)
            assert (one.url, one.size) == (pin.url, pin.size)

    def test_a_file_that_is_not_there_has_no_pin(self, source):
        assert source.pin("sub-99/eeg/sub-99_eeg.edf") is None

    def test_a_text_is_read(self, source):
        assert source.text("sub-01/eeg/sub-01_events.tsv") == "onset\tname\n1\tµ\n"

    @pytest.mark.parametrize("start", [0, 1, 5000])
    def test_a_file_is_read_from_any_offset(self, source, start):
        file = locked(source, RAW)
        with open_reader(file.url, QUICK).read(file, start) as body:
            assert (body.start, body.size) == (start, len(FILES[RAW]))
            assert b"".join(body.chunks) == FILES[RAW][start:]

    def test_a_file_that_went_is_missing(self, source):
        file = locked(source, RAW)
        gone = LockedFile(path="x", url=file.url.replace("sub-01_", "gone_"), role="raw")
        reader = open_reader(gone.url, QUICK)
        with pytest.raises(Missing, match="gone_"), reader.read(gone):
            pass


def locked(source, path: str) -> LockedFile:
    return LockedFile(path=path, role="raw", **asdict(source.pin(path)))
