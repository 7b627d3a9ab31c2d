"""What a page that watches a running comparison costs: server CPU, latency, bytes a refresh.

    python benchmarks/watching.py [--pages 1 30] [--seconds 30] [--strict]

A store of its own is filled with six nets of 2,000 rows each, to which every half a second one row
a net is added, as a lane would. The real server runs; the pages are websocket clients that speak
Streamlit's protocol: they open the Train page, and rerun each of its fragments as often as the
server told them to, as a browser does. Nothing is trained or drawn. Linux, for /proc.
"""

import argparse
import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.typing import Subprotocol

ROOT = Path(__file__).parents[1]
NETS = ("plain20", "plain32", "plain56", "resnet20-A", "resnet32-A", "resnet56-A")
ROWS = 2000
NEW_ROWS_EVERY = 0.5  # seconds
WORKER: dict[str, Any] = {  # so that the server starts no worker of its own
    "pid": os.getpid(),
    "free_disk": 10**10,
    "cifar10": False,
    "folder": None,
    "folder_classes": None,
    "missing_for_onnx": [],
    "ready": True,
    "problem": "",
}
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
TARGETS: dict[str, Any] = {"cpu": {1: 5.0, 30: 35.0}, "p95": 150.0, "bytes": 80_000}


class Training:
    """Fills a store with a comparison, and keeps adding rows as if it were training."""

    def __init__(self, home: Path) -> None:
        os.environ["RESNET_HOME"] = str(home)
        from explorer.store.comparisons import RunStore
        from explorer.store.training import TrainingStore
        from resnet.plan import plan
        from resnet.spec import NetSpec, Recipe

        self.store = RunStore()
        self.training = TrainingStore(self.store)
        iterations = 10 * ROWS + 20_000
        recipe = Recipe(images=5000, image_size=16, iterations=iterations, log_every=10)
        specs = [NetSpec.parse(name) for name in NETS]
        self.store.report("worker", WORKER)
        self.comparison = self.store.submit("Six nets", [(spec, recipe) for spec in specs])
        claimed = self.training.claim("benchmark")
        assert claimed is not None
        self.runs = [run.id for run in claimed.runs]
        self.layers = [len(plan(spec, 16).weighted) for spec in specs]
        self.random = np.random.default_rng(0)
        self.at = 0
        for run in self.runs:
            self.training.describe(run, "benchmark", "two cores", "generated images", None)
        while self.at < ROWS:
            self.add(min(100, ROWS - self.at))
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._go_on, daemon=True)

    def add(self, count: int) -> None:
        """So many rows of every net; each tenth of a net is a test."""
        from resnet.spec.row import Row

        fresh = []
        for at in range(self.at, self.at + count):
            for run, layers in zip(self.runs, self.layers, strict=True):
                tested = at % 10 == 0
                noise = self.random.random
                norms = 10 ** self.random.normal(-2, 0.2, (2, layers))
                row = Row(
                    10 * at,
                    0.2 * at,
                    0.1 if at else None,
                    2.3 * np.exp(-at / ROWS) + 0.1 * noise() if at else None,
                    None,
                    float(90 * np.exp(-at / ROWS) + noise()) if tested else None,
                    float(90 * np.exp(-at / ROWS / 2) + noise()) if tested else None,
                    tuple(norms[0]) if at else None,
                    tuple(norms[1]) if at else None,
                )
                fresh.append((run, row))
        self.training.append("benchmark", fresh)
        self.at += count

    def _go_on(self) -> None:
        while not self.ending.wait(NEW_ROWS_EVERY):
            self.store.report("worker", WORKER)
            self.add(1)


