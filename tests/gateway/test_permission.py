"""Who may decide a request."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.errors import NotAnApprover, SelfApproval
from gateway.permission import Trust, check_may_decide, listed, place_counts
from gateway.views import Actor, PolicyDecision, RequestView
from models.words import Outcome, Scope, Status, Urgency

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REQUEST = RequestView(
    id="req_1", code="k7qm3vtx", action="deploy", params={}, context={}, digest="sha256:0", status=Status.PENDING,
    urgency=Urgency.NORMAL, requested_by="api:agent", asker_key_id="key_agent", created_at=NOW, updated_at=NOW,
    expires_at=None, decided_at=None, decided_by=None, decided_by_type=None, decision_reason=None, approvals_needed=1,
    require_reason=False, approvals=(), policy_decision=PolicyDecision(Outcome.ROUTE_TO_HUMAN),
    targets=("slack:#ops", "discord:55"), escalated_at=None, confirmed_at=None, result=None,
)  # fmt: skip

DECIDE = frozenset({Scope.REQUEST_DECIDE})
READ = frozenset({Scope.REQUEST_READ})
ADMIN = frozenset({Scope.ADMIN})
IN_OPS = "slack:#ops"


def slack(id_: str, *, place: str | None = IN_OPS, groups: tuple[str, ...] = ()) -> Actor:
    return Actor("slack", id_, groups=frozenset(groups), place=place)


def key(name: str, scopes: frozenset[Scope] = DECIDE) -> Actor:
    return Actor("api", name, key_id=f"key_{name}", scopes=scopes)


def named(*approvers: str) -> RequestView:
    return replace(REQUEST, policy_decision=PolicyDecision(Outcome.ROUTE_TO_HUMAN, "p", 0, approvers))


def trusting(**approvers: set[str]) -> Trust:
    return Trust({kind: frozenset(ids) for kind, ids in approvers.items()})


ALLOWED: list[tuple[str, RequestView, Actor, str | None, Trust]] = [
    ("named user", named("slack:U1"), slack("U1", place=None), None, Trust()),
    ("named group", named("slack:S0SRE"), slack("U9", place=None, groups=("slack:S0SRE",)), None, Trust()),
    ("named role", named("discord:role:7"), Actor("discord", "4", groups=frozenset({"discord:role:7"})), None, Trust()),
    ("named person", named("person:alice"), slack("U1", place=None), "alice", Trust()),
    ("named key", named("api:release"), key("release"), None, Trust()),
    ("named e-mail", named("email:a@example.com"), Actor("email", "a@example.com"), None, Trust()),
    ("named, though not configured", named("slack:U1"), slack("U1"), None, trusting(slack={"slack:U2"})),
    ("any key with the scope", REQUEST, key("release"), None, Trust()),
    ("an admin key", REQUEST, key("root", ADMIN), None, Trust()),
    ("any key, though approvers are configured", REQUEST, key("release"), None, trusting(slack={"slack:U1"})),
    ("configured user, from anywhere", REQUEST, slack("U1", place=None), None, trusting(slack={"slack:U1"})),
    ("configured group", REQUEST, slack("U1", groups=("slack:S1",), place=None), None, trusting(slack={"slack:S1"})),
    ("the channel of the card", REQUEST, slack("U7"), None, Trust()),
    ("the channel, other platform configured", REQUEST, slack("U7"), None, trusting(discord={"discord:1"})),
    ("at the terminal", REQUEST, Actor("terminal", "root"), None, Trust()),
    ("the asker, where that is allowed", REQUEST, key("agent"), None, Trust(allow_self_approval=True)),
]

REFUSED: list[tuple[str, RequestView, Actor, str | None, Trust, str]] = [
    (
        "not named",
        named("slack:U1", "api:x"),
        slack("U2"),
        None,
        Trust(),
        "Only slack:U1 or api:x may decide",
    ),
    ("not named, though admin", named("slack:U1"), key("root", ADMIN), None, Trust(), "Only slack:U1 may"),
    (
        "not named, at the terminal",
        named("slack:U1"),
        Actor("terminal", "bob"),
        None,
        Trust(),
        "Only slack:U1 may",
    ),
    (
        "not named, though configured",
        named("slack:U1"),
        slack("U2"),
        None,
        trusting(slack={"slack:U2"}),
        "Only slack:U1",
    ),
    ("the same id elsewhere", named("slack:U1"), Actor("discord", "U1"), None, Trust(), "Only slack:U1"),
    ("another person", named("person:alice"), slack("U1"), "bob", Trust(), "Only person:alice may decide"),
    (
        "who calls himself a person",
        named("person:alice"),
        Actor("slack", "person:alice"),
        None,
        Trust(),
        "Only",
    ),
    (
        "a key without the scope",
        REQUEST,
        key("r", frozenset({Scope.REQUEST_READ})),
        None,
        Trust(),
        "lacks the scope",
    ),
    ("a named key without the scope", named("api:r"), key("r", READ), None, Trust(), "lacks the scope"),
    ("a named person's page without it", named("person:r"), Actor("web", "r"), "r", Trust(), "lacks the scope"),
    ("a page without the scope", REQUEST, Actor("web", "r"), None, Trust(), "lacks the scope"),
    (
        "not configured",
        REQUEST,
        slack("U2"),
        None,
        trusting(slack={"slack:U1", "slack:U0"}),
        "Only slack:U0 or",
    ),
    ("another channel", REQUEST, slack("U7", place="slack:#lobby"), None, Trust(), "can be decided in slack:#ops."),
    ("no channel at all", REQUEST, slack("U7", place=None), None, Trust(), "can be decided in slack:#ops."),
    (
        "not sent to this platform",
        REQUEST,
        Actor("irc", "1", place="irc:r"),
        None,
        Trust(),
        "was not sent to this",
    ),
    ("a policy", REQUEST, Actor("policy", "p"), None, Trust(), "was not sent to this"),
]


@pytest.mark.parametrize(
    ("request_", "actor", "person", "trust"), [row[1:] for row in ALLOWED], ids=[r[0] for r in ALLOWED]
)
def test_may_decide(request_: RequestView, actor: Actor, person: str | None, trust: Trust) -> None:
    check_may_decide(request_, actor, person=person, trust=trust)
    stranger = replace(actor, id="stranger", groups=frozenset(), place=None, scopes=frozenset(), key_id=None)
    if actor.kind != "terminal":
        with pytest.raises(NotAnApprover):
            check_may_decide(request_, stranger, person=None, trust=trust)


@pytest.mark.parametrize(
    ("request_", "actor", "person", "trust", "sentence"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_may_not_decide(request_: RequestView, actor: Actor, person: str | None, trust: Trust, sentence: str) -> None:
    with pytest.raises(NotAnApprover) as refusal:
        check_may_decide(request_, actor, person=person, trust=trust)
    assert sentence in refusal.value.sentence


@pytest.mark.parametrize(
    ("asker", "who"),
    [
        (key("agent", ADMIN), "the key"),
        (key("agent", DECIDE), "the key with the scope"),
        (replace(key("renamed"), key_id="key_agent"), "the key under a new name"),
        (replace(key("agent"), key_id="key_rotated"), "the rotated key"),
        (Actor("api", "agent"), "the name"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("request_", [REQUEST, named("api:agent")], ids=["anybody", "named"])
def test_nobody_decides_what_they_asked(asker: Actor, who: str, request_: RequestView) -> None:
    with pytest.raises(SelfApproval, match="You asked for k7qm-3vtx yourself; somebody else has to decide it"):
        check_may_decide(request_, asker, person=None, trust=Trust())


def test_self_approval_where_it_is_allowed_still_needs_to_be_an_approver() -> None:
    with pytest.raises(NotAnApprover):
        check_may_decide(named("slack:U1"), key("agent"), person=None, trust=Trust(allow_self_approval=True))


def test_names_are_listed_as_people_do() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(("a", "b", "c")), listed("a")] == [
        "a",
        "a or b",
        "a, b or c",
        "a",
    ]


def is_let_in(request: RequestView, actor: Actor, trust: Trust, *, places: frozenset[str]) -> bool:
    try:
        check_may_decide(request, actor, person=None, trust=trust, places=places)
    except NotAnApprover:
        return False
    return True


@pytest.mark.parametrize(
    ("request_", "actor", "trust"),
    [
        (REQUEST, slack("U1", place="slack:C7"), Trust()),
        (REQUEST, slack("U1", place="slack:C7"), trusting(discord={"discord:1"})),
        (REQUEST, slack("U1", place="slack:C7"), trusting(slack={"slack:U1"})),
        (REQUEST, slack("U1", place="slack:C7"), trusting(slack={"slack:U2"})),
        (named("slack:U1"), slack("U1", place="slack:C7"), Trust()),
        (named("slack:U2"), slack("U1", place="slack:C7"), Trust()),
        (REQUEST, Actor("terminal", "root"), Trust()),
    ],
)
def test_the_place_counts_exactly_where_it_makes_the_difference(
    request_: RequestView, actor: Actor, trust: Trust
) -> None:
    places = frozenset({actor.place}) if actor.place else frozenset[str]()
    differs = is_let_in(request_, actor, trust, places=frozenset()) != is_let_in(request_, actor, trust, places=places)
    assert place_counts(request_, actor, trust) == differs
