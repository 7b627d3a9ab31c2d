"""Where a connection comes from: the site of its page, and whether a proxy passed it on.

Streamlit 1.67 opens a page's connection for any page whose Origin is this machine by name, whatever
its port, and asks another server for this machine's outer address to compare with; what it opens it
opens with the visitor's cookie. Here a page speaks for its own server alone: Origin equals Host, or
stands in `server.corsAllowedOrigins`. A client that is no browser sends any Host and any Origin it
likes, and some no Origin at all: it is a visitor like others, and never the machine itself.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.web.server.starlette import starlette_websocket

LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Headers by which proxies give themselves away; those that end in "-" are beginnings.
OF_A_PROXY = (
    "forwarded",
    "via",
    "true-client-ip",
    "x-forwarded",
    "x-forwarded-",
    "x-real-",
    "x-original-",
    "x-client-",
    "x-cluster-client-",
    "x-proxy",
    "x-envoy-",
    "x-amzn-",
    "x-request-id",
    "x-remote-",
    "cf-",
    "cdn-loop",
    "fly-",
    "fastly-",
    "tailscale-",
)


def from_its_own_page(origin: str | None, host: str | None) -> bool:
    """Whether a page of this very server asks: Origin is what Host says, port and all.

    True without an Origin too: no browser sends none.
    """
    if origin is None:
        return True
    if origin in (each.strip() for each in _option("server.corsAllowedOrigins", [])):
        return True
    return _is_own(origin, host)


def at_the_machine(headers: Mapping[str, str], address: str | None, url: str | None) -> bool:
    """Whether a browser on this very machine asks, and nothing stands between.

    headers  of the connection's request, by name
    address  of the other end; None for loopback, as `st.context.ip_address` says it
    url      the address in the browser, as the browser says it

    The server must serve this machine alone, by these names alone, and at no path of a proxy: who
    has changed any of that has visitors from elsewhere, and a token decides.
    """
    given = {name.lower(): value for name, value in headers.items()}
    host = given.get("host", "")
    return (
        serves_this_machine_alone()
        and address in (None, *LOOPBACK)
        and not any(_of_a_proxy(name) for name in given)
        and _is_own(given.get("origin"), host)
        and host_name(f"//{host}") in LOOPBACK
        and host_name(url or "") in LOOPBACK
    )


def serves_this_machine_alone() -> bool:
    """Whether the server's own settings keep everybody else out."""
    hosts = _option("server.allowedHosts", [])
    return (
        _option("server.address", None) in LOOPBACK
        and bool(hosts)
        and all(each.strip().lower() in LOOPBACK for each in hosts)
        and not _option("server.baseUrlPath", "").strip("/")
        and not _option("server.corsAllowedOrigins", [])
        and bool(_option("server.enableCORS", True))
    )


def client() -> str:
    """Whom limits count as one: the other end's address; behind a proxy here, what it saw last."""
    address = st.context.ip_address or "this machine"
    passed_on = st.context.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    return passed_on or address if address == "this machine" else address


def refusal() -> str:
    """A sentence for a page of another site, which is shown nothing else; "" for our own."""
    headers = st.context.headers
    origin, host = headers.get("Origin"), headers.get("Host")
    if from_its_own_page(origin, host):
        return ""
    return (
        f"This page belongs to {origin}, and asks the server of {host}: a page of another site may "
        "not act for you here. Open the address of the server itself; behind a proxy, have it pass "
        "on the Host that the browser asked for."
    )


@cache
def guard() -> None:
    """Has the server refuse such connections before they become a session; the app calls it."""
    module: Any = starlette_websocket

    def allowed(origin: str | None, host: str | None) -> bool:
        return bool(module.is_host_allowed(host)) and from_its_own_page(origin, host)

    module._is_origin_allowed = allowed


def host_name(url: str) -> str | None:
    """The host that a url names; None where it names none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _is_own(origin: str | None, host: str | None) -> bool:
    try:
        parts = urlsplit(origin or "")
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and parts.netloc == host


def _of_a_proxy(name: str) -> bool:
    return any(name.startswith(each) if each.endswith("-") else name == each for each in OF_A_PROXY)


def _option(name: str, default: Any) -> Any:
    value = st.get_option(name)
    return default if value is None else value