@dataclass
class Page:
    """One visitor: opens the page, and reruns its fragments on time."""

    url: str
    query: str
    latencies: list[float] = field(default_factory=list)  # of the fragment with the board
    sizes: list[int] = field(default_factory=list)
    fragments: dict[str, float] = field(default_factory=dict)  # id: seconds between reruns
    known: dict[str, int] = field(default_factory=dict)  # hashes of cached messages: their age
    exceptions: int = 0

    async def watch(self, until: float) -> None:
        async with websockets.connect(
            self.url, subprotocols=[Subprotocol("streamlit")], max_size=None, compression=None
        ) as socket_:
            await self._run(socket_, "")
            due = {name: time.monotonic() + every for name, every in self.fragments.items()}
            while due and time.monotonic() < until:
                name = min(due, key=lambda each: due[each])
                await asyncio.sleep(max(0.0, due[name] - time.monotonic()))
                due[name] = time.monotonic() + self.fragments[name]
                began = time.perf_counter()
                size, has_board = await self._run(socket_, name)
                if has_board:
                    self.latencies.append(1000 * (time.perf_counter() - began))
                    self.sizes.append(size)

    async def _run(self, socket_: websockets.ClientConnection, fragment: str) -> tuple[int, bool]:
        """One run of the script or of a fragment; bytes that came, and whether the board did."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = bool(fragment)
        message.rerun_script.cached_message_hashes.extend(self.known)
        await socket_.send(message.SerializeToString())
        size, has_board = 0, False
        while True:
            received = await asyncio.wait_for(socket_.recv(), 60)
            assert isinstance(received, bytes)
            size += len(received)
            forward = ForwardMsg.FromString(received)
            kind = forward.WhichOneof("type")
            if kind == "auto_rerun":
                self.fragments[forward.auto_rerun.fragment_id] = forward.auto_rerun.interval
            elif kind == "ref_hash":
                self.known[forward.ref_hash] = 0
            elif kind == "delta":
                element = forward.delta.new_element
                component = element.bidi_component.component_name
                has_board = has_board or component.endswith("resnet_explorer_board")
                self.exceptions += element.WhichOneof("type") == "exception"
                if forward.metadata.cacheable:
                    self.known[forward.hash] = 0
            elif kind == "script_finished":
                self.known = {name: age + 1 for name, age in self.known.items() if age < 2}
                return size, has_board


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def start_server(home: Path, port: int) -> subprocess.Popen[bytes]:
    options = ["--server.headless", "true", "--server.port", str(port)]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "explorer/app.py", *options],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
        )
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return server
        except OSError:
            time.sleep(0.2)
    server.terminate()
    raise SystemExit(f"the server did not come up: {(home / 'server.log').read_text()[-2000:]}")


async def measure(pages: int, seconds: float, port: int, query: str, process: int) -> dict:
    url = f"ws://127.0.0.1:{port}/_stcore/stream"
    visitors = [Page(url, query) for _ in range(pages)]
    settling = 6.0
    until = time.monotonic() + settling + seconds

    async def come(visitor: Page) -> None:
        await asyncio.sleep(random.uniform(0, 3))
        await visitor.watch(until)

    tasks = [asyncio.create_task(come(visitor)) for visitor in visitors]
    await asyncio.sleep(settling)
    for visitor in visitors:
        visitor.latencies.clear()
        visitor.sizes.clear()
    began, spent = time.monotonic(), cpu_seconds(process)
    await asyncio.sleep(seconds - 1)
    share = 100 * (cpu_seconds(process) - spent) / (time.monotonic() - began)
    await asyncio.gather(*tasks)
    latencies = sorted(value for visitor in visitors for value in visitor.latencies)
    sizes = [value for visitor in visitors for value in visitor.sizes]
    if not latencies or any(visitor.exceptions for visitor in visitors):
        raise SystemExit("the page showed an exception, or no board; open it in a browser")
    return {
        "pages": pages,
        "refreshes": len(latencies),
        "cpu": share,
        "p50": statistics.median(latencies),
        "p95": latencies[int(0.95 * (len(latencies) - 1))],
        "bytes": max(sizes),
    }


def missed(found: dict) -> list[str]:
    wrong = []
    most = TARGETS["cpu"].get(found["pages"])
    if most and found["cpu"] > most:
        wrong.append(f"{found['pages']} pages take {found['cpu']:.1f} % of a core, not {most} %")
    for name, unit in (("p95", "ms"), ("bytes", "bytes")):
        if found[name] > TARGETS[name]:
            wrong.append(f"{name} is {found[name]:,.0f} {unit}, not {TARGETS[name]:,.0f}")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, nargs="+", default=[1, 30])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--strict", action="store_true", help="fail where a target is missed")
    given = parser.parse_args()
    if not Path("/proc/self/stat").exists():
        raise SystemExit("this benchmark reads CPU times from /proc, which this system lacks")
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        training = Training(Path(folder))
        port = free_port()
        server = start_server(Path(folder), port)
        training.thread.start()
        print(f"load of this machine before: {os.getloadavg()[0]:.1f}; targets: {TARGETS}")
        print("| pages | refreshes | server CPU, % of a core | p50, ms | p95, ms | bytes at most |")
        print("|---|---|---|---|---|---|")
        try:
            for pages in given.pages:
                query = f"comparison={training.comparison}"
                found = asyncio.run(measure(pages, given.seconds, port, query, server.pid))
                wrong += missed(found)
                row = "| {pages} | {refreshes} | {cpu:.1f} | {p50:.0f} | {p95:.0f} | {bytes:,} |"
                print(row.format(**found), flush=True)
        finally:
            training.ending.set()
            server.terminate()
            server.wait(20)
    print("\n".join(["missed: " + each for each in wrong] or ["every target is met"]))
    if given.strict and wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
