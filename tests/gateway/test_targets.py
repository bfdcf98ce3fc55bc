"""How targets and approvers are written."""

import pytest

from gateway.errors import Invalid
from gateway.targets import check_approver, check_target, kind_of, unique

GOOD_TARGETS = [
    "slack:#ops", "slack:C123ABC", "slack:U123ABC", "slack:#größe", "discord:123", "discord:user:42",
    "email:a@example.com", "email:o'brien+x@sub.example.co", "webhook:whk_1", "terminal:local",
]  # fmt: skip
BAD_TARGETS = [
    "", ":", "slack", "slack:", "slack:ops", "slack:#", "slack:#a b", "slack:#a,b", "slack:c123abc", "SLACK:#ops",
    "discord:", "discord:general", "discord:user:", "discord:role:7", "discord:１２３", "discord:" + "1" * 21,
    "email:", "email:nobody", "email:@example.com", "email:a@", "email:a@b@c", "email:a b@c", "email:a@-c",
    "email:a@c\nBcc: x@y", "email:a@example.com,b@example.com", "email:<a@example.com>", "terminal:elsewhere",
    "sms:123", "http://example.com", "slack:#a\u202e", "slack:#" + "a" * 81, " slack:#ops", "slack:#ops ",
]  # fmt: skip
GOOD_APPROVERS = [
    "slack:U1", "slack:S0SRE", "discord:42", "discord:role:77", "email:lead@example.com", "person:alice",
    "api:release desk", "terminal:bob", "web:key",
]  # fmt: skip
BAD_APPROVERS = [
    "", "alice", "slack:#ops", "slack:C1", "slack:alice", "discord:user:42", "discord:role:", "discord:role:٣",
    "person:", "person:a b", "person:a:b", "api:", "api:a\nb", "api:a\u202eb", "email:x", "policy:p", "system:expiry",
    "terminal:a b", "link:x",
]  # fmt: skip


@pytest.mark.parametrize("target", GOOD_TARGETS)
def test_a_target_is_taken_as_it_is_written(target: str) -> None:
    assert check_target(target) == target


@pytest.mark.parametrize("target", BAD_TARGETS)
def test_what_is_no_target_is_refused_with_examples(target: str) -> None:
    with pytest.raises(Invalid, match="is not a target; write it like one of these: slack:#ops"):
        check_target(target)


@pytest.mark.parametrize("approver", GOOD_APPROVERS)
def test_an_approver_is_taken_as_it_is_written(approver: str) -> None:
    assert check_approver(approver) == approver


@pytest.mark.parametrize("approver", BAD_APPROVERS)
def test_what_is_no_approver_is_refused_with_examples(approver: str) -> None:
    with pytest.raises(Invalid, match="is not an approver; write it like one of these: slack:U123ABC"):
        check_approver(approver)


def test_the_kind_stands_before_the_first_colon() -> None:
    assert kind_of("discord:user:42") == "discord"


def test_repetitions_are_left_out_and_the_order_stays() -> None:
    assert unique(["b:1", "a:1", "b:1"]) == ("b:1", "a:1")
