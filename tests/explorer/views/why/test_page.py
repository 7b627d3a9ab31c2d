"""The Why page, driven as a person would: chosen, run, stopped, reopened, shared as a link."""

import inspect
import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from explorer.lane import in_process, lab_nets, labs
from explorer.server import once, shared
from explorer.store import limits, states
from explorer.store.jobs.store import JobStore
from explorer.views.why import answers
from explorer.views.why import progress as why_progress
from explorer.views.why.panel import Panel
from explorer.views.why.topics import EXPECTED, PANELS, TOPICS, seconds_for
from resnet.labs import LABS
from resnet.spec import NetSpec
from tests.explorer.views.pages import app_at
from tests.explorer.views.why.panels import asked, controls

NETS = "fresh:plain8-w4,fresh:resnet8-A-w4"


@pytest.fixture
def opened(store, image_folder, monkeypatch, tmp_path):
    """Opens the page of the whole app on this store; jobs are done by `worker.do_next_job`."""
    monkeypatch.setenv("RESNET_SHIPPED", str(tmp_path / "no nets"))
    monkeypatch.setattr(shared, "start", lambda: None)
    monkeypatch.setattr(shared, "store", lambda: store)
    monkeypatch.setattr(labs, "_kept", lab_nets.Kept())
    for name, lab in LABS.items():
        if lab.count == 1000:  # more than the folder has
            monkeypatch.setitem(LABS, name, replace(lab, count=20))
    store.report("worker", {"folder": "tiny images", "folder_classes": 10, "free_disk": 2**40})
    once.forget()
    answers._read.cache_clear()

    def opened(**link):
        return looked_at(app_at("why", **link).run())

    yield opened
    once.forget()


@pytest.fixture
def run(store, small, image_folder):
    """The number of a run that has left a trained net."""
    recipe = replace(small, iterations=2)
    identity = store.submit("small", [(NetSpec.parse("resnet8-A-w4"), recipe)])
    in_process.run_next(store)
    return store.comparison(identity).runs[0].id


def looked_at(page):
    assert not page.exception, page.exception
    return page


def words(page):
    kinds = (page.markdown, page.info, page.warning, page.error)
    return "\n".join(element.value for kind in kinds for element in kind)


def progress(page):
    return [element.proto.text.replace("\\", "") for element in page.get("progress")]


def run_lab(page):
    return looked_at(page.button(key="labs_run").click().run())


def do_all(store):
    while in_process.do_next_job(store):
        pass


def test_every_lab_has_its_topic_and_its_panel():
    assert [lab for topic in TOPICS for lab in topic.labs] == list(LABS)
    assert len(TOPICS) == 9
    assert set(PANELS) == set(EXPECTED) == set(LABS)
    for name, panel in PANELS.items():
        assert panel.lab is LABS[name]
        assert len(panel.nets) <= panel.most
        assert all(NetSpec.parse(net) for net in panel.nets)


def test_the_time_is_that_of_the_nets():
    small, large = NetSpec.parse("resnet20-A"), NetSpec.parse("resnet56-A")
    whole = EXPECTED["lesion"].seconds
    assert seconds_for("lesion", [large], {}) == whole
    assert seconds_for("lesion", [small, large], {}) > whole
    assert seconds_for("lesion", [small], {}) < whole / 2
    assert seconds_for("constructed", [small], {}) == EXPECTED["constructed"].seconds
    coarse, fine = {"side": 9, "count": 200}, {"side": 17, "count": 200}
    assert seconds_for("surface", [large], coarse) == EXPECTED["surface"].seconds
    assert seconds_for("surface", [large], fine) > 3 * EXPECTED["surface"].seconds


@pytest.mark.parametrize("lab", LABS)
def test_every_lab_opens_and_says_what_there_will_be_to_see(opened, lab):
    page = opened(lab=lab)
    assert EXPECTED[lab].words in words(page)
    assert PANELS[lab].question in words(page)
    assert page.query_params["lab"] == lab


def test_a_lab_is_run_and_its_answer_kept_and_shared(opened, store):
    page = opened(lab="responses", nets=NETS)
    assert "Press **Run the lab**: it takes about 2 s on two cores" in words(page)
    page = run_lab(page)
    assert progress(page) == [
        "plain-8: waiting for the worker",
        "ResNet-8 A: waiting, 1 ahead",
    ]
    assert page.button(key="labs_run").disabled
    do_all(store)
    page = looked_at(page.run())
    assert all(": done in " in each for each in progress(page))
    shared = opened(**page.query_params)
    assert len(progress(shared)) == 2
    assert shared.button(key="labs_run").disabled
    assert shared.query_params == page.query_params
    assert shared.query_params["nets"] == NETS


