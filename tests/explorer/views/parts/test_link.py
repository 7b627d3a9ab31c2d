"""A table of parameters: values to a link and back, a sentence for whatever is wrong."""

import pytest

from explorer.views.builder.exhibit import parameters
from explorer.views.parts.link import (
    LONGEST,
    Parameter,
    WrongInPart,
    flag,
    one_of,
    read_link,
    write_link,
)
from explorer.views.runs.filter.filter import PARAMETERS as OF_RUNS
from explorer.views.train.link import OF_ANY, OF_ONES_OWN
from resnet.spec import NetSpec, SpecError
from resnet.spec.checks import check_number


def even(text):
    check_number("pairs", int(text), 0, 8, whole=True)
    if int(text) % 2:
        raise WrongInPart([f"{text} is odd."], int(text) - 1)
    return int(text)


TABLE = (
    Parameter("pairs", "count", 2, even),
    Parameter("word", default="a", read=one_of("a", "b"), wrong="No {name} is {text!r}."),
    flag("loud"),
)


@pytest.mark.parametrize(
    ("link", "values"),
    [
        ({}, {}),
        ({"pairs": "4", "word": "b", "loud": "1"}, {"count": 4, "word": "b", "loud": True}),
        ({"word": "b", "unknown": "x"}, {"word": "b"}),
    ],
)
def test_a_link_is_read_and_written_again(link, values):
    assert read_link(TABLE, link) == (values, [])
    assert write_link(TABLE, values) == {name: link[name] for name in link if name != "unknown"}


def test_usual_values_are_left_out():
    assert write_link(TABLE, {"count": 2, "word": "a", "loud": False}) == {}


@pytest.mark.parametrize(
    ("link", "value", "sentence"),
    [
        (
            {"pairs": "x"},
            {},
            "The link says pairs=x, which is not a value for it; it was left out.",
        ),
        (
            {"pairs": "9"},
            {},
            "The link cannot be followed in one point: pairs 9 is out of range; it can be 0 to 8.",
        ),
        ({"pairs": "5"}, {"count": 4}, "5 is odd."),
        ({"word": "c{x}"}, {}, "No word is 'c{x}'."),
        ({"word": "c" * 99}, {}, f"No word is '{'c' * LONGEST}…'."),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence_and_the_rest_is_followed(link, value, sentence):
    assert read_link(TABLE, {**link, "loud": "1"}) == ({**value, "loud": True}, [sentence])


@pytest.mark.parametrize(
    "table",
    [OF_RUNS, OF_ANY, OF_ONES_OWN, parameters(NetSpec())],
    ids=["runs", "any", "own", "net"],
)
def test_no_parameter_of_a_page_breaks_on_nonsense(table):
    """Whatever stands there, it has a value or a sentence, and no two have one name."""
    names = [each.name for each in table]
    assert len(set(names)) == len(names)
    for text in ("", "x", "{0}", "%", "-1", "1e999", "²", ",", "a,b", "9" * 400):
        for each in table:
            values, wrong = read_link([each], {each.name: text})
            assert values or wrong
            assert all(isinstance(sentence, str) and sentence for sentence in wrong)


def test_an_error_of_the_reader_that_is_no_wrong_link_is_raised():
    def broken(text):
        raise AttributeError("a mistake of ours")

    with pytest.raises(AttributeError):
        read_link([Parameter("x", read=broken)], {"x": "1"})
    assert issubclass(SpecError, ValueError)
