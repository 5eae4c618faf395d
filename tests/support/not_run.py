"""What the documentation tells people to type, and ``tests/docs`` does not run as it stands: the one list of it."""

from __future__ import annotations

PLANNED = {
    "eegmill run recordings.tsv",
    "eegmill run path/to/my_bids --participant-label 01,02 --task rest --recipe prep --output results",
    "eegmill run eegmill-sample --recipe prep --participant-label 02",
}
"""Runs that are planned to the end, with ``--dry-run``; ``eegmill run path/to/my_bids`` is one that cleans."""

ELSEWHERE = {
    ". scripts/setup && snakemake --cores 8 --configfile config/ds.yaml": "makes an environment from the network; "
    "the second half is the run of tests/conftest.py",
    ". scripts/setup-dev && scripts/test": "would run itself",
    "eegmill run ds003805": "needs the network and hours; tests/workflow/test_from_anywhere.py asks a server here",
    "eegmill-bids path/to/my_bids path/to/derivatives/eegmill participant --participant-label 01 02": "run by "
    "tests/cli/test_bids_app.py",
    "eegmill-bids path/to/my_bids path/to/derivatives/eegmill group": "run by tests/cli/test_bids_app.py",
    "eegmill multiverse config/multiverse_reference.yaml": "takes minutes; a small one: tests/multiverse/test_run.py",
    "eegmill verify path/to/derivative": "made again once, by the block on signing in docs/proof.md",
    "eegmill verify results/eegmill-sample/derivatives/eegmill": "made again once, by the block on signing in "
    "docs/proof.md",
    "eegmill rehydrate eegmill-dehydrated": "makes all again; run by tests/proof/test_rehydrate.py",
    "eegmill verify path/to/eegmill --with-lock new.lock": "needs a package index; tests/proof/test_versions.py",
    "eegmill verify path/to/eegmill --with-python other/bin/python": "needs another Python; "
    "tests/proof/test_versions.py",
    "eegmill serve --store lab.db": "serves until it is interrupted; tests/catalog/server asks one",
    "eegmill serve --store lab.db --port 8080": "serves until it is interrupted; tests/catalog/server asks one",
    "eegmill serve --store lab.db --trusted-proxy 127.0.0.1 --access-log requests.jsonl": "serves until it is "
    "interrupted; tests/catalog/server asks one",
    "eegmill run --configfile config/ci.yaml --write-expected expected.json": "run by tests/workflow/test_expected.py",
    "eegmill run --configfile config/ci.yaml --expect expected.json": "run by tests/workflow/test_expected.py",
    "python -m pip install 'eegmill[cluster]'": "needs a package index",
    "eegmill run --configfile config/ds.yaml --profile slurm": "needs Slurm; run there by tests/workflow/test_slurm.py",
    "uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate --no-header "
    "pyproject.toml --extra mongo --extra formats --group build --group dev -o envs/dev.lock": "needs a package index",
    "uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate --no-header "
    "pyproject.toml --extra mongo --extra formats --group build -c envs/dev.lock -o envs/requirements.lock": "needs a "
    "package index",
    "eegmill run": "the run of the sample in tests/conftest.py",
    "eegmill benchmark config/benchmarks/sample.yaml": "run by tests/benchmark/test_examples.py",
    "eegmill run eegmat.tsv --recipe minimal": "needs recordings of PhysioNet",
    "eegmill benchmark config/benchmarks/rest_or_arithmetic.yaml": "needs recordings of PhysioNet",
}
"""Commands that are not run, and why. That their options exist is tested by ``tests/cli/test_commands_told.py``."""

SHOWN = {
    "text": "what is printed, or how files lie",
    "nginx": "needs nginx, a name and a certificate",
}
"""Languages of blocks that are nothing to run."""
