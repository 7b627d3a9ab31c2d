"""The app opened at one of its addresses, as a browser opens it: no other page runs before."""

from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

APP = Path(__file__).parents[3] / "explorer" / "app.py"


def app_at(address: str, **link: str) -> AppTest:
    """The whole app, before its first run; `link` is what stands behind the address.

    `AppTest.switch_page` takes a page's address for the name of its file until it has run once.
    """
    page = AppTest.from_file(APP, default_timeout=60)
    page._page_hash = calc_hash(address)
    for name, value in link.items():
        page.query_params[name] = value
    return page
