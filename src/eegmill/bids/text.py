"""Text of a file whose encoding nothing tells."""

from __future__ import annotations

UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def decoded(content: bytes) -> tuple[str, str]:
    """The text, and the encoding that it was guessed to have: UTF-8, else UTF-16 by its mark, else Latin-1.

    Every sequence of bytes has a meaning in Latin-1: this never fails.

    Examples
    --------
    >>> decoded("µV".encode()), decoded("µV".encode("latin-1"))
    (('µV', 'UTF-8'), ('µV', 'Latin-1'))
    """
    if content.startswith(UTF_16):
        try:
            return content.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            return content.decode("latin-1"), "Latin-1"
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1"
