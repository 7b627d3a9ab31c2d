"""A link is an exhibit: from a query to the page's state and back, mistakes named."""

import pytest

from explorer.views.builder.companions import companions
from explorer.views.builder.exhibit import (
    MOST_NETS,
    PARTS,
    SECTIONS,
    Exhibit,
    address,
    from_query,
    to_query,
)
from explorer.views.builder.exhibit_link import iframe
from explorer.views.builder.net_bar import tab_labels
from resnet.spec import NetSpec, SpecError


def nets(*names: str) -> tuple[NetSpec, ...]:
    return tuple(NetSpec.parse(name) for name in names)


FOUR = nets("resnet56-A", "plain56", "imagenet-resnet50-B-3x3", "resnet20-C-w32-pre")
BEFORE = Exhibit(nets("resnet32-B"), 0, "memory", ("train",))


@pytest.mark.parametrize(
    "exhibit",
    [
        Exhibit(),
        Exhibit(FOUR, 3, "compare", ("controls", "paper", "table")),
        Exhibit(FOUR[:2], 1),
        Exhibit(FOUR[:1], 0, "takeaway"),
    ],
)
def test_there_and_back(exhibit: Exhibit) -> None:
    assert from_query(to_query(exhibit), BEFORE) == (exhibit, ())


def test_what_has_its_usual_value_is_not_in_the_link() -> None:
    assert to_query(Exhibit(FOUR[:1])) == {"net": ["resnet56-A"]}
    assert address("http://x/build", Exhibit(FOUR[:2], 1, "compare", ("a", "b")), True) == (
        "http://x/build?net=resnet56-A&net=plain56&edit=2&section=compare&hide=a,b&embed=true"
    )


def test_a_link_without_state_changes_nothing() -> None:
    assert from_query({}, BEFORE) == (BEFORE, ())
    assert from_query({"utm": ["x"]}, BEFORE) == (BEFORE, ())
    assert from_query({"section": ["compare"]}, BEFORE)[0].nets == BEFORE.nets


@pytest.mark.parametrize(
    ("query", "shown", "sentence"),
    [
        (
            {"net": ["resnet56-A", "resnet21-A"]},
            "resnet56-A resnet20-A",
            "The link asks for 'resnet21-A': depth 21 is not 6n+2; the nearest are 20 and 26. "
            "Shown instead: ResNet-20 A.",
        ),
        (
            {"net": ["resnet56-A", "inception"]},
            "resnet56-A",
            "The link asks for 'inception': 'inception' is not the name of a net; names look like "
            "plain56, resnet56-A, resnet164-A-bottleneck or imagenet-resnet50-B. It is left out.",
        ),
        (
            {"net": ["resnet56-A", "RESNET56-a"]},
            "resnet56-A",
            "The link names ResNet-56 A twice; it is shown once.",
        ),
        (
            {"net": [f"resnet{6 * n + 2}-A" for n in range(1, 8)]},
            "resnet8-A resnet14-A resnet20-A resnet26-A",
            "The link asks for 7 nets, but 4 can be compared; shown are the first 4.",
        ),
        (
            {"net": ["resnet56-A", "plain56"], "edit": ["3"]},
            "resnet56-A plain56",
            "The link opens net '3' for editing, but it has 2; opened is the first.",
        ),
    ],
)
def test_a_broken_link_shows_the_nearest_and_says_what_was_wrong(
    query: dict[str, list[str]], shown: str, sentence: str
) -> None:
    exhibit, wrong = from_query(query, BEFORE)
    assert " ".join(map(str, exhibit.nets)) == shown
    assert wrong == (sentence,)


@pytest.mark.parametrize("text", ["", "0", "-1", "two", "9" * 5000, "1.0", "１"])
def test_any_nonsense_for_a_position_opens_the_first(text: str) -> None:
    exhibit, wrong = from_query({"net": ["plain20", "plain32"], "edit": [text]}, BEFORE)
    assert (exhibit.edit, len(wrong)) == (0, 1)
    assert len(wrong[0]) < 200


def test_the_edited_net_stays_the_same_where_others_drop_out() -> None:
    names = ["resnet56-A", "resnet56-A", "plain56"]
    exhibit, _ = from_query({"net": names, "edit": ["3"]}, BEFORE)
    assert str(exhibit.edited) == "plain56"
    exhibit, _ = from_query({"net": ["nonsense", "plain56"], "edit": ["2"]}, BEFORE)
    assert str(exhibit.edited) == "plain56"


def test_nets_may_stand_in_one_parameter() -> None:
    exhibit, wrong = from_query({"net": ["resnet56-A,plain56"]}, BEFORE)
    assert (exhibit.nets, wrong) == (FOUR[:2], ())


def test_a_flood_of_names_is_answered_shortly() -> None:
    exhibit, wrong = from_query({"net": ["x" * 1000] * 1000}, BEFORE)
    assert exhibit.nets == BEFORE.nets
    assert len(wrong) == 1 + MOST_NETS
    assert sum(map(len, wrong)) < 2000


def test_no_part_has_the_name_of_a_section() -> None:
    assert not set(PARTS) & set(SECTIONS)


def test_the_edited_net_comes_first_and_each_once() -> None:
    exhibit = Exhibit((*FOUR[:3], FOUR[0]), 2)
    assert exhibit.ordered == (FOUR[2], FOUR[0], FOUR[1])


def test_four_are_full_and_the_last_one_stays() -> None:
    with pytest.raises(SpecError, match="4 nets can be compared; remove one"):
        Exhibit(FOUR).with_added(NetSpec())
    one = Exhibit(FOUR[:2], 1).without_edited()
    assert (one.nets, one.edit) == (FOUR[:1], 0)
    assert one.without_edited() == one


def test_tabs_have_different_labels() -> None:
    assert tab_labels((FOUR[0], FOUR[1], FOUR[0])) == ["ResNet-56 A", "plain-56", "ResNet-56 A (2)"]


def test_the_frame_is_escaped() -> None:
    text = iframe("http://x/build", Exhibit(FOUR[:2]))
    assert 'src="http://x/build?net=resnet56-A&amp;net=plain56&amp;embed=true"' in text


def test_companions_are_other_nets_the_twin_first(any_net: NetSpec) -> None:
    found = list(companions(any_net))
    assert any_net not in found
    assert found[0].plain is not any_net.plain
    assert len(found) >= 4


def test_companions_of_resnet_56() -> None:
    names = [str(net) for net in companions(NetSpec.parse("resnet56-A"))]
    assert names == [
        "plain56", "resnet110-A", "resnet44-A", "resnet56-B", "resnet56-C", "resnet56-A-pre",
    ]  # fmt: skip
