"""What holds of every net, recipe, link, lesson and comparison file, drawn by hypothesis."""

import json
from dataclasses import asdict, fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.files.format import pack, unpack
from explorer.store.launch import own_request
from explorer.views.builder.exhibit import Exhibit, from_query, to_query
from explorer.views.runs.filter.filter import PARAMETERS, link_of, view_of
from explorer.views.train.link import from_link
from explorer.views.train.link import link_of as link_of_request
from explorer.views.train.recipe_widgets import SETTINGS
from explorer.views.why import state
from resnet.lessons import LESSONS
from resnet.plan import plan
from resnet.spec import NetSpec, Recipe, SpecError, json_text
from resnet.spec.fields import fields_of
from resnet.spec.net import IMAGENET_BLOCKS
from tests.fuzz.parser import LONGEST
from tests.fuzz.parsers.comparisons import content, written

EXAMPLES = settings(max_examples=150, deadline=None)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def values_of(field):
    """What a field can be, by its own description."""
    if field.choices:
        return st.sampled_from(list(field.choices))
    number = st.integers if field.kind is int else st.floats
    found = number(field.low, field.high)
    return st.none() | found if field.none else found


@st.composite
def nets(draw):
    """Nets of either family, the paper's and others, most of them small."""
    known = fields_of(NetSpec)
    block = draw(st.sampled_from(["basic", "bottleneck", "single"]))
    given = {name: draw(values_of(known[name])) for name in ("shortcut", "order", "activation")}
    given |= {"norm": draw(values_of(known["norm"])), "width": draw(st.integers(1, 64))}
    given["classes"] = draw(st.integers(2, 1000))
    if block == "bottleneck":
        given["stride_on"] = draw(values_of(known["stride_on"]))
    if draw(st.booleans()):
        depth = draw(st.sampled_from(list(IMAGENET_BLOCKS)))
        given["stride_on"] = "1x1"
        return NetSpec("imagenet", depth, **given)
    stages = draw(st.lists(st.integers(1, 9), min_size=3, max_size=3))
    return NetSpec("cifar", None, block, stages=tuple(stages), **given)


@st.composite
def recipes(draw):
    given = {name: draw(values_of(field)) for name, field in fields_of(Recipe).items()}
    given["test_every"] = given["log_every"] * draw(st.integers(1, 1 + 9 // given["log_every"]))
    if given["warmup"] == "linear":
        given["warmup_iterations"] = max(1, given["warmup_iterations"])
    return Recipe(**given)


@EXAMPLES
@given(nets())
def test_a_net_has_a_name_and_a_name_has_a_net(net):
    assert NetSpec.parse(str(net)) == net
    assert NetSpec.parse(str(net).upper()) == net
    assert NetSpec.from_json(net.to_json()) == net
    assert plan(net).layers[-1].name


@EXAMPLES
@given(recipes())
def test_a_recipe_has_words_and_the_words_have_a_recipe(recipe):
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert Recipe.parse(str(recipe), recipe.seed) == recipe


@EXAMPLES
@given(st.sampled_from([NetSpec, Recipe]), st.data())
def test_whatever_a_field_is_given_it_takes_or_refuses_in_a_sentence(kind, data):
    usual = asdict(kind())
    name = data.draw(st.sampled_from([each.name for each in fields(kind)]))
    value = data.draw(ANYTHING)
    try:
        made = kind(**{**usual, name: value})
        assert kind.from_json(made.to_json()) == made
    except SpecError as refusal:
        assert 0 < len(str(refusal)) <= LONGEST
        str(refusal).encode("utf-8")


@EXAMPLES
@given(st.lists(nets(), min_size=1, max_size=4), st.integers(0, 3), st.booleans())
def test_a_link_of_the_build_page_shows_what_it_was_made_of(chosen, edit, flops):
    chosen = tuple(dict.fromkeys(chosen))
    unit = "flops" if flops else "macs"
    exhibit = Exhibit(chosen, min(edit, len(chosen) - 1), "compare", ("title",), unit)
    assert from_query(to_query(exhibit), Exhibit()) == (exhibit, ())


@EXAMPLES
@given(st.integers(0, 2**31 - 9), st.integers(1, 5), recipes())
def test_a_link_of_the_train_page_launches_what_it_was_made_of(seed, seeds, drawn):
    offered = {each.name: getattr(drawn, each.name) for each in SETTINGS}
    offered["test_every"] = 10 * min(20_000, -(-offered["test_every"] // 10))
    offered["images"] = offered["images"] or 50_000
    recipe = replace(LESSONS["degradation"].recipe, seed=seed, **offered)
    request = own_request((NetSpec.parse("plain20"), NetSpec.parse("resnet20-A")), recipe, seeds)
    values, wrong = from_link(link_of_request(request))
    assert not wrong
    assert values["nets"] == ["plain20", "resnet20-A"]
    usual = LESSONS["degradation"].recipe
    found = {name: values.get(f"recipe_{name}", getattr(usual, name)) for name in offered}
    assert found == offered
    assert (values.get("seed", 0), values.get("seeds", 1)) == (seed, seeds)


@EXAMPLES
@given(
    st.dictionaries(
        st.sampled_from([each.name for each in PARAMETERS]),
        st.text(st.characters(codec="utf-8"), max_size=30),
    )
)
def test_a_link_of_the_runs_page_is_written_as_it_is_read(link):
    view, _ = view_of(link)
    assert view_of(link_of(view))[1] == []


@EXAMPLES
@given(st.text(max_size=400) | ANYTHING.map(json.dumps))
def test_a_setting_of_a_lab_in_a_link_is_a_plain_value(text):
    value = state._read(text)
    json.dumps(value, allow_nan=False).encode()
    assert state._read(state._written(value)) == value


@EXAMPLES
@given(ANYTHING)
def test_json_is_read_or_refused(value):
    text = json.dumps(value)
    try:
        assert json.dumps(json_text.read(text, finite=False)) == text
        json.dumps(json_text.read(text), allow_nan=False).encode()
    except ValueError as refusal:
        assert str(refusal)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "[" * 41 + "]" * 41, '{"a":' * 3000, "9" * 5000, '"\\ud800"', "1e999"]
)
def test_json_that_is_none_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"."):
        json_text.read(text)


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize("full", [False, True])
def test_every_lesson_can_be_named_in_words_and_in_json(name, full):
    lesson = LESSONS[name]
    for entry in lesson.gpu if full and lesson.gpu else lesson.entries:
        assert NetSpec.parse(str(entry.net)) == entry.net
        assert Recipe.parse(str(entry.recipe), entry.recipe.seed) == entry.recipe


@EXAMPLES
@given(nets(), recipes(), st.text(max_size=20), st.floats(0, 1e9))
def test_a_comparison_file_is_read_as_it_was_written(net, recipe, title, created):
    if net.family == "imagenet":
        return
    run = {**content()["runs"][0], "net": json.loads(net.to_json())}
    run["recipe"] = json.loads(recipe.to_json())
    run["rows"] = {**run["rows"], "gradients": None, "weights": None}
    about = {**content()["comparison"], "title": title, "created": created}
    first = unpack(written({**content(), "comparison": about, "runs": [run]})).snapshot
    again = unpack(pack(first)).snapshot
    assert again.comparison.title == first.comparison.title
    assert again.comparison.created == created
    (before,), (after,) = first.histories, again.histories
    assert (
        (after.run.spec, after.run.recipe)
        == (before.run.spec, before.run.recipe)
        == (
            net,
            recipe,
        )
    )
    assert [row.loss for row in after.rows] == [row.loss for row in before.rows]
