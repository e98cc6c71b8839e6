"""`make soak`: storms of faults on a real Kafka, one a seed; prints what was found, exit code 1 if anything was.

`python -m quality.soak --seed 17` runs one seed again: its schedule is a function of the seed and nothing else.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from pipeline.stream import clients
from pipeline.stream import topics as ours
from tests.conftest import unique_settings
from tests.kafka.faults.proxy import Proxy
from tests.kafka.faults.storm import Passed, weathered
from tests.kafka.faults.trial import kept
from tests.kafka.server import KafkaServer, free_port

HEAD = "| seed | faults | records | lost | doubled | torn | out of order | kills, in work | fail-stops | healed |"
RULE = "|" + "---|" * 10
SEEDS, RECORDS = 200, 10_000


def row(passed: Passed) -> str:
    """A line of the table."""
    verdict = passed.found.verdict
    cells = (
        passed.seed, "; ".join(map(str, passed.faults)), passed.fed, verdict.lost, verdict.doubled, verdict.torn,
        verdict.disordered, f"{passed.kills}, {passed.landed}", passed.fail_stops, f"{passed.healed:.1f} s",
    )  # fmt: skip
    return "| " + " | ".join(map(str, cells)) + " |"


def once(kafka: KafkaServer, proxy: Proxy, seed: int, records: int) -> Passed:
    """The storm of a seed, on topics of its own."""
    settings = unique_settings(kafka.bootstrap_servers)
    admin, wanted = clients.admin(settings), ours.specs(settings)
    assert [created.error for created in ours.create(admin, wanted)] == [None] * len(wanted)
    passed = weathered(settings, kafka, proxy, seed, records)
    for future in admin.delete_topics([spec.name for spec in wanted]).values():
        future.result()
    return passed


def summary(all_passed: Sequence[Passed], seconds: float) -> str:
    """The totals, in a sentence."""
    fed, seeds = sum(passed.fed for passed in all_passed), len(all_passed)
    lost, doubled, torn = (
        sum(getattr(passed.found.verdict, name) for passed in all_passed) for name in ("lost", "doubled", "torn")
    )
    kills, landed = sum(passed.kills for passed in all_passed), sum(passed.landed for passed in all_passed)
    return (
        f"{seeds} seeds, {sum(len(passed.faults) for passed in all_passed)} faults, {fed} records in "
        f"{seconds / 60:.0f} min: {lost} lost, {doubled} doubled, {torn} torn; {kills} kills, {landed} in work; "
        f"healed within {max((passed.healed for passed in all_passed), default=0.0):.1f} s"
    )


def main() -> int:
    """Runs the seeds, prints a row for each as it comes."""
    parser = argparse.ArgumentParser(prog="python -m quality.soak", description=__doc__.partition(";")[0])
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many, from --first on")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="this one only")
    parser.add_argument("--records", type=int, default=RECORDS, help="for each seed, at least")
    parser.add_argument("--minutes", type=float, default=1e6, help="begin no seed after so long")
    asked = parser.parse_args()
    seeds = [asked.seed] if asked.seed is not None else range(asked.first, asked.first + asked.seeds)
    began, done, bad = time.monotonic(), [], []
    print(HEAD, RULE, sep="\n", flush=True)
    kafka = KafkaServer(listener=("PROXIED", "PLAINTEXT"), proxy=free_port()).start()
    assert kafka.proxy is not None
    with Proxy(kafka.proxy, int(kafka.secure_servers.rpartition(":")[2])).running() as proxy:
        for seed in seeds:
            if time.monotonic() - began > asked.minutes * 60:
                break
            passed = once(kafka, proxy, seed, asked.records)
            done.append(passed)
            print(row(passed), flush=True)
            if passed.found != kept(passed.fed):
                bad.append(passed)
                print(f"seed {seed}: {passed.found}", file=sys.stderr, flush=True)
    kafka.close()
    print(summary(done, time.monotonic() - began))
    return 1 if bad or not done else 0


if __name__ == "__main__":
    sys.exit(main())
