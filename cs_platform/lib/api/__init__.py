"""The shape of the REST API: what it reads, how it pages, how it says no."""

from cs_platform.lib.api.errors import Conflict, exception_handler
from cs_platform.lib.api.json import JsonParser
from cs_platform.lib.api.paging import Keyset, StrictFilters
from cs_platform.lib.api.schema import Schema

__all__ = [
    "Conflict",
    "JsonParser",
    "Keyset",
    "Schema",
    "StrictFilters",
    "exception_handler",
]
