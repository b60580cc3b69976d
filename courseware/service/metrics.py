"""Numbers of a running service for Prometheus.

In: each request that was answered, and the database at the moment somebody looks. Out: text in Prometheus'
format (https://prometheus.io/docs/instrumenting/exposition_formats/). Routes are named as in the table of
addresses, so that nothing of a person or a course is in a label.
"""

import datetime
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from courseware.grading import queued
from courseware.notices import letters
from courseware.store import database

if TYPE_CHECKING:
    from prometheus_client import Metric

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The numbers of one service, for whoever shows `token`."""

    def __init__(self, token: str, kept: database.Database, clock: Callable[[], datetime.datetime]) -> None:
        import prometheus_client

        self.token, self._kept, self._clock = token, kept, clock
        self._registry = prometheus_client.CollectorRegistry()
        self._requests = prometheus_client.Histogram(
            "courseware_request_seconds",
            "Seconds from a request to its answer.",
            ("method", "route", "status"),
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._registry.register(self)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered; `route` is its address in the table, empty if there is none."""
        named = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "other"
        self._requests.labels(named, route or "none", str(status)).observe(seconds)

    def text(self) -> bytes:
        """All numbers now."""
        import prometheus_client

        return prometheus_client.generate_latest(self._registry)

    def collect(self) -> "Iterator[Metric]":
        """What the database says; asked by Prometheus' library."""
        from prometheus_client.core import GaugeMetricFamily

        now = self._clock()
        with self._kept.read() as connection:
            totals = queued.totals(connection)
            waiting = letters.waiting(connection, now=now)
        states = GaugeMetricFamily("courseware_gradings", "Gradings by state.", labels=["state"])
        for state, number in totals.numbers.items():
            states.add_metric([state], number)
        yield states
        age = (now - totals.oldest).total_seconds() if totals.oldest is not None else 0.0
        yield GaugeMetricFamily(
            "courseware_oldest_grading_seconds", "How long the oldest grading has waited.", value=age
        )
        yield GaugeMetricFamily("courseware_letters_due", "Letters that are to be sent now.", value=waiting)
