"""Values of sums: amounts, scales, ranges, whose currency it is, and what stays open."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrich.entities import money as money_module
from pipeline.enrich.entities.currencies import currencies
from pipeline.enrich.entities.money import MAX_CHARS, money

VALUE = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:/[0-9]+(?:\.[0-9]+)?)? [A-Z]{3}")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("$5 million", "5000000 USD"), ("US$1.2bn", "1200000000 USD"), ("€300m", "300000000 EUR"), ("£40", "40 GBP"),
        ("USD 905,000", "905000 USD"), ("USD1,850,000", "1850000 USD"), ("US dollars 6000", "6000 USD"),
        ("10,000 US dollars", "10000 USD"), ("US $3.4 million", "3400000 USD"), ("U.S.$2", "2 USD"),
        ("$1.1. million", "1100000 USD"), ("$0.42", "0.42 USD"), ("$5,797.56", "5797.56 USD"),
        ("$357,000,000 dollars", "357000000 USD"), ("US$25.5 million dollars", "25500000 USD"),
        ("$80B", "80000000000 USD"), ("$102Mil", "102000000 USD"), ("$250k", "250000 USD"),
        ("half a million dollars", "500000 USD"), ("a million dollars", "1000000 USD"),
        ("five hundred dollars", "500 USD"), ("a billion-dollar", "1000000000 USD"), ("5,000 euros", "5000 EUR"),
        ("30-million-dollar", "30000000 USD"), ("50,000-pound", "50000 GBP"), ("12 pounds sterling", "12 GBP"),
        ("A$7", "7 AUD"), ("C$7", "7 CAD"), ("HK$20 million", "20000000 HKD"), ("NT$134.8 billion",
        "134800000000 TWD"),
        ("N$100 000", "100000 NAD"), ("S$7.4 billion", "7400000000 SGD"), ("COP$35 million", "35000000 COP"),
        ("61 million Hong Kong dollars", "61000000 HKD"), ("1 million Australian dollars", "1000000 AUD"),
        ("R200 million", "200000000 ZAR"), ("R50 000", "50000 ZAR"), ("ZAR2,6 million", "2600000 ZAR"),
        ("KSh 1,200", "1200 KES"), ("₦5bn", "5000000000 NGN"), ("N5bn", "5000000000 NGN"), ("₡1600", "1600 CRC"),
        ("GH₵180,000.00", "180000 GHS"), ("RM1bil", "1000000000 MYR"), ("S/479 million (over US$123 million)",
        "479000000 PEN"),
        ("₹21 crore", "210000000 INR"), ("₹1,18,000", "118000 INR"), ("₹2 lakh crore", "2000000000000 INR"),
        ("Tk 5 lakh", "500000 BDT"), ("10 lakh Indian rupees", "1000000 INR"), ("150,000 Egyptian Pounds",
        "150000 EGP"),
        ("22.1 billion yuan", "22100000000 CNY"), ("145 billion Korean won", "145000000000 KRW"), ("7CUP", "7 CUP"),
        ("MNT 6.5 billion", "6500000000 MNT"), ("40 Swiss francs", "40 CHF"), ("70 ₹", "70 INR"),
        ("more than $5 million", "5000000 USD"), ("up to €3", "3 EUR"), ("($13 million", "13000000 USD"),
        ("$25-35 million", "25000000/35000000 USD"), ("$1.2–1.4 trillion", "1200000000000/1400000000000 USD"),
        ("$3.18-$3.81", "3.18/3.81 USD"), ("5,000-6,000 baht", "5000/6000 THB"), ("$5 million to $10 million",
        "5000000/10000000 USD"),
        ("between 2 and 2.2 billion dollars", "2000000000/2200000000 USD"),
    ],
)  # fmt: skip
def test_a_sum_is_an_amount_and_a_code(said: str, expected: str) -> None:
    """What says its currency needs no article."""
    assert expected == money(said)


@pytest.mark.parametrize(
    "said",
    [
        "hundreds of millions of dollars", "several hundred billion won", "hundred yuan", "billions of dollars",
        "dollar", "yen", "trillion-dollar", "multibillion-dollar", "600-plus billion pesos", "a dollar", "Bitcoin",
        "2013", "1.7 million", "35 lakh", "60 cents", "$5 and $10", "$5 or so a day", "5 Zimbabwean dollars $5",
        "$1.250", "€1,25",
        "$9-5 million", "5 Swiss dollars", "$5 euros", "", " ", "$", "500 rupees", "Rs 500 crore", "20 pesos",
        "9 francs",
        "12 crowns", "¥4 million", "Dh 5,000", "kr 20", "200 shillings", "£5-$6",
    ],
)  # fmt: skip
def test_what_says_no_amount_or_no_currency_has_no_value(said: str) -> None:
    """Vague amounts, several sums, marks of decimals that may be either kind, currencies of several countries."""
    assert money(said) is None


@pytest.mark.parametrize(
    ("said", "countries", "expected"),
    [
        ("Rs 500 crore", {"IN"}, "5000000000 INR"), ("10 lakh rupees", {"PK", "AE"}, "1000000 PKR"),
        ("500 rupees", {"IN", "PK"}, None), ("20 pesos", {"MX", "US"}, "20 MXN"), ("9 francs", {"CH"}, "9 CHF"),
        ("12 crowns", {"CZ"}, "12 CZK"), ("20 kroner", {"NO"}, "20 NOK"), ("Dh 5,000", {"AE"}, "5000 AED"),
        ("Dh 5,000", {"MA"}, "5000 MAD"), ("¥4 million", {"JP"}, "4000000 JPY"), ("¥4 million", {"CN", "JP"}, None),
        ("$5", {"AU"}, "5 AUD"), ("$5", {"NZ", "FJ"}, "5 NZD"), ("5 dollars", {"CA"}, "5 CAD"), ("$5", {"CA",
        "US"}, None),
        ("$5", {"HK"}, None), ("US$5", {"HK"}, "5 USD"), ("$5", {"ZW", "KE"}, "5 USD"), ("$5", {"US"}, "5 USD"),
        ("12 pounds", {"EG"}, "12 EGP"), ("12 pounds", {"EG", "GB"}, None), ("£12", {"EG"}, None), ("£12", {"GB",
        "EG"}, "12 GBP"),
        ("7 billion won", {"KP"}, "7000000000 KPW"), ("7 billion won", {"JP"}, "7000000000 KRW"),
        ("D 800", set(), None), ("D 800", {"GM"}, "800 GMD"), ("200 shillings", {"KE"}, "200 KES"),
    ],
)  # fmt: skip
def test_the_places_of_the_article_say_whose_currency(said: str, countries: set[str], expected: str | None) -> None:
    """One country with such a currency decides, two leave it open, none leaves the world's own."""
    assert expected == money(said, frozenset(countries))


