"""Bridges from windows to what models are trained with: NumPy, xarray, PyTorch, braindecode, Hugging Face."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..errors import ConfigurationError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from .dataset import Dataset
    from .windows import Windowed

Braindecode: TypeAlias = Any
HuggingFace: TypeAlias = Any
TorchDataset: TypeAlias = Any
XArray: TypeAlias = Any

EXTRAS = {"torch": "torch", "xarray": "xarray", "datasets": "huggingface", "braindecode": "braindecode"}
"""The extra of eegmill that brings each package."""


class WindowArrays(NamedTuple):
    """Windows in memory: ``X, y, table = dataset.to_numpy(…)``."""

    X: NDArray[np.float32]
    """Volts, (n_windows, n_channels, n_times)."""
    y: NDArray[Any] | None
    """Labels, (n_windows,): numbers of classes in int64, or numbers in float32; None without a target."""
    table: pd.DataFrame
    """One row a window."""


def to_numpy(windows: Windowed) -> WindowArrays:
    """All windows as arrays."""
    import numpy as np

    x = np.empty(windows.shape, dtype=np.float32)
    for index in range(len(windows)):
        x[index] = windows[index][0]
    return WindowArrays(x, windows.labels.values if windows.labels else None, windows.table)


def to_xarray(windows: Windowed) -> XArray:
    """An ``xarray.DataArray`` with the dimensions window, channel and time; the table of windows as coordinates.

    Raises
    ------
    ConfigurationError
        If xarray is not installed.
    """
    _require("xarray", "to_xarray")
    import numpy as np
    import xarray

    x, _, table = to_numpy(windows)
    columns = {str(name): ("window", table[name].to_numpy()) for name in table if table[name].notna().any()}
    return xarray.DataArray(
        x,
        dims=("window", "channel", "time"),
        coords={"channel": list(windows.ch_names), "time": np.arange(windows.n_times) / windows.sfreq_hz, **columns},
        name="eeg",
        attrs={"units": "V", "sfreq_hz": windows.sfreq_hz, "classes": list(windows.classes)},
    )


def to_torch(windows: Windowed, *, iterable: bool = False, seed: int | None = None) -> TorchDataset:
    """A dataset for ``torch.utils.data.DataLoader``: pairs of a tensor (n_channels, n_times) and a label.

    Parameters
    ----------
    iterable
        Reads each recording once an epoch, and shares recordings among the workers of a loader. Else map-style: the
        loader asks for windows in any order.
    seed
        Shuffles an iterable one, another way each epoch that ``set_epoch`` names; None keeps the order. A map-style
        one is shuffled by its loader.

    Raises
    ------
    ConfigurationError
        If torch is not installed, or a map-style dataset is given a seed.
    """
    _require("torch", "to_torch")
    from .torch_windows import IterableWindows, MappedWindows

    if iterable:
        return IterableWindows(windows, seed=seed)
    if seed is not None:
        msg = "A map-style dataset is shuffled by its loader, with a generator of its own: 'seed' needs iterable=True."
        raise ConfigurationError(msg)
    return MappedWindows(windows)


def to_huggingface(windows: Windowed) -> HuggingFace:
    """A ``datasets.Dataset`` in memory: ``signal`` (n_channels, n_times), ``label``, columns of the table of windows.

    Raises
    ------
    ConfigurationError
        If datasets is not installed.
    """
    _require("datasets", "to_huggingface")
    import datasets

    table = windows.table.drop(columns="label", errors="ignore")
    table = table.loc[:, table.notna().any()]
    features = {"signal": datasets.Array2D(windows.shape[1:], "float32")}
    if windows.labels is not None:
        features["label"] = (
            datasets.ClassLabel(names=list(windows.classes)) if windows.classes else datasets.Value("float32")
        )
    features |= {str(name): datasets.Value(_kind(table[name])) for name in table}
    x, y, _ = to_numpy(windows)
    columns = {str(name): table[name].astype(object).where(table[name].notna(), None).tolist() for name in table}
    labels = {} if y is None else {"label": y.tolist()}
    return datasets.Dataset.from_dict({"signal": x, **labels, **columns}, features=datasets.Features(features))


def to_braindecode(dataset: Dataset, *, target: str | None, signal: str, clean: bool) -> Braindecode:
    """A ``BaseConcatDataset`` with one ``RawDataset`` a recording, in memory; the description goes along.

    Raises
    ------
    ConfigurationError
        If braindecode is not installed, or a recording has no such target.
    """
    _require("braindecode", "to_braindecode")
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # braindecode's own, of MNE's names of montages
        from braindecode.datasets import BaseConcatDataset, RawDataset

    from .windows import require_target

    require_target(dataset, target)
    if signal not in ("cleaned", "raw"):
        msg = f"There is no signal '{signal}' for braindecode: it is 'cleaned' or 'raw'."
        raise ConfigurationError(msg)
    return BaseConcatDataset(
        [
            RawDataset(
                one.raw() if signal == "raw" else one.cleaned(clean=clean),
                description={"recording": one.name, **one.description},
                target_name=target,
            )
            for one in dataset
        ]
    )


def _require(package: str, what: str) -> None:
    if importlib.util.find_spec(package) is None:
        msg = f"{what} needs {package}, which is not installed: pip install 'eegmill[{EXTRAS[package]}]' brings it."
        raise ConfigurationError(msg)


def _kind(column: pd.Series) -> str:
    kind = column.dropna().infer_objects().dtype.kind
    return {"i": "int64", "f": "float64", "b": "bool"}.get(kind, "string")
