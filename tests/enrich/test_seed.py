"""The article that the project was asked for, and many of its kind: what remains is the body, exactly."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.enrich.clean import clean_text
from pipeline.spans import rebuild

SCRAPED = Path(__file__).parent / "scraped"
SEED = Path(os.environ.get("ARTICLES_DATA", "../shared/data")).parent / "seed" / "article.txt"

HARBOUR = (
    "The harbour board of Westmark wants to close the old ferry terminal by spring, after engineers found cracks in "
    "its "
    "main pier.\n\nDivers inspected the pier twice in October, the board said in a statement on Tuesday. Repairs "
    "would cost "
    "about nine million crowns.\n\n“We cannot keep people waiting on a structure like that,” the chairwoman said.\n\n"
    "Ferries will leave from the fishing quay until a new terminal opens, which is planned for the summer of 2027."
)
BRIDGE = (
    "Der Stadtrat von Altenbrück hat am Montag beschlossen, die baufällige Brücke über die Luhne abzureißen und an "
    "ihrer "
    "Stelle einen Neubau zu errichten.\n\nDie Bauarbeiten sollen im März beginnen und etwa zwei Jahre dauern. Während "
    "dieser Zeit wird der Verkehr über die nördliche Umgehung geleitet.\n\n„Wir haben lange genug gewartet“, sagte der "
    "Bürgermeister.\n\nDie Kosten von 14 Millionen Euro tragen die Stadt und das Land je zur Hälfte."
)
LIBRARY = (
    "La mairie de Valclair a annoncé mardi la réouverture de la bibliothèque municipale, fermée depuis trois ans à "
    "la suite "
    "d'une inondation.\n\nLes travaux ont coûté près de deux millions d'euros, selon la municipalité. La salle de "
    "lecture "
    "compte désormais cent vingt places.\n\n« C'est un jour de fête pour le quartier », a déclaré la directrice.\n\n"
    "L'inauguration aura lieu samedi en présence de nombreux habitants du quartier."
)
TRAIN = (
    "El gobierno regional de Montealba aprobó el lunes la compra de doce trenes nuevos para la línea de la costa, que "
    "transporta cada día a unos cuarenta mil viajeros.\n\nLos primeros convoyes llegarán dentro de dos años, según "
    "explicó "
    "la consejera de Transportes en rueda de prensa.\n\n«Los viajeros merecen trenes puntuales», afirmó.\n\n"
    "La oposición criticó el precio de la compra y pidió que se publique el contrato completo."
)
RAIN = (
    "气象部门周三表示，受台风外围云系影响，东部沿海地区未来三天将出现大到暴雨，请居民减少外出。\n\n"
    "当地学校已宣布停课一天，部分渡轮航线也将暂停运营，恢复时间另行通知。\n\n“我们已经做好了准备。”负责人说。\n\n"
    "预计周六起天气将逐渐转晴，气温略有回升，海上风力也将明显减弱。"
)
FORM = "Leave a Reply\n\nYour email address will not be published."

# name, body, lines above it, lines below it
VARIANTS = [
    ("news label", HARBOUR, "News\n\nFerry terminal to close\n\n", "\n\n" + FORM),
    ("world label", HARBOUR, "World\n\n", "\n\nLeave a Comment\n\nCancel reply"),
    ("breaking label", HARBOUR, "BREAKING\n\nHarbour board closes old ferry terminal\n\n", "\n\n0 Comments"),
    ("business label", HARBOUR, "Business\n", "\nShare this:\nFacebook\nTwitter\nLike this:\nLike Loading..."),
    ("unknown label", HARBOUR, "Coast & Sea\n\nTerminal faces closure\n\n", "\n\n" + FORM),
    (
        "cut-off headline",
        HARBOUR,
        "Local\n\nThe harbour board of Westmark wants to close the old fer\n\n",
        "\n\n" + FORM,
    ),
    ("ellipsis headline", HARBOUR, "The harbour board of Westmark wants to close the old ferry…\n\n", "\n\n" + FORM),
    (
        "headline and stray word",
        HARBOUR,
        "Uncategorized\n\nThe harbour board of Westmark wants to close the eg\n\n",
        "",
    ),
    (
        "near-copy headline",
        HARBOUR,
        "Westmark harbour board wants to close old ferry terminal by spring\n\n",
        "\n\n" + FORM,
    ),
    (
        "headline with full stop",
        HARBOUR,
        "The harbour board of Westmark wants to close the old ferry terminal.\n\n",
        "",
    ),
    ("byline", HARBOUR, "Old pier must go\n\nBy Nora Testmann\n\n12 October 2026\n\n", "\n\n" + FORM),
    ("posted on", HARBOUR, "Old pier must go\nPosted on October 12, 2026 by admin\n", "\nLeave a comment"),
    ("reading time", HARBOUR, "Old pier must go\n\n3 min read\n\n", "\n\nTags: harbour, ferries, Westmark"),
    (
        "full form",
        HARBOUR,
        "",
        "\n\nLeave a Reply Cancel reply\n\nYour email address will not be published. Required fields are marked *\n\n"
        "Comment *\n\nName *\n\nEmail *\n\nWebsite\n\nSave my name, email, and website in this browser for the next "
        "time "
        "I comment.\n\nPost Comment\n\nΔ\n\nThis site uses Akismet to reduce spam. Learn how your comment data is "
        "processed.",
    ),
    (
        "follow-up boxes",
        HARBOUR,
        "",
        "\n\nNotify me of follow-up comments by email.\n\nNotify me of new posts by email.",
    ),
    ("logged in", HARBOUR, "", "\n\nLeave a Reply\n\nYou must be logged in to post a comment."),
    ("filed under", HARBOUR, "", "\n\nFiled under: Coast, Transport\n\nTagged with: ferries"),
    ("copyright", HARBOUR, "", "\n\n© 2026 The Westmark Courier. All rights reserved."),
    ("newsletter", HARBOUR, "", "\n\nSign up for our newsletter\n\nEnter your email address"),
    (
        "cookie notice",
        HARBOUR,
        "We use cookies to improve your experience on this site.\nAccept all\n",
        "\nCookie settings",
    ),
    ("related links", HARBOUR, "", "\n\nRelated:\n\nFishing quay gets new lights\n\nStorm damages north pier"),
    ("read more", HARBOUR, "", "\n\nRead more: Fishing quay gets new lights\n\nAlso read: Storm damages north pier"),
    (
        "previous and next",
        HARBOUR,
        "",
        "\n\nPrevious Post\n\nStorm damages north pier\n\nNext Post\n\nFishing quay gets new lights",
    ),
    ("share bar above", HARBOUR, "Share\nTweet\nEmail\nPrint\n\n", ""),
    ("breadcrumbs", HARBOUR, "Home » News » Coast\n\nTerminal faces closure\n\n", ""),
    ("photo credit", HARBOUR, "Photo: Westmark Port Authority\n\n", ""),
    ("advertisement", HARBOUR, "Advertisement\n\n", "\n\nADVERTISEMENT"),
    (
        "comments below",
        HARBOUR,
        "",
        "\n\n2 Comments\n\nReader One\n\nI have used that pier for years and it always looked fine to me.\n\nReply",
    ),
    (
        "jetpack",
        HARBOUR,
        "",
        "\n\nShare this:\n\nClick to share on Twitter (Opens in new window)\n\nRelated\n\nStorm damages north pier",
    ),
    (
        "german",
        BRIDGE,
        "Politik\n\nAltenbrück reißt Brücke ab\n\n",
        "\n\nSchreibe einen Kommentar\n\nDeine E-Mail-Adresse wird nicht veröffentlicht.",
    ),
    (
        "german form",
        BRIDGE,
        "Allgemein\n\n",
        "\n\nSchreiben Sie einen Kommentar Antwort abbrechen\n\nKommentar\n\nName *\n\nE-Mail "
        "*\n\nWebsite\n\nKommentar abschicken",
    ),
    (
        "german own comment",
        BRIDGE,
        "Nachrichten\n\nDer Stadtrat von Altenbrück hat am Montag beschl\n\n",
        "\n\nDein Kommentar\n\nAn Diskussion beteiligen?",
    ),
    ("german links", BRIDGE, "", "\n\nLesen Sie auch: Neue Buslinie startet\n\nTeilen\n\nAlle Rechte vorbehalten."),
    (
        "french",
        LIBRARY,
        "Actualités\n\nLa bibliothèque rouvre ses portes\n\n",
        "\n\nLaisser un commentaire\n\nVotre adresse e-mail ne sera pas publiée.",
    ),
    (
        "french form",
        LIBRARY,
        "Non classé\n\n",
        "\n\nLaisser un commentaire Annuler la réponse\n\nCommentaire *\n\nNom *\n\nE-mail *\n\nSite "
        "web\n\nLes champs obligatoires sont indiqués avec *",
    ),
    ("french links", LIBRARY, "Par Jeanne Exemple\n\n", "\n\nÀ lire aussi : Le marché change de place\n\nPartager"),
    (
        "spanish",
        TRAIN,
        "Sin categoría\n\nMontealba compra doce trenes\n\n",
        "\n\nDeja una respuesta\n\nTu dirección de correo electrónico no será publicada.",
    ),
    (
        "spanish form",
        TRAIN,
        "Nacional\n\nEl gobierno regional de Montealba aprobó el lunes la com\n\n",
        "\n\nDeja un comentario Cancelar respuesta\n\nComentario *\n\nNombre *\n\nCorreo electrónico *\n\nWeb",
    ),
    (
        "spanish links",
        TRAIN,
        "",
        "\n\nTe puede interesar: Obras en la estación\n\nCompartir\n\nEtiquetas: trenes, costa",
    ),
    ("chinese", RAIN, "未分类\n\n东部沿海将迎来暴雨\n\n", "\n\n发表回复\n\n您的邮箱地址不会被公开。"),
    (
        "windows line ends",
        HARBOUR.replace("\n", "\r\n"),
        "News\r\n\r\nTerminal faces closure\r\n\r\n",
        "\r\n\r\nLeave a Reply",
    ),
]


@pytest.mark.parametrize(("body", "above", "below"), [row[1:] for row in VARIANTS], ids=[row[0] for row in VARIANTS])
def test_only_the_body_remains(body: str, above: str, below: str) -> None:
    """Whatever stands above and below an article is cut, the article is kept to the character."""
    cleaned = clean_text(above + body + below)
    assert body == cleaned.text
    assert cleaned.refusal is None
    assert above + body + below == rebuild(cleaned.text, cleaned.cuts)


@pytest.mark.parametrize("body", [HARBOUR, BRIDGE, LIBRARY, TRAIN, RAIN])
def test_a_clean_article_loses_nothing(body: str) -> None:
    """An article without furniture comes back as it was, without a cut."""
    cleaned = clean_text(body)
    assert body == cleaned.text
    assert cleaned.cuts == ()


class Scraped(NamedTuple):
    """A text as a scraper delivers it: each line with the kinds that it may be cut as, none for the body."""

    name: str
    lines: list[tuple[set[str], str]]


def scraped() -> Iterator[Scraped]:
    """The articles of the folder: `== name`, then `kind/kind| line`."""
    for path in sorted(SCRAPED.glob("*.txt")):
        for part in path.read_text("utf-8").split("\n== ")[1:]:
            name, *rows = part.strip().split("\n")
            cells = [row.partition("|") for row in rows]
            lines = [(set(kinds.split("/")) - {""}, line.strip()) for kinds, _, line in cells]
            yield Scraped(f"{path.stem}: {name}", lines)


SEPARATORS = {"blank lines": "\n\n", "lines": "\n", "windows": "\r\n\r\n", "spaces": " \n\n\t"}


@pytest.mark.parametrize("separator", SEPARATORS.values(), ids=list(SEPARATORS))
@pytest.mark.parametrize("article", list(scraped()), ids=lambda article: article.name)
def test_every_line_is_kept_or_cut_as_what_it_is(article: Scraped, separator: str) -> None:
    """Of a scraped text the body remains, every other line is cut as its kind, however the lines are parted."""
    text = separator.join(line for _, line in article.lines)
    cleaned = clean_text(text)
    kinds = {cut.start: str(cut.kind) for cut in cleaned.cuts}
    cut = [max((start for start in kinds if start <= block.start), default=None) for block in cleaned.page.blocks]
    assert separator.join(line for allowed, line in article.lines if not allowed) == cleaned.text
    assert cleaned.refusal is None
    assert text == rebuild(cleaned.text, cleaned.cuts)
    wrong = [
        (line, kinds[start])
        for (allowed, line), start in zip(article.lines, cut, strict=True)
        if allowed and start is not None and kinds[start] not in allowed
    ]
    assert wrong == []


@pytest.mark.data
def test_seed_article() -> None:
    """Of the seed article the body remains: label, headline and comment form are cut as what they are."""
    if not SEED.exists():
        pytest.skip(f"no {SEED}: set ARTICLES_DATA")
    page = SEED.read_text("utf-8")
    cleaned = clean_text(page)
    start = page.rindex("Russia’s foreign minister claims")
    end = page.index("additional financial support for Ukraine.") + len("additional financial support for Ukraine.")
    assert page[start:end] == cleaned.text
    assert [str(cut.kind) for cut in cleaned.cuts] == ["label", "headline", "comment_form"]
