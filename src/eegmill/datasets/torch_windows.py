"""Windows as datasets of PyTorch; imported only where torch is installed and asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import Dataset as TorchDataset
from torch.utils.data import IterableDataset, get_worker_info

if TYPE_CHECKING:
    from .windows import Windowed

Pair = tuple[torch.Tensor, Any]
NO_LABEL = 0
"""What stands for a label where there is no target: loaders cannot stack None."""


class MappedWindows(TorchDataset[Pair]):
    """Map-style: any window by its index."""

    def __init__(self, windows: Windowed) -> None:
        self.windows = windows

    @property
    def classes(self) -> tuple[str, ...]:
        """What the numbers of classes stand for."""
        return self.windows.classes

    def __len__(self) -> int:
        return len(self.windows)

    def __getitem__(self, index: int) -> Pair:
        return _pair(self.windows, index)


class IterableWindows(IterableDataset[Pair]):
    """One recording after another, shared among the workers of a loader; shuffled by seed and epoch."""

    def __init__(self, windows: Windowed, *, seed: int | None) -> None:
        self.windows, self.seed, self.epoch = windows, seed, 0

    @property
    def classes(self) -> tuple[str, ...]:
        """What the numbers of classes stand for."""
        return self.windows.classes

    def __len__(self) -> int:
        return len(self.windows)

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of the next passage through the data; without it every passage has the same."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[Pair]:
        order = random.Random(f"{self.seed}/{self.epoch}") if self.seed is not None else None
        recordings = list(self.windows.recordings)
        if order:
            order.shuffle(recordings)
        worker = get_worker_info()
        for number in recordings[worker.id :: worker.num_workers] if worker else recordings:
            indices = self.windows.of_recording(number)
            if order:
                order.shuffle(indices)
            yield from (_pair(self.windows, index) for index in indices)


def _pair(windows: Windowed, index: int) -> Pair:
    samples, label = windows[index]
    return torch.from_numpy(samples), NO_LABEL if label is None else torch.as_tensor(label)
