"""Where a lab's net comes from: the short texts, what people read, and every refusal."""

from dataclasses import replace

import pytest

from explorer.store import states
from explorer.store.comparisons import checkpoint_file
from explorer.store.jobs.lab_question import Question
from explorer.store.jobs.net_source import Source, SourceError, spec_of, title, weights
from explorer.store.tables import runs
from explorer.views.why import options
from explorer.views.why.options import Images, data_of, image_sets, sources, usual
from explorer.views.why.panel import Panel
from resnet.export import shipped
from resnet.labs import LABS
from resnet.spec import NetSpec, Recipe

CIFAR, GENERATED = Images("cifar10", "CIFAR-10"), Images("generated", "generated images")


@pytest.fixture
def two_shipped(monkeypatch):
    """Two shipped nets, by name alone."""
    about = shipped.Shipped(
        spec=NetSpec.parse("plain8"),
        recipe=Recipe(),
        iterations=1,
        data="CIFAR-10",
        classes=("a",),
        train_images=1,
        test_images=1,
        train_error=0.0,
        test_error=0.0,
        made_with="",
        digest="abc",
    )
    named = {each: replace(about, spec=NetSpec.parse(each)) for each in ("plain8", "resnet8-A")}
    monkeypatch.setattr(shipped, "names", lambda: list(named))
    monkeypatch.setattr(shipped, "about", named.__getitem__)


@pytest.fixture
def finished(store, submit):
    """A comparison of two runs that ended and left weights; the runs' ids."""

    def finished(state=states.FINISHED, **recipe):
        identity = submit(**recipe)
        found = [run.id for run in store.comparison(identity).runs]
        with store.write() as connection:
            mine = runs.c.comparison == identity
            connection.execute(runs.update().where(mine).values(state=state, iteration=40))
        for run in found:
            checkpoint_file(run).parent.mkdir(parents=True)
            checkpoint_file(run).touch()
        return found

    return finished


def panel(lab, *nets, most=4):
    return Panel(replace(LABS[lab], nets=nets), "why?", lambda results, theme: None, most=most)


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("shipped:resnet56-A", "shipped", "resnet56-A"),
        ("fresh:plain20", "fresh", "plain20"),
        (" run:12 ", "run", "12"),
        ("resnet20-A", "fresh", "resnet20-A"),
    ],
)
def test_a_source_is_read_and_written(text, kind, name):
    assert Source.parse(text) == Source(kind, name)
    assert Source.parse(str(Source(kind, name))) == Source(kind, name)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("fresh:resnet21-A", "depth 21 is not 6n\\+2; the nearest are 20 and 26"),
        ("file:x", "'file' is no source of nets; write shipped:resnet56-A"),
        ("run:../12", "a run is named by its number, as run:12, not '../12'"),
        ("run:", "not ''"),
        ("run:²", "not '²'"),
        ("fresh:imagenet-resnet50-B", "made for 224x224 images, which are not here"),
    ],
)
def test_what_is_no_source_is_said_in_a_sentence(text, sentence):
    with pytest.raises(SourceError, match=sentence):
        Source.parse(text)


def test_people_read_names(store, finished, two_shipped):
    run = finished()[1]
    assert title(Source("shipped", "resnet8-A"), store) == "ResNet-8 A, trained"
    assert title(Source("fresh", "plain20"), store) == "plain-20, untrained"
    assert title(Source("run", str(run)), store) == f"run {run}: ResNet-8 A"
    assert title(Source("run", "99"), store) == "run 99"
    assert spec_of(Source("run", str(run)), store) == NetSpec.parse("resnet8-A")


def test_other_weights_make_another_question(store, finished, two_shipped):
    run = finished()[0]
    asked = Question("responses", Source("run", str(run)))
    before = asked.payload(store)
    assert before["weights"] == "iteration 40"
    with store.write() as connection:
        connection.execute(runs.update().where(runs.c.id == run).values(iteration=80))
    assert asked.payload(store) != before
    assert weights(Source("shipped", "plain8"), store) == "abc"
    assert Question.from_payload(before) == asked


def test_runs_that_cannot_be_looked_into_say_why(store, finished, submit):
    waiting = store.comparison(submit()).runs[0].id
    with pytest.raises(SourceError, match=f"run {waiting} is waiting its turn; look into it when"):
        weights(Source("run", str(waiting)), store)
    with pytest.raises(SourceError, match="there is no run 99 here"):
        weights(Source("run", "99"), store)
    gone = finished()[0]
    checkpoint_file(gone).unlink()
    with pytest.raises(SourceError, match=f"run {gone} left no weights; choose another"):
        weights(Source("run", str(gone)), store)


def test_what_is_on_offer_suits_the_lab_and_the_images(store, finished, two_shipped):
    plain, residual = finished(data="cifar10")
    both = panel("responses", "plain8", "resnet8-A")
    assert sources(both, CIFAR, store)[:5] == [
        *("shipped:plain8", "shipped:resnet8-A", f"run:{plain}", f"run:{residual}"),
        "fresh:plain8",
    ]
    trained = sources(panel("lesion"), CIFAR, store)
    assert trained == ["shipped:plain8", "shipped:resnet8-A", f"run:{plain}", f"run:{residual}"]
    assert sources(panel("lesion"), GENERATED, store) == []
    assert "fresh:plain20" not in sources(panel("residual_size"), GENERATED, store)
    variants = sources(panel("variants", "resnet20-A"), CIFAR, store)
    assert variants[0] == "fresh:resnet20-A"
    assert not any(each.startswith(("shipped", "run")) for each in variants)
    few = Images("folder", "mine", 3)
    assert not any(each.startswith("shipped") for each in sources(both, few, store))


def test_a_lab_starts_with_the_best_that_is_there(store, finished, two_shipped):
    both = panel("responses", "plain8", "resnet8-A")
    assert usual(both, CIFAR, store) == ["shipped:plain8", "shipped:resnet8-A"]
    assert usual(both, GENERATED, store) == ["fresh:plain8", "fresh:resnet8-A"]
    assert usual(panel("lesion", "plain8"), GENERATED, store) == []
    finished(data="generated")
    newest = finished(data="generated", seed=1)
    wanted = [f"run:{each}" for each in newest]
    assert usual(panel("lesion", "plain8"), GENERATED, store) == wanted
    assert usual(panel("lesion", "plain8", most=1), GENERATED, store) == wanted[:1]
    assert data_of(["fresh:plain8", "run:x", wanted[0]], store) == "generated"
    assert data_of(["fresh:plain8"], store) is None


def test_the_images_that_are_there_come_first():
    assert list(image_sets({})) == ["generated", "cifar10"]
    assert list(image_sets({"cifar10": True})) == ["cifar10", "generated"]
    both = image_sets({"folder": "mine", "folder_classes": 3})
    assert list(both) == ["folder", "generated", "cifar10"]
    assert not both["folder"].suit_shipped
    assert options.Images("folder", "mine").suit_shipped


@pytest.mark.parametrize("kind", ["", "fresh:", "shipped:"])
def test_a_name_that_an_imagenet_net_has_elsewhere_is_answered_with_how_it_is_written(kind):
    with pytest.raises(SourceError, match="written imagenet-resnet50-B here"):
        Source.parse(f"{kind}resnet50")
