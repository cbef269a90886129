"""Who comes to the site: signed in, and with a keyboard alone."""

from django.test import Client

TABS = 250


def signed_in(person) -> dict:
    """The state of a browser in which that person is signed in."""
    client = Client()
    client.force_login(person)
    session = client.cookies["sessionid"].value
    cookie = {"name": "sessionid", "value": session, "domain": "127.0.0.1", "path": "/"}
    return {"cookies": [cookie], "origins": []}


def tab_to(page, target) -> None:
    """Press Tab until the focus stands there: whoever has keys only can get there."""
    for _ in range(TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by the keyboard")
