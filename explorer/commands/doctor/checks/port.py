"""The port that the app is served on."""

import http.client
import os
import socket
import sys
import tomllib
from pathlib import Path

import explorer
from explorer.commands.doctor.finding import WRONG, Finding

HERE = "127.0.0.1"
PATIENCE = 4.0  # seconds
VARIABLE = "STREAMLIT_SERVER_PORT"
SETTINGS = Path(explorer.__file__).parent / ".streamlit" / "config.toml"
OTHER = "end that program, or take another port: make run PORT=8600"


def port() -> list[Finding]:
    number = wanted()
    if _taken(number):
        if _is_streamlit(number):
            return [Finding("Port", f"a server of this kind answers on {number}")]
        return [Finding("Port", f"another program has {number}", WRONG, OTHER)]
    try:
        with socket.socket() as trial:
            if sys.platform != "win32":  # a port that was left a minute ago is free
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((HERE, number))
    except (OSError, OverflowError) as error:
        words = f"{number} cannot be opened ({getattr(error, 'strerror', '') or error})"
        return [Finding("Port", words, WRONG, "take another port: make run PORT=8600")]
    return [Finding("Port", f"{number} is free")]


def wanted() -> int:
    """As Streamlit has it: its variable, else the program's settings."""
    given = os.environ.get(VARIABLE, "")
    if given.isdecimal():
        return int(given)
    return int(tomllib.loads(SETTINGS.read_text("utf-8"))["server"]["port"])


def _taken(number: int) -> bool:
    try:
        socket.create_connection((HERE, number), PATIENCE).close()
    except TimeoutError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _is_streamlit(number: int) -> bool:
    connection = http.client.HTTPConnection(HERE, number, timeout=PATIENCE)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().read(16).strip() == b"ok"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
