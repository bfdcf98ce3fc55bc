"""What this process counts, for Prometheus: every gate has counters of its own, fed where things happen.

Labels are words of ours from closed lists, never what somebody sent: the number of series has a bound.
"""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import cast

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder

from gateway.events import RequestApproved, RequestCancelled, RequestDenied, RequestExpired
from gateway.targets import TARGETS, kind_of
from models.ids import moment_of
from models.tables import Event
from models.words import Status

NAMESPACE = "agentgate"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
DECIDERS = frozenset({"slack", "discord", "email", "terminal", "link", "web", "api", "cli", "policy", "system"})
MACHINES = frozenset({"policy", "system"})
"""Deciders that take no time; a histogram of how long people take would drown in them."""
ENDINGS = {
    RequestApproved.type: Status.APPROVED,
    RequestDenied.type: Status.DENIED,
    RequestExpired.type: Status.EXPIRED,
    RequestCancelled.type: Status.CANCELLED,
}
ANSWER_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
DECISION_SECONDS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 28_800, 86_400)
OTHER = "other"


class Metrics:
    """The counters and gauges of one gate. Gauges are set when somebody asks for them, see `gauges`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        counter = partial(Counter, namespace=NAMESPACE, registry=self.registry)
        gauge = partial(Gauge, namespace=NAMESPACE, registry=self.registry)
        histogram = partial(Histogram, namespace=NAMESPACE, registry=self.registry)
        self.http_requests = counter("http_requests", "Answers to HTTP calls", ["method", "route", "status"])
        self.http_seconds = histogram(
            "http_request_duration_seconds",
            "How long answers took; calls that wait for a decision are left out",
            ["method", "route"],
            buckets=ANSWER_SECONDS,
        )
        self.events = counter("events", "What happened, in the words of the audit trail", ["event"])
        self.decisions = counter(
            "decisions", "Requests that ended: how, and by what kind of actor", ["outcome", "decider"]
        )
        self.time_to_decision = histogram(
            "time_to_decision_seconds",
            "From asking to approval or denial, where no policy answered",
            ["decider"],
            buckets=DECISION_SECONDS,
        )
        self.deliveries = counter("deliveries", "Attempts to notify, and how they went", ["channel", "result"])
        self.refusals = counter("rate_limit_refusals", "Calls over a limit: a key's, or an address's", ["subject"])
        self.uncounted = counter("rate_limiter_failures", "Calls that passed uncounted, because the limiter was gone")
        self._uncounted_so_far = 0
        self.waiters = gauge("waiters", "Calls that wait for a decision now")
        self.pending = gauge("requests_pending", "Requests that wait for an answer")
        self.outbox = gauge("outbox_deliveries", "Notifications that have not reached their target yet")
        self.outbox_age = gauge("outbox_oldest_seconds", "Age of the oldest of them")
        self.part_up = gauge("part_up", "Whether a part is well, as the deep health check has it: 1 or 0", ["part"])
        build = Info("build", "The version that runs", namespace=NAMESPACE, registry=self.registry)
        build.info({"version": version("agentgate-server")})
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def answered(self, method: str, route: str, status: int, *, seconds: float | None) -> None:
        """Count an answer; `seconds` is None when how long it took says nothing."""
        method = method if method in METHODS else OTHER
        self.http_requests.labels(method, route, str(status)).inc()
        if seconds is not None:
            self.http_seconds.labels(method, route).observe(seconds)

    def happened(self, event: Event) -> None:
        """Count an event that was committed and, where a request ended with it, how and after which time."""
        self.events.labels(event.type).inc()
        outcome = ENDINGS.get(event.type)
        if outcome is None or event.request_id is None:
            return
        kind = event.actor.partition(":")[0]
        decider = kind if kind in DECIDERS else OTHER
        self.decisions.labels(outcome.value, decider).inc()
        if outcome in {Status.APPROVED, Status.DENIED} and decider not in MACHINES:
            took = event.created_at - moment_of(event.request_id)
            self.time_to_decision.labels(decider).observe(max(0.0, took.total_seconds()))

    def told(self, target: str, result: str) -> None:
        """Count an attempt to notify: `sent`, `postponed` or `dead`."""
        kind = kind_of(target)
        self.deliveries.labels(kind if kind in TARGETS else OTHER, result).inc()

    def refused(self, subject: str) -> None:
        """Count a call over a limit: a `key`'s or an `address`'s."""
        self.refusals.labels(subject).inc()

    def passed_uncounted(self, altogether: int) -> None:
        """Count the calls that nobody could count, up to this sum."""
        self.uncounted.inc(altogether - self._uncounted_so_far)
        self._uncounted_so_far = altogether

    def written(self, accept: str) -> tuple[bytes, str]:
        """Return everything in the format that the caller accepts, and that format's content type."""
        encode, content_type = choose_encoder(accept)
        return cast("Callable[[CollectorRegistry], bytes]", encode)(self.registry), content_type
