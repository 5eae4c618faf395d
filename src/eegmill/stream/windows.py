"""Windows of a derivative, read one by one as it lies: from a disk, a web server, or S3; without torch, without MNE.

``index.parquet`` of a derivative says where the samples of each window are. All channels of a window lie next to each
other in the signal's file, so one window is one stretch of a file, or one request.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from ..errors import DerivativeError
from .checksum import crc32
from .index import FILES_KEY, METADATA_KEY, NAME, Where, chosen, ordered, parsed, stretches, way_out
from .sources import Folder, Served

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Window:
    """Samples of all channels, ``data`` (n_channels, n_times), and what the index says of them."""

    data: NDArray[np.floating[Any]]
    rows: pa.Table
    position: int

    @property
    def about(self) -> dict[str, Any]:
        """The window's row of the index: recording, onset, good fraction, events, label, subject."""
        row: dict[str, Any] = self.rows.slice(self.position, 1).to_pylist()[0]
        return row


class Windows(Sequence[Window]):
    """The windows of a derivative, in the order of its index or shuffled.

    Parameters
    ----------
    derivative : path or URL
        A derivative's folder, or where it is served: ``https://…``, ``s3://bucket/…``.
    where : mapping, or sequence of (column, operator, value)
        ``{"task": "rest", "subject": ["01", "02"]}``, or ``[("good_fraction", ">=", 0.9)]``; see docs/windows.md.
    seed : int, optional
        Shuffle: one seed gives one order everywhere.
    shard : (int, int)
        Part ``i`` of ``n``: the parts of one seed are disjoint, and together they are all windows.
    prefetch : int
        How many windows are read ahead while iterating, in threads: for what is far away.
    unit : "µV" or "V"
        Voltages as they are stored (float32), or as MNE has them (float64, the bits of ``read_raw``). Channels that
        are no voltages stay as they are.
    options : mapping, optional
        Of obstore's store, such as ``{"region": "eu-west-1"}``. A bucket is read without signature unless the
        environment has ``AWS_ACCESS_KEY_ID``.

    Raises
    ------
    ConfigurationError
        If ``where`` names an unknown column, or leaves no window.
    DerivativeError
        If there is no index, or one of another version; as windows are read, if a file is missing or was changed.
    """

    def __init__(
        self,
        derivative: str | Path,
        *,
        where: Where | None = None,
        seed: int | None = None,
        shard: tuple[int, int] = (0, 1),
        prefetch: int = 0,
        unit: Literal["µV", "V"] = "µV",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.address, self.prefetch, self.unit = str(derivative).rstrip("/"), prefetch, unit
        self._source = Served(self.address, options or {}) if "://" in self.address else Folder(self.address)
        table = parsed(self._source.whole(NAME), self.address)
        self.about: dict[str, Any] = json.loads(table.schema.metadata[METADATA_KEY])
        self._files: dict[str, Any] = json.loads(table.schema.metadata[FILES_KEY])
        self.rows: pa.Table = chosen(table, where) if where else table
        self._files_of_rows, self._stretches = stretches(self.rows)
        self.order = ordered(self.rows.num_rows, seed, shard)

    def reordered(self, *, seed: int | None = None, shard: tuple[int, int] = (0, 1)) -> Windows:
        """The same windows in another order, or a part of them; the index is not read again."""
        return self._with(ordered(self.rows.num_rows, seed, shard))

    def channels(self, file: str) -> dict[str, Any]:
        """Of a file of samples: ``names``, ``types``, ``units``, ``to_si`` in the order of the samples, and ``bad``."""
        about = self._files["files"][file]
        return {**self._files["channels"][about["channels"]], "bad": about["bad_channels"]}

    @property
    def table(self) -> pa.Table:
        """The rows of these windows in their order: all labels, or groups, at once."""
        return self.rows.take(self.order)

    def _with(self, order: NDArray[np.int64]) -> Windows:
        other = object.__new__(Windows)
        other.__dict__.update(self.__dict__, order=order)
        return other

    def __len__(self) -> int:
        return len(self.order)

    @overload
    def __getitem__(self, item: int) -> Window: ...
    @overload
    def __getitem__(self, item: slice) -> Windows: ...
    def __getitem__(self, item: int | slice) -> Window | Windows:
        """A window, or some of them."""
        if isinstance(item, slice):
            return self._with(self.order[item])
        position = int(self.order[item])
        code, offset, n_bytes, n_channels, crc = (int(column[position]) for column in self._stretches)
        file = self._files_of_rows[code]
        content, size = self._source.stretch(file, offset, n_bytes)
        if size != self._files["files"][file]["size"] or crc32(content) != crc:
            msg = f"'{file}' is not the file that the index of '{self.address}' was made of. {way_out(self.address)}"
            raise DerivativeError(msg)
        samples = np.frombuffer(content, "<f4").reshape(-1, n_channels).T
        if self.unit == "µV":
            return Window(samples.copy(order="K"), self.rows, position)
        to_si = self.channels(file)["to_si"]
        return Window(samples.astype(float) * np.array(to_si)[:, None], self.rows, position)

    def __iter__(self) -> Iterator[Window]:
        if not self.prefetch:
            yield from (self[index] for index in range(len(self)))
            return
        with ThreadPoolExecutor(self.prefetch) as pool:
            ahead: deque[Future[Window]] = deque()
            for index in range(len(self)):
                ahead.append(pool.submit(self.__getitem__, index))
                if len(ahead) > self.prefetch:
                    yield ahead.popleft().result()
            yield from (future.result() for future in ahead)

    def __repr__(self) -> str:
        return f"<Windows of {self.address}: {len(self)}>"
