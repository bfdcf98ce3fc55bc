"""Every metric has its row, with its kind, its labels and what it says; and its name is as the field has it."""

import re

from prometheus_client.metrics import MetricWrapperBase

from gateway.events import EVENTS
from gateway.metrics import ENDINGS, NAMESPACE, Metrics
from tests.house.tree import code_in, documented

PAGE = "reference/metrics.md"
SUFFIX = {"counter": "_total", "info": "_info"}
SHOWN_AS = {"info": "gauge"}


def described() -> dict[str, tuple[str, set[str], str]]:
    """Return the kind, the labels and the meaning of each metric, by its name on the page."""
    metrics = Metrics()
    labels = {one._name: set(one._labelnames) for one in vars(metrics).values() if isinstance(one, MetricWrapperBase)}
    return {
        family.name + SUFFIX.get(family.type, ""): (
            SHOWN_AS.get(family.type, family.type),
            labels.get(family.name, {"version"}),
            family.documentation,
        )
        for family in metrics.registry.collect()
        if family.name.startswith(NAMESPACE)
    }


def test_every_metric_has_its_row() -> None:
    page = documented(PAGE, like=rf"{NAMESPACE}_\w+")
    found = {name: (kind, code_in(labels), meaning) for name, (kind, labels, meaning) in page.items()}
    assert found == described()


def test_every_label_is_explained() -> None:
    labels = {label for _, own, _ in described().values() for label in own} - {"method", "status", "version"}
    assert set(documented(PAGE, like=r"[a-z]+")) == labels


def test_names_are_as_the_field_has_them() -> None:
    for name, (kind, _, meaning) in described().items():
        assert re.fullmatch(r"[a-z][a-z_]*", name)
        assert (kind == "counter") is name.endswith("_total"), name
        assert name.endswith("_seconds") or kind != "histogram", name
        assert meaning[0].isupper(), name


def test_every_end_of_a_request_is_an_event() -> None:
    assert set(ENDINGS) <= set(EVENTS)


def test_two_gates_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.refused("key")
    assert b'refusals_total{subject="key"} 1.0' in one.written("")[0]
    assert b'refusals_total{subject="key"}' not in other.written("")[0]
