"""Who is asking: a visitor, told from others by a secret that the browser keeps in a cookie.

The store holds a hash of the secret, so neither the list of runs nor an exported file lets one
visitor act as another. Streamlit can read cookies (`st.context.cookies`, as sent when the page
connected) but not set them; `remember` has the browser do it. Until the next connection the session
holds the secret, and for good where the browser keeps no cookies or where another site shows the
page in a frame (SameSite=Lax): such a visitor is a new one after a reload.

Who may do everything: the teacher (explorer.server.teacher); on a server without a teacher's token,
who sits at the machine itself (explorer.server.connection), so that one's own computer never says
no. A script without a connection, as in a test, is the machine itself too. A forwarded port
(ssh -L) counts as the machine itself: who opens one has an account there.
"""

import contextlib
import re
import secrets
from functools import cache
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.server import connection, teacher
from explorer.store.records import Visitor

COOKIE = "resnet_explorer_visitor"
KEPT_FOR = 365 * 24 * 3600  # seconds
SECRET = re.compile(r"[A-Za-z0-9_-]{22,64}")
_KEY = "visitor_secret"  # in the session
_KEPT = "visitor_cookie_kept"  # likewise: whether the browser has said that it keeps the cookie
_CHANGED = "visitor_changed"  # likewise: whether the page was drawn for another visitor
_COMPONENT = "visitor"
_UNGUESSED = secrets.token_bytes(16)  # so that nobody finds an address from its name in the store


def me() -> Visitor:
    """The visitor of this session; works without a browser, where the session alone knows them."""
    return Visitor(owner_of(_secret()), may_do_everything(), address(), known())


def address() -> str:
    """A name for the address that this session comes from, as long as this server runs.

    "" for the machine itself. Whom a proxy names no address for share one. The 2^64 addresses of a
    network of IPv6 are one, because a single machine has as many as it likes.
    """
    if at_the_machine():
        return ""
    given = st.context.ip_address or "behind a proxy"
    with contextlib.suppress(ValueError):
        if (parsed := ip_address(given)).version == 6:
            given = str(ip_network(f"{parsed}/64", strict=False))
    return "@" + blake2b(given.encode(), digest_size=6, key=_UNGUESSED).hexdigest()


def known() -> bool:
    """Whether the browser keeps the cookie, as it has sent it or said so since."""
    return st.session_state.get(_KEPT, False) or st.context.cookies.get(COOKIE) == _secret()


def owner_of(secret: str) -> str:
    """The name under which the store knows who has this secret: 12 hexadecimal digits."""
    return blake2b(secret.encode(), digest_size=6).hexdigest()


def may_do_everything() -> bool:
    return teacher.entered() if teacher.token() else at_the_machine()


def at_the_machine() -> bool:
    """Whether this session comes from the machine that the server runs on."""
    headers = st.context.headers
    return not headers or connection.at_the_machine(headers, st.context.ip_address, st.context.url)


@st.fragment
def remember() -> None:
    """Has the browser keep the secret for a year. Called once on every page; it shows nothing.

    A fragment, so that what the browser says of its cookie does not cut off the page's own run.
    """
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    path = f"/{base}" if base else "/"
    _component()(
        key=_COMPONENT,
        data={
            "name": COOKIE,
            "secret": _secret(),
            "path": path,
            "seconds": KEPT_FOR,
            "told": known(),
        },
        on_known_change=_adopt,
    )
    if st.session_state.pop(_CHANGED, False):
        st.rerun()


def _secret() -> str:
    if _KEY not in st.session_state:
        kept = st.context.cookies.get(COOKIE)
        st.session_state[_KEY] = kept if _is_secret(kept) else secrets.token_urlsafe(24)
    return st.session_state[_KEY]


def _adopt() -> None:
    """The browser keeps a cookie: this session's, or that of a page opened at the same moment.

    Then the second of two pages becomes the visitor whom the browser knows already.
    """
    kept = st.session_state[_COMPONENT].get("known")
    if _is_secret(kept):
        st.session_state[_CHANGED] = kept != st.session_state.get(_KEY)
        st.session_state[_KEY] = kept
        st.session_state[_KEPT] = True


def _is_secret(text: object) -> bool:
    return isinstance(text, str) and SECRET.fullmatch(text) is not None


@cache
def _component() -> Any:
    return st.components.v2.component(
        "resnet_explorer_visitor",
        css=".st-key-visitor, .stElementContainer:has(> .st-key-visitor) {\n  display: none;\n}\n",
        js=Path(__file__).with_name("visitor.js").read_text("utf-8"),
        isolate_styles=False,
    )
