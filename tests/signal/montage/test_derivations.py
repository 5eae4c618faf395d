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
        ("T8-P8-0", ("t8", "p8")),
        ("LF-RF", ("lf", "rf")),
        ("LAH1-LAH2", ("lah1", "lah2")),
        ("C3-Ref", None),
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


@pytest.mark.parametrize("name", ["C3 Laplacian", "C3-lap", "C3LAP", "Cz_CSD", "C3 (Hjorth)", "LAP C3"])
def test_a_laplacian_has_a_reference_of_its_own(name):
    assert derivations(["Fz", "Cz", name]) == (name,)


@pytest.mark.parametrize("name", ["Overlap", "Lapel", "Fz", "CSDx1", "LapTop"])
def test_a_word_in_a_word_is_no_laplacian(name):
    assert derivations([name, "Oz"]) == ()


def test_derivations_beside_single_electrodes_are_named():
    assert derivations(["Fz", "Cz", "Fp1-F7", "Pz"]) == ("Fp1-F7",)
