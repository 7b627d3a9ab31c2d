"""A store that cannot be used is told in a sentence on the page, and no traceback is shown."""

from explorer.server import sentences
from explorer.store.comparisons import RunStore
from explorer.store.trouble import StoreBusy
from tests.explorer.views.pages import app_at


def test_a_damaged_store_is_told_on_every_page(home):
    home.mkdir()
    (home / "runs.db").write_bytes(b"no database at all\n" * 500)
    page = app_at("runs").run()
    (told,) = [each.value for each in page.error]
    assert "is damaged" in told
    assert "put a copy of it back" in told
    assert not page.exception


def test_what_is_met_while_a_page_is_drawn_is_told_too(home, monkeypatch):
    sentences.show()

    def out_of_reach(self):
        raise StoreBusy("the store cannot be reached; see whether its disk is there")

    monkeypatch.setattr(RunStore, "active", out_of_reach)
    page = app_at("home").run()
    assert "see whether its disk is there" in " ".join(each.value for each in page.error)
    assert not page.exception
