"""No visitor fills the server: asked of the store itself, as one does who goes around the pages."""

from dataclasses import replace

import pytest

from explorer.files.format import pack, unpack
from explorer.files.importing import import_comparison, import_file
from explorer.store import limits, room, states
from explorer.store.comparisons import Refused
from explorer.store.curation import Curation
from explorer.store.jobs.store import JobStore
from explorer.store.launch import launch, own_request
from explorer.store.records import Visitor
from explorer.store.requests import ControlRequests
from explorer.store.snapshots import Feed
from resnet.lessons import LESSONS
from resnet.spec import NetSpec

GB = 2**30
HERE, THERE = "@house", "@away"


@pytest.fixture
def launched(store, small, nets):
    """Queues a small comparison of a visitor."""

    def launched(by, **changes):
        return store.submit("small", [(net, replace(small, **changes)) for net in nets], None, by)

    return launched


def cookie(name, address=HERE):
    return Visitor(name, address=address)


def stranger(name, address=HERE):
    """A session that keeps no cookie, as a program opens many of."""
    return Visitor(name, address=address, known=False)


def test_forty_sessions_without_cookies_have_one_visitors_share(store, launched):
    taken = refused = 0
    for number in range(40):
        try:
            launched(stranger(f"bot {number}"))
            taken += 1
        except Refused as error:
            refused += 1
            said = str(error)
    assert (taken, refused) == (limits.WAITING_EACH.default, 40 - limits.WAITING_EACH.default)
    assert said == (
        "5 comparisons of visitors without cookies like you are waiting already; "
        "wait until one has begun, or stop one"
    )
    pupil, other = launched(cookie("pupil")), launched(stranger("elsewhere", THERE))
    assert store.line()[1:3] == [pupil, other]  # not behind all five
    assert store.comparison(pupil).owner == "pupil"


def test_who_makes_cookies_has_an_addresss_share(store, launched, monkeypatch):
    monkeypatch.setenv(limits.WAITING_ADDRESS.variable, "7")
    for number in range(7):
        launched(cookie(f"made {number}"))
    with pytest.raises(Refused, match="7 comparisons of visitors at your address are waiting"):
        launched(cookie("made 7"))
    launched(cookie("elsewhere", THERE))
    launched(Visitor("teacher", everything=True, address=HERE))
    launched("")


def test_one_at_the_machine_is_not_hindered(store, launched, monkeypatch):
    for limit in (limits.KEPT_EACH, limits.DISK_EACH, limits.TURN_HOURS, limits.IMPORTS_EACH):
        monkeypatch.setenv(limit.variable, "0")
    launched(Visitor("here", everything=True))
    with pytest.raises(Refused):
        launched(cookie("guest"))


def test_what_is_kept_is_limited_though_it_does_not_wait(store, launched, monkeypatch):
    monkeypatch.setenv(limits.KEPT_EACH.variable, "3")
    for _ in range(3):
        ControlRequests(store, Visitor("a")).stop(launched(cookie("a")))
    with pytest.raises(Refused, match="3 comparisons of yours are kept already; delete some"):
        launched(cookie("a"))
    Curation(store).delete(store.comparisons()[0].id)
    with pytest.raises(Refused):  # the disk is free in ten minutes, and then there is room
        launched(cookie("a"))
    Curation(store).purge(0)
    launched(cookie("a"))


WIDE = NetSpec.parse("resnet110-A-w64")


def test_a_net_that_does_not_fit_in_memory_is_refused_before_it_is_queued(
    store, small, monkeypatch
):
    monkeypatch.setattr(room, "machine_memory", lambda: 4 * GB)
    with pytest.raises(
        Refused, match=r"training .* takes [\d.]+ GB of memory and this machine has"
    ):
        store.submit("wide", [(WIDE, replace(small, batch=512))])
    assert store.comparisons() == []
    monkeypatch.setenv(limits.MEMORY.variable, "4000")
    store.submit("wide", [(WIDE, replace(small, batch=512))])


def test_on_a_gpu_nets_wait_for_each_other_and_the_largest_counts(store, small, monkeypatch):
    nets = [(NetSpec.parse("resnet110-A-w32"), replace(small, batch=128))] * 6
    monkeypatch.setattr(room, "cores", lambda: 6)
    alone, together = room.memory_bytes(nets[:1], 6), room.memory_bytes(nets, 6)
    assert together == 6 * alone
    monkeypatch.setattr(room, "machine_memory", lambda: 2 * alone)
    store.report("machine", {"device": "cuda"})
    store.submit("six", nets)
    store.report("machine", {"device": "cpu"})
    with pytest.raises(Refused, match="fewer at once"):
        store.submit("six", nets)


def test_the_disk_is_promised_once(store, small, nets, monkeypatch):
    entries = [(net, small) for net in nets]
    asked = room.disk_bytes(entries)
    largest = max(map(room.checkpoint_bytes, nets))
    least = int(limits.FREE_DISK.default * 2**20)
    monkeypatch.setattr(room, "free_disk", lambda: least + 2 * asked + largest)
    store.submit("one", entries)
    last = store.submit("two", entries)
    with pytest.raises(Refused, match="promised to what trains and waits"):
        store.submit("three", entries)
    ControlRequests(store).stop(last)
    store.submit("three", entries)


