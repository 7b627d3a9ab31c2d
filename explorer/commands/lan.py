"""Serving a class: the app on every network of this machine, behind a class code.

What the server accepts is named before it starts: the hosts it answers to, and how much it takes.
"""

import contextlib
import os
import re
import socket
from collections.abc import Mapping, Sequence

from explorer.commands.selection import CommandError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SHORTEST_CODE = 6  # letters of the class code
SHORTEST_TOKEN = 12  # letters of the teacher's token: nothing else slows a guesser who has time
MOST_MB = 20  # of one upload
HOST = re.compile(r"(\*\.)?[A-Za-z0-9_:.-]+")


def options(environment: Mapping[str, str], port: str) -> list[str]:
    """The options of `streamlit run` that serve a class.

    environment  RESNET_CLASS_CODE, RESNET_TEACHER and RESNET_HOSTS are read
    Raises CommandError where there is no code, one too short, or a host that cannot be.
    """
    _check(environment)
    hosts = ",".join(dict.fromkeys([*LOOPBACK, *own_hosts(), *_more_hosts(environment)]))
    return [
        *("--server.address", "0.0.0.0"),
        *("--server.port", port),
        *("--server.headless", "true"),
        *("--server.allowedHosts", hosts),
        *("--server.maxUploadSize", str(MOST_MB)),
        *("--browser.serverAddress", next(iter(own_hosts()), "localhost")),
    ]


def exposes(environment: Mapping[str, str], port: str) -> str:
    """What serving a class opens, in sentences for the terminal."""
    addresses = ", ".join(f"http://{_bracketed(host)}:{port}" for host in own_hosts())
    teacher = (
        "The teacher's token is set."
        if environment.get("RESNET_TEACHER", "").strip()
        else "No teacher's token is set (RESNET_TEACHER): nobody may stop what others launched or "
        "reorder the line, from no machine."
    )
    return "\n".join(
        [
            f"Serving a class at {addresses or f'port {port} of this machine'}",
            "Everybody who reaches this machine is asked for the class code (RESNET_CLASS_CODE).",
            "Who has it may look at everything, launch comparisons and labs on this machine, and "
            f"upload pictures and comparison files of up to {MOST_MB} MB.",
            "Nothing is encrypted: who listens on the network can read the code. Use a network "
            "that you trust, or a proxy with TLS.",
            teacher,
            "It answers to these names alone; RESNET_HOSTS=NAME,NAME adds others.",
        ]
    )


def own_hosts() -> list[str]:
    """Names and addresses by which other machines may know this one; asks no other machine."""
    name = socket.gethostname()
    found = [_outward(), name, f"{name.partition('.')[0]}.local"]
    with contextlib.suppress(OSError):  # not every machine knows its own name
        found += [str(each[4][0]) for each in socket.getaddrinfo(name, None)]
    return [
        each.lower()
        for each in dict.fromkeys(found)
        if each and HOST.fullmatch(each) and each not in LOOPBACK and not each.startswith("127.")
    ]


def _outward() -> str:
    """The address of the network that leads outwards; "" where none does. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address of no machine (RFC 5737)
            return str(probe.getsockname()[0])
        except OSError:
            return ""


def _check(environment: Mapping[str, str]) -> None:
    code = environment.get("RESNET_CLASS_CODE", "").strip()
    if len(code) < SHORTEST_CODE:
        given = f"has {len(code)} letters" if code else "is not set"
        raise CommandError(
            f"serving a class needs a class code, and RESNET_CLASS_CODE {given}; choose "
            f"{SHORTEST_CODE} letters or more, as RESNET_CLASS_CODE=chalk-and-board make run LAN=1"
        )
    token = environment.get("RESNET_TEACHER", "").strip()
    if token and len(token) < SHORTEST_TOKEN:
        raise CommandError(
            f"the teacher's token RESNET_TEACHER has {len(token)} letters, and on a network it can "
            f"be guessed; choose {SHORTEST_TOKEN} or more"
        )
    if token and token == code:
        raise CommandError(
            "RESNET_TEACHER and RESNET_CLASS_CODE are the same, so the whole class would be the "
            "teacher; choose two"
        )


def _more_hosts(environment: Mapping[str, str]) -> Sequence[str]:
    hosts = [each.strip() for each in environment.get("RESNET_HOSTS", "").split(",")]
    for each in filter(None, hosts):
        if not HOST.fullmatch(each):
            raise CommandError(
                f"RESNET_HOSTS names {each!r}, which is no host; write names or addresses with "
                "commas between, without http:// and port, as class.example.org,192.168.1.20"
            )
    return [each.lower() for each in hosts if each]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def serving(port: str) -> list[str]:
    """Says what is exposed, and returns the options; what the environment lacks raises."""
    chosen = options(os.environ, port)
    print(exposes(os.environ, port), flush=True)
    return chosen
