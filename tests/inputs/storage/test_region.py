from __future__ import annotations

import pytest

from eegmill.inputs.storage import s3
from eegmill.inputs.storage.s3 import server_of


@pytest.fixture(autouse=True)
def aws(web, monkeypatch):
    """AWS, as far as it tells regions."""
    monkeypatch.delenv(s3.ENDPOINT, raising=False)
    monkeypatch.setattr(s3, "AWS", f"{web.url}/us-east-2")
    server_of.cache_clear()
    yield web
    server_of.cache_clear()


@pytest.mark.parametrize("status", [200, 301, 307, 403])
def test_a_bucket_elsewhere_is_found_by_what_any_server_tells(aws, status):
    aws.always["us-east-2/openneuro.org"] = lambda handler, data: handler.status(
        status, x_amz_bucket_region="eu-west-1", Location="/elsewhere"
    )
    assert server_of("openneuro.org") == (f"{aws.url}/eu-west-1", "eu-west-1")


def test_the_region_is_asked_for_once(aws):
    server_of("openneuro.org")
    server_of("openneuro.org")
    assert len(aws.requests) == 1


def test_a_server_that_is_not_there_leaves_the_usual_region(aws):
    aws.shutdown()
    aws.server_close()
    assert server_of("openneuro.org") == (f"{aws.url}/us-east-2", "us-east-2")


def test_a_mirror_is_not_asked(aws, monkeypatch):
    monkeypatch.setenv(s3.ENDPOINT, "https://s3.example.org/")
    assert server_of("openneuro.org") == ("https://s3.example.org", "us-east-2")
    assert aws.requests == []
