"""The style, tested: what no linter sees."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tenants.models import Credential, Membership, Tenant, TenantModel, User

ROOT = settings.BASE_DIR
OUR_APPS = (
    "tenants",
    "messaging",
    "accounts",
    "worklist",
    "usage",
    "nps",
    "health",
    "renewals",
    "qbr",
    "insights",
    "integrations",
)
# Modules an app may have beside its pure ones, which import neither Django nor models.
MODULES = {
    "__init__",
    "admin",
    "api",
    "apps",
    "forms",
    "models",
    "queries",
    "services",
    "tasks",
    "urls",
    "views",
}
# Of the wall: the app that everything else stands on.
TENANTS = {
    "access",
    "adapter",
    "keys",
    "middleware",
    "public_urls",
    "roles",
    "router",
    "schema",
    "scoping",
    "wall",
}
VAGUE = {"utils", "util", "helpers", "common", "misc", "core", "base", "manager"}
GENERATED = ("migrations",)


def sources():
    for app in (*OUR_APPS, "cs_platform"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if not set(GENERATED) & set(path.parts):
                yield path.relative_to(ROOT)


SOURCES = list(sources())
APP_MODULES = [path for path in SOURCES if path.parts[0] in OUR_APPS]
TEMPLATES = sorted(p.relative_to(ROOT) for p in (ROOT / "templates").rglob("*.html"))
ASSETS = sorted(
    p.relative_to(ROOT)
    for p in (ROOT / "static").rglob("*")
    if p.suffix in {".css", ".js"}
)


def our_models():
    return {m for m in apps.get_models() if m._meta.app_label in OUR_APPS}


def test_every_model_of_ours_is_behind_the_wall():
    outside = {
        model
        for model in our_models()
        if not issubclass(model, TenantModel)
        and "tenant" not in (model._meta.pk_fields[0].name, model._meta.pk.name)
    }

    assert outside == {Tenant, User, Membership, Credential}


def test_a_key_to_another_app_leaves_no_attribute_there():
    visible = {
        str(field)
        for model in our_models()
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model
        and field.related_model._meta.app_label in OUR_APPS
        and field.related_model._meta.app_label != model._meta.app_label
        and not field.remote_field.hidden
    }

    assert visible == set()


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_a_module_is_short(path):
    # Settings are one file, so that everything configurable is found in one place.
    limit = 450 if path.name == "settings.py" else 300

    assert len((ROOT / path).read_text().splitlines()) <= limit


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_a_module_is_named_for_a_noun(path):
    assert not {part.removesuffix(".py") for part in path.parts[:-1]} & VAGUE
    assert path.stem not in VAGUE or path.parts[:3] == (
        "cs_platform",
        "lib",
        "postgres",
    )


@pytest.mark.parametrize("path", APP_MODULES, ids=str)
def test_a_module_of_another_name_is_pure(path):
    known = MODULES | (TENANTS if path.parts[0] == "tenants" else set())
    if path.parts[1].removesuffix(".py") in known | {"management"}:
        return

    imported = {
        name
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        for name in names(node)
    }

    assert {
        name
        for name in imported
        if name == "django.db"
        or (name.endswith((".models", ".services")) and name.split(".")[0] in OUR_APPS)
    } == set()


def names(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_is_short_and_obeys_the_csp(path):
    text = (ROOT / path).read_text()

    assert len(text.splitlines()) <= 150
    assert (
        re.findall(r"\son\w+=|\shx-on|<script>|\sstyle=|javascript:|\|safe", text) == []
    )


@pytest.mark.parametrize("path", ASSETS, ids=str)
def test_an_asset_is_short(path):
    assert len((ROOT / path).read_text().splitlines()) <= 250


def test_the_project_names_no_registry():
    hosts = re.compile(r"pypi\.org|pythonhosted|npmjs|registry\.|deb\.debian")

    named = [
        path.name
        for path in (*ROOT.glob("*.lock"), *ROOT.glob("*.toml"), *ROOT.glob("Docker*"))
        if hosts.search(Path(path).read_text())
    ]

    assert named == []
