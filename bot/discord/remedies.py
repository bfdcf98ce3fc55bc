"""What to do about each number that Discord refuses with. PURE.

The numbers: https://discord.com/developers/docs/topics/opcodes-and-status-codes.
"""

import re

from bot.discord.rest import NOT_DISCORD

TOKEN = "copy the token anew: Developer Portal, Bot, Reset Token"  # noqa: S105 - a sentence, and no secret
INVITE = "open the address that `agentgate-server manifest discord` prints"
ID = "copy the id anew, with Developer Mode on (User Settings, Advanced)"
OUR_FAULT = "a fault of AgentGate's: report it with the request's code"
ELSEWHERE = "name a text channel, or a thread"
WAITS = "nothing: AgentGate waits and tries again"
UNLOCK = "open the thread again, or name another channel"

REMEDIES = {
    "401": TOKEN,
    "403": "look at what stands between here and Discord: a proxy or a firewall answers in its place",
    "404": "look at DISCORD_API_URL: it ends with /api/v10",
    "429": "wait a minute; Discord has had enough calls for now",
    "4004": TOKEN,
    "4014": "look at the application in the Developer Portal: AgentGate asks for no privileged intent",
    "10003": f"the channel is gone, or never was: {ID}",
    "10004": f"{ID}; if it is right, {INVITE}",
    "10007": "let that person join the server, or name somebody else",
    "10008": "somebody deleted the card; the request is decided elsewhere, or expires",
    "10013": ID,
    "30046": WAITS,
    "40001": TOKEN,
    "40003": WAITS,
    "40058": ELSEWHERE,
    "40333": "look at DISCORD_API_URL, and at what stands between here and Discord: the call was taken for an attack",
    "50001": f"give the bot View Channel there (Edit Channel, Permissions); if it is not in that server, {INVITE}",
    "50005": "the card is another bot's: go back to the token that posted it, or let it be",
    "50007": "let that person allow direct messages from the server's members, or name somebody else",
    "50008": ELSEWHERE,
    "50013": "give the bot View Channel and Send Messages there (Edit Channel, Permissions); in a thread, "
    "Send Messages in Threads",
    "50014": TOKEN,
    "50024": ELSEWHERE,
    "50033": "name a person; a bot takes no direct messages from another",
    "50035": OUR_FAULT,
    "50083": UNLOCK,
    "50278": "that person and the bot share no server: let one into the other's, or name somebody else",
    "160005": UNLOCK,
    "200000": "let the server's AutoMod pass what the bot writes, or name another channel",
    "240000": "Discord takes a link in the card for harmful; decide the request elsewhere",
}
NUMBER = re.compile(r"(?<![\w.])[0-9]{3,6}(?![\w.])")
UNREACHABLE = "look at the network, at DISCORD_API_URL, and at https://discordstatus.com"
UNKNOWN = "look the number up at https://discord.com/developers/docs/topics/opcodes-and-status-codes"


def remedy_for(word: str) -> str:
    """Return what to do about a number of Discord's, about an HTTP status, or about no answer at all."""
    if word == NOT_DISCORD:
        return REMEDIES["404"]
    number = NUMBER.search(word)
    if number and number[0] in REMEDIES:
        return REMEDIES[number[0]]
    if not number or re.fullmatch(r"5\d\d", number[0]):
        return UNREACHABLE
    return REMEDIES["404"] if re.fullmatch(r"3\d\d", number[0]) else UNKNOWN
