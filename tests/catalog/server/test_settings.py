"""Tokens and proxies as they are configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eegmill.catalog.server.settings import TOKEN_VARIABLE, admin_tokens, networks
from eegmill.errors import CatalogError

if TYPE_CHECKING:
    from pathlib import Path

LONG = "0123456789abcdef"


def test_without_a_token_there_is_none() -> None:
    assert admin_tokens(None, {}) == ()


def test_a_token_comes_from_the_environment() -> None:
    assert admin_tokens(None, {TOKEN_VARIABLE: f" {LONG}\n"}) == (LONG,)


def test_a_file_may_hold_several_tokens_and_wins(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text(f"{LONG}\n\n{LONG}2\n")
    assert admin_tokens(path, {TOKEN_VARIABLE: "another-long-token"}) == (LONG, f"{LONG}2")


@pytest.mark.parametrize("token", ["2brief", "0123456789 abcdef", "0123456789abcdeé"])
def test_a_weak_or_odd_token_is_refused_and_never_shown(token: str) -> None:
    with pytest.raises(CatalogError, match="too short or not plain ASCII") as caught:
        admin_tokens(None, {TOKEN_VARIABLE: token})
    assert token not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"\n\n", b"\xff\xfe"])
def test_a_token_file_that_cannot_be_used_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "tokens"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CatalogError, match="token file"):
        admin_tokens(path)


def test_proxies_are_addresses_or_networks() -> None:
    assert [str(network) for network in networks(["10.0.0.1", "fd00::/8"])] == ["10.0.0.1/32", "fd00::/8"]


def test_a_proxy_by_name_is_refused() -> None:
    with pytest.raises(CatalogError, match="IP address or network"):
        networks(["proxy.example.org"])
