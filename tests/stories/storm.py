"""Many requests at once through several replicas, decided by several at once, as one seed draws them."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, cast

from agentgate import AsyncAgentGate, Backoff, Conflict, Denied, Request, Unavailable

from tests.platforms.bell import Bell

SEED = 20_26
DECIDERS = ("ada", "bob", "eve")
AT_ONCE = 16
"""So many requests are asked, waited for and decided at the same time."""
PATIENCE = 120
PATIENT = Backoff(first=0.1, factor=1.5, longest=1.0, tries=1000)
"""A client that does not give up while a replica starts again."""
Verdict = Literal["approved", "denied"]
VERDICTS: tuple[Verdict, ...] = ("approved", "denied")


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to one request: at which replica who does what. `think` is seconds between asking and deciding."""

    number: int
    asked_at: int
    waited_at: int
    decided_at: tuple[int, ...]
    verdicts: tuple[Verdict, ...]
    think: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a decider was told: who had won, with which verdict; `at` is when."""

    won: bool
    decided_by: str
    status: str
    at: float


@dataclass(frozen=True, slots=True)
class Told:
    """What everybody was told of one request; `learned_at` is when the waiter knew."""

    plan: Plan
    learned: Request
    learned_at: float
    answers: tuple[Answer, ...]

    @property
    def wins(self) -> int:
        """How many deciders were told that theirs is the decision."""
        return sum(answer.won for answer in self.answers)

    @property
    def outcomes(self) -> set[tuple[str, str]]:
        """Every outcome that anybody was told; there should be one."""
        learned = (str(self.learned.decided_by), self.learned.status.value)
        return {learned} | {(answer.decided_by, answer.status) for answer in self.answers}


def plans(number: int, replicas: int, *, longest_thought: float, first: int = 0) -> list[Plan]:
    """Draw what happens, the same at every run; the requests are numbered from `first`."""
    chance = random.Random(SEED)  # noqa: S311 - it draws a plan, it guards nothing
    return [
        Plan(
            number=one,
            asked_at=chance.randrange(replicas),
            waited_at=chance.randrange(replicas),
            decided_at=tuple(chance.randrange(replicas) for _ in DECIDERS),
            verdicts=tuple(chance.choice(VERDICTS) for _ in DECIDERS),
            think=chance.uniform(longest_thought / 2, longest_thought),
        )
        for one in range(first, first + number)
    ]


@dataclass
class Storm:
    """Clients of every replica: agents, and people who decide."""

    agents: list[AsyncAgentGate]
    deciders: list[list[AsyncAgentGate]]
    told: list[Told] = field(default_factory=list)
    unsure: dict[int, str] = field(default_factory=dict)
    """By request, why a decider did not hear whether theirs is the decision, and said it again."""
    is_over: bool = False

    def __post_init__(self) -> None:
        self.bell = Bell(lambda: f"{len(self.told)} requests ended")

    async def rages(self, plans: Sequence[Plan], *, at_once: int = AT_ONCE) -> list[Told]:
        """Do everything that is planned, so much of it at once; return what everybody was told so far."""
        self.is_over = False
        places = asyncio.Semaphore(at_once)
        try:
            async with asyncio.TaskGroup() as tasks:
                for plan in plans:
                    await places.acquire()
                    tasks.create_task(self._one(plan)).add_done_callback(lambda _: places.release())
        finally:
            self.is_over = True
            self.bell.ring()
        return self.told

    async def goes_on_by(self, number: int) -> None:
        """Wait until so many more requests have ended, or all."""
        mark = len(self.told) + number
        await self.bell.until(lambda: self.is_over or len(self.told) >= mark, within=PATIENCE)

    async def _one(self, plan: Plan) -> None:
        request = await self.agents[plan.asked_at].request(
            f"job.{plan.number}", {"number": plan.number}, idempotency_key=f"job-{plan.number}"
        )
        waiting = asyncio.ensure_future(self._learns(plan, request))
        await asyncio.sleep(plan.think)
        answers = await asyncio.gather(*(self._decides(plan, request, who) for who in range(len(DECIDERS))))
        learned, learned_at = await waiting
        self.told.append(Told(plan, learned, learned_at, tuple(answers)))
        self.bell.ring()

    async def _learns(self, plan: Plan, request: Request) -> tuple[Request, float]:
        try:
            learned = await self.agents[plan.waited_at].wait(request, timeout=PATIENCE)
        except Denied as refusal:
            learned = cast("Request", refusal.request)
        return learned, time.monotonic()

    async def _decides(self, plan: Plan, request: Request, who: int) -> Answer:
        """Let somebody decide; whose answer is lost on the way says it again, and may be told that all is decided."""
        at, verdict = self.deciders[who][plan.decided_at[who]], plan.verdicts[who]
        give_up_at = time.monotonic() + PATIENCE
        while True:
            try:
                decided, won = await at.decide(request, verdict), True
            except Conflict as refusal:
                decided, won = cast("Request", refusal.request), False
            except Unavailable as lost:
                self.unsure[plan.number] = f"{DECIDERS[who]}: {lost}"
                assert time.monotonic() < give_up_at, f"{DECIDERS[who]} has no answer about job.{plan.number}"
                continue
            return Answer(won, str(decided.decided_by), decided.status.value, time.monotonic())


@asynccontextmanager
async def a_storm(urls: Sequence[str], *, admin_key: str) -> AsyncIterator[Storm]:
    """Make keys for an agent and for who decides, and give clients of every replica."""
    async with AsyncExitStack() as stack:

        async def clients(key: str | None) -> list[AsyncAgentGate]:
            made = [AsyncAgentGate(url, api_key=key, timeout=PATIENCE, backoff=PATIENT) for url in urls]
            return [await stack.enter_async_context(one) for one in made]

        (admin, *_) = await clients(admin_key)
        agent = await admin.keys.create("storm", scopes=["request:create", "request:read"])
        people = [await admin.keys.create(name, scopes=["request:decide", "request:read"]) for name in DECIDERS]
        yield Storm(await clients(agent.secret), [await clients(one.secret) for one in people])


async def trails(agent: AsyncAgentGate, told: Sequence[Told]) -> "dict[int, Counter[str]]":
    """Return how often each event stands in the audit trail of each request."""
    found = {}
    for one in told:
        page = await agent.audit(one.learned)
        found[one.plan.number] = Counter(entry.event_type for entry in page.items)
    return found
