from __future__ import annotations

import getpass
import platform
import socket
from pathlib import Path

import numpy as np

from eegmill.provenance.environment import blas_libraries, describe


def test_versions_are_those_that_run():
    environment = describe()
    assert environment.packages["numpy"] == np.__version__
    assert environment.python == platform.python_version()


def test_the_blas_kernel_is_told():
    assert any(blas.architecture for blas in blas_libraries())


def test_thread_settings_are_told(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("HOME_ALONE", "secret")
    assert describe().variables["OMP_NUM_THREADS"] == "1"
    assert "secret" not in describe().model_dump_json()


def test_no_user_host_or_path_is_told():
    text = describe().model_dump_json()
    assert str(Path.home()) not in text
    assert socket.gethostname() not in text
    assert f'"{getpass.getuser()}"' not in text
