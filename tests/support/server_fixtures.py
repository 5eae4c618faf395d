"""Servers on loopback."""

from __future__ import annotations

import logging

import pytest

from eegmill.inputs.storage.s3 import bucket_store, server_of
from web_server import web_server


@pytest.fixture
def web():
    with web_server() as server:
        yield server


@pytest.fixture(scope="session")
def s3_server():
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture
def s3(s3_server, monkeypatch):
    """A client that may write to an empty bucket openneuro.org, which eegmill then reads."""
    import boto3
    import httpx2

    httpx2.post(f"{s3_server}/moto-api/reset")
    monkeypatch.setenv("EEGMILL_S3_ENDPOINT", s3_server)
    forget_servers()
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    client = boto3.client("s3", endpoint_url=s3_server, region_name="us-east-2", **keys)
    place = {"LocationConstraint": "us-east-2"}
    client.create_bucket(Bucket="openneuro.org", CreateBucketConfiguration=place, ACL="public-read")
    yield client
    client.close()
    forget_servers()


def forget_servers() -> None:
    """Forget which server holds which bucket, after the environment changed."""
    server_of.cache_clear()
    bucket_store.cache_clear()
