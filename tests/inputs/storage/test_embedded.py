from __future__ import annotations

import pytest

from eegmill.inputs.storage import embedded
from eegmill.inputs.storage.embedded import EmbeddedSource
from eegmill.testing import StorageContract
from eegmill.testing.storage import FILES


@pytest.fixture
def source(tmp_path, monkeypatch):
    for path, data in FILES.items():
        place = tmp_path / "sample" / "set" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    monkeypatch.setattr(embedded, "files", lambda package: tmp_path)
    return EmbeddedSource("embedded:set")


class TestEmbedded(StorageContract):
    def test_every_file_is_pinned_by_sha256(self, source):
        assert all(pin.sha256 for pin in source.listing().values())


def test_the_sample_ships_with_the_package():
    assert "dataset_description.json" in EmbeddedSource("embedded:eegmill-sample").listing()
