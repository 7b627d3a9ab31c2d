"""The Runs page, driven as a person would: found, tidied, deleted and had back, held together."""

import json
from dataclasses import replace

import pytest

from explorer.report.formatting import JOINER
from explorer.report.names import first_line, nets, run_name, seeds, states_words
from explorer.report.outcomes import Best, LastAndBest, Outcomes, result_of
from explorer.server import once, shared
from explorer.store import states
from explorer.store.curation import Curation
from explorer.store.errors import rows_with_errors
from explorer.store.records import RATE, Event, Visitor
from explorer.store.requests import ControlRequests
from explorer.store.snapshots import Feed
from explorer.store.tables import comparisons, rows, runs
from explorer.store.training import TrainingStore
from explorer.views.runs.list.copying import copied
from explorer.views.runs.list.list import PAGE
from explorer.views.runs.together.pair import pair_words
from explorer.views.runs.together.snapshot import gathered, joined
from resnet.spec import NetSpec
from tests.explorer.store.held import held
from tests.explorer.views.pages import app_at

ERRORS = {0: (90.0, 91.0), 20: (30.0, 60.0), 40: (35.0, 55.0)}


@pytest.fixture
def add(store, small):
    """Puts finished comparisons into the store, all in one transaction; returns their ids."""

    def add(count=1, names=("plain8", "resnet8-A"), seeds=1, lesson=None, owner="", **more):
        changed = dict(more.pop("recipe", {}))
        made = []
        with store.write() as connection:
            for number in range(count):
                identity = f"{len(store.comparisons()) + number:08x}"
                made.append(identity)
                connection.execute(
                    comparisons.insert().values(
                        **{"id": identity, "title": f"title {number}", "lesson": lesson}
                        | {"created": 1.7e9 - number, "queued": 1.7e9, "owner": owner}
                        | more
                    )
                )
                for seed in range(seeds):
                    for name in names:
                        recipe = replace(small, seed=seed, **changed)
                        statement = runs.insert().values(
                            comparison=identity,
                            net=NetSpec.parse(name).to_json(),
                            recipe=recipe.to_json(),
                            state=states.FINISHED,
                            iteration=40,
                            turn=seed,
                            until=40,
                        )
                        run = connection.execute(statement.returning(runs.c.id)).scalar_one()
                        connection.execute(
                            rows.insert(),
                            [
                                {"run": run, "iteration": at, "seconds": at / 10}
                                | {"train_error": train, "test_error": test, "loss": 1.0}
                                for at, (train, test) in ERRORS.items()
                            ],
                        )
        return made

    return add


@pytest.fixture
def opened(store, monkeypatch):
    """Opens the Runs page of the whole app on this store, without starting a worker."""
    monkeypatch.setattr(shared, "start", lambda: None)
    monkeypatch.setattr(shared, "store", lambda: store)
    once.forget()

    def opened(**link):
        return looked_at(app_at("runs", **link).run())

    yield opened
    once.forget()


def looked_at(page):
    assert not page.exception, page.exception
    return page


def press(page, key):
    return looked_at(page.button(key=key).click().run())


def texts(page):
    return "\n".join(each.value for each in page.markdown)


def shown(page):
    """The ids of the comparisons that are listed, in order."""
    return [each.key.removeprefix("open_") for each in page.button if each.key[:5] == "open_"]


def link(page):
    """The query parameters; AppTest gives lists where the page wrote them."""
    return {
        name: value if isinstance(value, str) else value[0]
        for name, value in page.query_params.items()
    }


def test_an_empty_store_leads_to_the_train_page(opened):
    page = opened()
    assert "Nothing has been trained yet." in texts(page)
    assert shown(page) == []


def test_a_comparison_is_listed_with_what_it_is_and_what_came_of_it(opened, add, store):
    (it,) = add(seeds=3, lesson="degradation", tags=json.dumps(["3b"]), note="look\nagain")
    page = opened()
    words = texts(page)
    for part in (
        "**title 0**, seeds 0, 1 and 2",
        "plain\\-8, ResNet\\-8 A",
        "Finished, 3 seeds, iteration 40 of 40",
        ":blue-badge[3b]",
        "*look*",
        "**1** comparison",
    ):
        assert part in words, part
    assert shown(page) == [it]
    assert page.button(key=f"resume_{it}").disabled


