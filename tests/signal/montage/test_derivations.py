from __future__ import annotations

import pytest

from eegmill.signal.montage.derivations import derivations, electrodes_of


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("Fp1-F7", ("fp1", "f7")),
        ("FPZ-CZ", ("fpz", "cz")),
        ("F3-M2", ("f3", "m2")),
        ("C4-A1", ("c4", "a1")),
        ("T3-T5", ("t3", "t5")),
        ("E12-E34", ("e12", "e34")),
        ("A1-B16", ("a1", "b16")),
        ("Cz", None),
        ("Cz-0", None),
        ("Fp1-LE", None),
        ("O1-A1A2", None),
        ("Chin1-Chin2", None),
        ("Cz-Cz", None),
        ("-", None),
    ],
)
def test_two_known_electrodes_make_a_derivation(name, pair):
    assert electrodes_of(name) == pair


def test_channels_against_one_electrode_share_a_reference():
    assert derivations(["F3-Cz", "F4-Cz", "Pz-Cz"]) == ()


def test_channels_against_two_mastoids_share_none():
    assert derivations(["F3-M2", "F4-M1"]) == ("F3-M2", "F4-M1")


def test_derivations_beside_single_electrodes_are_named():
    assert derivations(["Fz", "Cz", "Fp1-F7", "Pz"]) == ("Fp1-F7",)
