"""Predictions: one for each visitor, the first one counts, gone with their comparison."""

from explorer.store.curation import Curation
from explorer.store.predictions import Predictions


def test_the_first_prediction_counts(store, submit):
    predictions, lesson = Predictions(store), submit()
    predictions.predict(lesson, "ann", 2)
    predictions.predict(lesson, "ann", 0)
    predictions.predict(lesson, "bob", 1)
    assert predictions.all(lesson) == {"ann": 2, "bob": 1}


def test_predictions_on_what_is_not_there_are_dropped(store, submit):
    predictions, lesson = Predictions(store), submit()
    predictions.predict("nothing", "ann", 1)
    assert predictions.all("nothing") == {}
    predictions.predict(lesson, "ann", 1)
    Curation(store).delete(lesson)
    Curation(store).purge(older_than=0)
    assert predictions.all(lesson) == {}