def test_what_came_in_a_file_says_where_from(opened, add):
    add(origin="a file made on Ann's laptop, 21 Nov 2026")
    assert "From a file made on Ann's laptop, 21 Nov 2026" in texts(opened())


def test_names_and_notes_are_shown_as_they_are(opened, add):
    add(
        title="<b>x</b> [a](http://b) $y$ :red[z] :material/home:",
        note="# head **bold** <script>",
        tags=json.dumps(["](x)"]),
    )
    words = texts(opened())
    for part in (
        rf"\<b\>x\</b\> \[a\]\(http\:{JOINER}//b\) \$y\$ \:red\[z\] \:{JOINER}material/home\:",
        r"\# head \*\*bold\*\* \<script\>",
        r"\]\(x\)",
    ):
        assert part in words, part


def test_hundreds_come_a_page_at_a_time_and_the_link_knows_the_page(opened, add):
    made = add(300)
    page = opened()
    assert shown(page) == made[:PAGE]
    (pages,) = page.get("pagination")
    looked_at(pages.set_value(3).run())
    assert shown(page) == made[2 * PAGE : 3 * PAGE]
    assert link(page) == {"page": "3"}
    assert shown(opened(page="25")) == made[24 * PAGE :]
    assert shown(opened(page="99")) == made[24 * PAGE :]


def test_the_filter_counts_rewrites_the_link_and_goes_back_to_the_first_page(opened, add):
    (it,) = add(tags=json.dumps(["3b"]))
    add(30)
    page = opened(page="2")
    looked_at(page.selectbox(key="runs_filter_tag").set_value("3b").run())
    assert shown(page) == [it]
    assert "**1 of 31** comparisons" in texts(page)
    assert link(page) == {"tag": "3b"}
    looked_at(page.text_input(key="runs_filter_text").set_value("resnet56").run())
    assert shown(page) == []
    assert "without the words 'resnet56' there is 1" in page.info[0].value.replace("\\", "")
    press(page, "runs_filter_clear")
    assert len(shown(page)) == PAGE
    assert link(page) == {}
    assert page.text_input(key="runs_filter_text").value == ""


def test_a_link_sets_the_filter_and_what_is_wrong_with_it_is_said(opened, add):
    add(2)
    page = opened(find="title 1", state="sleeping", archived="1")
    assert len(shown(page)) == 1
    assert page.text_input(key="runs_filter_text").value == "title 1"
    assert page.checkbox(key="runs_filter_archived").value
    assert "the state 'sleeping', which no run has" in page.warning[0].value
    assert link(page) == {"find": "title 1", "archived": "1"}


def test_mine_only(opened, add, monkeypatch):
    from explorer.server import visitor

    monkeypatch.setattr(visitor, "me", lambda: Visitor("ann"))
    (anns,) = add(owner="ann")
    (other,) = add(owner="bob")
    page = opened()
    assert "Yours" in texts(page)
    assert not page.button(key=f"delete_{anns}").disabled
    assert page.button(key=f"delete_{other}").disabled
    assert list(page.get("menu_button")[-1].options) == ["Compare its runs"]
    looked_at(page.checkbox(key="runs_filter_mine").check().run())
    assert shown(page) == [anns]


def test_delete_undo_and_the_list_of_what_can_be_had_back(opened, add, store):
    one, other = add(2)
    page = press(opened(), f"delete_{one}")
    assert shown(page) == [other]
    assert page.success[0].value.startswith("Deleted **title 0**. It can be had back for 10 min")
    assert page.button(key=f"back_{one}").label == "Bring back"
    press(page, "undo")
    assert shown(page) == [one, other]
    assert store.comparison(one) is not None
    assert not [each for each in page.button if each.key in ("undo", f"back_{one}")]
    press(page, f"delete_{one}")
    press(page, f"delete_{other}")
    assert page.success[0].value.startswith("Deleted **title 1**")
    press(page, f"back_{one}")
    assert shown(page) == [one]
    press(page, "close_notice")
    assert not page.success


