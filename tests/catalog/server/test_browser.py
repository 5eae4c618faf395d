"""The catalogue page in a real browser, with the datasets that ship with the package."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from eegmill.catalog.ingest.shipped import fill, shipped_sample, shipped_summary
from eegmill.catalog.ingest.summary_csv import datasets_from_csv
from eegmill.catalog.server.app import create_app
from eegmill.catalog.stores.sqlite.store import SqliteStore

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server with 752 datasets, on a free port of this machine."""
    store = SqliteStore(None)
    store.upsert_datasets("eegdash", datasets_from_csv(shipped_summary()))
    fill(store, shipped_sample())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(store), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()
    store.close()


@pytest.fixture
def faults() -> list[str]:
    """What the page complained about in the browser's console."""
    return []


@pytest.fixture
def page(browser: Any, url: str, faults: list[str]) -> Iterator[Any]:
    """The list of datasets, open in a browser; at the end nothing may have gone wrong there."""
    opened = browser.new_page()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.goto(f"{url}/catalog")
    yield opened
    opened.close()
    assert faults == []


def rows(page: Any) -> int:
    """Rows of the table."""
    return int(page.locator("tbody tr").count())


def test_typing_narrows_the_list_and_the_address(page: Any) -> None:
    assert rows(page) == 50
    page.fill("#q", "face processing")
    page.wait_for_url("**/catalog?q=face+processing")
    assert 0 < rows(page) < 20
    assert page.evaluate("document.activeElement.id") == "q"


def test_facets_narrow_and_can_be_cleared(page: Any) -> None:
    page.select_option("select[name=modality]", "meg")
    page.wait_for_url("**/catalog?modality=meg")
    assert 0 < int(page.inner_text(".count strong")) < 752
    page.click("text=Clear all")
    page.wait_for_url("**/catalog")
    assert rows(page) == 50


def test_the_next_page_goes_on_with_the_list(page: Any) -> None:
    first = page.inner_text("tbody tr >> nth=0")
    page.click("text=Next")
    page.wait_for_url("**/catalog?page=2")
    assert page.inner_text("tbody tr >> nth=0") != first
    page.select_option("select[name=modality]", "meg")
    page.wait_for_url("**/catalog?modality=meg")


def test_a_column_head_sorts_and_keeps_the_focus(page: Any) -> None:
    page.focus("thead a:has-text('Size')")
    page.keyboard.press("Enter")
    page.wait_for_selector("th[aria-sort=ascending]:has-text('Size')")
    assert page.evaluate("document.activeElement.textContent").startswith("Size")
    page.keyboard.press("Enter")
    page.wait_for_selector("th[aria-sort=descending]:has-text('Size')")
    assert "TB" in page.locator("tbody tr").first.inner_text()


def test_the_keyboard_alone_leads_to_a_dataset(page: Any) -> None:
    page.keyboard.press("/")
    page.keyboard.type("eegmill-sample")
    page.wait_for_url("**/catalog?q=eegmill-sample")
    assert rows(page) == 1
    page.focus("tbody a")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=eegmill init eegmill-sample")
    assert rows(page) == 4


def test_the_start_line_can_be_copied(page: Any, browser: Any, url: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    dataset = context.new_page()
    dataset.goto(f"{url}/catalog/ds002718")
    dataset.click("text=Copy")
    dataset.wait_for_selector("text=Copied")
    assert dataset.evaluate("navigator.clipboard.readText()").startswith("eegmill init ds002718 --api http://")
    context.close()


def test_the_list_works_without_javascript(browser: Any, url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{url}/catalog")
    plain.fill("#q", "meditation")
    plain.click("button:has-text('Search')")
    assert 0 < plain.locator("tbody tr").count() < 50
    plain.click("tbody a >> nth=0")
    assert "eegmill init" in plain.inner_text("main")
    context.close()


@pytest.mark.parametrize("width", [390, 1360])
def test_no_page_is_wider_than_its_window(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
