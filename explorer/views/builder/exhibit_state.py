"""The exhibit of this visitor, as the address of the Build page has it."""

from explorer.views.builder.exhibit import Exhibit, from_query, of_nets, to_query
from explorer.views.parts.address import PageAddress
from explorer.views.parts.link import Query
from resnet.spec import NetSpec

_ADDRESS = PageAddress("exhibit")
show_problem = _ADDRESS.show_problems


def current() -> Exhibit:
    query = _ADDRESS.query()
    if not query:
        return Exhibit()
    nets = tuple(map(NetSpec.parse, query.pop("net")))
    return of_nets(nets, range(len(nets)), {name: texts[-1] for name, texts in query.items()})[0]


def change(exhibit: Exhibit, problem: str = "") -> None:
    """After a widget changed: the new exhibit, and one sentence if something cannot be."""
    _ADDRESS.change(to_query(exhibit), problem)


def follow_link() -> Exhibit:
    """Takes a link that came from outside, and writes the exhibit into the URL."""
    _ADDRESS.follow(_read)
    exhibit = current()
    _ADDRESS.write(to_query(exhibit))
    return exhibit


def _read(link: Query) -> tuple[Query, tuple[str, ...]]:
    exhibit, wrong = from_query(link, current())
    return to_query(exhibit), wrong
