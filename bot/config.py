"""Every setting, declared once. The environment is read here and nowhere else."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple

from bot.errors import SettingsError
from bot.messages import PERIODS, Rate

PREFIX = "YONGWEN_"
ROOT = Path(__file__).resolve().parent.parent
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

# pypinyin must not load its table of phrases: half a second and 40 MB for what nobody asks.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
# One core: numpy's linear algebra would start a thread for each otherwise, and be no sooner.
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")


class Setting(NamedTuple):
    """A setting: how its text becomes a value, its default, and what it is for."""

    parse: Callable[[str], Any]
    default: Any
    help: str


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError("0 to 65535")
    return number


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 100_000:
        raise ValueError("1 to 100000")
    return number


def _rate(text: str) -> Rate | None:
    if text == "off":
        return None
    times, _, period = text.partition("/")
    if not (times.isdecimal() and int(times) and period in PERIODS):
        raise ValueError("want something like 30/minute, or off")
    return Rate(int(times), PERIODS[period])


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return text

    return parse


def _postgresql(text: str) -> str:
    scheme, found, rest = text.partition("://")
    if not found or scheme not in ("postgres", "postgresql", "postgresql+asyncpg"):
        raise ValueError("postgresql://user:password@host/name")
    return f"postgresql+asyncpg://{rest}"


def _level(text: str) -> str:
    level = text.upper()
    if level not in _LEVELS:
        raise ValueError(f"one of {', '.join(_LEVELS)}")
    return level


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("0 or 1")
    return text == "1"


def _origins(text: str) -> tuple[str, ...]:
    found = tuple(part.rstrip("/") for part in text.replace(",", " ").split())
    for origin in found:
        if not re.fullmatch(r"\*|https?://(?:\*\.)?[\w.-]+(?::\d+)?", origin, re.ASCII):
            raise ValueError(f"{origin} is no origin, like https://www.example.org")
    return found


def _networks(text: str) -> tuple[str, ...]:
    found = tuple(text.replace(",", " ").split())
    for part in found:
        ip_network(part)
    return found


def _issuer(text: str) -> str:
    if not re.fullmatch(r"https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?", text):
        raise ValueError("an address that begins with https://")
    return text


def _state_folder(environment: Mapping[str, str]) -> Path:
    try:
        return Path(environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "yongwen"
    except RuntimeError as error:
        raise SettingsError(f"{PREFIX}RESIDENTS: {error}; name a file") from error


SETTINGS: dict[str, Setting] = {
    "catalogue": Setting(Path, ROOT / "services.sqlite", "the catalogue's SQLite file"),
    "knowledge": Setting(Path, ROOT / "knowledge", "the folder of knowledge files"),
    "residents": Setting(
        Path, None, "the SQLite file of conversations; default: yongwen/residents.sqlite in the state folder"
    ),
    "database": Setting(
        _postgresql, "", "a PostgreSQL URL, for several replicas: holds all that is in those two files"
    ),
    "privacy_key": Setting(
        str, "", "the key residents are pseudonymised with; default: a file made beside their database"
    ),
    "keep_days": Setting(_count, 90, "for how many days questions and feedback are kept"),
    "keep_minutes": Setting(_count, 30, "for how many minutes a conversation is remembered"),
    "limit_person": Setting(
        _rate, Rate(30, 60), "how often one person may ask, like 30/minute (second, hour); off: no limit"
    ),
    "limit_address": Setting(_rate, Rate(600, 60), "how often one network address may come; off: no limit"),
    "host": Setting(str, "127.0.0.1", "the address the web chat listens on"),
    "port": Setting(_port, 8000, "the port the web chat listens on"),
    "proxies": Setting(
        _networks,
        ("127.0.0.1", "::1"),
        "the addresses, or networks, of proxies that are believed who a visitor is; with commas between",
    ),
    "cors_origins": Setting(
        _origins, (), "the sites whose pages may call the API, with commas between; * for every site"
    ),
    "embed_origins": Setting(
        _origins,
        (),
        "the sites whose pages may hold the chat in a frame (widget); * for every site",
    ),
    "api_keys": Setting(Path, None, "the file of API keys (`api-key` makes its lines); default: open to all"),
    "mcp": Setting(_switch, False, "1: tools for assistants (MCP) at /mcp; needs the extra `mcp`"),
    "telegram_token": Setting(str, "", "the Telegram bot's token; empty: no Telegram"),
    "telegram_api": Setting(str, "", "another Bot API server, for tests or a local server"),
    "telegram_webhook": Setting(
        str, "", "the public https address Telegram sends updates to; empty: the bot fetches them"
    ),
    "telegram_secret": Setting(str, "", "the secret Telegram shows there, 16 or more letters and digits"),
    "telegram_reply": Setting(
        _one_of("call", "response"),
        "call",
        "how Telegram is replied to: by `call`, or in the `response` to its push, which no kill doubles",
    ),
    "wechat_token": Setting(
        str, "", "the token of a WeChat Official Account's server settings; empty: no WeChat"
    ),
    "wechat_aes_key": Setting(str, "", "its EncodingAESKey, for the encrypted mode"),
    "wechat_app_id": Setting(str, "", "its AppID, for the encrypted mode"),
    "wecom_token": Setting(str, "", "the token of a WeCom agent; empty: no WeCom"),
    "wecom_aes_key": Setting(str, "", "its EncodingAESKey"),
    "wecom_corp_id": Setting(str, "", "the corporation's id"),
    "dingtalk_secret": Setting(str, "", "the app secret of a DingTalk robot; empty: no DingTalk"),
    "dingtalk_token": Setting(str, "", "the token of its event callback, where events are subscribed to"),
    "dingtalk_aes_key": Setting(str, "", "its AES key"),
    "dingtalk_app_key": Setting(str, "", "its app key"),
    "feishu_app_id": Setting(str, "", "the app id of a Feishu robot; empty: no Feishu"),
    "feishu_app_secret": Setting(str, "", "its app secret"),
    "feishu_encrypt_key": Setting(str, "", "the Encrypt Key of its events"),
    "feishu_token": Setting(str, "", "their Verification Token"),
    "dingtalk_api": Setting(str, "https://oapi.dingtalk.com", "DingTalk's server, or one for tests"),
    "feishu_api": Setting(str, "https://open.feishu.cn", "Feishu's server, or one for tests"),
    "oidc_issuer": Setting(
        _issuer, "", "the issuer of an OpenID provider staff sign in by, beside passwords; extra `oidc`"
    ),
    "oidc_client_id": Setting(str, "", "what 甬问 is called there; its way back is /staff/sign-in/back"),
    "oidc_client_secret": Setting(str, "", "the secret it shows there"),
    "oidc_claim": Setting(
        str, "preferred_username", "the claim that names an account here: one that people cannot change"
    ),
    "metrics_token": Setting(
        str, "", "who shows it as a bearer token may read /metrics; default: only this machine may"
    ),
    "log_format": Setting(_one_of("text", "json"), "text", "text, or json for one object a line"),
    "log_level": Setting(_level, "INFO", "DEBUG, INFO, WARNING or ERROR"),
}


@dataclass(frozen=True)
class Settings:
    """The settings as values."""

    catalogue: Path
    knowledge: Path
    residents: Path
    database: str
    privacy_key: str
    keep_days: int
    keep_minutes: int
    limit_person: Rate | None
    limit_address: Rate | None
    host: str
    port: int
    proxies: tuple[str, ...]
    cors_origins: tuple[str, ...]
    embed_origins: tuple[str, ...]
    api_keys: Path | None
    mcp: bool
    telegram_token: str
    telegram_api: str
    telegram_webhook: str
    telegram_secret: str
    telegram_reply: str
    wechat_token: str
    wechat_aes_key: str
    wechat_app_id: str
    wecom_token: str
    wecom_aes_key: str
    wecom_corp_id: str
    dingtalk_secret: str
    dingtalk_token: str
    dingtalk_aes_key: str
    dingtalk_app_key: str
    feishu_app_id: str
    feishu_app_secret: str
    feishu_encrypt_key: str
    feishu_token: str
    dingtalk_api: str
    feishu_api: str
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_claim: str
    metrics_token: str
    log_format: str
    log_level: str


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. SettingsError names a key that is unknown or ill-typed."""
    given = os.environ if environment is None else environment
    ours = {k.removeprefix(PREFIX).lower(): v for k, v in given.items() if k.startswith(PREFIX)}
    for key in ours:
        if key not in SETTINGS:
            raise SettingsError(f"{PREFIX}{key.upper()}: no such setting; known: {_known()}")
    values = {key: _value(key, ours.get(key)) for key in SETTINGS}
    values["residents"] = values["residents"] or _state_folder(given) / "residents.sqlite"
    return Settings(**{f.name: values[f.name] for f in fields(Settings)})


def _value(key: str, text: str | None) -> Any:
    setting = SETTINGS[key]
    if text is None or text == "":
        return setting.default
    try:
        return setting.parse(text)
    except ValueError as error:
        raise SettingsError(f"{PREFIX}{key.upper()}: {text!r} does not fit: {error}") from error


def _known() -> str:
    return ", ".join(f"{PREFIX}{key.upper()}" for key in SETTINGS)