def test_what_was_forgotten_in_the_meantime_is_said_at_the_undo(opened, add, store):
    (it,) = add()
    page = press(opened(), f"delete_{it}")
    Curation(store).purge(older_than=0)
    press(page, "undo")
    assert "not there any more" in page.error[0].value


def test_what_trains_is_not_deleted_but_said(opened, store, training, submit):
    it = submit()
    training.claim("lane")
    page = press(opened(), f"delete_{it}")
    assert "is training; stop it first" in page.error[0].value.replace("\\", "")
    assert shown(page) == [it]
    press(page, f"stop_{it}")
    assert {wanted.state for wanted in training.owned("lane").values()} == {states.STOPPED}


def test_what_waits_can_be_stopped_and_resumed(opened, store, submit):
    it = submit()
    page = press(opened(), f"stop_{it}")
    assert {run.state for run in store.comparison(it).runs} == {states.STOPPED}
    press(page, f"resume_{it}")
    assert {run.state for run in store.comparison(it).runs} == {states.QUEUED}


def test_what_is_paused_is_resumed(opened, store, training, submit):
    it = submit()
    for run in training.claim("lane").runs:
        ControlRequests(store).pause(it)
        training.hold(run.id, "lane", 5)
        training.let_go(run.id, "lane")
    page = press(opened(), f"resume_{it}")
    assert {run.state for run in store.comparison(it).runs} == {states.QUEUED}
    assert page.button(key=f"stop_{it}").label == "Stop"


def menu(page, identity, option):
    (found,) = [each for each in page.get("menu_button") if each.key == f"more_{identity}"]
    return looked_at(found.click(option).run())


def test_title_tags_and_note_are_edited_where_they_stand(opened, add, store):
    (it,) = add(tags=json.dumps(["old"]))
    page = menu(opened(), it, "Edit title, tags and note")
    page.text_input(key=f"edit_{it}_title").set_value("new title")
    tags = page.multiselect(key=f"edit_{it}_tags")
    tags.options.append("class 3b")  # AppTest knows no typing of new options
    tags.set_value(["old", "class 3b"])
    page.text_area(key=f"edit_{it}_note").set_value("first\nsecond")
    press(page, f"save_edit_{it}")
    found = store.comparison(it)
    assert (found.title, found.tags, found.note) == (
        "new title",
        ("old", "class 3b"),
        "first\nsecond",
    )
    assert "**new title**" in texts(page)
    menu(page, it, "Edit title, tags and note")
    page.text_input(key=f"edit_{it}_title").set_value("not kept")
    press(page, f"cancel_edit_{it}")
    assert store.comparison(it).title == "new title"


def test_a_title_that_cannot_be_keeps_the_form_open(opened, add):
    (it,) = add()
    page = menu(opened(), it, "Edit title, tags and note")
    page.text_input(key=f"edit_{it}_title").set_value("  ")
    press(page, f"save_edit_{it}")
    assert "The title is empty" in page.error[0].value
    assert page.text_input(key=f"edit_{it}_title").value == "  "


def test_what_is_archived_is_out_of_the_list_until_asked_for(opened, add):
    (it,) = add()
    page = menu(opened(), it, "Archive")
    assert shown(page) == []
    assert "among the archived there is 1" in page.info[0].value
    looked_at(page.checkbox(key="runs_filter_archived").check().run())
    assert shown(page) == [it]
    menu(page, it, "Take out of the archive")
    looked_at(page.checkbox(key="runs_filter_archived").uncheck().run())
    assert shown(page) == [it]


