"""Settings: which place wins, and what is said when a value is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import layers, records, settings
from pipeline.settings import ConfigError, Kafka, Limits, Settings, Worker, load

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts in an empty folder: no ./config/pipeline.toml."""
    monkeypatch.chdir(tmp_path)


def toml(path: Path, text: str) -> Path:
    """A file with this text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def fault(
    config: Path | None = None, overrides: dict[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> str:
    """What the ConfigError of these settings says."""
    with pytest.raises(ConfigError) as caught:
        load(config, overrides or {}, environ or {})
    assert caught.value.__cause__ is None or isinstance(caught.value.__cause__, OSError)
    return str(caught.value)


def test_nothing_given() -> None:
    """Without a file, environment and flags the defaults of the classes hold."""
    assert Settings() == load(None, {}, {"PATH": "/bin", "ARTICLES": "no prefix"})


def test_the_stronger_place_wins(tmp_path: Path) -> None:
    """Flags win over the environment, that over the file, that over the defaults; keys of one group mix freely."""
    file = toml(tmp_path / "a.toml", '[worker]\ngroup = "f"\nslot = "f"\nchildren = 3\n')
    environ = {"ARTICLES_WORKER__GROUP": "environ", "ARTICLES_WORKER__SLOT": "environ"}
    worker = load(file, {"worker.group": "flag", "worker.slot": None}, environ).worker
    assert (worker.group, worker.slot, worker.children, worker.batch_records) == ("flag", "environ", 3, 500)


def test_which_file_is_read(tmp_path: Path) -> None:
    """--config wins over ARTICLES_CONFIG, that over ./config/pipeline.toml; only one of them is read."""
    toml(tmp_path / "config/pipeline.toml", "[worker]\nchildren = 1\nbatch_records = 1\n")
    named = toml(tmp_path / "named.toml", "[worker]\nchildren = 2\n")
    flag = toml(tmp_path / "flag.toml", "[worker]\nchildren = 3\n")
    environ = {"ARTICLES_CONFIG": str(named)}
    assert load(None, {}, {"ARTICLES_CONFIG": ""}).worker.children == 1
    assert (load(None, {}, environ).worker.children, load(None, {}, environ).worker.batch_records) == (2, 500)
    assert load(flag, {}, environ).worker.children == 3


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    """A file that was named and is not there is an error that names it."""
    assert str(tmp_path / "no.toml") in fault(tmp_path / "no.toml")
    assert "no.toml" in fault(environ={"ARTICLES_CONFIG": "no.toml"})


def test_a_file_that_is_not_toml(tmp_path: Path) -> None:
    """The place of a syntax error is named; so is a setting outside of a section, and a file that is not UTF-8."""
    assert "line 2" in fault(toml(tmp_path / "a.toml", "[worker]\ngroup = \n"))
    assert "group stands outside of a section" in fault(toml(tmp_path / "b.toml", 'group = "x"\n'))
    (tmp_path / "c.toml").write_bytes(b"\xff\xfe")
    assert "is not TOML" in fault(tmp_path / "c.toml")


def test_unknown_keys_name_the_nearest(tmp_path: Path) -> None:
    """A key that does not exist is an error in every place, and the nearest key is named as that place writes it."""
    said = fault(environ={"ARTICLES_WORKER__BATCHRECORDS": "1"})
    assert said.endswith("ARTICLES_WORKER__BATCHRECORDS; the nearest is ARTICLES_WORKER__BATCH_RECORDS")
    said = fault(toml(tmp_path / "a.toml", '[kafka]\nbootstrap_server = "x:1"\n'))
    assert said.endswith("a.toml: there is no setting kafka.bootstrap_server; the nearest is kafka.bootstrap_servers")
    assert fault(overrides={"log.fromat": "json"}).endswith("the nearest is log.format")
    said = fault(toml(tmp_path / "b.toml", "[worker]\n[limit]\n"))
    assert said.endswith("b.toml: there is no section limit; the nearest is limits")


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("[worker]\nchildren = true", "worker.children = True ({file}): write a number"),
        ("[limits]\ncpu_seconds = false", "limits.cpu_seconds = False ({file}): write a number"),
        ("[limits]\ncpu_seconds = nan", "limits.cpu_seconds = nan ({file}): must be at most 3600.0"),
        ("[worker]\nchildren = 1.5", "worker.children = 1.5 ({file}): write a whole number"),
        ("[worker]\ngroup = 7", "worker.group = 7 ({file}): write text in quotes"),
        ("[worker.group]\nname = 'a'", "worker.group = {{'name': 'a'}} ({file}): write text in quotes"),
        ("[entities]\nlanguages = 5", "entities.languages = 5 ({file}): write a list, each in quotes"),
        ("[entities]\nlanguages = [5]", "entities.languages = [5] ({file}): write text in quotes"),
        ("[log]\nlevel = 'loud'", "log.level = 'loud' ({file}): write one of 'debug', 'info', 'warning' or 'error'"),
    ],
)
def test_a_wrong_type_in_a_file_names_itself_and_the_fix(line: str, fix: str, tmp_path: Path) -> None:
    """TOML has types of its own: each that is not the setting's is refused, true and NaN for a number too."""
    file = toml(tmp_path / "a.toml", line)
    assert fault(file) == fix.format(file=file)


@pytest.mark.parametrize("name", ["ARTICLES_TEST_FAILPOINT", "ARTICLES_DATA", "ARTICLES_CONFIG", "ARTICLES_PURE"])
def test_reserved_names_are_no_settings(name: str) -> None:
    """Names that tests and the search for a file use are passed over."""
    assert Settings() == load(None, {}, {name: ""})