def test_a_sum_in_brackets_behind_another_is_in_us_dollars() -> None:
    """It says what the other is worth, also in countries that write '$' for their own."""
    places = frozenset({"HK", "AU"})
    assert money("$7.8 million", places, "some 61 million Hong Kong dollars (", ")") == "7800000 USD"
    assert money("$78", places, "paid NT$2,000 (", ")") == "78 USD"
    assert money("$78", frozenset({"AU"}), "the cheapest seats (", ")") == "78 AUD"
    assert money("$78", frozenset({"AU"}), "the seats cost $99 (", " for children)") == "78 AUD"
    assert money("$164", places, "from US", " each way") == "164 USD"
    assert money("$15", places, "tickets are ", " (US)") == "15 USD"
    assert money("$15", places, "tickets are ", " each") is None


def test_every_code_of_the_table_reads() -> None:
    """'EUR 5' for each of them, and each has its countries."""
    table = currencies()
    codes = set(table.countries)
    assert len(codes) > 140
    assert {f"5 {code}" for code in codes} == {money(f"{code} 5") for code in codes}
    assert all(re.fullmatch("[A-Z]{3}", code) and table.countries[code] for code in codes)


PIECES = (
    "$ € £ US$ A$ 1 5 1,000 1.25 2,5 0 million bn lakh crore half a hundred thousand dollars euros pounds rupees "
    "- to and between ( ) Rs R N of yuan hundreds Egyptian Swiss USD 999999999999999999"
)
SAID = st.lists(st.sampled_from(PIECES.split()), max_size=7).flatmap(
    lambda words: st.sampled_from([" ".join(words), "".join(words)])
)
PLACES = st.frozensets(st.sampled_from(["US", "AU", "IN", "PK", "EG", "GB", "HK", "??", ""]))


@given(st.one_of(st.text(max_size=MAX_CHARS + 5), SAID), PLACES, st.text(max_size=9), st.text(max_size=9))
def test_any_text_has_a_value_of_the_one_form_or_none(
    said: str, countries: frozenset[str], before: str, after: str
) -> None:
    """Plain decimals, no exponent, a range goes up, a known code; nothing is raised."""
    value = money(said, countries, before, after)
    if value is None:
        return
    assert VALUE.fullmatch(value), value
    amounts, _, code = value.partition(" ")
    assert code in currencies().countries
    ends = [Decimal(amount) for amount in amounts.split("/")]
    assert ends == sorted(set(ends))


@given(SAID)
def test_a_remembered_sum_reads_as_the_first_time(said: str) -> None:
    """The memo changes no result."""
    assert money_module.read.__wrapped__(said) == money_module.read(said) == money_module.read(said)


def test_a_mention_of_any_length_is_bounded() -> None:
    """10 MB are neither read nor remembered."""
    remembered = money_module.read.cache_info().currsize
    assert money("$" + "1" * 10_000_000) is None
    assert money("$1,11" + "1,11" * 2_500_000) is None
    assert remembered == money_module.read.cache_info().currsize
