"""From what a record says of its storage to an address that works.

The ``storage.base`` of EEGDash records is not always right: re-hosted datasets (``on…``) lie in OpenNeuro's bucket
under their other name (``ds…``), bases come with or without scheme, dataset and final slash, and keys with or
without the dataset in front.
"""

from __future__ import annotations

import re

from ...errors import SourceError

OPENNEURO = "s3://openneuro.org"
_TWIN = re.compile(r"^(ds|on)(\d{6})$")
_AWS = re.compile(r"^https?://(?:s3[.\w-]*\.amazonaws\.com/([^/]+)|([^/]+?)\.s3[.\w-]*\.amazonaws\.com)(?:/(.*))?$")


def twin(dataset: str) -> str | None:
    """Return the other name of a dataset that both OpenNeuro and NEMAR hold.

    Examples
    --------
    >>> twin("ds002718"), twin("on002718"), twin("nm000109")
    ('on002718', 'ds002718', None)
    """
    found = _TWIN.match(dataset)
    return f"{'on' if found[1] == 'ds' else 'ds'}{found[2]}" if found else None


def mend(backend: str, base: str, dataset: str) -> tuple[str, str]:
    """Return the backend and the base under which the files of a dataset are found.

    Raises
    ------
    SourceError
        If there is none.

    Examples
    --------
    >>> mend("nemar", "s3://nemar/on002718/", "on002718")
    ('s3', 's3://openneuro.org/ds002718')
    >>> mend("https", "https://s3.amazonaws.com/openneuro.org/ds002718", "ds002718")
    ('s3', 's3://openneuro.org/ds002718')
    """
    found = _TWIN.match(dataset)
    base = base.strip().rstrip("/")
    plain = _as_s3(base) if backend in {"s3", "nemar"} or _AWS.match(base) else base
    if found and (not plain or plain.startswith((OPENNEURO, "s3://nemar"))):
        # Only OpenNeuro's and NEMAR's own names are mended: a mirror or a web server is what the record means.
        return "s3", f"{OPENNEURO}/ds{found[2]}"
    if not plain:
        msg = f"The records of '{dataset}' do not say where its files are: 'storage.base' is empty."
        raise SourceError(msg)
    return ("s3" if plain.startswith("s3://") and backend != "nemar" else backend), plain


def relative(key: str, dataset: str) -> str:
    """Return a key relative to the dataset root, whatever stood in front of it."""
    return key.lstrip("/").removeprefix(f"{dataset}/").removeprefix("./")


def _as_s3(base: str) -> str:
    found = _AWS.match(base)
    if found:
        return "s3://" + "/".join(part for part in (found[1] or found[2], found[3]) if part)
    return base if "://" in base or not base or base.startswith(("/", "file:")) else f"s3://{base}"
