import os
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from fontTools.ttLib import TTFont

from cs_platform.lib.finders import AssetFinder


@pytest.fixture
def assets(settings, tmp_path):
    parts = tmp_path / "parts"
    (parts / "css/components").mkdir(parents=True)
    (parts / "css/_layers.css").write_text("@layer base;")
    (parts / "css/components/b.css").write_text(".b {}")
    (parts / "css/components/a.css").write_text(".a {}")
    settings.STATICFILES_DIRS = [parts]
    settings.ASSETS_DIR = tmp_path / "assets"
    return parts


def test_styles_are_joined_in_the_order_of_the_cascade(assets):
    found = AssetFinder().find("css/app.css")

    assert Path(found).read_text() == "@layer base;\n.a {}\n.b {}"


def test_a_changed_part_is_joined_anew(assets):
    found = Path(AssetFinder().find("css/app.css"))
    os.utime(found, (1, 1))
    (assets / "css/components/b.css").write_text(".b { color: red }")

    AssetFinder().find("css/app.css")

    assert found.read_text() == "@layer base;\n.a {}\n.b { color: red }"


def test_a_removed_part_is_gone(assets):
    found = Path(AssetFinder().find("css/app.css"))
    os.utime(found, (1, 1))
    (assets / "css/components/b.css").unlink()

    AssetFinder().find("css/app.css")

    assert found.read_text() == "@layer base;\n.a {}"


def test_other_files_are_not_ours(assets):
    assert AssetFinder().find("css/other.css") is None
    assert AssetFinder().find("css/other.css", find_all=True) == []


@pytest.mark.slow
def test_inter_can_write_russian_kazakh_and_money(assets):
    font = TTFont(AssetFinder().find("vendor/inter.woff2"))

    letters = set(font.getBestCmap())

    missing = [
        letter for letter in "AzЖяӘғҚңӨұҮһІ№₸₽€−→…" if ord(letter) not in letters
    ]
    assert missing == []
    assert {axis.axisTag for axis in font["fvar"].axes} == {"wght"}


def test_collectstatic_lists_everything_the_pages_ask_for(assets):
    listed = {path for path, _storage in AssetFinder().list(["vendor/inter*"])}

    assert listed == {
        "vendor/htmx.min.js",
        "vendor/plotly.min.js",
        "css/app.css",
        "css/asking.css",
        "css/report.css",
        "js/app.js",
    }


def test_the_finder_is_installed():
    assert [type(finder) for finder in finders.get_finders()][0] is AssetFinder
