"""Declarative shadow DOM: `<template shadowrootmode>` holds text that browsers show and that parsers hide."""

from __future__ import annotations

import re

_TEMPLATE = re.compile(r"(?i)<(/?)template(?=[\s/>])([^>]{0,2000})>")
_SHADOW = re.compile(r"\sshadowrootmode\s*=")


def open_shadow_roots(html: str) -> str:
    """The source with each shadow root as a `<div>`, other templates as they are. Linear; most pages have none.

    The children of a host stay behind its root: the `<slot>` where browsers show them is not looked for.
    """
    if "shadowrootmode" not in html:
        return html
    roots: list[bool] = []

    def opened(tag: re.Match[str]) -> str:
        if not tag[1]:
            roots.append(_SHADOW.search(tag[2]) is not None)
        elif not roots:
            return tag[0]
        is_root = roots[-1] if not tag[1] else roots.pop()
        return f"<{tag[1]}div>" if is_root else tag[0]

    return _TEMPLATE.sub(opened, html)
