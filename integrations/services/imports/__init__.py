"""Files of facts: looked at, checked against what is there, and then brought in."""

from integrations.services.imports.uploading import (
    name_columns,
    sentence,
    table,
    upload_file,
)
from integrations.services.imports.working import (
    NotReady,
    confirm_run,
    go_on,
    work_off,
)

__all__ = [
    "table",
    "NotReady",
    "confirm_run",
    "go_on",
    "name_columns",
    "sentence",
    "upload_file",
    "work_off",
]
