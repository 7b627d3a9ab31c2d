"""A proxy that serves an app below a path and strips it, as JupyterHub and code-server do."""

import socket
import threading
from contextlib import contextmanager


@contextmanager
def stripping(port, prefix):
    """Serves what listens on `port` below `prefix`, "/user/ann/proxy/8501"; yields the address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                browser, _ = listener.accept()
            except OSError:  # it was closed
                return
            threading.Thread(target=_answer, args=(browser, port, prefix), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}{prefix}"
    finally:
        listener.close()


def _answer(browser, port, prefix):
    """One request, or one WebSocket, on each connection."""
    with browser, socket.create_connection(("127.0.0.1", port)) as server:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (more := browser.recv(65536)):
                return
            head += more
        head, rest = head.split(b"\r\n\r\n", 1)
        request, *headers = head.split(b"\r\n")
        if not request.split(b" ")[1].startswith(prefix.encode() + b"/"):
            browser.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return
        if not any(header.lower().startswith(b"upgrade:") for header in headers):
            headers = [h for h in headers if not h.lower().startswith(b"connection:")]
            headers.append(b"Connection: close")
        request = request.replace(prefix.encode(), b"", 1)
        server.sendall(b"\r\n".join([request, *headers]) + b"\r\n\r\n" + rest)
        threading.Thread(target=_pass_on, args=(browser, server), daemon=True).start()
        _pass_on(server, browser)


def _pass_on(source, target):
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return
