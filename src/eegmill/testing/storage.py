"""What every store of raw files must do; a test file of each source subclasses this."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from ..inputs.limits import Limits
from ..inputs.storage import open_reader
from ..inputs.storage.contract import Source
from ..inputs.storage.faults import Missing
from ..lock import LockedFile

QUICK = Limits(attempts=4, backoff_s=0.001, stall_s=0.5, slowest_bytes_per_s=1000)
"""A transfer that gives up soon, for servers on this machine."""

FILES = {
    "dataset_description.json": b"{}",
    "sub-01/eeg/sub-01_task-é rest_eeg.edf": bytes(range(256)) * 40,
    "sub-01/eeg/sub-01_events.tsv": "onset\tname\n1\tµ\n".encode(),
}
RAW = "sub-01/eeg/sub-01_task-é rest_eeg.edf"


class StorageContract:
    """Subclasses give a fixture ``source``: a Source over FILES."""

    lists = True

    def test_it_lists_every_file_or_says_that_it_cannot(self, source: Source) -> None:
        listed = source.listing()
        assert (set(listed) if listed is not None else None) == (set(FILES) if self.lists else None)

    def test_a_pin_has_the_size(self, source: Source) -> None:
        assert {path: locked(source, path).size for path in FILES} == {path: len(data) for path, data in FILES.items()}

    def test_listing_and_pin_agree_on_size_and_address(self, source: Source) -> None:
        for path, pin in (source.listing() or {}).items():
            one = source.pin(path)
            assert one is not None
            assert (one.url, one.size) == (pin.url, pin.size)

    def test_a_file_that_is_not_there_has_no_pin(self, source: Source) -> None:
        assert source.pin("sub-99/eeg/sub-99_eeg.edf") is None

    def test_a_text_is_read(self, source: Source) -> None:
        assert source.text("sub-01/eeg/sub-01_events.tsv") == "onset\tname\n1\tµ\n"

    @pytest.mark.parametrize("start", [0, 1, 5000])
    def test_a_file_is_read_from_any_offset(self, source: Source, start: int) -> None:
        file = locked(source, RAW)
        with open_reader(file.url, QUICK).read(file, start) as body:
            assert (body.start, body.size) == (start, len(FILES[RAW]))
            assert b"".join(body.chunks) == FILES[RAW][start:]

    def test_a_file_that_went_is_missing(self, source: Source) -> None:
        file = locked(source, RAW)
        gone = LockedFile(path="x", url=file.url.replace("sub-01_", "gone_"), role="raw")
        reader = open_reader(gone.url, QUICK)
        with pytest.raises(Missing, match="gone_"), reader.read(gone):
            pass


def locked(source: Source, path: str) -> LockedFile:
    """What a lock says of a raw file of the source."""
    pin = source.pin(path)
    assert pin is not None
    return LockedFile(path=path, role="raw", **asdict(pin))
