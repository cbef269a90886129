"""Lists: pages that neither skip nor repeat a row while others write."""

import base64
import binascii
import json
from urllib.parse import urlencode

from django.core.exceptions import ValidationError as FieldError
from django.db.models import Q
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

PAGE_SIZE, MAX_PAGE_SIZE = 50, 200
PAGING = {"cursor", "page_size", "ordering"}


class Keyset(BasePagination):
    """Pages by the last row seen: {"next", "previous", "results"}.

    A view says which columns order its list (`ordering_fields`, none of them nullable)
    and which one does by default (`ordering`). The id breaks ties.
    """

    def paginate_queryset(self, queryset, request, view=None):
        self.request, self.view = request, view
        self.size = _page_size(request.query_params.get("page_size"))
        self.name, descending = self._ordering()
        cursor = self._cursor(queryset.model)
        backwards = bool(cursor) and cursor["back"]
        if cursor:
            queryset = queryset.filter(
                _beyond(self.name, cursor, down=descending != backwards)
            )
        sign = "-" if descending != backwards else ""
        rows = list(
            queryset.order_by(f"{sign}{self.name}", f"{sign}id")[: self.size + 1]
        )
        more, rows = len(rows) > self.size, rows[: self.size]
        self.rows = rows[::-1] if backwards else rows
        self.has_next = more if not backwards else True
        self.has_previous = more if backwards else cursor is not None
        return self.rows

    def get_paginated_response(self, data):
        back = self._link(self.rows[0], True) if self.rows else None
        on = self._link(self.rows[-1], False) if self.rows else None
        return Response(
            {
                "next": on if self.has_next else None,
                "previous": back if self.has_previous else None,
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema):
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view):
        fields = getattr(view, "ordering_fields", ["id"])
        size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE}
        order = {
            "type": "string",
            "enum": [sign + name for name in fields for sign in ("", "-")],
        }
        text = {"type": "string"}
        return [
            _parameter("cursor", text, "Where a page begins: taken from a link."),
            _parameter("page_size", size, f"Rows of a page, {PAGE_SIZE} unless said."),
            _parameter("ordering", order, "The column that orders the list."),
        ]

    def _ordering(self):
        fields = getattr(self.view, "ordering_fields", ["id"])
        default = getattr(self.view, "ordering", "id")
        wanted = self.request.query_params.get("ordering", default)
        if wanted.removeprefix("-") not in fields:
            known = ", ".join(fields)
            raise ValidationError({"ordering": [_("Choose one of: %s.") % known]})
        return wanted.removeprefix("-"), wanted.startswith("-")

    def _cursor(self, model):
        text = self.request.query_params.get("cursor")
        if text is None:
            return None
        try:
            cursor = json.loads(base64.urlsafe_b64decode(text.encode()))
            if cursor["by"] != self.name:
                raise ValueError
            return {
                "back": bool(cursor["back"]),
                "value": model._meta.get_field(self.name).to_python(cursor["value"]),
                "id": model._meta.pk.to_python(cursor["id"]),
            }
        except (
            binascii.Error,
            ValueError,
            TypeError,
            KeyError,
            FieldError,
            RecursionError,
        ):
            raise ValidationError(
                {"cursor": [_("This is no cursor of ours.")]}
            ) from None

    def _link(self, row, back):
        value = getattr(row, self.name)
        value = value.isoformat() if hasattr(value, "isoformat") else str(value)
        cursor = {"by": self.name, "value": value, "id": str(row.pk), "back": back}
        text = base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode()
        query = self.request.query_params.dict() | {"cursor": text}
        return self.request.build_absolute_uri(f"?{urlencode(query)}")


class StrictFilters(DjangoFilterBackend):
    """Refuses a query parameter nobody knows: a typo must not answer with everything."""

    def filter_queryset(self, request, queryset, view):
        filters = self.get_filterset_class(view, queryset)
        known = PAGING | set(filters.base_filters if filters else ())
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError(
                {name: [_("There is no such parameter.")] for name in unknown}
            )
        return super().filter_queryset(request, queryset, view)


def _page_size(text):
    if text is None:
        return PAGE_SIZE
    if not (text.isascii() and text.isdigit() and int(text[:9]) >= 1):
        raise ValidationError({"page_size": [_("Give a number from 1 to 200.")]})
    return min(int(text[:9]), MAX_PAGE_SIZE)


def _beyond(name, cursor, *, down):
    direction = "lt" if down else "gt"
    if name == "id":
        return Q(**{f"id__{direction}": cursor["id"]})
    return Q(**{f"{name}__{direction}": cursor["value"]}) | Q(
        **{name: cursor["value"], f"id__{direction}": cursor["id"]}
    )


def _parameter(name, schema, description):
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": schema,
        "description": description,
    }