def test_runs_of_two_comparisons_are_chosen_and_held_together(opened, add, store):
    one, other = add(2)
    a, b = store.comparison(one).runs[0].id, store.comparison(other).runs[1].id
    page = opened(runs=f"{a},{b}")
    chosen = page.multiselect(key="runs_together")
    assert chosen.value == [a, b]
    (table,) = page.dataframe
    assert list(table.value["last_train"]) == [35.0, 35.0]
    assert list(table.value["best_train"]) == [30.0, 30.0]
    assert list(table.value["best_train_at"]) == [20, 20]
    assert list(table.value["best_test_at"]) == [40, 40]
    assert "Only the shortcut differs\\: none \\(plain\\) against A\\." in texts(page)
    c = store.comparison(one).runs[1].id
    looked_at(page.multiselect(key="runs_together").set_value([a, b, c]).run())
    assert link(page) == {"runs": f"{a},{b},{c}"}
    looked_at(page.selectbox(key="runs_first").set_value(c).run())
    looked_at(page.selectbox(key="runs_second").set_value(b).run())
    assert "Nothing differs" in texts(page)
    looked_at(page.selectbox(key="runs_first").set_value(b).run())
    assert "Pick two different runs" in texts(page)


def test_a_run_that_is_gone_is_said_and_the_others_are_shown(opened, add, store):
    (it,) = add()
    run = store.comparison(it).runs[0].id
    page = opened(runs=f"{run},999")
    assert page.multiselect(key="runs_together").value == [run]
    assert "1 of the runs that the link names is not here" in page.warning[0].value


def test_the_menu_adds_all_runs_of_a_comparison_and_the_list_comes_back(opened, add, store):
    one, other = add(2)
    page = menu(opened(), one, "Compare its runs")
    assert len(page.multiselect(key="runs_together").value) == 2
    (view,) = page.get("button_group")
    looked_at(view.set_value("List").run())
    assert shown(page) == [one, other]
    menu(page, other, "Compare its runs")
    assert len(page.multiselect(key="runs_together").value) == 4


def test_no_choice_says_what_to_choose(opened, add):
    add()
    assert "Choose runs of any comparisons above" in opened(runs="").info[0].value


# what the page is made of


def test_best_and_last_come_from_the_tests_alone(store, add):
    (it,) = add()
    run = store.comparison(it).runs[0].id
    found = result_of(rows_with_errors(store, [run])[run])
    assert found == LastAndBest(40, 35.0, 55.0, Best(30.0, 20), Best(55.0, 40))
    assert result_of([]) == LastAndBest()


def test_of_two_equal_errors_the_first_is_the_best(store, add):
    (it,) = add()
    run = store.comparison(it).runs[0].id
    (first, *others) = rows_with_errors(store, [run])[run]
    assert result_of([first, replace(first, iteration=20)]).best_train == Best(90.0, 0)
    unknown = replace(others[-1], train_error=None, iteration=60)
    assert result_of([*others, unknown]).best_train == Best(30.0, 20)
    assert result_of([unknown]).best_train is None


def test_outcomes_agree_with_the_train_page_and_follow_what_changes(store, add, monkeypatch):
    from explorer.report import outcomes as module
    from explorer.report import verdicts

    (it,) = add(names=("plain8", "plain20"), seeds=3)
    outcomes = Outcomes(store)
    found = outcomes.of([store.comparison(it)])[it]
    snapshot = Feed(store, it).snapshot()
    assert found.verdict == verdicts.verdict_of(snapshot) != ""
    assert found.evidence == verdicts.evidence(snapshot)
    reads = []

    def read(store, run_ids):
        reads.append(run_ids)
        return rows_with_errors(store, run_ids)

    monkeypatch.setattr(module, "rows_with_errors", read)
    assert outcomes.of([store.comparison(it)])[it] is found
    assert reads == []
    run = store.comparison(it).runs[0].id
    with held(store, run) as lane:
        TrainingStore(store).rewind(run, lane, 20)
    again = outcomes.of([store.comparison(it)])[it]
    assert len(reads) == 1
    assert again.results[store.comparison(it).runs[0].id].iteration == 20


def test_gathered_runs_are_one_snapshot_until_something_changes(opened, add, store):
    one, other = add(2)
    a, b = store.comparison(one).runs[0].id, store.comparison(other).runs[1].id
    opened()
    first = gathered([b, a])
    assert [each.run.id for each in first.histories] == [b, a]
    assert [row.iteration for row in first.histories[0].rows] == [0, 20, 40]
    assert gathered([b, a]) is first
    assert gathered([a, b]) is not first
    assert [each.run.id for each in gathered([a, 999]).histories] == [a]