def test_only_the_net_that_is_new_is_asked(opened, store):
    run_lab(opened(lab="responses", nets=NETS))
    do_all(store)
    page = run_lab(opened(lab="responses", nets=f"{NETS},fresh:plain14-w4"))
    assert [": done in" in each for each in progress(page)] == [True, True, False]
    assert not JobStore(store).claim("a lane").payload["source"].endswith("resnet8-A-w4")


def test_a_job_is_stopped_and_asked_again(opened, store):
    page = run_lab(opened(lab="responses", nets="fresh:plain8-w4"))
    job = JobStore(store).claim("a lane")
    JobStore(store).tell(job.id, "a lane", "measuring", 0.38)
    page = looked_at(page.run())
    assert progress(page) == ["plain-8: 38%, measuring"]
    page = looked_at(page.button(key=f"labs_stop_{job.id}").click().run())
    assert progress(page) == ["plain-8: stopping"]
    JobStore(store).leave(job.id, "a lane")
    page = looked_at(page.run())
    assert progress(page) == ["plain-8: stopped at 38 %"]
    run_lab(page)
    assert JobStore(store).look(job.id).state == states.QUEUED


def test_a_part_is_drawn_while_it_grows_and_kept_when_it_stops(opened, store, run, monkeypatch):
    monkeypatch.setattr("explorer.lane.job_context.SHOW_EVERY", 0.0)
    whole = JobStore.tell

    def until_half(self, job, lane, message, share=None):
        return whole(self, job, lane, message, share) and (share or 0) < 0.5

    monkeypatch.setattr(JobStore, "tell", until_half)
    monkeypatch.setattr("explorer.lane.job_context.TELL_EVERY", 0.0)
    drawn = []
    monkeypatch.setattr(
        "explorer.views.why.results.PANELS",
        {"surface": Panel(LABS["surface"], "", lambda results, _: drawn.extend(results))},
    )
    page = run_lab(opened(lab="surface", nets=f"run:{run}"))
    do_all(store)
    page = looked_at(page.run())
    assert "stopped at " in progress(page)[0]
    assert 0 < drawn[-1].done < 1


def test_a_bar_says_all_of_a_net_only_where_two_are_called_alike():
    assert why_progress._called(["plain-8, trained", "ResNet-8 A, trained"]) == [
        "plain-8",
        "ResNet-8 A",
    ]
    alike = ["plain-8, trained", "plain-8, untrained"]
    assert why_progress._called(alike) == alike


def test_what_failed_says_why(opened, store):
    page = run_lab(opened(lab="residual_size", nets="fresh:plain8-w4"))
    do_all(store)
    page = looked_at(page.run())
    assert "has no shortcuts" in words(page).replace("\\", "")
    assert progress(page) == ["plain-8: failed"]
    assert not page.button(key="labs_run").disabled


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"lab": "dream"}, "The link names the lab 'dream', which does not exist"),
        ({"data": "mnist"}, "The link names the images 'mnist', which are not here"),
        ({"lab": "responses", "nets": "fresh:resnet21-A"}, "depth 21 is not 6n+2"),
        ({"lab": "responses", "nets": "run:99"}, "there is no run 99 here"),
        ({"lab": "responses", "nets": "shipped:plain14"}, "no trained plain14 ships with"),
        (
            {"lab": "responses", "nets": ",".join(f"fresh:plain{6 * n + 2}" for n in range(1, 8))},
            "7 nets were named; 4 can stand beside each other here",
        ),
    ],
)
def test_a_broken_link_is_answered_in_a_sentence(opened, link, sentence):
    assert sentence in words(opened(**link)).replace("\\", "")


def test_settings_are_in_the_link_and_stay_while_another_lab_is_open(opened):
    page = opened(lab="surface", side="33")
    assert page.query_params["side"] == "33"
    assert "takes about" not in words(page)  # no trained nets here
    page.radio(key="labs_topic").set_value(2)
    page = looked_at(page.run())
    assert page.query_params["lab"] == "responses"
    assert "side" not in page.query_params
    page.radio(key="labs_topic").set_value(5)
    page = looked_at(page.run())
    assert page.query_params["side"] == "33"


