"""Takes the pictures of the README from a running demo: python docs/take_screenshots.py

Needs `make demo` on BASE (http://127.0.0.1:8000) and a Chromium or Chrome.
"""

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

BASE = os.environ.get("BASE", "http://127.0.0.1:8000")
IMAGES = Path(__file__).parent / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main():
    browser_path = next(path for name in BROWSERS if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{BASE}/sign-in/")
        page.fill("input[name=login]", "csm@lumen.example")
        page.fill("input[name=password]", "demo-demo-demo")
        page.keyboard.press("Enter")
        page.wait_for_url("**/t/lumen/")
        shoot(page, "today")
        page.goto(f"{BASE}/t/lumen/accounts/?sort=-score")
        page.locator("table a.row-link").first.click()
        shoot(page, "account")
        browser.close()


def shoot(page, name):
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)  # charts draw themselves
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
