"""A web server with TLS on loopback, and where it may and may not send us."""

from __future__ import annotations

import datetime
import ipaddress
import ssl

import pytest

from eegmill.errors import SourceError
from eegmill.inputs.fetch.recording import fetch_recording
from eegmill.inputs.storage import https
from pinned import QUICK, RAW, files_in, lock_of, locked
from web_server import redirects_to, web_server

DATA = b"eeg" * 1000


def write_certificate(path):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(1))
    made = made.add_extension(here, critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def tls(tmp_path, monkeypatch):
    """A server whose certificate the client knows."""
    certificate = write_certificate(tmp_path / "loopback.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    https.client.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with web_server() as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        yield server
    https.client.cache_clear()


def fetch(server, root):
    url = f"{server.url.replace('http:', 'https:')}/{RAW}"
    return fetch_recording(lock_of(locked(RAW, url, size=len(DATA))), "sub-01_task-rest", root, limits=QUICK)


def test_a_file_comes_encrypted(tls, tmp_path):
    tls.files[RAW] = DATA
    fetch(tls, tmp_path / "root")
    assert files_in(tmp_path / "root") == {RAW: DATA}


def test_a_redirect_that_gives_up_encryption_is_refused(tls, web, tmp_path):
    web.files["plain"] = DATA
    tls.always[RAW] = redirects_to(f"{web.url}/plain")
    with pytest.raises(SourceError, match="which is not encrypted: refused"):
        fetch(tls, tmp_path / "root")
    assert files_in(tmp_path / "root") == {}


def test_a_way_that_is_not_encrypted_is_refused_though_its_end_is(tls, web, tmp_path):
    tls.files["end"] = DATA
    tls.always[RAW] = redirects_to(f"{web.url}/between")
    web.always["between"] = redirects_to(f"{tls.url.replace('http:', 'https:')}/end")
    with pytest.raises(SourceError, match="between', which is not encrypted: refused"):
        fetch(tls, tmp_path / "root")


def test_a_certificate_that_nobody_knows_is_the_reason(tls, tmp_path, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    https.client.cache_clear()
    tls.files[RAW] = DATA
    with pytest.raises(SourceError, match="certificate"):
        fetch(tls, tmp_path / "root")