def test_a_setting_that_cannot_be_is_dropped_with_a_sentence(opened):
    page = opened(lab="surface", seed="purple")
    assert "The link asks for settings that this lab has not" in words(page)


def test_an_error_of_a_figure_is_not_blamed_on_the_link(opened, store, monkeypatch):
    drawn = 0

    def broken(results, theme):
        nonlocal drawn
        drawn += 1
        raise ValueError("the figure cannot be drawn")

    address = {"lab": "responses", "nets": "fresh:plain8-w4", "seed": "0"}
    run_lab(opened(**address))
    do_all(store)
    monkeypatch.setitem(PANELS, "responses", replace(PANELS["responses"], show=broken))
    page = app_at("why", **address).run()
    assert (len(page.exception), drawn) == (1, 1)
    assert "The link asks for settings" not in words(page)


@pytest.mark.parametrize("figures", [False, True])
@pytest.mark.parametrize("kept", ["purple", [1]])
def test_a_widget_that_does_not_take_its_value_is_blamed_on_the_link(figures, kept):
    page = AppTest.from_function(_seeded, args=(kept, figures), default_timeout=30).run()
    assert not page.exception
    assert page.session_state["labs_problems"] == [
        "The link asks for settings that this lab has not; its own are shown"
    ]
    assert page.number_input[0].value == 1


def _seeded(kept, figures):
    import streamlit as st

    from explorer.views.why import state

    if "labs_kept" not in st.session_state:
        st.session_state["labs_kept"] = {"why_lesion_choice": kept}
    with state.widgets_of("lesion", figures):
        st.number_input("Choice", 1, 3, key="why_lesion_choice")


def test_only_json_stays_in_the_session(opened, store, run):
    page = run_lab(opened(lab="sees", nets=f"run:{run}"))
    do_all(store)
    page = looked_at(page.run())
    page.number_input(key="why_sees_number").set_value(1)
    page = looked_at(page.run())  # draws what was there before, while the next is waited for
    kept = page.session_state.to_dict()
    labs_own = {key: value for key, value in kept.items() if str(key).startswith("labs_")}
    assert labs_own["labs_last"]["sees"]
    assert json.loads(json.dumps(labs_own)) == labs_own


def test_without_images_of_cifar_trained_nets_are_missed(opened, store):
    store.report("worker", {"free_disk": 2**40})
    page = opened(lab="lesion")
    assert "This lab needs trained nets, and none was trained on generated images" in words(page)
    page = opened(lab="responses")
    assert all(net.startswith("fresh:") for net in page.query_params["nets"].split(","))


def test_a_quick_lab_asks_at_once_when_a_setting_changes(opened, store, run):
    page = run_lab(opened(lab="sees", nets=f"run:{run}"))
    do_all(store)
    page = looked_at(page.run())
    assert not JobStore(store).waiting()
    page.number_input(key="why_sees_number").set_value(1)
    page = looked_at(page.run())
    assert JobStore(store).waiting()
    do_all(store)
    looked_at(page.run())


def test_asking_is_refused_in_a_sentence(opened, store, monkeypatch):
    monkeypatch.setenv(limits.JOBS_EACH.variable, "1")
    page = run_lab(opened(lab="responses", nets=NETS))
    assert "1 questions of yours are waiting already" in words(page)
    assert why_progress.PROBLEM not in page.session_state


def test_the_answers_are_json_that_pages_can_read(opened, store):
    run_lab(opened(lab="responses", nets="fresh:plain8-w4"))
    do_all(store)
    job = JobStore(store).job(1)
    assert json.loads(json.dumps(job.result)) == job.result


@pytest.mark.parametrize("lab", LABS)
def test_a_panel_starts_with_what_its_lab_does_unasked(lab):
    """So that the command line, and what it measures, speak for the page."""
    _, settings = asked(controls(lab, PANELS[lab].nets))
    takes = inspect.signature(LABS[lab].run).parameters
    usual = {name: each.default for name, each in takes.items()}
    if "recipe" in takes:
        for name, value in settings.pop("recipe", {}).items():
            assert value == getattr(usual["recipe"], name)
    for name, value in settings.items():
        wanted = LABS[lab].count if name == "count" else usual[name]
        assert (tuple(value) if isinstance(value, list) else value) == wanted, name
