"""Who an article is: its canonical URL, its site, its id, and the key of its raw record. Frozen by a golden table."""

from __future__ import annotations

import hashlib
import re
from ipaddress import AddressValueError, IPv4Address

import idna

URL_LENGTH = 8192  # characters; a longer one names no article
_URL = re.compile(r"(?i)https?:/{2}(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?s:#.*)?")
_PORT = re.compile(r"[0-9]{0,5}")
_HOST = re.compile(r"(?=.{3,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_ODD = re.compile(r"%([0-9A-Fa-f]{2})|[^!-$&-~]")  # an escape, or what must be one: a lone %, space, non-ASCII
_SESSION_IN_PATH = re.compile(r"(?i);jsessionid=[^/;]*")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986, 2.3


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


# Parameters that say how a reader came, or who the reader is, and never which article: lower case, whole names.
TRACKING = _names("""
    _branch_match_id _ga _gl _hsenc _hsmi __hsfp __hssc __hstc _openstat dclid epik fb_action_ids fb_action_types
    fb_ref fb_source fbclid gbraid gclid gclsrc hsctatracking igsh igshid li_fat_id mc_cid mc_eid mkt_tok msclkid
    oly_anon_id oly_enc_id pk_campaign pk_keyword pk_kwd pk_medium pk_source rb_clickid ref_src ref_url s_cid
    scclid srsltid ttclid twclid vero_conv vero_id wbraid wickedid xtor yclid ysclid
""")
TRACKING_PREFIXES = ("utm_", "hsa_", "matomo_", "mtm_", "piwik_")
SESSION = _names("asp.net_sessionid cfid cftoken jsessionid oscsid phpsessid zenid")
SESSION_PREFIXES = ("aspsessionid",)


def canonical_url(url: str | None) -> str | None:
    """The one form of an article's URL, or None when it is not http(s), has no dotted host or is over 8192 characters.

    A dotted IPv4 address counts as a host, IPv6 does not. Escapes follow RFC 3986, 6.2.2: upper-case, decoded where
    they need not be, made where they must be. All parameters stay but those named above.
    """
    if not url or len(url) > 4 * URL_LENGTH:
        return None
    match = _URL.fullmatch(url.strip().translate({9: None, 10: None, 13: None}).strip("".join(map(chr, range(33)))))
    authority = _authority(match["authority"]) if match else None
    if match is None or authority is None:
        return None
    path = _SESSION_IN_PATH.sub("", _escaped(match["path"])).rstrip("/")
    query = _query(_escaped(match["query"] or ""))
    canonical = f"https://{authority}{path}" + (f"?{query}" if query else "")
    return canonical if len(canonical) <= URL_LENGTH else None


def site(url: str | None) -> str | None:
    """The host of the canonical URL: lower-case A-labels, no `www.`, no port; None without a canonical URL."""
    canonical = canonical_url(url)
    match = _URL.fullmatch(canonical) if canonical else None
    return match["authority"].partition(":")[0] if match else None


def article_id(url: str | None, delivered: str | None, value: bytes | None) -> str:
    """32 hex digits: SHA-256 of the canonical URL, else of the delivered text, else of the record's bytes."""
    if canonical := canonical_url(url):
        source = f"url:{canonical}".encode()
    elif delivered is not None:
        source = f"text:{delivered}".encode("utf-8", "surrogatepass")
    else:
        source = b"bytes:" + (value or b"")
    return hashlib.sha256(source).hexdigest()[:32]


def record_key(url: str | None, source: str | None) -> bytes | None:
    """The key of a raw record, which decides its partition: the site's host, else the source, else None."""
    name = site(url) or (source or "").strip()
    return name.encode("utf-8", "replace") or None


def _authority(authority: str) -> str | None:
    host, _, port = authority.rpartition("@")[2].partition(":")
    name = _host(host)
    if name is None or not _PORT.fullmatch(port) or int(port or 0) > 65535:
        return None
    # 80 and 443 go whatever the scheme was: it becomes https, and the form must not change when made again
    return name if not port or int(port) in (80, 443) else f"{name}:{int(port)}"


def _host(host: str) -> str | None:
    """Lower-case A-labels without `www.`; None when it is no dotted name and no IPv4 address."""
    if len(host) > 253 + 1:
        return None
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except UnicodeError:  # idna.IDNAError is one
            return None
    host = host.lower().removesuffix(".")
    if not _HOST.fullmatch(host):
        return None
    if host.rpartition(".")[2].isdigit():
        try:
            return str(IPv4Address(host))
        except AddressValueError:
            return None
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    return host


def _escape(match: re.Match[str]) -> str:
    if match[1] is None:
        return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _escaped(part: str) -> str:
    return _ODD.sub(_escape, part)


def _query(query: str) -> str:
    """The parameters that may name the article, sorted by name; equal names keep their order."""
    kept = [(piece.partition("=")[0], piece) for piece in query.split("&") if piece]
    kept = [(name, piece) for name, piece in kept if not _is_noise(name.lower())]
    return "&".join(piece for _, piece in sorted(kept, key=lambda pair: pair[0]))


def _is_noise(name: str) -> bool:
    return name in TRACKING or name in SESSION or name.startswith(TRACKING_PREFIXES + SESSION_PREFIXES)