def test_a_visitor_has_a_quota_of_disk(store, launched, small, nets, monkeypatch):
    each = room.disk_bytes([(net, small) for net in nets])
    monkeypatch.setenv(limits.DISK_EACH.variable, str(2.5 * each / GB))
    for _ in range(2):
        ControlRequests(store).stop(launched(cookie("a")))
    with pytest.raises(Refused, match=r"comparisons of yours take .* of disk|comparisons of yours"):
        launched(cookie("a"))
    launched(cookie("b"))


def test_a_turn_has_a_length_that_the_machine_can_give(store, launched, small):
    store.report("throughput", {"seconds_per_mac": 1e-7})
    with pytest.raises(
        Refused, match=r"takes about .* hours on this machine and a turn may take 72"
    ):
        launched(cookie("a"), iterations=200_000, batch=50)
    found = launched(cookie("a"))
    assert store.comparison(found).active
    launched("", iterations=200_000, batch=50)


def test_every_lesson_may_be_launched_by_a_guest_of_a_small_machine(store, monkeypatch):
    monkeypatch.setattr(room, "machine_memory", lambda: 4 * GB)
    monkeypatch.setattr(room, "cores", lambda: 2)
    store.report("throughput", {"seconds_per_mac": 5e-11})  # two cores
    for lesson in LESSONS.values():
        for net, recipe in lesson.entries:
            room.check_memory([[(net, recipe)]], on_cpu=True)
        room.check_memory([lesson.entries], on_cpu=True)
        room.check_time([lesson.entries], 5e-11, cookie("a"))


def test_an_extension_counts_as_a_launch_does(store, training, launched, small):
    identity = launched(cookie("a"))
    training.claim("lane")
    for run in store.comparison(identity).runs:
        training.settle(run.id, "lane", states.FINISHED)
    before = store.comparison(identity).disk
    store.report("throughput", {"seconds_per_mac": 1e-7})
    requests = ControlRequests(store, Visitor("a"))
    with pytest.raises(Refused, match="hours on this machine"):
        requests.extend(identity, 150_000, 0.1)
    requests.extend(identity, 100, 0.1)
    assert store.comparison(identity).disk > before


@pytest.fixture
def file(store, launched):
    return pack(Feed(store, launched("")).snapshot())


def test_imports_have_a_quota(store, file, monkeypatch):
    monkeypatch.setenv(limits.IMPORTS_EACH.variable, "2")
    for number in range(2):
        import_file(store, file, stranger(f"bot {number}"))
    with pytest.raises(Refused, match="2 files of visitors without cookies like you were imported"):
        import_comparison(store, unpack(file), stranger("bot 2"))  # around what looks first
    import_file(store, file, cookie("pupil"))
    import_file(store, file)


def test_one_file_is_read_at_a_time(store, file, monkeypatch):
    from explorer.files import importing

    monkeypatch.setattr(importing, "PATIENCE", 0.01)
    with importing._one_at_a_time, pytest.raises(Refused, match="imported, one at a time"):
        import_file(store, file, cookie("a"))
    import_file(store, file, cookie("a"))


def test_forty_sessions_do_not_take_all_places_for_questions(store):
    jobs, taken = JobStore(store), []
    for number in range(40):
        try:
            taken.append(jobs.submit("lab", {"n": number}, stranger(f"bot {number}")))
        except Refused as error:
            said = str(error)
    assert len(taken) == limits.JOBS_EACH.default
    assert said.startswith("12 questions of visitors without cookies like you are waiting already")
    pupil = jobs.submit("lab", {"n": "pupil's"}, cookie("pupil"))
    assert jobs.ahead(pupil) == 1
    assert [jobs.claim("lane").id for _ in range(3)] == [taken[0], pupil, taken[1]]


def test_hours_of_labs_of_one_visitor_let_those_of_others_go_between(store):
    jobs = JobStore(store)
    many = [jobs.submit("lab", {"n": number}, cookie("many")) for number in range(6)]
    few = [jobs.submit("lab", {"few": number}, cookie("few")) for number in range(2)]
    order = [jobs.claim("lane").id for _ in range(8)]
    assert order == [many[0], few[0], many[1], few[1], *many[2:]]


def test_a_question_is_short(store):
    with pytest.raises(Refused, match="the question has 100 kB and 64 kB are taken"):
        JobStore(store).submit("lab", {"upload": "A" * 100_000}, cookie("a"))


def test_a_wrong_setting_is_told(store, launched, monkeypatch):
    monkeypatch.setenv(limits.WAITING.variable, "many")
    with pytest.raises(Refused, match="RESNET_MAX_WAITING is 'many' on this server"):
        launched("")


def test_a_launch_of_the_page_counts_for_its_visitor(store, small, nets):
    identity = launch(store, own_request(nets, small), "generated", None, stranger("a"))
    found = store.comparison(identity)
    assert (found.owner, found.party, found.address) == ("a", HERE, HERE)
