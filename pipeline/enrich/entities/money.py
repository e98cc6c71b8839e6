"""A sum as '5000000 USD': a plain decimal amount and an ISO 4217 code; '5000000/7000000 USD' for a range.

'more than', 'about' and 'up to' are left out of the value. No amount said ('millions of dollars', 'dollar'), several
sums, or a currency that stays open: None.

Whose dollars: '$' and 'dollars' are US dollars, the local ones where the article's places are in one country whose
press writes '$' for its own (Australia, Canada, New Zealand) and not in the United States, and none where in Hong
Kong, Singapore or Taiwan; in brackets behind another sum they are US dollars. '£' and 'pounds' are sterling unless
a place has pounds of its own; then '£' still is beside a British place, and 'pounds' are that place's
without one. Rupees, pesos, francs, crowns, dinars and shillings go by adjective, else by the only country among the
places that has such, else None.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from pipeline.enrich.entities.currencies import currencies

MAX_CHARS = 80  # of a mention that is read at all

_OWN_DOLLAR = frozenset({"AU", "CA", "NZ"})
_UNCLEAR_DOLLAR = frozenset({"HK", "SG", "TW"})
_SCALES = {
    "hundred": 2, "k": 3, "thousand": 3, "lakh": 5, "lakhs": 5, "lac": 5, "lacs": 5, "m": 6, "mn": 6, "mil": 6,
    "mln": 6, "mio": 6, "million": 6, "millions": 6, "crore": 7, "crores": 7, "cr": 7, "b": 9, "bn": 9, "bil": 9,
    "bln": 9, "billion": 9, "t": 12, "tn": 12, "trn": 12, "trillion": 12,
}  # fmt: skip
_COUNTS = {
    word: Decimal(count)
    for word, count in {
        "half": "0.5", "half a": "0.5", "a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4",
        "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
        "twenty": "20",
    }.items()
}  # fmt: skip

_DOMINANT = {"won": "KRW", "lira": "TRY", "liras": "TRY", "ruble": "RUB", "rubles": "RUB", "rouble": "RUB",
             "roubles": "RUB", "c$": "CAD"}  # fmt: skip
_NEEDS_PLACE = frozenset(  # too short to mean money anywhere
    ("af", "bd", "br", "d", "da", "ft", "gh", "id", "jd", "km", "mk", "nu", "rf", "ro")
)

_COUNT = "|".join(sorted(_COUNTS, key=len, reverse=True))
_NUMBER = rf"(?:[0-9]{{1,18}}(?:[ ,.][0-9]{{2,3}}(?![0-9]))*(?:[.,][0-9]{{1,4}})?(?![0-9])|(?:{_COUNT})(?= ))"
_SCALE = (
    r"(?:(?:lakh|thousand|hundred|million) (?:crore|thousand|lakh|million|billion|trillion)s?|"
    + "|".join(sorted(_SCALES, key=len, reverse=True))
    + r")(?![a-z])"
)
_AMOUNT = rf"({_NUMBER})\.? ?({_SCALE})?"
_SUM = re.compile(rf"(?P<ahead>[^0-9]{{0,24}}?) ?{_AMOUNT} ?(?P<behind>[^0-9]{{0,30}})")
_RANGE = re.compile(
    rf"(?P<ahead>[^0-9]{{0,24}}?) ?{_AMOUNT} ?(?P<between>[^0-9]{{0,24}}?)(?: ?- ?| to | and )"
    rf"(?P<again>[^0-9]{{0,10}}?) ?{_AMOUNT} ?(?P<behind>[^0-9]{{0,30}})"
)
_ABOUT = re.compile(
    r"^(?:(?:more|less|fewer) than|at least|at most|up to|as much as|(?:just |well )?over|under|about|around|some"
    r"|nearly|almost|roughly|approximately|an? estimated|between|from|only|worth|the) +"
)

_SUM_AHEAD = re.compile(r"(?<!\S)(\S*[0-9]\S*(?: [a-zA-Z]\S*){0,4}) ?\($")


@lru_cache(4096)
def read(text: str) -> tuple[Decimal, Decimal | None, frozenset[str], str] | None:
    """Amount, upper amount of a range, the codes it may be in, and the name that says so; None for no one sum."""
    said = " ".join(text.lower().replace("–", "-").replace("—", "-").replace("’", "'").split()).strip(" ,;:()\"'")
    said = said.partition(" (")[0]
    is_between = said.startswith("between ")
    while match := _ABOUT.match(said):
        said = said[match.end() :]
    match = _RANGE.fullmatch(said)
    if match and (match["ahead"] or match["behind"] or match["between"]):
        return None if " and " in said and not is_between else _range(match)
    match = _SUM.fullmatch(said.replace("-", " "))
    if match is None:
        return None
    found = _currency(match["ahead"], match["behind"])
    amount = _amount(match[2], match[3])
    return (amount, None, *found) if found and amount is not None else None


def money(text: str, countries: frozenset[str] = frozenset(), before: str = "", after: str = "") -> str | None:
    """The value of a mention; `countries` (ISO 3166) of the article's places, and its sentence around it.

    Never raises. Bounded: a mention longer than MAX_CHARS is not read.
    """
    if len(text) > MAX_CHARS:
        return None
    found = read(text)
    if found is None:
        return None
    amount, upper, codes, name = found
    if name != "$" or not _is_american(before, after):
        codes = _chosen(name, codes, countries)
    if len(codes) != 1:
        return None
    code = next(iter(codes))
    return f"{_plain(amount)}/{_plain(upper)} {code}" if upper is not None else f"{_plain(amount)} {code}"


def _is_american(before: str, after: str) -> bool:
    """Whether the words beside '$5' say US: 'US$5', '$5 (US)', or what a sum in another currency is worth."""
    if re.search(r"\bU\.?S\.? ?$", before[-6:]) or re.match(r" ?\(US\)", after):
        return True
    other = _SUM_AHEAD.search(before[-60:])
    worth = read(other[1]) if other else None
    return worth is not None and worth[3] != "$"


def _range(match: re.Match[str]) -> tuple[Decimal, Decimal | None, frozenset[str], str] | None:
    """'$5-10 million': the first takes the scale of the second where that leaves it the smaller."""
    ahead, first, scale, between, again, last, last_scale, behind = match.groups()
    names = [name for name in (ahead, between, again, behind) if name.strip()]
    if not names or len({name.strip() for name in (ahead, again) if name.strip()}) > 1:
        return None
    found = _currency(names[0], names[-1] if len(names) > 1 else "")
    low, high = _amount(first, scale or last_scale), _amount(last, last_scale)
    return (low, high, *found) if found and low is not None and high is not None and low < high else None


def _currency(ahead: str, behind: str) -> tuple[frozenset[str], str] | None:
    """The codes that the names on both sides of an amount allow, and the name that leaves the choice open."""
    left, right = _codes(ahead.strip()), _codes(behind.strip())
    if left is None or right is None or not (left[1] or right[1]):
        return None
    if not left[1] or not right[1]:
        return left if left[1] else right
    codes = left[0] & right[0]
    return (codes, min(left, right, key=lambda side: len(side[0]))[1]) if codes else None


def _codes(name: str) -> tuple[frozenset[str], str] | None:
    """The codes of 'dollars' or 'australian dollars' and the name; the name is empty for none, None for no currency."""
    table = currencies()
    name = name.removesuffix(" sterling") if name != "sterling" else name
    if not name:
        return frozenset(), ""
    if codes := table.names.get(name) or table.names.get(name.rstrip(".")):
        return codes, name
    for size in (1, 2, 3):
        words = name.split(" ")
        codes = table.names.get(" ".join(words[size:]), frozenset()) & table.adjectives.get(
            " ".join(words[:size]), frozenset()
        )
        if codes:
            return codes, name
    return None


def _chosen(name: str, codes: frozenset[str], countries: frozenset[str]) -> frozenset[str]:
    """Those of the codes that the article's places leave; see the head of this file."""
    table = currencies()
    here = frozenset(code for code in codes if table.countries[code] & countries)
    if name in ("$", "dollar", "dollars"):
        own = countries & _OWN_DOLLAR
        if countries & _UNCLEAR_DOLLAR or (own and (len(own) > 1 or "US" in countries)):
            return frozenset()
        return table.names["dollar"] & {f"{country}D" for country in own or {"US"}}
    if name in ("£", "pound", "pounds"):
        others = {code for code in table.names["pound"] - {"GBP"} if table.countries[code] & countries}
        if name == "£":
            return codes if "GB" in countries or not others else frozenset()
        return frozenset() if others and "GB" in countries else frozenset(others) or frozenset({"GBP"})
    if name in _NEEDS_PLACE:
        return here
    if len(codes) > 1:
        return here or codes & {_DOMINANT.get(name, "")}
    return codes


def _amount(number: str, scale: str | None) -> Decimal | None:
    """The amount as a number; None where a comma or a dot may be either kind."""
    count = _COUNTS.get(number)
    if count is None:
        if re.fullmatch(r"[0-9]{1,3}(?:[ ,][0-9]{3})+(?:\.[0-9]{1,4})?|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}", number):
            number = number.replace(",", "").replace(" ", "")
        elif re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}", number):
            number = number.replace(".", "")
        elif scale and re.fullmatch(r"[0-9]{1,3},[0-9]{1,2}", number):
            number = number.replace(",", ".")
        elif not re.fullmatch(r"[0-9]{1,18}(?:\.[0-9]{1,4})?", number) or (
            not scale and re.search(r"\.[0-9]{3}$", number)
        ):
            return None
        count = Decimal(number)
    elif not scale and number in ("a", "an", "half", "half a"):
        return None  # 'a dollar' is as often a currency as a sum
    powers = [_SCALES[word.removesuffix("s")] for word in (scale or "").split()]
    return count.scaleb(sum(powers))


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
