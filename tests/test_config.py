import subprocess
import sys
from pathlib import Path

import pytest

from bot import config
from bot.errors import SettingsError

REFUSED = [
    ({"YONGWEN_PROXIES": "10.0.0.1, proxy.example"}, "YONGWEN_PROXIES: "),
    ({"YONGWEN_PROT": "80"}, "YONGWEN_PROT: no such setting; known: YONGWEN_CATALOGUE, "),
    ({"YONGWEN_": "x"}, "YONGWEN_: no such setting"),
    ({"YONGWEN_PORT": "eighty"}, "YONGWEN_PORT: 'eighty' does not fit"),
    (
        {"YONGWEN_DATABASE": "postgress://yongwen:geheim@db/yongwen"},
        "YONGWEN_DATABASE: 'postgress://…@db/yongwen' does not fit",
    ),
    *(
        ({"YONGWEN_PORT": port}, f"YONGWEN_PORT: '{port}' does not fit: want a number, 0 to 65535")
        for port in ("65536", "-1", "1e3", "８０", " 80", "9" * 5000)
    ),
    *(
        (
            {"YONGWEN_LIMIT_PERSON": rate},
            f"YONGWEN_LIMIT_PERSON: '{rate}' does not fit: want something like 30/m",
        )
        for rate in ("0/minute", "-1/minute", "30", "30/week", "9999999999/minute", "３/minute", "1/minute/2")
    ),
    *(
        (
            {f"YONGWEN_{messenger}_API": address},
            f"YONGWEN_{messenger}_API: '{address}' does not fit: ",
        )
        for messenger in ("TELEGRAM", "DINGTALK", "FEISHU")
        for address in (
            *(
                "foo",
                "api.example.org",
                "api.example.org:8081",
                "/v1",
                "ftp://a.example",
                "https://",
                "http:///x",
            ),
            *("https://a b", "https://a.example:0", "https://a.example:99999", "https://a.example:x"),
            *("https://:80", "https://[::1", "https://a.example/?x=1", "https://a.example/#x"),
        )
    ),
    ({"YONGWEN_LOG_LEVEL": "loud"}, "YONGWEN_LOG_LEVEL: 'loud' does not fit: one of DEBUG, INFO"),
]


def test_without_environment_the_defaults_hold() -> None:
    settings = config.load({})
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 8000, "INFO")
    assert settings.telegram_token == settings.telegram_api == ""
    assert settings.catalogue == config.ROOT / "services.sqlite"
    assert settings.knowledge == config.ROOT / "knowledge"


def test_every_setting_is_read_from_its_variable() -> None:
    typed = {"port": "0", "log_level": "debug", "log_format": "json", "mcp": "1"}
    typed["telegram_reply"] = "response"
    typed |= {
        "proxies": "10.0.0.0/8, ::1",
        "database": "postgresql://a/b",
        "oidc_issuer": "https://id.example",
    }
    typed |= dict.fromkeys(("telegram_api", "dingtalk_api", "feishu_api"), "https://api.example/x")
    typed |= dict.fromkeys(("cors_origins", "embed_origins"), "https://a.example")
    typed |= dict.fromkeys(("keep_days", "keep_minutes"), "7")
    typed |= dict.fromkeys(("limit_person", "limit_address"), "5/second")
    given = {key: typed.get(key, f"/x/{key}") for key in config.SETTINGS}
    settings = config.load({f"YONGWEN_{key.upper()}": text for key, text in given.items()})
    expected = {key: config.SETTINGS[key].parse(text) for key, text in given.items()}
    assert vars(settings) == expected
    assert settings.log_level == "DEBUG"


@pytest.mark.parametrize("key", config.SETTINGS)
def test_an_empty_variable_means_the_default(key: str) -> None:
    assert config.load({f"YONGWEN_{key.upper()}": ""}) == config.load({})


def test_other_variables_are_none_of_our_business() -> None:
    assert config.load({"PORT": "1", "yongwen_port": "2", "XYONGWEN_PORT": "3"}).port == 8000


@pytest.mark.parametrize(("environment", "says"), REFUSED)
def test_what_does_not_fit_is_refused_by_name(environment: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as raised:
        config.load(environment)
    assert str(raised.value).startswith(says)


def test_the_residents_file_stands_outside_the_tree() -> None:
    assert config.load({"XDG_STATE_HOME": "/s"}).residents == Path("/s/yongwen/residents.sqlite")
    assert config.load({"YONGWEN_RESIDENTS": "/r.sqlite"}).residents == Path("/r.sqlite")
    assert not config.load({}).residents.is_relative_to(config.ROOT)


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(SettingsError, match="YONGWEN_RESIDENTS: Could not .* name a file"):
        config.load({})
    assert config.load({"YONGWEN_RESIDENTS": "/r"}).residents == Path("/r")


def test_every_setting_says_what_it_is_for() -> None:
    assert all(setting.help for setting in config.SETTINGS.values())
    assert set(config.SETTINGS) == set(config.Settings.__dataclass_fields__)


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example",
        "http://127.0.0.1:8081",
        "http://[::1]:8081/bot/",
        "HTTP://LOCALHOST",
        "http://a_b:1",
    ],
)
def test_a_server_may_stand_anywhere(address: str) -> None:
    found = config.load({f"YONGWEN_{name}_API": address for name in ("TELEGRAM", "DINGTALK", "FEISHU")})
    assert {found.telegram_api, found.dingtalk_api, found.feishu_api} == {address}


def test_sites_are_listed_with_commas_or_spaces() -> None:
    found = config.load({"YONGWEN_CORS_ORIGINS": "https://a.example/, http://b.example:8080 *"})
    assert found.cors_origins == ("https://a.example", "http://b.example:8080", "*")


@pytest.mark.parametrize("text", ["a.example", "https://a.example/path", "ftp://a.example", "https://a b"])
def test_what_is_no_site_is_named(text: str) -> None:
    with pytest.raises(SettingsError, match="YONGWEN_CORS_ORIGINS"):
        config.load({"YONGWEN_CORS_ORIGINS": text})


THREADS = """
from pathlib import Path
from bot.cli import main
from bot.matching import ranking
import numpy
numpy.ones((500, 500)) @ numpy.ones((500, 500))
print(len(list(Path("/proc/self/task").iterdir())))
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="Linux lists a process's threads in /proc")
def test_linear_algebra_starts_no_threads_of_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True, env={})
    assert done.stdout.split() == ["1"]
