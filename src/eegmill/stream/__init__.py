"""Windows of a derivative, streamed as it lies: nothing but numpy, pyarrow, and obstore where it is far away."""

from __future__ import annotations

from .windows import Window, Windows

__all__ = ["Window", "Windows"]
