"""The digest of code: whatever a module uses changes it, and nothing else does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from eegmill.workflow import fingerprint
from eegmill.workflow.fingerprint import PACKAGE, code_digest, modules_used
from eegmill.workflow.imports import UnfollowedImport

ROOTS = ("chain.py", "reading/recording.py", "derivative/write.py", "report/page.py", "steps/asr.py")
LOADED = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
files = [module.__file__ for name, module in sys.modules.items() if name.split(".")[0] == "eegmill"]
print(json.dumps([file for file in files if file]))
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty package of eegmill's name, which the digest then looks at."""
    root = tmp_path / "eegmill"
    (root / "room").mkdir(parents=True)
    for folder in (root, root / "room"):
        (folder / "__init__.py").write_text("")
    monkeypatch.setattr(fingerprint, "PACKAGE", root)
    forget()
    yield root
    forget()


def forget() -> None:
    for cached in (code_digest, *(getattr(fingerprint, name) for name in ("_imports", "_found", "_files_of", "_has"))):
        cached.cache_clear()
    fingerprint._data_beside.cache_clear()
    fingerprint._data_in.cache_clear()


def write(root: Path, name: str, text: str = "") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("root", ROOTS)
def test_every_module_that_python_loads_is_followed(root: str) -> None:
    name = "eegmill." + root.removesuffix(".py").replace("/", ".")
    answer = subprocess.run([sys.executable, "-c", LOADED, name], capture_output=True, text=True, check=True)
    loaded = {Path(file) for file in json.loads(answer.stdout)}
    assert loaded <= modules_used(PACKAGE / root)


@pytest.mark.parametrize("root", ROOTS)
def test_one_byte_in_any_file_that_is_used_changes_the_digest(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, read = code_digest(PACKAGE / root), Path.read_bytes
    for changed in modules_used(PACKAGE / root):
        with monkeypatch.context() as patched:
            patched.setattr(Path, "read_bytes", lambda path, at=changed: read(path) + b"#" * (path == at))
            code_digest.cache_clear()
            assert code_digest(PACKAGE / root) != first, changed
    code_digest.cache_clear()


@pytest.mark.parametrize(
    "text",
    [
        "from .room import kernel",
        "from .room.kernel import thing",
        "from eegmill.room.kernel import thing",
        "import eegmill.room.kernel",
        "def later():\n    from .room import kernel",
        "import importlib\nkernel = importlib.import_module('eegmill.room.kernel')",
    ],
)
def test_an_import_is_followed_however_it_is_written(package: Path, text: str) -> None:
    kernel = write(package, "room/kernel.py", "thing = 1")
    used = modules_used(write(package, "job.py", text))
    assert {kernel, package / "room" / "__init__.py"} <= used


def test_a_name_that_a_package_hands_on_is_followed_to_where_it_is_made(package: Path) -> None:
    kernel = write(package, "room/kernel.py", "thing = 1")
    write(package, "room/__init__.py", "from .kernel import thing")
    assert kernel in modules_used(write(package, "job.py", "from .room import thing"))


def test_what_only_type_checkers_read_is_not_code(package: Path) -> None:
    kernel = write(package, "room/kernel.py", "thing = 1")
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .room.kernel import thing"
    assert kernel not in modules_used(write(package, "job.py", text))


def test_a_template_beside_a_module_counts_as_code(package: Path) -> None:
    template = write(package, "room/templates/page.html.j2", "<p>")
    write(package, "room/kernel.py")
    assert template in modules_used(write(package, "job.py", "from .room import kernel"))


@pytest.mark.parametrize(
    "text",
    [
        "from .nowhere import thing",
        "from eegmill.room.nowhere.deeper import thing",
        "import importlib\nimportlib.import_module(f'eegmill.{name}')",
        "__import__(name)",
    ],
)
def test_what_cannot_be_followed_is_refused(package: Path, text: str) -> None:
    with pytest.raises(UnfollowedImport, match=r"job\.py"):
        code_digest(write(package, "job.py", text))
