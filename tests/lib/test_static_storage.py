import os

import brotli
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile

from cs_platform.lib.static_storage import StaticFilesStorage


def _collected(storage):
    """Which names a collectstatic of one file compresses."""
    return [
        name
        for _path, name, _done in storage.post_process({"a.css": (storage, "a.css")})
    ]


def test_a_file_is_compressed_once_per_content(settings, tmp_path):
    settings.WHITENOISE_KEEP_ONLY_HASHED_FILES = True
    storage = StaticFilesStorage(location=tmp_path, base_url="/static/")
    storage.save("a.css", ContentFile(".a { color: red }\n" * 200))

    first = _collected(storage)
    storage.save("a.css", ContentFile(".a { color: red }\n" * 200))
    again = _collected(storage)

    hashed = first[0]
    assert first == [hashed, f"{hashed}.br", f"{hashed}.gz"]
    assert again == [hashed]
    assert sorted(os.listdir(tmp_path)) == sorted([*first, "staticfiles.json"])
    packed = (tmp_path / f"{hashed}.br").read_bytes()
    assert brotli.decompress(packed) == (tmp_path / hashed).read_bytes()


def test_tests_need_no_collected_files():
    assert not isinstance(staticfiles_storage, StaticFilesStorage)
