"""The metrics, from the registry that counts them."""

from prometheus_client.metrics import MetricWrapperBase

from gateway.metrics import NAMESPACE, Metrics
from tools.press.markdown import code, table

SUFFIX = {"counter": "_total", "info": "_info"}
"""What is put behind a name when it is written for Prometheus."""
SHOWN_AS = {"info": "gauge"}
BUILD = ("version",)


def metrics() -> str:
    """Return the table of AgentGate's own metrics."""
    counted = Metrics()
    own = [one for one in vars(counted).values() if isinstance(one, MetricWrapperBase)]
    labels = {one._name: one._labelnames for one in own}  # noqa: SLF001 - the library says its labels nowhere else
    rows = (
        [
            code(one.name + SUFFIX.get(one.type, "")),
            SHOWN_AS.get(one.type, one.type),
            code(*labels.get(one.name, BUILD)),
            one.documentation,
        ]
        for one in counted.registry.collect()
        if one.name.startswith(NAMESPACE)
    )
    return table(("metric", "type", "labels", "meaning"), rows)
