"""Short texts: names and JSON of nets and recipes, sources, links, cookies, answers that were kept.

Links are read here as their pages' tables read them; `pages.py` opens the pages.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from explorer.commands.labs import _setting
from explorer.commands.selection import CommandError
from explorer.server import connection, visitor
from explorer.store.jobs import files
from explorer.store.jobs.net_source import Source, SourceError
from explorer.views.builder.exhibit import Exhibit, from_query, to_query
from explorer.views.runs.filter.filter import link_of as link_of_runs
from explorer.views.runs.filter.filter import view_of
from explorer.views.train.link import from_link
from resnet.lessons import LESSONS
from resnet.spec import NetSpec, Recipe, SpecError
from tests.fuzz.mutations import WORDS, changed_json, changed_text, value
from tests.fuzz.parser import Fault, Parser, check_words

NETS = (
    *("plain20", "resnet56-A", "resnet164-A-bottleneck-3x3-w32-c100", "imagenet-resnet50-B"),
    *("resnet20-C-pre-nonorm-tanh", "resnet20-A-stages2.3.4", "resnet50", "plain1202"),
)
QUERIES: dict[str, tuple[dict[str, str], ...]] = {
    "build": (
        {"net": "resnet56-A,plain56", "edit": "2", "section": "compare", "hide": "title,table"},
        {"net": "resnet20-A", "memory": "128,fp32,1,0.5,50", "unit": "flops"},
        {"net": "resnet56-A", "layer": "stage2.block1.conv1", "section": "layers"},
    ),
    "train": (
        {"lesson": "degradation", "seed": "2", "seeds": "3", "full": "1"},
        {"nets": "plain20,resnet56-A", "iterations": "1000", "learning_rate": "0.1"},
        {"nets": "plain20", "weight_decay": "0.0", "split": "45k/5k", "augment": "True"},
        {"comparison": "abcd1234", "predict": "1", "hide": "launch"},
        {"replay": "degradation"},
    ),
    "runs": (
        {"find": "plain 56", "state": "stopped", "tag": "3b", "mine": "1", "page": "2"},
        {"runs": "12,15", "archived": "1", "lesson": "degradation"},
    ),
    "why": (
        {"lab": "gradients", "depth": "56", "steps": "20", "norm": "batch"},
        {"lab": "surface", "side": "33", "count": "200", "reach": "1.0", "seed": "0"},
        {"lab": "responses", "nets": "fresh:resnet20-A,run:3", "data": "generated"},
        {"lab": "variants", "iterations": "60", "seed": "0"},
        {"lab": "sees", "number": "7", "source": '"a test image"'},
        {"lab": "lesion", "nets": "shipped:resnet56-A", "off": '["stage1.block2"]'},
    ),
}


def draw_query(page: str, rng: random.Random) -> dict[str, str]:
    """A link of a page with one to three parameters changed or added, as a browser sends it."""
    given = dict(rng.choice(QUERIES[page]))
    for _ in range(rng.choice((1, 1, 2, 3))):
        names = [name for each in QUERIES[page] for name in each]
        name = rng.choice((*names, *given)) if rng.random() < 0.9 else rng.choice(WORDS)
        given[name] = changed_text(rng, given.get(name, "1"), NETS)
    return as_sent(given)


def as_sent(query: Mapping[str, str]) -> dict[str, str]:
    """What arrives of a link: Streamlit replaces what is no UTF-8."""
    return {
        name.encode("utf-8", "replace").decode(): text.encode("utf-8", "replace").decode()
        for name, text in query.items()
    }


def known_queries(page: str, words: Sequence[str]) -> list[dict[str, str]]:
    """Each of these words in the place of each parameter of the page."""
    places = [(given, name) for given in QUERIES[page] for name in given]
    return [as_sent({**given, name: word}) for given, name in places for word in words]


def accepted(wrong: Any) -> bool:
    """Whether nothing was wrong; each thing that was is a sentence."""
    for sentence in wrong:
        check_words(sentence)
    return not wrong


def written(query: Mapping[str, Any]) -> None:
    """What a page writes into its address must be text that an address takes."""
    urlencode(query, doseq=True).encode()


def build(query: dict[str, str]) -> bool:
    exhibit, wrong = from_query({name: [text] for name, text in query.items()}, Exhibit())
    again, more = from_query(to_query(exhibit), Exhibit())
    if (again.nets, more) != (exhibit.nets, ()):
        raise Fault(f"its own link {to_query(exhibit)} is wrong: {more}")
    written(to_query(exhibit))
    return accepted(wrong)


def runs(query: dict[str, str]) -> bool:
    view, wrong = view_of(query)
    again, more = view_of(link_of_runs(view))
    if more or again.runs != view.runs:
        raise Fault(f"its own link {link_of_runs(view)} is wrong: {more}")
    written(link_of_runs(view))
    return accepted(wrong)


def train(query: dict[str, str]) -> bool:
    values, wrong = from_link(query)
    if values.get("lesson", "own") not in (*LESSONS, "own"):
        raise Fault(f"the lesson {values['lesson']!r}")
    return accepted(wrong)


def net(text: str) -> bool:
    spec = NetSpec.parse(text)
    if NetSpec.parse(str(spec)) != spec or NetSpec.from_json(spec.to_json()) != spec:
        raise Fault(f"{spec} is not what it was")
    return True


def net_json(text: str) -> bool:
    return net(str(NetSpec.from_json(text)))


def recipe_json(text: str) -> bool:
    recipe = Recipe.from_json(text)
    if Recipe.from_json(recipe.to_json()) != recipe:
        raise Fault(f"{recipe} is not what it was")
    return True


def recipe_words(text: str) -> bool:
    recipe = Recipe.parse(text)
    if Recipe.parse(str(recipe), recipe.seed) != recipe:
        raise Fault(f"{recipe} is not what it was")
    return True


def source(text: str) -> bool:
    found = Source.parse(text)
    if Source.parse(str(found)) != found:
        raise Fault(f"{found} is not what it was")
    return True


def cookie(text: str) -> bool:
    known = visitor._is_secret(text)
    if known and len(visitor.owner_of(text)) != 12:
        raise Fault("an owner of another length")
    connection.host_name(f"//{text}")
    return known


def setting(text: str) -> bool:
    json.dumps(_setting(text), allow_nan=False)
    return True


@cache
def answer() -> str:
    return json.dumps({"result": {"share": [0.5, None]}, "seconds": 1.0, "note": "", "label": "a"})


def kept_answer(text: str) -> bool:
    """A kept answer is read as one, or is none."""
    found = files.read(1, text)
    if found is not None and not isinstance(found, dict):
        raise Fault(f"an answer that is {type(found).__name__}")
    files.lost(1, text)
    files.names_a_file(text)
    return found is not None


def _draw_text(good: tuple[str, ...], rng: random.Random) -> str:
    return changed_text(rng, rng.choice(good), good)


def _draw_json(good: Any, rng: random.Random) -> str:
    if rng.random() < 0.3:
        return changed_text(rng, json.dumps(good))
    return json.dumps(changed_json(rng, good) if rng.random() < 0.9 else value(rng))


def _of_text(
    name: str,
    good: tuple[str, ...],
    feed: Callable[[str], bool],
    *refusals: type[Exception],
    share: float = 1,
) -> Parser:
    known = (*WORDS, *(text + word for text in good[:2] for word in WORDS))
    return Parser(name, known, partial(_draw_text, good), feed, refusals, share=share)


def _of_json(name: str, good: Any, feed: Callable[[str], bool], *refusals: type[Exception]):
    known = (*WORDS, '{"depth": 1e999}', '{"images": 1e400}', '{"seed": true}', '{"stages": "234"}')
    return Parser(name, known, partial(_draw_json, good), feed, refusals)


RECIPE_WORDS = ("images=5000 image_size=16 augment=false", "learning_rate=0.1 warmup=error", "")
SETTINGS = ("side=17", 'off=["stage1.block2"]', "activation=tanh")
SECRETS = ("3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAA", "localhost:8501", "[::1]:80")
SOURCES = ("shipped:resnet56-A", "fresh:resnet56-A", "run:12", "plain20")

PARSERS = (
    _of_text("net", NETS, net, SpecError, share=3),
    _of_json("net.json", json.loads(NetSpec.parse(NETS[5]).to_json()), net_json, SpecError),
    _of_text("recipe", RECIPE_WORDS, recipe_words, SpecError, share=2),
    _of_json("recipe.json", json.loads(Recipe().to_json()), recipe_json, SpecError),
    _of_text("source", SOURCES, source, SourceError, share=2),
    _of_text("cookie", SECRETS, cookie, share=2),
    _of_text("setting", SETTINGS, setting, CommandError),
    _of_json("answer", json.loads(answer()), kept_answer),
    *(
        Parser(
            f"link.{page}",
            known_queries(page, WORDS),
            partial(draw_query, page),
            feed,
            share=3,
        )
        for page, feed in (("build", build), ("train", train), ("runs", runs))
    ),
)
