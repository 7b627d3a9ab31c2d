"""One line a message: people read it, and a program takes it apart."""

import io
import json
import logging
import re

import pytest

from explorer.store import log

PAIR = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S+)')


def parsed(line):
    return {
        name: json.loads(value) if value.startswith('"') else value
        for name, value in PAIR.findall(line)
    }


@pytest.fixture
def lines():
    """What a logger of this test's own has written, line by line."""
    stream, name = io.StringIO(), "explorer.tests.log"
    for _ in range(2):  # as a page that runs again
        log.start("lane", (name,), stream)
    logger = logging.getLogger(name)
    logger.propagate = False
    yield lambda: (stream.getvalue().splitlines(), logger)
    log.work_on()
    logger.handlers.clear()


def test_a_line_says_when_who_what_about_and_what(lines):
    log.work_on(comparison="ab12cd34", run="7,8")
    lines()[1].warning('a "word" = %s\nand\tmore ä', 5)
    lines()[1].info("of one run", extra={"run": 8})
    (first, second), _ = lines()
    assert re.match(
        r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=warning process=lane ", first
    )
    found = parsed(first)
    assert found["say"] == 'a "word" = 5\nand\tmore ä'
    assert (found["comparison"], found["run"]) == ("ab12cd34", "7,8")
    assert parsed(second)["run"] == "8" and parsed(second)["comparison"] == "ab12cd34"


def test_a_traceback_stands_below_its_line(lines):
    try:
        raise ValueError("odd")
    except ValueError:
        lines()[1].exception("it broke off")
    first, *rest = lines()[0]
    assert parsed(first)["level"] == "error" and "run" not in parsed(first)
    assert rest[-1] == "\tValueError: odd" and all(each.startswith("\t") for each in rest)
