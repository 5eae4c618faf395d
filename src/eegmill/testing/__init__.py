"""What extensions test themselves with: contracts of stores and sources, small documents, synthetic recordings.

Needs pytest. A new store, for instance, is tested by::

    from eegmill.testing import StoreContract

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self):
            return MyStore()
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(f"{__name__}.stores", f"{__name__}.storage")

from .storage import StorageContract  # noqa: E402 - pytest explains only what is imported after it knows the name
from .stores import OffendersContract, StoreContract  # noqa: E402 - the same

__all__ = ["OffendersContract", "StorageContract", "StoreContract"]
