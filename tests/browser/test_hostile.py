"""Whatever agents and people write: no script of theirs runs, nothing is called, and every page still fits a phone."""

from collections.abc import Mapping

import pytest

from gateway.decide import decide
from gateway.gate import Gate
from models.words import Decision, Scope
from tests.browser.looks import PHONE
from tests.browser.visitor import Visitor, Visitors
from tests.conftest import a_key
from tests.gateway.linked import LEA, token
from tests.gateway.scenes import asked

HOSTILE: Mapping[str, str] = {
    "a script": "</pre></textarea></title><script>window.ran = 1</script>",
    "an event handler": "<img src=x onerror=window.ran=1><svg onload=window.ran=1>",
    "an attribute": "\" autofocus onfocus=window.ran=1 x='",
    "an address": "<a href=javascript:window.ran=1>press me</a> javascript:window.ran=1",
    "elsewhere": '<img src="http://evil.example/x.png"><base href="http://evil.example/">',
    "a frame": "<iframe srcdoc='<script>parent.ran=1</script>'></iframe><style>*{display:none}</style>",
    "a template": "{{ 7*7 }} {% raw %} ${7*7} #{7*7} &lt;b&gt; &#60;b&#62;",
    "other directions": "\u202egnp.exe \u2066\u200f\u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627",
    "nothing to be seen": "a\u200b\u200d\u2060\ufeffb\u00ad",
    "one long word": "W" * 190,
    "letters on letters": "a" + "\u0301" * 60 + " \U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f4a3" * 8,
}


async def stays_whole(visitor: Visitor, path: str) -> None:
    """Open a page, and find nothing run, called or out of place."""
    await visitor.opens(path)
    wrong = await visitor.finds_misfits()
    assert not wrong, "\n".join(wrong)
    assert await visitor.page.evaluate("'ran' in window") is False
    assert await visitor.page.locator("iframe, base, main style, main script, main img, main svg").count() == 0
    assert await visitor.page.locator("[href^='javascript:' i], [onfocus], [onerror], [onload]").count() == 0


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_what_others_write_stays_text_and_fits(gate: Gate, visitors: Visitors, text: str) -> None:
    shown = "".join(character for character in text if character.isprintable())
    agent = await a_key(gate, shown[:100], Scope.REQUEST_CREATE)
    lea = await a_key(gate, "lea", Scope.ADMIN)
    said = {"reason": text, "summary": text, text: text}
    request = await asked(gate, agent, action=shown, params={text: [text, {text: text}]}, context=said)
    link = await token(gate, request, LEA)
    async with visitors.on(PHONE, key=lea) as visitor:
        for path in ("/requests", f"/requests/{request.id}", f"/l/{link}", "/keys"):
            await stays_whole(visitor, path)
        await decide(gate, request.id, Decision.DENIED, by=lea.key.visitor, reason=text)
        for path in ("/requests", f"/requests/{request.id}", f"/l/{link}"):
            await stays_whole(visitor, path)
