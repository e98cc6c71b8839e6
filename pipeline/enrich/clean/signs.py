"""What pages that are no articles say of themselves, in many languages: errors, consent walls, script shells.

Single words decide little here, pairs do: a page or an article, and that it is not there; consent, and in the first
or second person. Each look-up is bounded by MAX_CHARS.
"""

from __future__ import annotations

import re

MAX_CHARS = 200  # of a line are looked at
ERROR_WORDS = 10  # of a line that names an error; news says more
BUTTON_WORDS = 4

_CODE = re.compile(
    r"(?:\w{1,8} )?(?:404|403|410|500|502|503|504)"
    r"(?:$|[ :|.–—-]+(?:error|not|page|forbidden|gone|bad|internal|service|gateway|fehler|erreur|seite|página|pagina"
    r"|strona|nie|страница|fout|erro))"
    r"|404\s*[-–—|:]|not found$|access denied|forbidden$|internal server error|service (?:temporarily )?unavailable"
    r"|bad gateway"
    r"|gateway time-?out|attention required!|just a moment\.{3}|are you (?:a )?(?:human|robot)\?"
    r"|checking your browser|verify (?:that )?you are human",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"\bpages?\b|\barticle|\bstory\b|\burl\b|\bseite\b|\bartikel|\bbeitrag\b|\bpágina|\bartículo|\bnoticia\b"
    r"|\bpagina|\barticolo"
    r"|\bartigo\b|\bnotícia\b|\bstron[ayę]\b|\bartykuł|\bsid[ae]n\b|\bsivua\b|\bstránka|\boldal\b|\bsayfa|страниц"
    r"|стать[яи]|сторінк"
    r"|الصفحة|页面|文章|ページ|記事|페이지",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"(?:\bnot|n[’']t|\bno longer)\b.{0,20}\b(?:found|exists?|available|find)\b"
    r"|(?:cannot|can[’']t) be (?:found|displayed)|n[’']t find what you"
    r"|nicht (?:gefunden|finden|vorhanden|mehr verfügbar|verfügbar|mehr vorhanden)|gibt es (?:\w+ )?nicht"
    r"|existiert (?:\w+ )?nicht"
    r"|introuvable|n.existe|n.est (?:plus|pas) disponible|non trouvée|a été supprimée"
    r"|no existe|no (?:ha sido |hemos |se ha )?encontrad|ya no está disponible|no está disponible|no encontramos"
    r"|non esiste|non (?:è stat[ao] )?trovat|non è più disponibile|non è disponibile"
    r"|não existe|não (?:foi )?encontr|não está dispon|indisponível"
    r"|bestaat (?:\w+ )?niet|niet (?:worden )?(?:gevonden|meer beschikbaar|langer beschikbaar|beschikbaar)"
    r"|\bniet vinden"
    r"|nie (?:istnieje|znaleziono|została znaleziona|została odnaleziona|możemy znaleźć|jest już dostępn)"
    r"|nie znaleziono|nie ma"
    r"|(?:kunde inte|inte) hitta|hittades inte|finns inte|ikke funnet|findes ikke|ei löyty|nenalezena|nem található"
    r"|bulunamadı"
    r"|не (?:найден|существует|знайдено)|(?:статья|страница).{0,20}(?:удалена|недоступна)"
    r"|غير موجودة|不存在|未找到|見つかりません|存在しません|公開を終了|削除され|利用いただけません|찾을 수 없",
    re.IGNORECASE,
)
_SCRIPTS = re.compile(
    r"(?:enable|turn on|require|need|activ|aktiv|habilit|abilita|ative|schakel|włącz|включит|zapn).{0,40}javascript"
    r"|javascript.{0,40}(?:disabled|enabled|required|aktivier|deaktiviert|désactivé|desactiva|disattiva|uitgeschakeld"
    r"|inschakelen|wyłączon|отключ|включ|有効|無効|启用|啟用|禁用|사용)",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"cookie|consent|privacy|\bpartners?\b|\bvendors\b|zustimm|einwillig|datenschutz|drittanbieter|privatsphäre"
    r"|traceurs|trackers|vie privée"
    r"|partenaires"
    r"|vos données|consentimiento|privacidad|\bsocios\b|consenso|parceiros|privacidade|toestemming|prywatno|zgod[aęy]"
    r"|partner(?:ami|zy)|конфиденциальн|согласи",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:we|our|us|your?|wir|uns|unsere\w?|sie|ihre\w?|deine\w?|nous|nos|vous|votre|vos|nosotros|nuestros?|su"
    r"|tus?|utilizamos"
    r"|noi|nostri|utilizziamo|rispettiamo|tu[oa]|i tuoi|nós|nossos|usamos|su?as?|seus?|wij|onze|uw|jouw|je|my|nasi"
    r"|naszymi"
    r"|twoj\w+|używamy|szanujemy|dbamy|мы|наши|ваш\w*)\b",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    r"\b(?:accept|agree|consent|disagree|reject|decline|got it)\b|einverstanden|(?:alle|alles) (?:akzeptieren"
    r"|accepteren)|akzeptieren"
    r"|zustimmen|ablehnen|(?:tout )?accepter|j.accepte|continuer sans|(?:tout )?refuser|aceptar|rechazar|accetta"
    r"|rifiuta"
    r"|aceitar|rejeitar|recusar|akkoord|weigeren|akceptuj|zgadzam|odrzuć|принять|отклонить|согласен",
    re.IGNORECASE,
)
_BUTTON_MARKS = (  # parts of the words above
    "accept", "agree", "consent", "reject", "decline", "got it", "einverst", "akzept", "zustimm", "ablehn", "accepter",
    "continuer s", "refuser", "aceptar", "rechaz", "accett", "rifiut", "aceit", "rejeit", "recus", "akkoord", "weiger",
    "akcept", "zgadz", "odrzu", "принят", "отклон", "соглас",
)  # fmt: skip


def names_error(text: str, words: int) -> bool:
    """A short line, or a title, that gives an error's code or says that a page is not there."""
    text = text.strip()[:MAX_CHARS]
    if words > ERROR_WORDS:
        return False
    return _CODE.match(text) is not None or (_PAGE.search(text) is not None and _MISSING.search(text) is not None)


def asks_for_scripts(text: str) -> bool:
    """The reader is asked to turn JavaScript on."""
    return _SCRIPTS.search(text[:MAX_CHARS]) is not None


def asks_for_consent(text: str) -> bool:
    """The site speaks to the reader of cookies, partners or privacy."""
    text = text[:MAX_CHARS]
    return _CONSENT.search(text) is not None and _PERSON.search(text) is not None


def may_have_button(texts: str) -> bool:
    """A part of the word of such a button stands in these lines; only then each is looked at."""
    low = texts.casefold().replace("ı", "i").replace("\u0307", "")  # what an i may be where case does not count
    return any(mark in low for mark in _BUTTON_MARKS)


def is_consent_button(text: str, words: int) -> bool:
    """What one presses below such a notice."""
    return words <= BUTTON_WORDS and _BUTTON.search(text) is not None
