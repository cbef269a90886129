import shutil
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        """Say nothing: the browser tells what failed."""


@pytest.fixture
def site(committed, settings):
    """The address of the whole site, static files included, in this process."""
    settings.ROOT_URLCONF = "tests.e2e.addresses"
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    application = StaticFilesHandler(WSGIHandler())
    server = make_server("127.0.0.1", 0, application, _Server, _Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_page(site):
    """Opens an address in a fresh browser window; whatever it complains of is collected."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, NAMES))),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )

        def opened(path, *, width=1440, theme="light", cookies=(), **options):
            window = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=theme, **options
            )
            window.add_cookies(list(cookies))
            page = window.new_page()
            page.complaints = []
            page.on(
                "console",
                lambda message: (
                    message.type in ("error", "warning")
                    and page.complaints.append(message.text)
                ),
            )
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            page.goto(site + path)
            return page

        yield opened
        browser.close()
