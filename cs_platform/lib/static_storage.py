"""Static files with their hash in the name, compressed once."""

from pathlib import Path

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class SwiftCompressor(Compressor):
    """Brotli at 9: a tenth larger than at 11, and twenty times as fast on plotly.js."""

    @staticmethod
    def compress_brotli(data):
        return brotli.compress(data, quality=9)


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Set WHITENOISE_KEEP_ONLY_HASHED_FILES with it: what is there has not changed."""

    def create_compressor(self, **kwargs):
        return SwiftCompressor(**kwargs)

    def compress_files(self, paths):
        return super().compress_files(
            [path for path in paths if not Path(self.path(path) + ".gz").exists()]
        )
