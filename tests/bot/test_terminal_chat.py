"""The local chat, as somebody at the keyboard sees it."""

import asyncio
import re
import sys

from gateway import browse
from gateway.decide import decide
from gateway.gate import Gate
from gateway.views import Actor
from models.words import Decision, Status
from tests.bot.conftest import Ask_, a_policy
from tests.bot.terminal import CTRL_C, CTRL_D, ENTER, ESCAPE, TAB, at_the_terminal
from tests.clock import Clock


async def test_it_greets_and_says_what_waits(gate: Gate, ask: Ask_) -> None:
    await ask()
    async with at_the_terminal(gate) as alice:
        screen = alice.glass.text
    assert "you are terminal:alice" in screen
    assert "1 request waits for you. help lists the commands" in screen


async def test_a_card_appears_above_the_line_that_is_being_typed(gate: Gate, ask: Ask_) -> None:
    async with at_the_terminal(gate) as alice:
        alice.press("approve half a ")
        await alice.sees("approve half a")
        request = await ask(params={"env": "prod"})
        await alice.hears()
        await alice.sees(request.shown_code)
        screen = await alice.glass.until(lambda text: text.endswith("❯ approve half a"))
        assert screen.index(request.shown_code) < screen.index("❯ approve half a")
        assert screen.count("approve half a") == 1
        assert screen.endswith("❯ approve half a")
        assert "[1] Approve   [2] Deny…   [3] Details" in screen


async def test_an_empty_line_is_told_of_the_help_in_one_line(gate: Gate) -> None:
    async with at_the_terminal(gate) as alice:
        before = alice.glass.text
        await alice.types("", sees="Type help to see what you can say here.")
        screen = await alice.types("   ", sees="Type help to see what you can say here.")
        assert "pending" not in screen.removeprefix(before)


async def test_a_number_presses_its_button(gate: Gate, ask: Ask_) -> None:
    async with at_the_terminal(gate) as alice:
        request = await ask()
        await alice.hears()
        await alice.types("1", sees=f"{request.shown_code} is approved.")
        await alice.hears()
        await alice.sees(f"✔ {request.shown_code} deploy.prod Approved by terminal:alice")
    assert (await browse.load(request.id)).decided_by == "terminal:alice"


async def test_numbers_go_on_counting(gate: Gate, ask: Ask_) -> None:
    async with at_the_terminal(gate) as alice:
        first = await ask()
        await alice.hears()
        second = await ask()
        await alice.hears()
        third = await ask()
        await alice.sees("[6] Details")
        shown_first = (
            second if alice.glass.text.index(second.shown_code) < alice.glass.text.index(first.shown_code) else first
        )
        await alice.types("[1]", sees=f"{shown_first.shown_code} is approved.")
        await alice.types("pending", sees="[7] Approve")
        await alice.types("7", sees=f"{third.shown_code} is approved.")


async def test_denying_asks_for_a_reason(gate: Gate, ask: Ask_) -> None:
    async with at_the_terminal(gate) as alice:
        request = await ask()
        await alice.hears()
        await alice.types("2", sees="deny because ❯")
        await alice.types("too “risky” for [red]today", sees="is denied.")
        await alice.hears()
        screen = await alice.sees("“too “risky” for [red]today”")
    assert "Denied by terminal:alice" in screen
    assert (await browse.load(request.id)).decision_reason == "too “risky” for [red]today"


async def test_no_reason_is_a_reason_where_none_is_required(gate: Gate, ask: Ask_) -> None:
    async with at_the_terminal(gate) as alice:
        request = await ask()
        await alice.hears()
        await alice.types("2", sees="deny because ❯")
        await alice.types("", sees="is denied.")
    assert (await browse.load(request.id)).status is Status.DENIED


async def test_a_reason_may_follow_the_number(gate: Gate, ask: Ask_) -> None:
    async with at_the_terminal(gate) as alice:
        request = await ask()
        await alice.hears()
        await alice.types("2 not on a Friday", sees="is denied.")
    assert (await browse.load(request.id)).decision_reason == "not on a Friday"


async def test_one_can_go_back_instead_of_giving_a_reason(gate: Gate, ask: Ask_) -> None:
    async with at_the_terminal(gate) as alice:
        request = await ask()
        await alice.hears()
        for number, key in enumerate((ESCAPE, CTRL_D), 1):
            alice.press("2" + ENTER)
            await alice.sees("deny because ❯", times=number)
            alice.press("well" + key)
            await alice.sees("Nothing was done.", times=number)
    assert (await browse.load(request.id)).status is Status.PENDING


async def test_a_required_reason_is_asked_for_when_approving(gate: Gate, ask: Ask_) -> None:
    await a_policy(gate, {"match": {}, "decision": "route_to_human", "requireReason": True})
    async with at_the_terminal(gate) as alice:
        request = await ask()
        await alice.hears()
        await alice.sees("[1] Approve…")
        await alice.types("1", sees="approve because ❯")
        await alice.types("", sees=f"{request.shown_code} needs a reason")
        alice.press("1" + ENTER)
        await alice.sees("approve because ❯", times=2)
        await alice.types("agreed with on-call", sees="is approved.")
    assert (await browse.load(request.id)).decision_reason == "agreed with on-call"