@pytest.mark.parametrize(
    ("key", "value", "fix"),
    [
        ("worker.batch_records", "many", "write a whole number"),
        ("worker.batch_records", "0", "must be at least 1"),
        ("limits.cpu_seconds", "0", "must be more than 0"),
        ("limits.cpu_seconds", "x", "write a number"),
        ("http.port", "70000", "must be at most 65535"),
        ("log.format", "xml", "write one of 'auto', 'json' or 'text'"),
        ("kafka.security_protocol", "SASL_PLAINTEXT", "write one of 'PLAINTEXT', 'SSL' or 'SASL_SSL'"),
        ("kafka.bootstrap_servers", "kafka", "write host:port"),
        ("kafka.ssl_ca", "/no/such.pem", "there is no such file"),
        ("topics.raw", "a b", "must match"),
        ("entities.languages", "English", "must match"),
    ],
)
def test_a_wrong_value_names_itself_and_the_fix(key: str, value: str, fix: str) -> None:
    """The message holds the key, the value, where it came from, and what to write."""
    name = layers.env_name(key)
    said = fault(environ={name: value})
    assert said.startswith(f"{key} = '{value}' (environment variable {name}): ")
    assert fix in said


def test_all_wrong_values_are_named_at_once(tmp_path: Path) -> None:
    """Two mistakes in two places are two lines."""
    file = toml(tmp_path / "a.toml", "[worker]\nchildren = -1\n")
    lines = fault(file, environ={"ARTICLES_LOG__LEVEL": "loud"}).splitlines()
    assert len(lines) == 2
    assert f"worker.children = -1 ({file}): " in lines[0]


@pytest.mark.parametrize(
    ("environ", "fix"),
    [
        ({"ARTICLES_KAFKA__SECURITY_PROTOCOL": "SASL_SSL"}, "needs sasl_username and sasl_password"),
        ({"ARTICLES_KAFKA__SASL_USERNAME": "u"}, "under security_protocol SASL_SSL only"),
        ({"ARTICLES_KAFKA__SSL_CERT": __file__}, "ssl_cert and ssl_key go together"),
        ({"ARTICLES_WORKER__HEARTBEAT_INTERVAL_MS": "3000"}, "at most a third"),
        ({"ARTICLES_TOPICS__RAW": "t", "ARTICLES_TOPICS__DEAD": "t"}, "two topics have the name t"),
    ],
)
def test_settings_that_contradict_each_other(environ: dict[str, str], fix: str) -> None:
    """Values that are right alone and wrong together name the section, the place and the fix."""
    said = fault(environ=environ)
    assert fix in said
    assert all(name in said for name in environ)


@given(st.sampled_from(["kafka.sasl_password", "kafka.ssl_key_password"]), st.booleans())
def test_secrets_are_never_shown(key: str, as_number: bool) -> None:
    """No message and no form of the settings holds a password, whatever else is wrong."""
    secret = "canary-3141592653"
    environ = {layers.env_name(key): secret, "ARTICLES_KAFKA__SSL_CERT": __file__}
    assert secret not in fault(environ=environ)
    assert "3141592653" not in fault(overrides={key: 3141592653 if as_number else [secret]})
    held = Settings(kafka=Kafka(security_protocol="SASL_SSL", sasl_username="u", sasl_password=secret))
    assert secret not in f"{held} {held!r} {held.model_dump()} {held.model_dump_json()}"
    assert held.kafka.sasl_password is not None
    assert held.kafka.sasl_password.get_secret_value() == secret


def test_empty_means_unset() -> None:
    """The empty string in the environment is no value for a setting that may be absent; lists are split at commas."""
    found = load(None, {}, {"ARTICLES_WORKER__SLOT": "", "ARTICLES_ENTITIES__LANGUAGES": "en, de"})
    assert (found.worker.slot, found.entities.languages) == (None, ("en", "de"))
    assert load(None, {}, {"ARTICLES_ENTITIES__LANGUAGES": ""}).entities.languages == ()


def test_settings_are_frozen() -> None:
    """Nobody changes a setting after it was read."""
    with pytest.raises(ValueError, match="frozen"):
        Settings().worker.children = 3  # type: ignore[misc]


def test_limits_are_those_of_the_flow() -> None:
    """The defaults of the flow's own limits, used without settings, are the same."""
    ours, flow = Limits(), records.Limits()
    assert (flow.record_bytes, flow.html_bytes, flow.depth) == (ours.record_bytes, ours.html_bytes, ours.depth)


def test_processes() -> None:
    """Zero children means one a processor, and never none."""
    assert Worker(children=3).processes == 3
    assert Worker().processes >= 1


def test_every_setting_is_described() -> None:
    """Each setting has a sentence, a type, a default, and an environment variable that sets it."""
    rows = settings.describe()
    assert [row.key for row in rows] == layers.keys(Settings)
    for row in rows:
        assert all(row), row
        assert re.fullmatch(r"ARTICLES_[A-Z]+__[A-Z_]+", row.env)


def test_the_committed_file_is_the_generated_one() -> None:
    """config/pipeline.toml is what the code writes; commented out it changes nothing."""
    text = (ROOT / "config/pipeline.toml").read_text()
    assert settings.to_toml() == text, "run: python -m pipeline.settings > config/pipeline.toml"
    assert load(ROOT / "config/pipeline.toml", {}, {}) == Settings()


def test_the_defaults_as_written_are_the_defaults(tmp_path: Path) -> None:
    """With every '#' taken away the file still gives the defaults."""
    lines = settings.to_toml().splitlines()
    file = toml(tmp_path / "all.toml", "\n".join(re.sub(r"^# (\w+ = )", r"\1", line) for line in lines))
    assert len(settings.describe()) == sum(len(table) for table in tomllib.loads(file.read_text()).values())
    assert load(file, {}, {}) == Settings()
