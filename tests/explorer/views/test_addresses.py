"""Addresses of every kind: each opens what it always opened and is written as it always was.

A row: page, what somebody typed, what stands in the address bar then, sentences on what is wrong.
"""

from urllib.parse import parse_qs, urlencode

import pytest

from explorer.server import once, shared
from explorer.views.builder.sections.shortcuts.section import GATES
from tests.explorer.views.pages import app_at

SAME = None  # written as typed; in which order parameters stand says nothing
ADDRESSES = [
    ("build", "", "net=resnet20-A", []),
    ("build", "net=resnet20-A", SAME, []),
    ("build", "net=resnet56-A&net=plain56&edit=2&section=compare&hide=title,table", SAME, []),
    ("build", "net=resnet56-A,plain56", "net=resnet56-A&net=plain56", []),
    ("build", "net=resnet56-A&layer=stage2.block1.conv1&unit=flops", SAME, []),
    ("build", "net=resnet56-A&section=memory&memory=256,bf16,2", SAME, []),
    ("build", "net=resnet56-A&section=memory&memory=128,fp32,1,0.5,50", SAME, []),
    (
        "build",
        "net=resnet20-A&section=memory&memory=0,fp32,1",
        "net=resnet20-A&section=memory",
        [
            "The link says memory=0,fp32,1: mini-batch 0 is out of range; it can be 1 to "
            "65,536. Shown: the usual settings."
        ],
    ),
    (
        "build",
        "net=resnet21-A&layer=stage9.block1.conv1&section=weather&unit=kilo&hide=sky",
        "net=resnet20-A",
        [
            "The link asks for 'resnet21-A': depth 21 is not 6n+2; the nearest are 20 and"
            " 26. Shown instead: ResNet-20 A.",
            "The link asks for the section 'weather'; there are layers, compare, "
            "shortcuts, memory, paper, check and takeaway. Shown instead: Picture and "
            "layers.",
            "The link counts in 'kilo'; there are macs and flops. Shown: MACs.",
            "The link chooses the layer 'stage9.block1.conv1', which ResNet-20 A does not have.",
            "The link hides 'sky', which is no part of this page; parts are controls, "
            "title, figures, sections, equations, picture, table, train, link, layers, compare, "
            "shortcuts, memory, paper, check and takeaway.",
        ],
    ),
    ("build", "net=imagenet-resnet50-B&section=paper", SAME, []),
    (
        "build",
        "net=resnet56-A&net=resnet56-A&edit=7",
        "net=resnet56-A",
        [
            "The link names ResNet-56 A twice; it is shown once.",
            "The link opens net '7' for editing, but it has 2; opened is the first.",
        ],
    ),
    ("build", "section=takeaway", "net=resnet20-A&section=takeaway", []),
    ("build", "net=plain14-bottleneck-stages1.1.2-3x3-w10-c11-pre-nonorm-sigmoid", SAME, []),
    ("home", "", "lesson=degradation", []),
    ("home", "lesson=degradation&seed=2&seeds=3", SAME, []),
    ("home", "lesson=warmup", SAME, []),
    (
        "home",
        "lesson=magic",
        "lesson=degradation",
        [
            "The link names the lesson 'magic', which does not exist; 'Degradation in two"
            " minutes' is shown instead."
        ],
    ),
    (
        "home",
        "seed=x&seeds=9",
        "lesson=degradation",
        [
            "The link says seed=x, which is not a value for it; it was left out.",
            "The link says seeds=9; 1 to 5 train in a row.",
        ],
    ),
    (
        "home",
        "nets=plain20,resnet56-A&iterations=1000&learning_rate=0.1&schedule=ste"
        "ps&warmup=none&augment=True&seed=7",
        SAME,
        [],
    ),
    (
        "home",
        "nets=plain20&image_size=32&split=45k%2F5k&responses=True&images=2000&weight_decay=0.0",
        "nets=plain20&images=2000&image_size=32&weight_decay=0.0&split=45k%2F5k&responses=True",
        [],
    ),
    (
        "home",
        "nets=plain20,resnet21-A&iterations=-5&augment=maybe",
        "nets=plain20",
        [
            "The link names a net that cannot be: depth 21 is not 6n+2; the nearest are 20 and 26.",
            "The link cannot be followed in one point: iterations -5 is out of range; it "
            "can be 1 to 200,000.",
            "The link says augment=maybe, which is not a value for it; it was left out.",
        ],
    ),
    (
        "home",
        "nets=&seed=3",
        "nets=plain20,resnet20-A&seed=3",
        [
            "The link names a net that cannot be: '' is not the name of a net; names look"
            " like plain56, resnet56-A, resnet164-A-bottleneck or imagenet-resnet50-B."
        ],
    ),
    (
        "home",
        "comparison=abcd1234&predict=1&hide=launch,details",
        SAME,
        [
            "There is no comparison 'abcd1234' here: it was deleted, or the link belongs "
            "to another server. Launch one above, or open another from the Runs page."
        ],
    ),
    ("home", "replay=degradation", SAME, []),
    ("home", "lesson=degradation&hide=verdict,sky", "lesson=degradation&hide=verdict", []),
    ("runs", "", SAME, []),
    (
        "runs",
        "find=plain+56&state=stopped&lesson=degradation&tag=class+3b&mine=1&archived=1&page=2",
        SAME,
        [],
    ),
    (
        "runs",
        "state=sleeping&page=two&tag=x",
        "tag=x",
        [
            "The link asks for the state 'sleeping', which no run has; all states are shown.",
            "The link asks for page 'two', which is not a number; it begins at 1.",
        ],
    ),
    (
        "runs",
        "runs=12,15",
        SAME,
        ["2 of the runs that the link names are not here: deleted, or of another server."],
    ),
    (
        "runs",
        "runs=12,x,%C2%B2",
        "runs=12",
        [
            "The link names the runs '12,x,²'; runs are numbers, as 12,15.",
            "1 of the runs that the link names is not here: deleted, or of another server.",
        ],
    ),
    ("runs", "runs=&find=a", SAME, []),
    (
        "why",
        "",
        "lab=gradients&depth=56&shortcut=both&steps=20&initialisation=he&norm=b"
        "atch&activation=relu",
        [],
    ),
    ("why", "lab=surface&side=33", "lab=surface&side=33&count=200&seed=0&reach=1.0", []),
    (
        "why",
        "lab=gradients&depth=110&steps=100",
        "lab=gradients&depth=110&steps=100&shortcut=both&initialisation=he&norm"
        "=batch&activation=relu",
        [],
    ),
    ("why", "lab=responses&nets=fresh:resnet20-A,fresh:plain20&data=generated", SAME, []),
    (  # the link of Build's section on shortcuts
        "why",
        urlencode(GATES),
        urlencode({**GATES, "nets": "fresh:resnet20-A", "iterations": 60, "seed": 0}),
        [],
    ),
    (
        "why",
        "lab=dream&data=mnist",
        "lab=gradients&depth=56&shortcut=both&steps=20&initialisation=he&norm=b"
        "atch&activation=relu",
        [
            "The link names the lab 'dream', which does not exist; another is shown.",
            "The link names the images 'mnist', which are not here; others are shown.",
        ],
    ),
    (
        "why",
        "lab=surface&seed=purple",
        "lab=surface&side=9&count=200&seed=0&reach=1.0",
        ["The link asks for settings that this lab has not; its own are shown."],
    ),
    *(  # numbers that are none, which a slider of whole numbers cannot even look at
        (
            "why",
            f"lab=gradients&steps={text}",
            "lab=gradients&depth=56&shortcut=both&steps=20&initialisation=he&norm=batch"
            "&activation=relu",
            ["The link asks for settings that this lab has not; its own are shown."],
        )
        for text in ("Infinity", "NaN", "1e999", "[" * 190 + "]" * 190)
    ),
    (
        "why",
        "lab=responses&nets=fresh:resnet21-A",
        SAME,
        ["fresh:resnet21-A was left out: depth 21 is not 6n+2; the nearest are 20 and 26."],
    ),
]


def query(text):
    return parse_qs(text, keep_blank_values=True)


@pytest.fixture
def opened(store, monkeypatch, tmp_path):
    """Opens an address: what is written then, and the warnings."""
    monkeypatch.setenv("RESNET_SHIPPED", str(tmp_path / "no nets"))
    monkeypatch.setattr(shared, "start", lambda: None)
    monkeypatch.setattr(shared, "store", lambda: store)
    store.report("worker", {"folder": "tiny images", "folder_classes": 10, "free_disk": 2**40})
    once.forget()

    def opened(place, typed):
        page = app_at(place)
        for name, values in query(typed).items():
            page.query_params[name] = values
        page.run()
        assert not page.exception, page.exception
        written = urlencode(dict(page.query_params), doseq=True, safe=",:")
        said = "\n\n".join(each.value.replace("\\", "") for each in page.warning)
        return written, said.split("\n\n") if said else []

    yield opened
    once.forget()


@pytest.mark.parametrize(("place", "typed", "written", "said"), ADDRESSES)
def test_an_address_opens_the_same_and_is_written_the_same(opened, place, typed, written, said):
    found, warnings = opened(place, typed)
    assert query(found) == query(typed if written is SAME else written)
    assert sorted(warnings) == sorted(said)
