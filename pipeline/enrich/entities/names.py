"""One way of writing each name: case, marks, titles and the world's usual short forms do not tell names apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pipeline.records import Label

_POSSESSIVE = re.compile(r"\s*['’‘`´]s?$")
_EDGES = " \t\"“”„«»'’‘`´,;:()[]"
_PLAIN = str.maketrans({**dict.fromkeys("'’‘`´\"“”„«»,()[]"), **dict.fromkeys("-‐‑‒–—/", " "), "&": " and "})
_SHORT = re.compile(r"[A-Z][A-Za-z]{0,5}[A-Z]")  # of letters alone, dots taken out: WHO, MoD


def words_of(text: str) -> frozenset[str]:
    """The words of a list, for looking up."""
    return frozenset(text.split())


TITLES = words_of(
    "mr mrs ms miss mx dr prof professor sir dame lord lady president vice deputy prime foreign finance interior"
    " defence defense minister premier chancellor senator sen rep representative congressman congresswoman gov governor"
    " mayor secretary ambassador judge justice chief general gen colonel col captain capt lieutenant lt sergeant sgt"
    " major maj admiral adm commander brigadier officer detective inspector chairman chairwoman chair ceo director"
    " spokesman spokeswoman spokesperson attorney rev reverend fr father sheikh shaikh imam rabbi ayatollah maulana"
    " sheriff councillor speaker former ex acting late the hon honourable honorable coach manager sr señor señora herr"
    " frau monsieur madame mme archbishop bishop cardinal councilman councilwoman councilmember alderman assemblyman"
    " assemblywoman lawmaker legislator commissioner superintendent constable inspector-general envoy consul treasurer"
    " comptroller auditor solicitor barrister principal dean rector provost curator midfielder striker"
    " defender goalkeeper skipper pastor deacon nun sister brother emir sultan king queen prince princess duke"
    " duchess baron baroness count countess marshal corporal private commodore"
)
JUNIOR = words_of("jr sr ii iii iv")
SMALL = words_of("of the for and in on to at de del des du di da la le les y e et und der die")
_CORPORATE = words_of("inc incorporated ltd limited llc corp plc co gmbh ag")

# The name, then other ways to write it; those in capitals must be written in capitals.
_WORLD = (
    "United States|US|USA|United States of America|America",
    "United Kingdom|UK|Great Britain|Britain",
    "United Arab Emirates|UAE",
    "Soviet Union|USSR|Union of Soviet Socialist Republics",
    "Democratic Republic of the Congo|DRC|DR Congo|Democratic Republic of Congo",
    "South Korea|Republic of Korea|ROK",
    "North Korea|DPRK|Democratic People's Republic of Korea",
    "China|People's Republic of China|PRC",
    "Russia|Russian Federation",
    "Czech Republic|Czechia",
    "Ivory Coast|Côte d'Ivoire",
    "Myanmar|Burma",
    "Turkey|Türkiye",
    "Eswatini|Swaziland",
    "Netherlands|Holland",
    "Kyiv|Kiev",
    "United Nations|UN|UNO|United Nations Organization",
    "European Union|EU",
    "NATO|North Atlantic Treaty Organization|North Atlantic Treaty Organisation",
    "World Health Organization|WHO|World Health Organisation",
    "World Trade Organization|WTO|World Trade Organisation",
    "International Monetary Fund|IMF",
    "International Atomic Energy Agency|IAEA",
    "International Olympic Committee|IOC",
    "International Labour Organization|ILO",
    "World Food Programme|WFP|World Food Program",
    "Organization for Security and Co-operation in Europe|OSCE",
    "UNESCO|United Nations Educational, Scientific and Cultural Organization",
    "UNICEF|United Nations Children's Fund",
    "UNHCR|United Nations High Commissioner for Refugees",
    "African Union|AU",
    "Federal Bureau of Investigation|FBI",
    "Central Intelligence Agency|CIA",
    "National Security Agency|NSA",
    "NASA|National Aeronautics and Space Administration",
    "ASEAN|Association of Southeast Asian Nations",
    "OPEC|Organization of the Petroleum Exporting Countries",
    "BBC|British Broadcasting Corporation",
    "IBM|International Business Machines",
    "Republican Party|GOP",
)


@dataclass(frozen=True, slots=True)
class Name:
    """`key` is equal for all ways to write a name, `words` its words, `shown` how an entity is called after it."""

    key: str
    words: tuple[str, ...]
    shown: str
    titled: bool = False  # `Mr Lavrov`: nothing but a person is called so
    short: str = ""  # the letters of what looks like an acronym, case-folded


def read(text: str, label: Label) -> Name:
    """The name in a mention's text; never empty."""
    shown = " ".join(text.split()) or "?"
    if label in ("Date", "Money"):
        return Name(shown.casefold(), (shown.casefold(),), shown)
    bare = _POSSESSIVE.sub("", shown).strip(_EDGES) or shown
    if bare[:4].casefold() == "the " and label != "Person":
        bare = bare[4:]
    return _person(bare) if label == "Person" else _other(bare, label)


def plain(text: str) -> str:
    """Folded: no case, marks on letters, apostrophes or hyphens."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(text.translate(_PLAIN).casefold().split())


def _person(bare: str) -> Name:
    pieces = bare.split()
    folded = [plain(piece.replace(".", " ")) for piece in pieces]
    at = next((i for i, word in enumerate(folded) if word not in TITLES), 0)
    shown = " ".join(pieces[at:])
    if len(pieces[-1]) > 3 and pieces[-1].count(".") == 1 and folded[-1] not in JUNIOR:
        shown = shown.rstrip(".")
    words = tuple(" ".join(folded[at:]).split())
    return Name(" ".join(words) or bare.casefold(), words or (bare.casefold(),), shown, at > 0)


def _other(bare: str, label: Label) -> Name:
    letters = bare.replace(".", "")
    short = letters if _SHORT.fullmatch(letters) else ""
    folded = plain(letters)
    known = _KNOWN.get(short or folded)
    if known is not None:
        return Name(plain(known), tuple(plain(known).split()), known, short=short.casefold())
    words = folded.split()
    first = letters.partition(" ")[0]
    if len(words) > 1 and first in _LEADING:
        words[:1] = _LEADING[first]
    if len(words) > 1 and words[-1] in _CORPORATE and label == "Organization":
        words.pop()
    if label == "Location" and words[:2] == ["state", "of"] and len(words) > 2:
        words = words[2:]
    key = " ".join(word for word in words if word not in SMALL) if label == "Organization" else " ".join(words)
    return Name(key or bare.casefold(), tuple(words) or (bare.casefold(),), bare, short=short.casefold())


_KNOWN = {
    form if _SHORT.fullmatch(form) else plain(form): row.split("|")[0] for row in _WORLD for form in row.split("|")
}
_LEADING = {form: plain(_KNOWN[form]).split() for form in ("US", "UK", "UN", "EU")}
