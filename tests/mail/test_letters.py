"""What arrives by mail: to whom, once each, and in one thread."""

from tests.mail.house import LEAD, SENDER, House, address_in


async def test_a_request_that_waits_is_mailed_with_addresses_of_its_own(house: House) -> None:
    request = await house.asks(params={"region": "eu", "apiToken": "hush"}, context={"reason": "release 2.4"})
    (mail,) = await house.post.arrived()
    assert (mail.sender, mail.to, mail.message["From"], mail.message["To"]) == ("gate@example.com", LEAD, SENDER, LEAD)
    assert mail.subject == f"Approval needed: deploy.prod ({request.code})"
    for words in (
        "Waiting for approval",
        "deploy.prod",
        "release 2.4",
        "region: eu",
        request.code,
        "no policy matched",
    ):
        assert words in mail.text
        assert words in mail.html
    assert "hush" not in mail.raw.decode()
    found = {label: address_in(mail, label) for label in ("Review", "Approve", "Deny")}
    assert len(set(found.values())) == 3
    assert all(address in mail.html for address in found.values())
