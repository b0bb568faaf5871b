"""What a worker counts, for Prometheus. Figures are of this process since it started."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge


class Counters:
    """All figures of one worker, in a registry of their own."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry if registry is not None else CollectorRegistry()
        self.rows = self._counter("rows_stored", "Values stored.")
        self.records = self._counter("records_stored", "Records entered as received.", "lane")
        self.messages = self._counter("messages", "Messages acknowledged after they were stored.", "lane")
        self.refused = self._counter("duplicates_refused", "Records that were already known.")
        self.withheld = self._counter("values_withheld", "Values not stored for want of consent.")
        self.parked = self._counter("records_parked", "Pieces set aside.", "reason")
        self.transactions = self._counter("transactions", "Transactions, by how they ended.", "outcome")
        self.frames = self._counter("frames", "Live frames published.")
        self.refused_messages = self._counter(
            "messages_refused", "Messages whose sender is not who the key says."
        )
        self.dead_letters = self._counter("dead_letters", "Messages given up by the broker, moved to parked.")
        self.database_away = Gauge(
            "sts_ingest_database_away", "1 while the database cannot be written to.", registry=self.registry
        )

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"sts_ingest_{name}", meaning, labels, registry=self.registry)
