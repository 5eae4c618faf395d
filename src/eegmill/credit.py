"""Who stands for a derivative: named in the configuration, if anybody wants to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from .models import Written


class Author(Written):
    """Somebody who made a derivative."""

    name: str = Field(min_length=1, description="`Family, Given`, or the name of a group")
    orcid: str | None = Field(
        default=None, pattern=r"^https://orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[\dX]$", description="`https://orcid.org/…`"
    )
    affiliation: str | None = Field(default=None, min_length=1, description="where the author works")

    @property
    def family_and_given(self) -> tuple[str, str] | None:
        """Both parts of the name of a person; None for a group."""
        family, comma, given = (part.strip() for part in self.name.partition(","))
        return (family, given) if comma and family and given else None


class Credit(Written):
    """Who made and who publishes a derivative."""

    authors: tuple[Author, ...] = Field(
        default=(), description="who made the derivative: `[{name: 'Doe, Ann', orcid: …, affiliation: …}]`"
    )
    publisher: str | None = Field(default=None, min_length=1, description="who publishes it, such as a laboratory")


def credit_of(config: Mapping[str, Any]) -> Credit:
    """Who a configuration names; nobody where it is silent, as those of former versions are."""
    return Credit.model_validate(config.get("credit") or {})
