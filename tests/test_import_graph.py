"""Who may import whom in eegmill (docs/architecture.md tells why)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import eegmill
from tools.import_graph import Import, circles, imports_of, room_of

PACKAGE = Path(eegmill.__file__).parent

MAY_IMPORT = {
    "errors": {},
    "version": {},
    "models": {},
    "retries": {},
    "sizes": {},
    "bars": {},
    "live": {"models", "files"},
    "catalog": {"errors", "models", "bids", "version", "retries", "sizes"},
    "files": {"errors", "models", "lock", "bids", "machine"},
    "bids": {"errors", "models", "lock"},
    "signal": {"errors", "models", "machine", "recording"},
    "steps": {"errors", "models", "machine", "recording", "signal", "metrics"},
    "features": {"errors", "models", "recording", "signal", "metrics", "bars"},
    "stream": {"errors"},
}
"""All that a room may import of eegmill. Signal, steps and features touch no network, and a disk only in `aside`."""

HEAVY = frozenset(
    {
        "autoreject",
        "braindecode",
        "datasets",
        "fastapi",
        "httpx2",
        "jinja2",
        "jsonschema",
        "matplotlib",
        "mne",
        "mne_icalabel",
        "obstore",
        "onnxruntime",
        "pandas",
        "picard",
        "prometheus_client",
        "prometheus_fastapi_instrumentator",
        "pyarrow",
        "pybv",
        "pymongo",
        "pyprep",
        "scipy",
        "sklearn",
        "snakemake",
        "starlette",
        "torch",
        "uvicorn",
        "xarray",
    }
)
HEAVY_AT_THE_TOP = {
    "eegmill.catalog.server": "the server is nothing without its framework, and only functions import it",
    "eegmill.datasets.torch_windows": "it is nothing without PyTorch, and only a function imports it",
    "eegmill.catalog.client": "the client is nothing without HTTP, and only functions import it",
}
"""Modules and packages that import a heavy library as they are imported, each with the reason why they may."""

NETWORK = frozenset({"ftplib", "http", "httpx2", "obstore", "pymongo", "requests", "socket", "urllib"})


@cache
def every_import() -> list[Import]:
    """Of the whole package, which takes seconds to read: when a test asks, not when tests are collected."""
    return imports_of(PACKAGE)


def own() -> list[Import]:
    return [one for one in every_import() if one.imported.partition(".")[0] == "eegmill"]


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def test_no_file_leads_back_to_itself():
    assert circles((one.importer, one.imported) for one in own() if not one.for_types) == []


def test_no_room_leads_back_to_itself():
    rooms = {(room_of(one.importer), room_of(one.imported)) for one in own()}
    assert circles(edge for edge in rooms if edge[0] != edge[1]) == []


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_no_more_than_it_may(room):
    allowed = {room, *MAY_IMPORT[room]}
    assert [str(one) for one in own() if room_of(one.importer) == room and room_of(one.imported) not in allowed] == []


def test_nothing_imports_the_command_line():
    assert [
        str(one) for one in own() if room_of(one.imported) == "cli" and room_of(one.importer) not in ("cli", "__main__")
    ] == []


@pytest.mark.parametrize("room", ["signal", "steps", "features"])
def test_computing_rooms_import_no_network(room):
    assert [
        str(one) for one in every_import() if room_of(one.importer) == room and one.imported.split(".")[0] in NETWORK
    ] == []


def heavy_at_the_top() -> list[Import]:
    run = (one for one in every_import() if not one.in_function and not one.for_types)
    return [one for one in run if one.imported.partition(".")[0] in HEAVY]


def test_heavy_libraries_are_imported_inside_functions():
    found = heavy_at_the_top()
    assert [str(one) for one in found if not any(within(one.importer, name) for name in HEAVY_AT_THE_TOP)] == []


@pytest.mark.parametrize("package", HEAVY_AT_THE_TOP)
def test_what_may_be_heavy_is_so(package):
    assert any(within(one.importer, package) for one in heavy_at_the_top())


def test_the_server_is_imported_inside_functions_by_all_but_the_embedded_client():
    server, exempt = "eegmill.catalog.server", "eegmill.catalog.client.embedded"
    from_outside = [one for one in own() if within(one.imported, server) and not within(one.importer, server)]
    at_the_top = [one for one in from_outside if not one.in_function and not one.for_types]
    assert [str(one) for one in at_the_top if one.importer != exempt] == []


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of four modules that import each other in every way that Python has."""
    root = tmp_path / "pack"
    (root / "room").mkdir(parents=True)
    (root / "__init__.py").write_text("from .room import inner\n")
    (root / "room" / "__init__.py").write_text("")
    (root / "room" / "inner.py").write_text("import scipy.signal as s\nfrom ..outer import name\n")
    (root / "outer.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from pack.room.inner import Kind\n"
        "def late():\n    from . import room\n"
    )
    return root


def test_relative_and_absolute_imports_are_followed(package):
    found = {(one.importer, one.imported) for one in imports_of(package)}
    assert found == {
        ("pack", "pack.room.inner"),
        ("pack.room.inner", "scipy.signal"),
        ("pack.room.inner", "pack.outer"),
        ("pack.outer", "typing"),
        ("pack.outer", "pack.room.inner"),
        ("pack.outer", "pack.room"),
    }


def test_it_is_known_where_an_import_stands(package):
    kinds = {
        one.imported: (one.in_function, one.for_types) for one in imports_of(package) if one.importer == "pack.outer"
    }
    assert kinds == {"typing": (False, False), "pack.room.inner": (False, True), "pack.room": (True, False)}


def test_circles_are_the_groups_in_which_each_leads_to_each():
    edges = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("e", "d"), ("e", "f")]
    assert circles(edges) == [frozenset("abc"), frozenset("de")]


def test_a_line_without_return_has_no_circle():
    assert circles([("a", "b"), ("b", "c"), ("a", "c")]) == []
