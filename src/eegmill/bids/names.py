"""Names of BIDS files and folders."""

from __future__ import annotations


def folder_of(recording: str) -> str:
    """The folder of a recording below the dataset: ``sub-01`` or ``sub-01/ses-02``.

    >>> folder_of("sub-01_ses-02_task-rest")
    'sub-01/ses-02'
    """
    return "/".join(part for part in recording.split("_")[:2] if part.startswith(("sub-", "ses-")))
