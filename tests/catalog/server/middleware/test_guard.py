"""The rate limit and the block list."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from api_documents import BEARER, TOKEN
from eegmill.catalog.server.app import create_app
from eegmill.catalog.server.middleware.addresses import client_address, limited_as
from eegmill.catalog.server.middleware.guard import Guard
from eegmill.catalog.server.settings import Settings
from eegmill.catalog.stores.offenders import MemoryOffenders, Offenders
from eegmill.catalog.stores.sqlite.offenders import SqliteOffenders

if TYPE_CHECKING:
    from pathlib import Path

    from eegmill.catalog.stores.contract import Store

LIMITED = Settings(tokens=(TOKEN,), requests_per_minute=3, offences_until_block=2)
STRANGER = "203.0.113.7"
PROXIES = (ipaddress.ip_network("10.0.0.0/8"),)


class Clock:
    """Time that tests move by hand."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


def client_from(
    store: Store, address: str, settings: Settings = LIMITED, offenders: Offenders | None = None
) -> TestClient:
    """A client at this address, of a server of its own."""
    return TestClient(create_app(store, settings, offenders=offenders), client=(address, 50000))


def statuses(client: TestClient, number: int, **options: Any) -> list[int]:
    """Statuses of so many requests."""
    return [client.get("/api/eegdash/count", **options).status_code for _ in range(number)]


def test_a_stranger_is_held_to_the_limit(store: Store) -> None:
    assert statuses(client_from(store, STRANGER), 5) == [200, 200, 200, 429, 429]


def test_the_refusal_says_when_to_come_back(store: Store) -> None:
    client = client_from(store, STRANGER)
    statuses(client, 3)
    reply = client.get("/api/eegdash/count")
    assert 1 <= int(reply.headers["retry-after"]) <= 61
    assert "More than 3 requests" in reply.json()["detail"]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_this_machine_has_no_limit(store: Store, address: str) -> None:
    assert set(statuses(client_from(store, address), 9)) == {200}


def test_this_machine_can_be_limited_too(store: Store) -> None:
    assert 429 in statuses(client_from(store, "127.0.0.1", replace(LIMITED, exempt_loopback=False)), 4)


def test_a_local_proxy_that_is_not_trusted_is_no_way_around_the_limit(store: Store) -> None:
    forwarded = {"X-Forwarded-For": STRANGER}
    assert 429 in statuses(client_from(store, "127.0.0.1"), 4, headers=forwarded)


@pytest.mark.parametrize("headers", [BEARER, {"X-EEGDASH-TOKEN": TOKEN}])
def test_a_token_lifts_the_limit(store: Store, headers: dict[str, str]) -> None:
    assert set(statuses(client_from(store, STRANGER), 9, headers=headers)) == {200}


def test_a_wrong_token_lifts_nothing(store: Store) -> None:
    assert 429 in statuses(client_from(store, STRANGER), 4, headers={"X-EEGDASH-TOKEN": "wrong"})


def test_health_is_never_limited(store: Store) -> None:
    client = client_from(store, STRANGER)
    assert {client.get("/health").status_code for _ in range(9)} == {200}


def test_the_window_slides() -> None:
    clock = Clock()
    guard = Guard(LIMITED, MemoryOffenders(), clock)
    assert [guard.wait_s("a", 3) for _ in range(4)] == [0, 0, 0, 60]
    clock.now_s += 59
    assert guard.wait_s("a", 3) == 1
    clock.now_s += 1
    assert guard.wait_s("a", 3) == 0


def test_one_minute_over_the_limit_is_one_offence(store: Store) -> None:
    offenders = MemoryOffenders()
    statuses(client_from(store, STRANGER, offenders=offenders), 9)
    known = offenders.get(STRANGER)
    assert known is not None
    assert (known.offences, known.blocked_until_s) == (1, 0.0)


def test_who_goes_on_is_blocked_for_a_while() -> None:
    clock = Clock()
    guard = Guard(LIMITED, MemoryOffenders(), clock)
    guard.note_offence(STRANGER)
    assert guard.blocked_for_s(STRANGER) == 0
    guard.note_offence(STRANGER)
    assert guard.blocked_for_s(STRANGER) == LIMITED.block_s
    clock.now_s += LIMITED.block_s
    assert guard.blocked_for_s(STRANGER) == 0


def test_a_block_survives_a_restart(store: Store, tmp_path: Path) -> None:
    first = SqliteOffenders(tmp_path / "catalogue.db")
    guard = Guard(LIMITED, first)
    guard.note_offence(STRANGER)
    guard.note_offence(STRANGER)
    first.close()
    reopened = SqliteOffenders(tmp_path / "catalogue.db")
    reply = client_from(store, STRANGER, offenders=reopened).get("/api/eegdash/count")
    assert reply.status_code == 403
    assert "blocked" in reply.json()["detail"]


