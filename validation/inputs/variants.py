"""Variants of every kind of faulty input that people report, and of sound ones, made from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from eegmill.signal.montage.axes import all_axes
from validation.inputs.outcomes import Outcome
from validation.inputs.recordings import SECONDS, SFREQ_HZ, TEN_TWENTY, Input, sound, template, write
from validation.inputs.verdict import Case, Check

CAPS = ("biosemi128", "biosemi160", "GSN-HydroCel-32", "GSN-HydroCel-128", "EGI_256", "easycap-M10")
BIG = 200.0


def variants(seed: int) -> Iterator[Case]:
    """All variants; the seed chooses axes, channels and noise."""
    rng = np.random.default_rng(seed)
    for kind in (_axes, _references, _types, _gains, _units, _missing):
        yield from kind(rng)


def _case(kind: str, name: str, given: Input, *words: str, check: Check = lambda _: "", **form: Any) -> Case:
    return Case(kind, name, partial(write, given, **form), words, check=check)


def _axes(rng: np.random.Generator) -> Iterator[Case]:
    for cap in CAPS:
        places = _noisy(template(cap), rng)
        yield _case("axes", f"{cap}, as it should be", sound(list(places), places_m=places))
        for index in rng.choice(np.arange(1, 48), 2, replace=False):
            given = sound(list(places), places_m=places)
            given.places_m = {name: all_axes()[index] @ place for name, place in places.items()}
            given.coordsystem = {"EEGCoordinateSystem": "Other"}
            yield _case("axes", f"{cap}, order {index}", given, "axes of the electrode positions are taken as right")
    places = {name: template("colin27_1005")[name] for name in TEN_TWENTY}
    for index in rng.choice(np.arange(1, 48), 3, replace=False):
        given = sound(places_m=places)
        given.places_m = {name: all_axes()[index] @ place for name, place in places.items()}
        yield _case("axes", f"10-20 names, order {index}", given, "axes of the electrode positions are taken as right")
    given = sound(places_m=places)
    given.places_m = {name: place + np.array([0.3, 0.1, 0]) for name, place in places.items()}
    yield _case("axes", "a head beside the origin", given, "from the origin: they were moved to it")
    few = {name: template("colin27_1005")[name] for name in ("TP9", "AF7", "AF8", "TP10")}
    yield _case("axes", "four electrodes, as they should be", sound(list(few), places_m=few))
    given = sound(list(few), places_m=few)
    given.places_m = {name: place * [-1, 1, 1] for name, place in few.items()}
    yield _case("axes", "four electrodes, mirrored", given, "contradict their names")
    unknown = dict(zip([f"K{i}" for i in range(1, 20)], places.values(), strict=True))
    yield _case("axes", "names that nobody knows", sound(list(unknown), places_m=unknown), "could not be checked")


def _noisy(places: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {name: place + rng.normal(scale=0.004, size=3) for name, place in places.items()}


def _references(rng: np.random.Generator) -> Iterator[Case]:
    own = "have a reference of their own .*and enter no average"
    columns = {"type": ["EEG"] * 19, "units": ["µV"] * 19}
    for n in (2, 5):
        given = sound(seed=int(rng.integers(99)))
        given.columns = {**columns, "reference": ["F7"] * n + ["Cz"] * (19 - n)}
        given.sidecar = {"EEGReference": "Cz"}
        yield _case("reference", f"{n} of 19 against F7, by channels.tsv", given, own, check=_apart(*TEN_TWENTY[:n]))
    given = sound()
    given.columns = {**columns, "reference": ["M2" if i % 2 else "M1" for i in range(18)] + ["A1"]}
    yield _case("reference", "three references, by channels.tsv", given, own, "none can be subtracted", check=_apart())
    for text in ("bipolar", "longitudinal", "double banana montage", "surface Laplacian", "current source density"):
        given = sound()
        given.sidecar = {"EEGReference": text}
        yield _case("reference", f"EEGReference '{text}'", given, own, check=_apart(*TEN_TWENTY))
    for text in ("FCz; EOG bipolar", "unipolar, placed on FCz", "CMS/DRL", "linked mastoids"):
        given = sound()
        given.sidecar = {"EEGReference": text}
        yield _case("reference", f"EEGReference '{text}'", given)
    given = sound()
    given.columns = {**columns, "type": ["BIP"] + ["EEG"] * 18}
    yield _case("reference", "type BIP", given, own, "none of BIDS: BIP", check=_apart("Fp1"))
    for name in ("FP1F7", "C3P3", "Fp1 F7", "Fp1→F7", "T8-P8-0", "LF-RF", "C3-lap", "CSD C3", "C3 Laplacian"):
        given = sound(["Fz", "Pz", "Oz", "P4", "O1", "O2", "F8", name])
        yield _case("reference", f"a channel '{name}'", given, own, check=_apart_index(7))
    given = sound()
    yield Case("reference", "BrainVision header", partial(_with_reference, given), (own,), check=_apart("Fp2"))


def _with_reference(given: Input, folder: Path) -> None:
    path = write(given, folder)
    text = path.read_text(encoding="utf-8")
    lines = [
        line.replace(",,", ",F4,", 1) if line.startswith("Ch2=") else line.replace(",,", ",Cz,", 1)
        for line in text.splitlines()
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _apart(*names: str) -> Check:
    """These channels keep what they are against; with no name, all of them."""

    def check(outcome: Outcome) -> str:
        decided = outcome.decisions("reference")
        left = [name for name in names if name in decided["channels"]]
        kept = set(names) <= set(decided["derivations"])
        return "" if kept and not left else f"the average has {left}, kept apart are {decided['derivations']}"

    return check


def _apart_index(index: int) -> Check:
    return lambda outcome: _apart(outcome.imported.ch_names[index])(outcome) if outcome.imported else "not read"


def _types(rng: np.random.Generator) -> Iterator[Case]:
    for name, kind in (("VEO", "eog"), ("LO1", "eog"), ("IO2", "eog"), ("X1", "bio"), ("Package Num", "misc")):
        given = sound([*TEN_TWENTY, name])
        yield _case("type", f"a channel '{name}'", given, f"no EEG but {kind} by name", check=_is_no_eeg(name))
    times = np.arange(SECONDS * SFREQ_HZ)
    saw = times % 256
    machines = {
        "counter": saw,
        "noisy counter": saw + rng.normal(scale=3, size=times.size),
        "smoothed counter": np.convolve(saw, np.hanning(9) / np.hanning(9).sum(), "same"),
        "falling sawtooth": -(times * 3 % SFREQ_HZ),
        "triangle": np.abs(times % 200 - 100),
        "noisy clock": times / 2 + rng.normal(scale=2, size=times.size),
        "codes": rng.integers(0, 5, times.size),
        "trigger": (times // 150) % 2,
    }
    for what, signal in machines.items():
        given = sound([*TEN_TWENTY, "K1"])
        given.data_v[-1] = 1e-6 * signal
        yield _case("type", what, given, "no EEG but (misc|stim) by signal: K1", check=_is_no_eeg("K1"))
        if what in ("counter", "noisy counter", "triangle"):
            given = sound()
            given.data_v[9] = 1e-6 * signal
            yield _case("type", f"{what} called Cz", given, "'Cz' is bad: it counts", check=_is_bad("Cz"))
    yield _case("type", "a name that nobody knows", sound([*TEN_TWENTY, "HL"]), "taken for EEG, .*: HL")


def _is_no_eeg(name: str) -> Check:
    def check(outcome: Outcome) -> str:
        raw = outcome.imported
        kind = raw.get_channel_types([name])[0] if raw is not None else ""
        return "" if kind != "eeg" else f"'{name}' is EEG"

    return check


def _is_bad(*names: str) -> Check:
    """These channels are bad and were in no average as they were."""

    def check(outcome: Outcome) -> str:
        bad = tuple(outcome.imported.info["bads"]) if outcome.imported else ()
        return "" if set(bad) == set(names) else f"bad are {bad}"

    return check


def _gains(rng: np.random.Generator) -> Iterator[Case]:
    yield _case("gain", "as it should be", sound(seed=int(rng.integers(99))), check=_is_bad())
    for name in ("Fp1", "T8", "O2", "Cz"):
        for gain in (0.05, 0.1, 10, 1e3, 1e6):
            given = sound(seed=int(rng.integers(99)))
            given.data_v[TEN_TWENTY.index(name)] *= gain
            yield _case("gain", f"{name} x{gain:g}", given, f"'{name}' is bad: its amplitude is", check=_is_bad(name))
    pairs = [f"{a}-{b}" for a, b in zip(TEN_TWENTY[:8], TEN_TWENTY[8:16], strict=True)]
    given = sound(pairs)
    given.data_v[3] *= 100
    yield _case("gain", "a derivation x100", given, f"'{pairs[3]}' is bad", check=_is_bad(pairs[3]))
    given = sound(["Fz", "Cz", "Pz"])
    given.data_v[1:] *= 1000
    yield Case("gain", "two of three x1000", partial(write, given), ("'Cz' is bad", "'Pz' is bad"), 1)
    few = sound(["Fz", "Cz", "Pz"])
    few.data_v[1:] *= 10
    yield _case("gain", "two of three x10", few, "too few to tell: Fz", check=_is_bad())
    for gain in (100, 0.01):
        given = sound()
        given.data_v *= gain
        yield _case("gain", f"all x{gain:g}", given, "the median amplitude of changes in 20 ms is")


def _units(rng: np.random.Generator) -> Iterator[Case]:
    name = str(rng.choice(TEN_TWENTY))
    for form in (".edf", ".bdf"):
        yield _case("unit", f"{form}, µV", sound(), form=form, check=_usual)
        yield _case("unit", f"{form}, mV", sound(), form=form, unit="mV", scale=1e3, check=_usual)
        yield _case("unit", f"{form}, MV", sound(), "multiplied by", form=form, unit="MV", scale=1e3, check=_usual)
        for unit in ("", "n/a", "UV", "Volt"):
            words = f"multiplied by .*: {name}"
            yield _case("unit", f"{form}, one '{unit}'", sound(), words, form=form, units={name: unit}, check=_usual)
    for said in ("V", "mV"):
        given = sound()
        given.data_v[3] *= {"V": 1e6, "mV": 1e3}[said]
        given.columns = {"type": ["EEG"] * 19, "units": ["µV"] * 3 + [said] + ["µV"] * 15}
        yield _case("unit", f"one {said} by channels.tsv", given, f"but {said} in channels.tsv", check=_usual)


def _usual(outcome: Outcome) -> str:
    """All channels have the amplitude that they were made with."""
    raw = outcome.imported
    data = raw.get_data() if raw is not None else np.zeros((1, 1))
    size = 1e6 * np.median(np.abs(data - np.median(data, axis=1, keepdims=True)), axis=1)
    return "" if np.all((size > 1) & (size < BIG)) else f"amplitudes of {size.min():.3g} to {size.max():.3g} µV"


def _missing(rng: np.random.Generator) -> Iterator[Case]:
    share = float(rng.choice([0.5, 0.6, 0.75]))
    kept = f"{100 * share:g} %"
    yield Case("missing", f"EDF of which {kept} are there", _cut(".edf", share), (kept,), check=_lacks(1 - share))
    yield Case(
        "missing", f"BrainVision of which {kept} are there", _cut(".vhdr", share), (kept,), check=_lacks(1 - share)
    )
    given = sound()
    given.sidecar = {"RecordingDuration": 2 * SECONDS}
    yield _case("missing", "RecordingDuration twice as long", given, "RecordingDuration 40 s", check=_lacks(0.5))
    given = sound()
    given.sidecar = {"RecordingDuration": 1000 * SECONDS}
    yield _case("missing", "RecordingDuration in ms", given, "RecordingDuration 20000 s", check=_lacks(0))
    yield Case("missing", "two .set that name one .fdt", _two_sets, ("name the same samples 'old.fdt'",), 2)


def _cut(form: str, share: float) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        path = write(sound(), folder, form)
        if form == ".vhdr":
            text = path.read_text(encoding="utf-8")
            points = f"DataPoints={SECONDS * SFREQ_HZ}\n"
            path.write_text(text.replace("NumberOfChannels", f"{points}NumberOfChannels", 1), encoding="utf-8")
            path = path.with_suffix(".eeg")
        content = path.read_bytes()
        head = 256 * 20 if form == ".edf" else 0
        path.write_bytes(content[: head + int(share * (len(content) - head))])

    return make


def _lacks(share: float) -> Check:
    def check(outcome: Outcome) -> str:
        missing = outcome.record.metrics["missing_fraction"] if outcome.record else None
        return "" if isinstance(missing, float) and abs(missing - share) < 0.01 else f"missing_fraction is {missing}"

    return check


def _two_sets(folder: Path) -> None:
    from scipy.io import savemat

    given = sound()
    path = write(given, folder, ".edf")
    path.unlink()
    (path.parent / "old.fdt").write_bytes((1e6 * given.data_v).T.astype("<f4").tobytes())
    places = np.array([(name,) for name in given.names], dtype=[("labels", object)])
    n_channels, n_times = given.data_v.shape
    eeg = {"setname": "x", "nbchan": n_channels, "trials": 1, "pnts": n_times, "srate": float(SFREQ_HZ), "xmin": 0.0}
    eeg |= {"xmax": (n_times - 1) / SFREQ_HZ, "data": "old.fdt", "chanlocs": places, "event": [], "icawinv": []}
    eeg |= {"icasphere": [], "icaweights": []}
    for run in ("1", "2"):
        savemat(path.with_name(f"sub-01_task-rest_run-{run}_eeg.set"), {"EEG": eeg}, appendmat=False)