async def test_a_stale_number_says_what_became_of_it(gate: Gate, ask: Ask_, clock: Clock) -> None:
    async with at_the_terminal(gate) as alice:
        decided = await ask()
        await alice.hears()
        await alice.types("1", sees="is approved.")
        await alice.types("2", sees=f"{decided.shown_code} was already approved by terminal:alice.")
        await alice.types("1", sees=f"{decided.shown_code} was already approved by terminal:alice.")
        expired = await ask()
        await alice.hears()
        screen = await alice.sees("Deny…", times=2)
        number = re.findall(r"\[(\d+)\] Deny…", screen)[-1]
        clock.advance(hours=2)
        await alice.types(number, sees=f"{expired.shown_code} has expired")
        await alice.types("999", sees="There is no button [999].")
        assert "because" not in alice.glass.text


async def test_an_answer_from_elsewhere_shows_here(gate: Gate, ask: Ask_) -> None:
    await a_policy(gate, {"match": {}, "decision": "route_to_human", "approvalsNeeded": 2})
    async with at_the_terminal(gate) as alice:
        request = await ask()
        await alice.hears()
        await decide(gate, request.id, Decision.APPROVED, by=Actor("cli", "bob"), reason="seen it")
        await alice.hears()
        await alice.sees("1 of 2")
        await alice.sees("cli:bob – seen it")
        await decide(gate, request.id, Decision.DENIED, by=Actor("cli", "carol"), reason="not now")
        await alice.hears()
        await alice.sees(f"✘ {request.shown_code} deploy.prod Denied by cli:carol · “not now”")


async def test_commands_are_typed_bare_or_with_their_prefix(gate: Gate) -> None:
    async with at_the_terminal(gate) as alice:
        await alice.types("whoami", sees="You are  terminal:alice")
        await alice.types("/agentgate status", sees="All is well.")
        await alice.types("statsu", sees="did you mean status?")
        await alice.types("   ", sees="❯")
        await alice.types("help", sees="deny REQUEST [reason]")


async def test_tab_completes_commands_and_codes(gate: Gate, ask: Ask_) -> None:
    request = await ask()
    async with at_the_terminal(gate) as alice:
        alice.press("appr" + TAB)
        await alice.sees("❯ approve")
        alice.press(TAB)
        await alice.sees(f"❯ approve {request.shown_code}")
        alice.press(ENTER)
        await alice.sees("is approved.")
        alice.press("keys create ci scopes:webh" + TAB)
        await alice.sees("scopes:webhook:manage")


async def test_nasty_agents_do_not_paint_the_terminal(gate: Gate, ask: Ask_) -> None:
    nasty = "\x1b[2J\x1b[31m[bold red]evil\x1b]0;title\x07 \u202egnp"
    async with at_the_terminal(gate) as alice:
        request = await ask("wipe.disk", params={"a": nasty, "big": "x" * 100_000}, context={"reason": nasty})
        await alice.hears()
        await alice.sees(request.shown_code)
        alice.press("3" + ENTER)
        await alice.sees("History")
        assert "\\u001b[2J\\u001b[31m[bold red]evil" in alice.glass.text
        assert "\x1b[2J" not in alice.glass.raw
        assert "\x1b]0;" not in alice.glass.raw
        assert "\u202e" not in alice.glass.raw


async def test_a_narrow_terminal_keeps_the_code_and_the_buttons_whole(gate: Gate, ask: Ask_) -> None:
    async with at_the_terminal(gate, columns=40) as alice:
        request = await ask(params={"note": "word " * 40})
        await alice.hears()
        screen = await alice.sees("Details")
        assert any(request.shown_code in line for line in screen.splitlines())
        assert "[2] Deny…" in screen


async def test_it_ends_by_every_way_out(gate: Gate) -> None:
    for keys in (CTRL_C, CTRL_D, f"quit{ENTER}", f"EXIT{ENTER}", f"half a line{CTRL_C}"):
        async with at_the_terminal(gate) as alice:
            alice.press(keys)
            async with asyncio.timeout(10):
                await alice.done.wait()


async def test_ctrl_c_leaves_also_from_a_question(gate: Gate, ask: Ask_) -> None:
    async with at_the_terminal(gate) as alice:
        request = await ask()
        await alice.hears()
        await alice.types("2", sees="deny because ❯")
        alice.press(CTRL_C)
        async with asyncio.timeout(10):
            await alice.done.wait()
    assert (await browse.load(request.id)).status is Status.PENDING


async def test_log_lines_do_not_disturb_the_line_being_typed(gate: Gate) -> None:
    async with at_the_terminal(gate) as alice:
        alice.press("half a line")
        await alice.sees("half a line")
        sys.stderr.write("a line of the log\n")
        await asyncio.to_thread(print, "a line from a thread\nand an unfinished one", end="")
        screen = await alice.sees("a line from a thread")
        screen = await alice.glass.until(lambda text: text.endswith("❯ half a line"))
        assert screen.index("a line of the log") < screen.index("a line from a thread") < screen.index("half a line")
        alice.press(CTRL_C)
        await alice.done.wait()
        await alice.sees("and an unfinished one")


async def test_two_people_can_chat_at_once(gate: Gate, ask: Ask_) -> None:
    request = await ask()
    async with at_the_terminal(gate, name="alice") as alice, at_the_terminal(gate, name="bob") as bob:
        await alice.types(f"approve {request.code}", sees="is approved.")
        await bob.types(f"deny {request.code}", sees="was already approved by terminal:alice.")
        assert "deny" not in alice.glass.text
