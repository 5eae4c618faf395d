"""The contract on a real MongoDB server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from eegmill.catalog.stores.contract import DATABASES, Store
from eegmill.catalog.stores.mongo.store import GUARD_DATABASE, MongoStore
from mongod import mongod_binary, running_mongod
from store_contract import StoreContract

pytestmark = pytest.mark.mongo


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    binary = mongod_binary()
    if binary is None:
        pytest.skip("needs a mongod: set EEGMILL_MONGOD")
    with running_mongod(binary) as url:
        yield url


class TestMongo(StoreContract):
    @pytest.fixture
    def store(self, server: str) -> Iterator[Store]:
        import pymongo

        with pymongo.MongoClient[dict[str, object]](server) as client:
            for database in (*DATABASES, GUARD_DATABASE):
                client.drop_database(database)
        store = MongoStore(server)
        yield store
        store.close()
