from __future__ import annotations

import logging

from eegmill.reading.notes import noted

READER = logging.getLogger("eegmill.reading.events")


def test_what_readers_tell_is_noted_in_order():
    with noted() as notes:
        READER.info("first %d", 1)
        READER.warning("second")
    assert notes == ["first 1", "second"]


def test_what_others_tell_is_not_noted():
    with noted() as notes:
        logging.getLogger("mne").warning("not ours")
    assert notes == []


def test_nothing_is_noted_afterwards():
    with noted() as notes:
        pass
    READER.warning("too late")
    assert notes == []