def test_gathering_takes_the_marks_of_its_runs_alone(store, add):
    (it,) = add()
    snapshot = Feed(store, it).snapshot()
    a, b = (each.run.id for each in snapshot.histories)
    events = (Event(a, 10, RATE, 0.1, 0.0), Event(b, 20, RATE, 0.2, 0.0))
    found = joined([b], [replace(snapshot, events=events)], 7)
    assert found.events == events[1:]
    assert found.version == 7
    assert found.comparison.runs == (snapshot.histories[1].run,)


def test_a_pair_says_what_no_configuration_tells(store, add):
    (it,) = add()
    one, other = store.comparison(it).runs
    other = replace(other, spec=one.spec, iteration=20, data="B")
    one = replace(one, data="A")
    events = [Event(other.id, 10, RATE, 0.3, 0.0)]
    assert pair_words(one, other, events) == [
        "Nothing differs: the same net, the same recipe and the same seed.",
        "The images were A against B.",
        "They are at iteration 40 and 20.",
        "While the second trained, its rate was set to 0.3 at iteration 10.",
    ]


def test_words_of_the_list(store, add):
    (it,) = add(names=("plain20-tanh", "plain20"), seeds=2, title="t" * 60)
    found = store.comparison(it)
    assert seeds(found) == "seeds 0 and 1"
    assert nets(found) == "plain-20 (tanh), plain-20"
    assert states_words(found) == "finished"
    mixed = replace(found, runs=(replace(found.runs[0], state=states.STOPPED), *found.runs[1:]))
    assert states_words(mixed) == "3 finished, 1 stopped"
    name = run_name(found.runs[2], found)
    assert name.startswith("plain-20 (tanh), seed 1 (" + "t" * 39 + "…, ")
    several = tuple(
        replace(run, recipe=replace(run.recipe, learning_rate=0.1 + n))
        for n, run in enumerate(found.runs)
    )
    assert nets(replace(found, runs=several)) == "plain-20 (tanh) (2 recipes), plain-20 (2 recipes)"
    assert first_line("\n  \n one \ntwo") == "one"
    assert first_line("x" * 200) == "x" * 139 + "…"


@pytest.mark.parametrize(
    ("recipe", "carried"),
    [
        ({}, {}),
        ({"learning_rate": 0.3, "iterations": 80}, {"learning_rate": "0.3", "iterations": "80"}),
        ({"warmup": "none", "warmup_iterations": 0}, {"warmup": "none"}),
        ({"data": "generated", "images": None}, {"images": "10000"}),
        ({"data": "cifar10", "images": None, "split": "45k/5k"}, {"images": "45000"}),
    ],
)
def test_a_copy_carries_nets_and_recipe(store, add, recipe, carried):
    (it,) = add(recipe={"test_images": 500, "final_images": 2000} | recipe)
    copy = copied(store.comparison(it))
    assert copy.left_out == ()
    assert copy.link["nets"] == "plain8,resnet8-A"
    assert {**copy.link, **carried} == copy.link
    assert copy.data == recipe.get("data", "folder")


def test_a_copy_says_what_it_leaves_out(store, add):
    (it,) = add(recipe={"images": None, "precision": "fp32"})
    found = store.comparison(it)
    odd = replace(found.runs[1], recipe=replace(found.runs[1].recipe, learning_rate=0.5))
    first, second = copied(replace(found, runs=(found.runs[0], odd))).left_out
    assert first == (
        "Every net takes the recipe of plain-8; that of ResNet-8 A is another: "
        "only the learning rate differs: 0.05 against 0.5."
    )
    assert "the number of training images all against 5,000" in second
    assert "the arithmetic fp32 against the machine's choice" in second


def test_a_copy_takes_seeds_that_follow_each_other(store, add):
    (it,) = add(seeds=3, recipe={"test_images": 500, "final_images": 2000})
    found = store.comparison(it)
    copy = copied(found)
    assert (copy.link["seeds"], copy.left_out) == ("3", ())
    gap = tuple(run for run in found.runs if run.recipe.seed != 1)
    assert copied(replace(found, runs=gap)).left_out == (
        "It starts with seed 0 alone, not with 0 and 2.",
    )
