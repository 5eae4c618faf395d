"""Errors of the catalogue that a caller may want to tell apart.

CatalogError
├── QueryTimeout        a read took longer than the store allows
├── StoreUnavailable    the database behind the store cannot be reached
├── ReadOnlyStore       the store takes no changes
├── UnknownDatabase     a database name that this store does not hold
├── DocumentError       a document or a change that does not fit the schema
└── DuplicateRecord     a record whose dataset and path are already stored
"""

from __future__ import annotations

from ..errors import CatalogError


class QueryTimeout(CatalogError):
    """A read took longer than the store allows."""


class StoreUnavailable(CatalogError):
    """The database behind the store cannot be reached."""


class ReadOnlyStore(CatalogError):
    """The store takes no changes."""


class UnknownDatabase(CatalogError):
    """A database name that the store does not hold."""


class DocumentError(CatalogError):
    """A document, or a change to one, does not fit the schema."""


class DuplicateRecord(CatalogError):
    """A record with this dataset and path is already stored."""
