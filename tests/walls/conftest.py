import logging

import pytest


@pytest.fixture(autouse=True)
def _silence():
    """Tens of thousands of requests: to keep each one's log lines costs a gigabyte."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
