"""The contract on a real MongoDB server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from eegmill.catalog.stores.contract import DATABASES, Store
from eegmill.catalog.stores.mongo.offenders import GUARD_DATABASE, MongoOffenders
from eegmill.catalog.stores.mongo.store import MongoStore
from eegmill.catalog.stores.offenders import Offenders
from eegmill.testing import OffendersContract, StoreContract
from mongod import mongod_binary, running_mongod

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


class TestMongoOffenders(OffendersContract):
    @pytest.fixture
    def offenders(self, server: str) -> Iterator[Offenders]:
        import pymongo

        with pymongo.MongoClient[dict[str, object]](server) as client:
            client.drop_database(GUARD_DATABASE)
        offenders = MongoOffenders(server)
        yield offenders
        offenders.close()
