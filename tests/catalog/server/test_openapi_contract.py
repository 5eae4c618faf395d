"""Requests made up from the OpenAPI document: every route, every check, the same requests each time."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, seed, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig

from api_documents import BEARER, TOKEN, filled
from eegmill.catalog.server.app import create_app
from eegmill.catalog.server.settings import Settings
from eegmill.catalog.stores.sqlite.store import SqliteStore

load_all_checks()
# A filter is text whose own language OpenAPI cannot describe, and an ID may be unknown: 400, 404 and 409 are no faults.
ACCEPTED = ["2xx", "304", "400", "401", "403", "404", "409", "422"]
CONFIGURATION = SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}}})

app = create_app(filled(SqliteStore(None)), Settings(tokens=(TOKEN,), metrics=True))
schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=CONFIGURATION)


@schema.parametrize()
@seed(20260101)
@settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_every_reply_keeps_what_openapi_promises(case: schemathesis.Case) -> None:
    case.call_and_validate(headers=BEARER, checks=list(CHECKS.get_all()))
