"""Pages that are no articles, written and generated here: consent walls, error pages, script shells, listings, homes.

Each is a page of a site with a menu and a footer in its language; the seed of `Random` makes them the same every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

MENUS = {
    language: names.split()
    for language, names in {
        "en": "News Politics Business Sport Culture Weather",
        "de": "Nachrichten Politik Wirtschaft Sport Kultur Wetter",
        "fr": "Actualités Politique Économie Sports Culture Météo",
        "es": "Noticias Política Economía Deportes Cultura Tiempo",
        "it": "Notizie Politica Economia Sport Cultura Meteo",
        "pt": "Notícias Política Economia Esporte Cultura Tempo",
        "nl": "Nieuws Politiek Economie Sport Cultuur Weer",
        "pl": "Wiadomości Polityka Gospodarka Sport Kultura Pogoda",
        "ru": "Новости Политика Экономика Спорт Культура Погода",
        "ja": "ニュース 政治 経済 スポーツ 文化 天気",
    }.items()
}
_WHO = "The council|A school|The harbour board|One ferry|The old mill|Every baker|The museum|A choir|The night train"
_DOES = "opens|loses|sells|repairs|misses|doubles|moves|celebrates|finds"
_WHAT = "its oldest clock|half of its boats|a hundred chairs|the winter timetable|a forgotten map|two bridges|its roof"
_MORE = "after a long winter|for the first time|without a vote|before the holidays|at the third attempt|in Westmark"


class NonArticle(NamedTuple):
    """A page that should be refused, by any of the reasons that name it truly."""

    kind: str
    name: str
    html: str
    reasons: frozenset[str]


def non_articles(seed: int = 5) -> Iterator[NonArticle]:
    """All of them; the numbers and lengths of lists, menus and teasers differ from page to page."""
    random = Random(seed)
    makers = {"consent": _walls, "error": _errors, "gone": _gone, "scripts": _shells}
    for kind, language, lines in wordings():
        yield from makers[kind](random, language, lines)
    for number in range(20):
        listing = f"<h1>Transport</h1>{_teasers(random, random.randint(10, 40))}"
        yield _made("listing", str(number), _page(random, "en", "Transport", listing, 5), "not_an_article")
        home = "".join(f"<section><h2>Part {i}</h2>{_links(random, random.randint(4, 12))}</section>" for i in range(7))
        yield _made("home page", str(number), _page(random, "en", "Today", home, 5), "not_an_article")


def wordings() -> Iterator[tuple[str, str, list[str]]]:
    """Kind, language and lines of each section of the list beside this file."""
    for part in Path(__file__).with_suffix(".txt").read_text("utf-8").split("\n[")[1:]:
        head, *lines = part.strip().split("\n")
        kind, language = head.rstrip("]").split()
        yield kind, language, lines


def _walls(random: Random, language: str, lines: list[str]) -> Iterator[NonArticle]:
    *wall, buttons = lines
    body = f"<h2>{wall[0]}</h2>" + "".join(f"<p>{line}</p>" for line in wall[1:])
    body += "".join(f"<button>{button}</button>" for button in buttons.split("|"))
    for size in (0, 30):
        yield _made("consent wall", language, _page(random, language, "", body, size), "consent_page")


def _errors(random: Random, language: str, lines: list[str]) -> Iterator[NonArticle]:
    for heading, said in (line.split(" | ") for line in lines):
        body = f"<h1>{heading}</h1><p>{said}</p>"
        for size in (0, 30):
            yield _made("error page", language, _page(random, language, heading, body, size), "error_page")
        soft = f"<div><h2>{heading}</h2><p>{said}</p></div>{_teasers(random, 6)}"
        yield _made("soft 404", language, _page(random, language, "", soft, 30), "error_page")


def _gone(random: Random, language: str, lines: list[str]) -> Iterator[NonArticle]:
    body = f"<h1>{lines[0]}</h1>{_links(random, 8)}"
    yield _made("article gone", language, _page(random, language, "", body, 10), "error_page", "not_an_article")


def _shells(random: Random, language: str, lines: list[str]) -> Iterator[NonArticle]:
    shell = f"<noscript>{lines[0]}</noscript><div id=root></div><script src=/main.js></script>"
    yield _made("script shell", language, f"<html lang={language}><title>-</title><body>{shell}", "needs_javascript")
    empty = "<div id=app><span>...</span></div><script>window.start()</script>"
    reasons = ("needs_javascript", "empty_after_cleaning", "not_an_article")
    yield _made("empty shell", language, _page(random, language, "", empty, 0), *reasons)


def _made(kind: str, name: str, html: str, *reasons: str) -> NonArticle:
    return NonArticle(kind, name, html, frozenset(reasons))


def _page(random: Random, language: str, title: str, body: str, links: int) -> str:
    """A site around the body: a menu, a footer, and as many linked titles beside it."""
    entries = MENUS[language]
    menu = "".join(f"<li><a href=/{i}>{entry}</a></li>" for i, entry in enumerate(entries))
    beside = f"<aside><h3>{entries[0]}</h3>{_links(random, links)}</aside>" if links else ""
    return (
        f"<!DOCTYPE html><html lang={language}><head><meta charset=utf-8><title>{title or 'Courier'}</title></head>"
        f"<body><header><nav><ul>{menu}</ul></nav></header><main>{body}</main>{beside}"
        "<footer><p>© 2026 Courier</p></footer></body></html>"
    )


def _title(random: Random) -> str:
    return " ".join(random.choice(part.split("|")) for part in (_WHO, _DOES, _WHAT, _MORE))


def _links(random: Random, count: int) -> str:
    return "<ul>" + "".join(f"<li><a href=/a/{i}>{_title(random)}</a></li>" for i in range(count)) + "</ul>"


def _teasers(random: Random, count: int) -> str:
    """Linked titles with one or two sentences below each, and a time."""
    made = []
    for i in range(count):
        said = " ".join(f"{_title(random)}, and nobody has asked why." for _ in range(random.randint(1, 2)))
        title = f"<h2><a href=/t/{i}>{_title(random)}</a></h2>"
        made.append(f"<div>{title}<p>{said}</p><span>{i + 1} hours ago</span></div>")
    return "".join(made)
