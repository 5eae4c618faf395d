from __future__ import annotations

import base64
import json
import random
import shutil
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from eegmill.errors import ConfigurationError, DerivativeError
from eegmill.proof.attest import attest, check_statements
from eegmill.proof.bundle import Bundle, read_bundle, read_private_key, signed
from eegmill.proof.statement import parse_statement, read_report, verdict_of
from eegmill.provenance.compare import Tier
from eegmill.provenance.environment import Blas
from eegmill.provenance.manifest import ATTESTATIONS, check_manifest, write_manifest
from eegmill.provenance.verify import verify, verify_manifest, write_verify_record
from tiny_bids import START

LATER = START + timedelta(days=1)
N_TAMPERINGS = 200


def write_key(path, key):
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return path


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return [write_key(folder / f"{name}.pem", ec.generate_private_key(ec.SECP256R1())) for name in "ab"]


@pytest.fixture(scope="module")
def report(pristine):
    return verify(pristine.derivative, rebuild=pristine.rebuild)


def other_processor(report):
    here = {blas.architecture for blas in report.environment.blas}
    other = next(name for name in ("Haswell", "SkylakeX", "Zen") if name not in here)
    blas = (Blas(library="libopenblas", version="0.3", architecture=other, threads=1),)
    verdicts = tuple(item.model_copy(update={"tier": Tier.NUMBERS}) for item in report.recordings)
    environment = report.environment.model_copy(update={"blas": blas})
    return report.model_copy(update={"environment": environment, "recordings": verdicts})


def checked(folder, keys, **changes):
    return check_statements(folder, [folder / ATTESTATIONS], keys, **{"now": LATER + timedelta(days=9), **changes})


def test_verdicts_of_several_people_lie_side_by_side_and_are_summed_up(world, keys, report):
    attest(world.derivative, keys[0], report=report, now=LATER)
    attest(world.derivative, keys[1], report=report, now=LATER + timedelta(hours=1))
    attest(world.derivative, keys[1], report=other_processor(report), now=LATER + timedelta(hours=2))
    found = checked(world.derivative, keys)
    assert found.proved
    assert found.summary == "3 verifications by 2 keys, 2 processors, same decisions; bits equal in 2"
    assert check_manifest(world.derivative).intact


def test_a_statement_without_a_report_says_that_nothing_was_made_again(world, keys):
    attest(world.derivative, keys[0], now=LATER)
    assert checked(world.derivative, keys).summary == "1 statement of checksums alone"


def test_a_verdict_that_it_came_out_otherwise_proves_nothing(world, keys, report):
    bad = tuple(item.model_copy(update={"tier": Tier.DIFFERENT}) for item in report.recordings)
    attest(world.derivative, keys[0], report=report.model_copy(update={"recordings": bad}), now=LATER)
    found = checked(world.derivative, keys)
    assert found.valid
    assert not found.proved
    assert "NOT EQUAL" in found.statements[0].line


def test_a_key_that_nobody_named_does_not_count(world, keys):
    attest(world.derivative, keys[0], now=LATER)
    assert "none of those that you named" in checked(world.derivative, keys[1:]).statements[0].problem


def test_no_key_at_all_is_one_clear_message(world, keys):
    attest(world.derivative, keys[0], now=LATER)
    with pytest.raises(ConfigurationError, match="--public-key"):
        checked(world.derivative, [])


def test_a_manifest_that_is_gone_is_one_clear_message(world, keys):
    attest(world.derivative, keys[0], now=LATER)
    (world.derivative / "prov" / "manifest-sha256.txt").unlink()
    with pytest.raises(DerivativeError, match=r"has no prov/manifest-sha256\.txt"):
        checked(world.derivative, keys[1:])


def test_a_derivative_that_was_altered_is_not_signed(world, keys):
    (world.derivative / "status.tsv").write_text("")
    with pytest.raises(DerivativeError, match=r"'status.tsv' is not as the manifest says"):
        attest(world.derivative, keys[0])


def test_a_report_of_another_derivative_is_not_signed(world, keys, report):
    with pytest.raises(DerivativeError, match="of another derivative"):
        attest(world.derivative, keys[0], report=report.model_copy(update={"manifests_sha256": "0" * 64}))


def test_a_clock_that_runs_behind_the_records_is_refused(world, keys):
    with pytest.raises(DerivativeError, match="The clock of this machine"):
        attest(world.derivative, keys[0], now=START - timedelta(days=1))


def test_a_report_as_verify_writes_it_can_be_signed(world, keys, report, tmp_path):
    write_verify_record(tmp_path / "verify.json", report)
    assert verdict_of(read_report(tmp_path / "verify.json")) == verdict_of(report)


def test_a_report_that_was_altered_is_refused(report, tmp_path):
    write_verify_record(tmp_path / "verify.json", report)
    text = (tmp_path / "verify.json").read_text().replace('"tier": "identical"', '"tier": "different"')
    (tmp_path / "verify.json").write_text(text)
    with pytest.raises(DerivativeError, match="contradicts itself"):
        read_report(tmp_path / "verify.json")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no key", "is no private key in PEM"),
        (b"", "is no private key in PEM"),
    ],
)
def test_what_is_no_key_is_one_clear_message(tmp_path, content, told):
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(ConfigurationError, match=told):
        read_private_key(tmp_path / "key.pem")


def test_a_key_of_another_kind_is_refused(tmp_path):
    path = write_key(tmp_path / "rsa.pem", rsa.generate_private_key(65537, 2048))
    with pytest.raises(ConfigurationError, match="is no EC key"):
        read_private_key(path)


