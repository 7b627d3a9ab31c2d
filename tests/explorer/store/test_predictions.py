"""Predictions: one for each visitor, the first one counts, gone with their comparison."""

from explorer.store.curation import Shelf
from explorer.store.predictions import Guesses


def test_the_first_guess_counts(store, submit):
    guesses, lesson = Guesses(store), submit()
    guesses.guess(lesson, "ann", 2)
    guesses.guess(lesson, "ann", 0)
    guesses.guess(lesson, "bob", 1)
    assert guesses.all(lesson) == {"ann": 2, "bob": 1}


def test_guesses_on_what_is_not_there_are_dropped(store, submit):
    guesses, lesson = Guesses(store), submit()
    guesses.guess("nothing", "ann", 1)
    assert guesses.all("nothing") == {}
    guesses.guess(lesson, "ann", 1)
    Shelf(store).delete(lesson)
    Shelf(store).purge(older_than=0)
    assert guesses.all(lesson) == {}
