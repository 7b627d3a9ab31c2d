"""The short form of `make fuzz`: what is known to break programs, and some hundred cases each.

In this process: what ends or hangs a process would end or hang the tests, which have a time limit.
"""

import pytest

from tests.fuzz import __main__ as command
from tests.fuzz import ending
from tests.fuzz.parser import Parser
from tests.fuzz.processes import Tally, parsers, run, try_one

PARSERS = parsers()
SEED = 1
pytestmark = pytest.mark.trains  # by parsers that are found at run time


@pytest.mark.parametrize("name", [name for name in PARSERS if not name.startswith("page.")])
@pytest.mark.filterwarnings("ignore")
def test_bad_input_gets_a_sentence(name):
    parser = PARSERS[name]
    tally = Tally()
    for number in range(min(len(parser.known), 4 * parser.short)):
        try_one(parser, SEED, number, tally)
    for number in range(len(parser.known), len(parser.known) + parser.short):
        try_one(parser, SEED, number, tally)
    assert not tally.told
    assert tally.refused


def test_a_case_is_the_same_whenever_it_is_asked_for():
    for name in ("net", "upload", "comparison", "link.runs"):
        parser = PARSERS[name]
        number = len(parser.known) + 3
        assert parser.case(1, number) == parser.case(1, number)
        assert parser.case(1, number) != parser.case(2, number)


def test_what_is_no_refusal_is_a_fault():
    def feed(case):
        raise {0: ValueError("a reason"), 1: ValueError(" "), 2: KeyError("x")}[case]

    parser = Parser("broken", range(3), str, feed, (ValueError,))
    tally = Tally()
    for number in range(3):
        try_one(parser, 0, number, tally)
    assert (tally.refused, tally.faults) == (1, 2)
    assert [number for number, _ in tally.told] == [1, 2]
    assert tally.told[1][1] == "KeyError: 'x'"
    slow = Tally()
    try_one(Parser("slow", ["a"], str, lambda case: True, seconds=-1), 0, 0, slow)
    assert slow.told == [(0, "Fault: it took 0.0 s, more than -1")]


def test_the_command_prints_a_row_for_each_parser_and_says_how_to_repeat_a_fault(
    capsys, monkeypatch
):
    broken = Parser("broken", ["a"], str, lambda case: 1 / 0)
    monkeypatch.setattr(command, "parsers", lambda: {"broken": broken})
    monkeypatch.setattr(command, "run", in_this_process)
    assert command.main(["broken", "--cases", "1", "--seed", "4"]) == 1
    said = capsys.readouterr().out
    assert "case 0: ZeroDivisionError: division by zero" in said
    assert "python -m tests.fuzz broken --seed 4 --first 0 --cases 1" in said
    monkeypatch.setattr(command, "parsers", lambda: {"net": PARSERS["net"]})
    assert command.main(["net", "--cases", "40"]) == 0
    assert "net " in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        command.main(["nets"])
    assert "there is no parser 'nets'; there are net" in capsys.readouterr().err


def in_this_process(parser, seed, first, cases, processes):
    tally = Tally()
    for number in range(first, first + cases):
        try_one(parser, seed, number, tally)
    yield tally


def test_a_process_that_ends_is_a_fault_with_its_number_and_the_rest_goes_on():
    whole = Tally()
    for part in run(ending.parser("ends"), 0, 0, 4, processes=1, find=ending.parser):
        whole.add(part)
    assert (whole.cases, whole.faults) == (4, 1)
    assert whole.told == [(1, "the process ended with code 3")]
