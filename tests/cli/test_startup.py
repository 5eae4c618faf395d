from __future__ import annotations

import subprocess
import sys

import pytest

SLOW_TO_IMPORT = {"mne", "numpy", "obstore", "pydantic", "rich.progress", "scipy", "snakemake", "yaml"}


@pytest.mark.parametrize("code", ["import eegmill", "import eegmill.cli.app"])
def test_nothing_slow_is_imported_before_a_command_is_chosen(code):
    listing = f"import sys\n{code}\nprint(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    assert set(found.stdout.split()) & SLOW_TO_IMPORT == set()
