"""Every address of the site, read from the URLconf itself."""

import re
from dataclasses import dataclass

from django.urls import URLPattern, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

NOWHERE = "00000000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Address:
    """One pattern: its route with the names of what stands in it."""

    name: str
    route: str
    converters: tuple

    def filled(self, **values):
        """The path with a value for each of its names."""
        path = self._plain()
        for name, converter in self.converters:
            value = str(values["number" if is_number(converter) else "key"])
            kind = next(k for k in CONVERTED if f"<{k}{name}>" in path)
            path = path.replace(f"<{kind}{name}>", value)
        return "/" + path

    def _plain(self):
        """The route without the marks of a regular expression: `^…(?P<name>…)/?$`."""
        path = re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", self.route)
        return path.replace("^", "").replace("/?$", "/").replace("$", "")


CONVERTED = ("uuid:", "int:", "str:", "slug:", "path:", "date:", "external:", "")


def is_number(converter):
    return isinstance(converter, IntConverter)


def wants_uuid(address):
    return any(isinstance(c, UUIDConverter) for _, c in address.converters)


def addresses(urlconf):
    """Every address of a URLconf, of included ones too."""
    return sorted(set(_walk(get_resolver(urlconf), "", "")), key=lambda one: one.route)


def _walk(resolver, route, space):
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            named = dict.fromkeys(re.findall(r"\?P<(\w+)>", here))
            converters = tuple(sorted((named | pattern.pattern.converters).items()))
            name = f"{space}{pattern.name or here}"
            yield Address(name, here, converters)
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern, here, inner)
