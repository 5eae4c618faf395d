"""Where a bucket is: its S3 server, and the region that the server asks for."""

from __future__ import annotations

import os
from functools import cache

from ...errors import SourceError
from . import https

ENDPOINT = "EEGMILL_S3_ENDPOINT"
"""Environment variable: another S3 server for all buckets, such as a mirror in the institute."""
USUAL_REGION = "us-east-2"
"""What EEGDash and NEMAR assume for their buckets."""
AWS = f"https://s3.{USUAL_REGION}.amazonaws.com"


@cache
def server_of(bucket: str) -> tuple[str, str]:
    """Return address and region of the server that holds a bucket.

    Any server of AWS tells the region of any bucket in a header of whatever it answers, also to strangers
    (Amazon S3 API reference, HeadBucket).
    """
    named = os.environ.get(ENDPOINT)
    if named:
        return named.rstrip("/"), USUAL_REGION
    url = f"{AWS}/{bucket}"
    try:
        with https.faults(url):
            answer = https.client().head(url, follow_redirects=False)
    except SourceError:
        return AWS, USUAL_REGION  # the request for the file itself then says what is wrong
    region = answer.headers.get("x-amz-bucket-region", USUAL_REGION)
    return AWS.replace(USUAL_REGION, region), region
