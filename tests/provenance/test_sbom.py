from __future__ import annotations

from importlib import metadata

from eegmill.provenance.sbom import bill_of_materials


def test_every_installed_package_is_listed_once_with_its_version():
    bill = bill_of_materials()
    listed = {item["name"]: item["version"] for item in bill["components"]}
    assert listed["numpy"] == metadata.version("numpy")
    assert len(listed) == len(bill["components"])
    assert list(listed) == sorted(listed)


def test_eegmill_is_the_subject_and_no_component():
    bill = bill_of_materials()
    assert bill["metadata"]["component"]["name"] == "eegmill"
    assert "eegmill" not in [item["name"] for item in bill["components"]]


def test_two_bills_of_one_environment_are_equal():
    assert bill_of_materials() == bill_of_materials()
