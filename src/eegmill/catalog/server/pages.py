"""The pages for people: templates, and what every page is sent with."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jinja2
from fastapi import Response

from ..documents.fields import entity

LONGEST_README = 20_000
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def html(template: str, *, up: str = "", status: int = 200, **values: Any) -> Response:
    """A page from a template; ``up`` leads from its address to the server's root."""
    text = _templates().get_template(template).render(up=up, **values)
    return Response(text.encode("utf-8", "replace"), status, SECURITY, media_type="text/html; charset=utf-8")


def asset(name: str, media_type: str) -> Response:
    """A file that pages load."""
    source, _, _ = jinja2.PackageLoader("eegmill.catalog.server").get_source(_templates(), name)
    return Response(source, headers={"Cache-Control": "max-age=300"}, media_type=media_type)


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("eegmill.catalog.server"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(number=_number, entity=entity, web=_web_link, duration=_duration, json=_json)
    environment.globals["longest_readme"] = LONGEST_README
    return environment


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)


def _number(value: object) -> str:
    """A number for people: thousands apart, at most two decimals."""
    return f"{round(value, 2):,.15g}" if isinstance(value, int | float) else ""


def _duration(seconds: object) -> str:
    if not isinstance(seconds, int | float):
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min {rest} s"


def _web_link(url: object) -> str:
    """The URL if it leads to the web, else nothing: a document may hold ``javascript:``."""
    return url if isinstance(url, str) and urlsplit(url).scheme in {"http", "https"} else ""