def test_a_missing_key_is_one_clear_message(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_private_key(tmp_path / "key.pem")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{}", "is no signed statement"),
        ("no JSON", "is no signed statement"),
        ('{"mediaType": "application/vnd.dev.sigstore.bundle.v9+json"}', "foreign or newer"),
    ],
)
def test_what_is_no_bundle_is_one_clear_message(tmp_path, text, told):
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(DerivativeError, match=told):
        read_bundle(tmp_path / "s.json")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda v: v["predicate"]["eegmill"].update(schema_version="9.0"), "install a newer eegmill"),
        (lambda v: v.update(predicateType="https://slsa.dev/provenance/v1"), "of another kind"),
        (lambda v: v["predicate"].pop("eegmill"), "no statement of eegmill"),
        (lambda v: v["predicate"]["resources"].pop(), "its list of files cannot be true"),
        (lambda v: v["predicate"]["eegmill"]["verdict"].update(made_again=9), "its verdict cannot be true"),
    ],
)
def test_a_foreign_or_newer_statement_is_one_clear_message(world, keys, change, told):
    values = json.loads(read_bundle(attest(world.derivative, keys[0], now=LATER)).payload)
    change(values)
    with pytest.raises(DerivativeError, match=told):
        parse_statement("s.json", json.dumps(values).encode())


def test_a_manifest_with_a_missing_line_is_found(world, keys):
    attest(world.derivative, keys[0], now=LATER)
    manifest = world.derivative / "manifest-sha256.txt"
    manifest.write_text("".join(manifest.read_text().splitlines(keepends=True)[1:]))
    assert "which the manifest lacks" in checked(world.derivative, keys).statements[0].problem


def resigned(path, key, change):
    """What the owner of a key could write afterwards."""
    values = json.loads(read_bundle(path).payload)
    change(values["predicate"]["eegmill"])
    payload = json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
    path.write_text(signed(payload, read_private_key(key)).text())


def tamper_byte_of_statement(folder, keys, chance):
    path = chance.choice(sorted((folder / ATTESTATIONS).iterdir()))
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
    path.write_bytes(content)


def tamper_byte_of_derivative(folder, keys, chance):
    files = [path for path in folder.rglob("*") if path.is_file() and ATTESTATIONS not in path.as_posix()]
    path = chance.choice(sorted(files))
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
    path.write_bytes(content)
    if chance.random() < 0.5 and not path.name.startswith("manifest"):
        write_manifest(folder)


def tamper_verdict(folder, keys, chance):
    path = chance.choice(sorted((folder / ATTESTATIONS).iterdir()))
    bundle = read_bundle(path)
    values = json.loads(bundle.payload)
    verdict = values["predicate"]["eegmill"]["verdict"]
    key = chance.choice(sorted(verdict))
    verdict[key] = chance.choice([value for value in (True, False, 0, 1, "x", None) if value != verdict[key]])
    path.write_text(Bundle(json.dumps(values).encode(), bundle.signature, bundle.key).text())


def tamper_key(folder, keys, chance):
    paths = sorted((folder / ATTESTATIONS).iterdir())
    first, second = (read_bundle(path) for path in chance.sample(paths, 2))
    swapped = [Bundle(first.payload, second.signature, key) for key in (first.key, second.key)]
    stranger = ec.generate_private_key(ec.SECP256R1())
    swapped += [signed(first.payload, stranger), Bundle(first.payload, signed(b"", stranger).signature, first.key)]
    chance.choice(paths).write_text(chance.choice(swapped).text())


def tamper_time(folder, keys, chance):
    """By the owner of the key: the signature fits."""
    paths = sorted((folder / ATTESTATIONS).iterdir(), key=lambda path: signed_at(path))
    kind = chance.randrange(3)
    if kind == 0:
        chance.choice(paths[:2]).unlink()
    elif kind == 1:
        before = (START - timedelta(minutes=chance.randrange(1, 10_000))).isoformat()
        resigned(paths[0], keys[0], lambda claim: claim.update(signed_at=before))
    else:
        before = (LATER - timedelta(minutes=chance.randrange(1, 600))).isoformat()
        resigned(paths[2], keys[0], lambda claim: claim.update(signed_at=before))


def signed_at(path):
    return datetime.fromisoformat(json.loads(read_bundle(path).payload)["predicate"]["eegmill"]["signed_at"])


TAMPERINGS = (tamper_byte_of_statement, tamper_byte_of_derivative, tamper_verdict, tamper_key, tamper_time)


@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_every_tampering_is_found(world, keys, report, tmp_path, tamper):
    for hours, key in enumerate([keys[0], keys[1], keys[0]]):
        attest(world.derivative, key, report=report, now=LATER + timedelta(hours=hours))
    assert proved(world.derivative, keys)
    for seed in range(N_TAMPERINGS // len(TAMPERINGS)):
        folder = tmp_path / "copy" / "eegmill"
        shutil.copytree(world.derivative, folder)
        tamper(folder, keys, random.Random(seed))
        assert not proved(folder, keys), seed
        shutil.rmtree(folder)


def proved(folder, keys):
    try:
        return verify_manifest(folder).intact and checked(folder, keys).proved
    except DerivativeError:
        return False


def test_a_bundle_has_the_form_that_openssf_reads(world, keys):
    values = json.loads(attest(world.derivative, keys[0], now=LATER).read_text())
    text = json.loads(base64.b64decode(values["dsseEnvelope"]["payload"]))
    assert values["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    assert values["dsseEnvelope"]["payloadType"] == "application/vnd.in-toto+json"
    assert text["_type"] == "https://in-toto.io/Statement/v1"
    assert text["predicateType"] == "https://model_signing/signature/v1.0"
    assert text["predicate"]["serialization"]["method"] == "files"