def test_an_admin_sees_and_lifts_a_block(store: Store) -> None:
    app = create_app(store, LIMITED)
    for _ in range(2):
        app.state.guard.note_offence(STRANGER)
    admin = TestClient(app, client=("127.0.0.1", 1), headers=BEARER)
    stranger = TestClient(app, client=(STRANGER, 1))
    assert stranger.get("/").status_code == 403
    shown = admin.get("/admin/security/blocked").json()["blocked"]
    assert [(entry["ip"], entry["offences"]) for entry in shown] == [(STRANGER, 2)]
    assert admin.post("/admin/security/unblock", json={"ip": STRANGER}).json()["unblocked"] is True
    assert stranger.get("/").status_code == 200


def test_the_table_of_addresses_does_not_grow_without_end() -> None:
    guard = Guard(replace(LIMITED, max_addresses=100), MemoryOffenders())
    for number in range(500):
        guard.wait_s(f"203.0.113.{number}", 3)
        guard.offends_anew(f"203.0.113.{number}")
    assert len(guard._recent) == len(guard._offended) == 100


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        (STRANGER, None, STRANGER),
        (STRANGER, "1.2.3.4", STRANGER),
        ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "9.9.9.9, 1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.1", "garbage", "10.0.0.1"),
        ("::ffff:203.0.113.7", None, STRANGER),
        ("unix", None, None),
    ],
)
def test_only_trusted_proxies_are_believed(peer: str, forwarded: str | None, found: str | None) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    address = client_address({"client": (peer, 1), "headers": headers}, PROXIES)
    assert (str(address) if address else None) == found


def test_clients_behind_a_proxy_that_is_not_trusted_do_not_count_as_one(store: Store, caplog: Any) -> None:
    offenders = MemoryOffenders()
    proxy = client_from(store, "127.0.0.1", offenders=offenders)
    greedy, modest = ({"X-Forwarded-For": address} for address in (STRANGER, "198.51.100.9"))
    assert 429 in statuses(proxy, 9, headers=greedy)
    assert statuses(proxy, 2, headers=modest) == [200, 200]
    assert offenders.get("127.0.0.1") is None
    assert [line for line in caplog.messages if "--trusted-proxy 127.0.0.1" in line] == caplog.messages != []


def test_a_proxy_that_makes_its_clients_up_is_limited_in_all(store: Store) -> None:
    proxy = client_from(store, "127.0.0.1")
    replies = [proxy.get("/", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(70)]
    assert replies.count(200) == 60


def test_a_stranger_who_forges_the_header_counts_as_himself(store: Store) -> None:
    client = client_from(store, STRANGER)
    replies = [client.get("/", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(5)]
    assert replies == [200, 200, 200, 429, 429]


def test_offences_fade() -> None:
    clock = Clock()
    guard = Guard(replace(LIMITED, offences_until_block=3), MemoryOffenders(), clock)
    for _ in range(20):
        guard.note_offence(STRANGER)
        clock.now_s += 30 * 86400
    assert guard.blocked_for_s(STRANGER) == 0
    assert guard.blocked() == []


@pytest.mark.parametrize("text", ["2001:db8:1:2::7", "2001:db8:1:2::/64"])
def test_an_ipv6_address_can_be_unblocked_as_it_is_and_as_it_is_listed(text: str) -> None:
    guard = Guard(LIMITED, MemoryOffenders())
    for _ in range(2):
        guard.note_offence("2001:db8:1:2::/64")
    assert guard.unblock(text)
    assert guard.blocked_for_s("2001:db8:1:2::/64") == 0


def test_unblocking_what_is_no_address_is_refused(store: Store) -> None:
    admin = TestClient(create_app(store, LIMITED), client=("127.0.0.1", 1), headers=BEARER)
    reply = admin.post("/admin/security/unblock", json={"ip": "zzz"})
    assert (reply.status_code, "is no IP address" in reply.json()["detail"]) == (422, True)


def test_a_block_lifted_on_one_server_is_lifted_on_the_other(store: Store) -> None:
    offenders = MemoryOffenders()
    first, second = (create_app(store, LIMITED, offenders=offenders) for _ in range(2))
    for _ in range(2):
        first.state.guard.note_offence(STRANGER)
    second.state.guard.unblock(STRANGER)
    assert TestClient(first, client=(STRANGER, 1)).get("/").status_code == 200


def test_an_ipv6_customer_counts_as_one() -> None:
    first, second = (limited_as(ipaddress.ip_address(f"2001:db8:1:2::{number}")) for number in (1, 2))
    assert first == second == "2001:db8:1:2::/64"
