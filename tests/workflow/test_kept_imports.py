"""What is kept of source files: found by their text, and not believed where it was damaged."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from eegmill.workflow import kept_imports
from eegmill.workflow.imports import Source, UnfollowedImport
from eegmill.workflow.kept_imports import KeptImports

SOURCE = Source("room/job.py", "eegmill.room", b"from .kernel import thing\nimport scipy")


@pytest.fixture(autouse=True)
def writes_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Source]]:
    """The sources that were parsed."""
    sources: list[Source] = []
    found = kept_imports.imports_of
    monkeypatch.setattr(kept_imports, "imports_of", lambda source: sources.append(source) or found(source))
    return sources


def kept(folder: Path) -> KeptImports:
    keeper = KeptImports(folder / "imports.json")
    keeper.of(SOURCE)
    keeper.keep()
    return KeptImports(folder / "imports.json")


def test_what_was_found_once_is_not_looked_for_again(tmp_path: Path, parsed: list[Source]) -> None:
    again = kept(tmp_path).of(SOURCE)
    assert (again.names, again.libraries) == ({"eegmill.room.kernel.thing"}, {"scipy"})
    assert len(parsed) == 1


@pytest.mark.parametrize(
    "other",
    [
        Source(SOURCE.path, SOURCE.package, SOURCE.text + b"\n"),
        Source(SOURCE.path, "eegmill", SOURCE.text),
        Source("room/other.py", SOURCE.package, SOURCE.text),
        Source(SOURCE.path, SOURCE.package, SOURCE.text, functions=False),
    ],
)
def test_another_text_or_place_is_looked_at_anew(tmp_path: Path, parsed: list[Source], other: Source) -> None:
    kept(tmp_path).of(other)
    assert parsed == [SOURCE, other]


def test_changed_code_that_finds_imports_forgets_all(
    tmp_path: Path, parsed: list[Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path)
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"#" * (path.name == "libraries.py"))
    KeptImports(tmp_path / "imports.json").of(SOURCE)
    assert parsed == [SOURCE, SOURCE]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-5], lambda data: data.replace(b"scipy", b"numpy"), lambda _: b""]
)
def test_a_damaged_file_is_not_believed(tmp_path: Path, damage: object) -> None:
    kept(tmp_path)
    file = tmp_path / "imports.json"
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    assert KeptImports(file).of(SOURCE).libraries == {"scipy"}


def test_what_cannot_be_followed_is_refused_each_time(tmp_path: Path) -> None:
    for _ in range(2):
        keeper = KeptImports(tmp_path / "imports.json")
        with pytest.raises(UnfollowedImport):
            keeper.of(Source("job.py", "eegmill", b"__import__(name)"))
        keeper.keep()


def test_where_nothing_can_be_written_it_is_found_again(tmp_path: Path, parsed: list[Source]) -> None:
    (tmp_path / "file").write_text("")
    for _ in range(2):
        keeper = KeptImports(tmp_path / "file" / "imports.json")
        assert keeper.of(SOURCE).libraries == {"scipy"}
        keeper.keep()
    assert len(parsed) == 2
