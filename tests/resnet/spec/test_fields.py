"""Every field of a net and a recipe is described once; options, names and differences read it."""

from dataclasses import fields, replace

import pytest

from resnet.cli.arguments import argument_parser, entries_wanted, option
from resnet.spec import NetSpec, Recipe, SpecError
from resnet.spec.differences import difference
from resnet.spec.fields import fields_of
from resnet.spec.names import FIELDS, TELLING, Entry, short_words, value_words

RECIPE = fields_of(Recipe)
NET = NetSpec.parse("resnet20-A")
OF_A_TEST = {"seed", "log_every", "test_every", "test_images", "final_images", "responses"}
each_field = pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
each_of_a_recipe = pytest.mark.parametrize("field", RECIPE.values(), ids=RECIPE)


def another(field, recipe):
    """A value that the field can have and does not have in a recipe."""
    if field.name == "warmup":
        return "error"  # a linear one needs a length
    choices = field.choices or (field.kind(value) for value in (0.5, 500, 2000))
    return next(
        value
        for value in choices
        if value != getattr(recipe, field.name) and (field.choices or value >= field.low)
    )


def wanted(*given):
    (entry,) = entries_wanted(argument_parser().parse_args(["train", "plain20", *given]))
    return entry[1]


def test_no_field_is_without_a_description():
    assert set(RECIPE) == {field.name for field in fields(Recipe)}
    assert set(FIELDS) == {*RECIPE, *(field.name for field in fields(NetSpec))}


@each_field
def test_a_field_has_a_label_help_and_choices_or_a_range(field):
    assert field.label[:1].isupper()
    assert field.help.endswith(".")
    assert bool(field.choices) != (field.low < field.high)


@each_field
def test_what_is_not_among_the_choices_or_in_the_range_is_refused(field):
    if field.kind is tuple:
        return  # the blocks of a stage, which NetSpec counts
    for value in field.choices or (field.low, field.high):
        field.check(value)
    for wrong in ["?"] if field.choices else [field.low - 1, field.high + 1, "?", True]:
        with pytest.raises(SpecError, match=f"^{field.name} "):
            field.check(wrong)


@each_of_a_recipe
def test_a_field_is_an_option(field):
    if field.name == "responses":
        return  # python -m explorer alone, for the table of the other has no room for them
    value = another(field, Recipe())
    given = [option(f"no_{field.name}")] if value is False else [option(field.name), str(value)]
    assert getattr(wanted(*given), field.name) == value


@pytest.mark.parametrize("name", ["images", "test_images", "final_images"])
def test_all_images_can_be_asked_for(name):
    assert getattr(wanted(option(name), "500"), name) == 500
    assert getattr(wanted(option(name), "all"), name) is None


def test_the_rate_of_the_warm_up_can_be_said():
    assert wanted("--warmup", "error", "--warmup-rate", "0.02").warmup_rate == 0.02


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--images", "many"], "images must be a whole number, not 'many'"),
        (["--batch", "all"], "batch must be a whole number, not 'all'"),
        (["--momentum", "much"], "momentum must be a number, not 'much'"),
        (["--schedule", "cosine"], "schedule 'cosine' is not known; choose steps, linear or"),
        (["--data", "mnist"], "data 'mnist' is not known; choose cifar10, folder or generated"),
    ],
)
def test_an_option_that_cannot_be_is_refused_in_one_sentence(given, sentence):
    with pytest.raises(SpecError, match=sentence):
        wanted(*given)


@each_field
def test_a_field_is_named_in_a_sentence_and_beside_a_curve(field):
    """Fields that make another curve have words for each value, which tell the values apart."""
    assert (field.name in TELLING) == field.telling == (field.name not in OF_A_TEST)
    values = list(field.choices) or [(2, 3, 4) if field.kind is tuple else field.low]
    values += [None] * bool(field.none)
    for words in (field.short_words, field.said_words, field.phrase, field.value_words):
        said = [words(value) for value in values]
        assert len(set(said)) == len(values)
        assert all(said) and not any("None" in each or "{" in each for each in said)


@each_of_a_recipe
def test_a_name_and_a_difference_come_from_the_description(field):
    if field.name.startswith("warmup"):
        return  # they are said together; tests/resnet/spec/test_differences.py
    base = Recipe()
    value = another(field, base)
    other = replace(base, **{field.name: value})
    said = difference((NET, base), (NET, other))
    assert field.subject in said
    assert f"against {field.value_words(value)}" in said
    if field.telling:
        assert value_words(Entry(NET, other), [field.name]) == field.phrase(value)
        assert short_words(Entry(NET, other), [field.name]) == [field.short_words(value)]


def test_the_length_of_a_warm_up_is_not_named_beside_the_warm_up():
    curve = Entry(NET, Recipe(warmup="linear", warmup_iterations=60))
    names = ("warmup", "warmup_iterations", "batch")
    assert value_words(curve, names) == "with a linear warm-up, with mini-batches of 128"
    assert short_words(curve, names) == ["warm-up", "batch 128"]
    assert value_words(curve, names[1:2]) == "with a warm-up of 60 iterations"
