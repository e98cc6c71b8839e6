"""What operators see: alert rules, their unit tests and sections, the dashboard; all name metrics that exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import metrics
from tests.documents import ROOT

RULES = ROOT / "config" / "deploy" / "prometheus" / "alerts.yml"
UNIT_TESTS = ROOT / "tests" / "alerts.yml"
GRAFANA = ROOT / "config" / "deploy" / "grafana"
OPERATING = (ROOT / "docs" / "operating.md").read_text("utf-8").partition("\n## Alerts\n")[2].partition("\n## ")[0]
ALERTS: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]
]
PANELS: list[dict[str, Any]] = json.loads((GRAFANA / "articles.json").read_text("utf-8"))["panels"]
_NAME = re.compile(r"\barticles_\w+")
_OF_EVERYTHING = {"instance", "job", "le"}


def labels_of_series() -> dict[str, set[str]]:
    """The series that a worker shows, and the labels of each."""
    shown: dict[str, set[str]] = {}
    for metric in metrics.ALL:
        endings = ("_bucket", "_sum", "_count") if metric.kind == "histogram" else ("",)
        shown |= {f"{metric.name}{ending}": {*metric.labels, *_OF_EVERYTHING} for ending in endings}
    return shown


def wrong(expression: str) -> list[str]:
    """What an expression names that no worker shows: series, and labels that none of its series has."""
    known, names = labels_of_series(), _NAME.findall(expression)
    unknown = [name for name in names if name not in known]
    lists = re.findall(r"\bby \(([^)]*)\)", expression) + re.findall(r"\{([^}]*)\}", expression)
    labels = {word for part in lists for word in re.findall(r"(\w+)(?=\s*(?:,|$|=|!=))", re.sub(r'"[^"]*"', "", part))}
    return unknown + sorted(labels - set().union(_OF_EVERYTHING, *(known.get(name, set()) for name in names)))


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_watches_what_is_there_and_says_what_to_do(alert: dict[str, Any]) -> None:
    """Its series and labels exist, somebody is to act on it, and its section is more than a line."""
    assert wrong(alert["expr"]) == []
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert f"docs/operating.md#{alert['alert'].lower()}" == alert["annotations"]["runbook"]
    told = set(re.findall(r"\$labels\.(\w+)", alert["annotations"]["summary"]))
    assert told <= set(re.findall(r"\w+", " ".join(re.findall(r"\bby \(([^)]*)\)", alert["expr"]))))
    (section,) = re.findall(rf"^### {alert['alert']}\n(.*?)(?=^###|\Z)", OPERATING, re.MULTILINE | re.DOTALL)
    assert len(section.split()) > 30


def test_every_section_has_its_alert() -> None:
    """None is left of an alert that is gone, and links between them lead somewhere."""
    names = [alert["alert"] for alert in ALERTS]
    assert sorted(names) == sorted(re.findall(r"^### (\w+)$", OPERATING, re.MULTILINE))
    assert set(re.findall(r"\]\(#(\w+)\)", OPERATING)) <= {name.lower() for name in names}


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("sum by (stage) (articles_stalled) > 0", []),
        ("sum by (partition) (articles_stalled)", ["partition"]),
        ("articles_lag > 1", ["articles_lag"]),
        ('rate(articles_processed_total{result="dead"}[1m])', ["result"]),
        ("articles_transaction_seconds > 1", ["articles_transaction_seconds"]),
    ],
)
def test_a_wrong_expression_is_noticed(expression: str, found: list[str]) -> None:
    """The check above can fail."""
    assert found == wrong(expression)


def test_every_alert_fires_and_stays_silent_in_the_unit_tests() -> None:
    """Each is asked for twice at least: once it must fire, once it must not."""
    asked = [one for test in yaml.safe_load(UNIT_TESTS.read_text("utf-8"))["tests"] for one in test["alert_rule_test"]]
    names = {alert["alert"] for alert in ALERTS}
    assert names == {one["alertname"] for one in asked if one.get("exp_alerts")}
    assert names == {one["alertname"] for one in asked if not one.get("exp_alerts")}


@pytest.mark.parametrize("command", [["check", "rules", str(RULES)], ["test", "rules", str(UNIT_TESTS)]], ids=" ".join)
def test_promtool_agrees(command: list[str]) -> None:
    """Prometheus itself reads the rules, and its unit tests of them pass."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool on the PATH: Debian's package prometheus has it")
    done = subprocess.run([promtool, *command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


# --- the dashboard ------------------------------------------------------------------------------------------------


def test_the_dashboard_shows_what_is_there() -> None:
    """Every series and label of its panels exists, and those of the legends come out of their expressions."""
    targets = [target for panel in PANELS for target in panel["targets"]]
    assert {target["expr"]: wrong(target["expr"]) for target in targets if wrong(target["expr"])} == {}
    for target in targets:
        told = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        kept = set(re.findall(r"\w+", " ".join(re.findall(r"\bby \(([^)]*)\)", target["expr"]))))
        assert told <= kept or "topk(" in target["expr"], target["expr"]


def test_every_metric_is_on_the_dashboard() -> None:
    """A metric that nobody looks at need not be counted."""
    shown = " ".join(target["expr"] for panel in PANELS for target in panel["targets"])
    assert [m.name for m in metrics.ALL if not re.search(rf"\b{m.name}(_bucket)?\b", shown)] == []


def test_grafana_finds_its_dashboard() -> None:
    """The folders of the Compose file are those that Grafana is told of, and its source of data is our Prometheus."""
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    mounts = dict(mount.removesuffix(":ro").rsplit(":", 1)[::-1] for mount in service["dashboard"]["volumes"])
    (provider,) = yaml.safe_load((GRAFANA / "provisioning/dashboards/articles.yml").read_text("utf-8"))["providers"]
    (source,) = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text("utf-8"))["datasources"]
    assert (ROOT / mounts["/etc/grafana/provisioning"]).samefile(GRAFANA / "provisioning")
    folder = provider["options"]["path"]
    assert (ROOT / mounts[folder]).samefile(GRAFANA)
    home = Path(service["dashboard"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (GRAFANA / home.relative_to(folder)).is_file()
    assert source["url"] == f"http://metrics:{service['metrics']['ports'][0].rpartition(':')[2]}"
    assert {panel["datasource"]["uid"] for panel in PANELS} == {source["uid"]}


def test_panels_have_places_of_their_own() -> None:
    """None lies on another, and each has an id and a title of its own."""
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in PANELS)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert all(0 <= x < 24 for x, _ in cells)
    assert len(PANELS) == len({panel["id"] for panel in PANELS}) == len({panel["title"] for panel in PANELS})
