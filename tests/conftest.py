"""What the tests share: kinds, a home of their own, one thread, a few small images, many nets."""

import sys
from collections import Counter
from functools import cache
from itertools import product
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import pytest

from resnet.spec import NetSpec


def _names():
    for depth, shortcut in product((8, 20, 32, 44, 56, 110), "ABC"):
        yield f"resnet{depth}-{shortcut}"
    for depth in (8, 20, 32, 44, 56, 110):
        yield f"plain{depth}"
    for depth, shortcut, stride_on in product((11, 29), "ABC", ("1x1", "3x3")):
        yield f"resnet{depth}-{shortcut}-bottleneck-{stride_on}"
    yield from ("plain29-bottleneck", "plain29-bottleneck-3x3", "resnet164-A-bottleneck")
    for shortcut, norm in product("ABC", ("", "-nonorm")):
        yield f"resnet20-{shortcut}-pre{norm}"
    yield from ("plain20-pre", "plain20-pre-nonorm", "resnet29-A-bottleneck-pre")
    yield from ("resnet29-B-bottleneck-3x3-pre", "resnet164-A-bottleneck-pre")
    yield from ("plain56-nonorm-sigmoid", "plain20-nonorm-tanh", "plain20-sigmoid")
    yield from ("resnet20-A-tanh", "resnet20-B-nonorm", "resnet20-C-pre-nonorm-sigmoid")
    yield from ("resnet20-A-pre-nonorm-tanh", "resnet20-A-w1", "resnet20-B-w64", "plain20-w24")
    yield from ("resnet20-C-w5-c2", "resnet56-A-c100", "resnet29-B-bottleneck-w8-c1000")
    for depth, shortcut in product((18, 34, 50), "ABC"):
        yield f"imagenet-resnet{depth}-{shortcut}"
    for depth in (18, 34, 50):
        yield f"imagenet-plain{depth}"
    for depth in (50, 101, 152):
        yield f"imagenet-resnet{depth}-B-3x3"
    yield from ("imagenet-resnet101-B", "imagenet-resnet152-B", "imagenet-resnet18-B-pre")
    yield from ("imagenet-resnet50-A-pre", "imagenet-resnet34-B-w32-c10")
    for shortcut, order in product("ABC", ("", "-pre", "-nonorm", "-pre-nonorm-tanh")):
        yield f"resnet20-{shortcut}-single{order}"
    yield from ("plain20-single", "plain20-single-pre", "resnet5-A-single", "resnet56-B-single")
    yield from ("resnet20-C-single-w24-c100", "resnet20-A-single-stages5.6.7")
    yield from ("imagenet-resnet18-B-single-stages4.4.4.4", "imagenet-plain9-single-stages1.2.3.1")
    yield from ("resnet20-A-stages2.3.4", "plain29-bottleneck-stages4.1.4")
    yield from ("resnet20-C-pre-stages4.3.2", "imagenet-resnet20-B-stages1.2.3.3")
    yield from ("imagenet-resnet29-B-bottleneck-stages1.2.3.3-3x3",)
    yield from ("imagenet-plain34-nonorm", "imagenet-resnet18-C-tanh-nonorm")


NETS = tuple(NetSpec.parse(name) for name in _names())


BROWSER = Path(__file__).with_name("browser")
# What trains, and what starts a process, which costs as much: some of these takes a second.
TRAINS = (
    *("run_next", "do_next_job"),
    *("resnet.train", "resnet.commands", "resnet.cli", "resnet.__main__"),
    *("explorer.lane", "explorer.worker", "explorer.__main__", "subprocess"),
)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items):
    """Gives every test its kind, and puts files with many slow ones first, kinds by turns.

    `browser` is what lies in that folder, `trains` what reaches, itself or by its fixtures and
    helpers, what trains or starts a process. What is left is quick: `make quick`. Workers side by
    side take a file each in this order, so browsers do not all run at once, and all end together.
    """
    for item in items:
        fixtures = [found[-1].func for found in item._fixtureinfo.name2fixturedefs.values()]
        if item.path.is_relative_to(BROWSER):
            item.add_marker("browser")
        elif any(map(trains, (item.function, *fixtures))):
            item.add_marker("trains")
    result = yield
    places = {}
    for kind in ("browser", "trains"):
        files = Counter(item.path for item in items if item.get_closest_marker(kind))
        places |= {path: place for place, (path, _) in enumerate(files.most_common())}
    items.sort(key=lambda item: places.get(item.path, len(places)))
    return result


@cache
def trains(function):
    """Whether a function names something of TRAINS, or calls one beside it that does."""
    reached, waiting = set(), [function]
    while waiting:
        reached.add(each := waiting.pop())
        for name in names_in(each.__code__):
            used = each.__globals__.get(name)
            home = getattr(used, "__name__" if isinstance(used, ModuleType) else "__module__", "")
            if name.startswith(TRAINS) or str(home).startswith(TRAINS):
                return True
            if home == each.__module__:
                beside = vars(used).values() if isinstance(used, type) else (used,)
                functions = {one for one in beside if isinstance(one, FunctionType)}
                waiting += functions - reached
    return False


def names_in(code):
    inner = [names_in(part) for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*inner)


def pytest_generate_tests(metafunc):
    """A test that asks for `any_net` runs for every net of a wide sample."""
    if "any_net" in metafunc.fixturenames:
        metafunc.parametrize("any_net", NETS, ids=str)


@pytest.fixture
def all_nets():
    return NETS


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """The program's home: a fresh folder, never the one of this checkout."""
    monkeypatch.setenv("RESNET_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def same_main(monkeypatch):
    """AppTest leaves its script as `__main__`, which spawned processes would then import."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(autouse=True)
def one_thread():
    """One thread, so that figures repeat bit for bit; a test without torch stays without it."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@pytest.fixture
def images():
    """64 training and 32 test images in ten classes, told apart by their brightness."""
    import torch

    from resnet.data import ImageSet

    rng = torch.Generator().manual_seed(0)

    def part(count):
        labels = torch.arange(count) % 10
        noise = torch.randint(0, 60, (count, 3, 32, 32), generator=rng)
        pixels = noise + 20 * labels[:, None, None, None]
        return pixels.to(torch.uint8), labels

    classes = tuple(f"class {number}" for number in range(10))
    return ImageSet("tiny", "tiny images", classes, *part(64), *part(32))
