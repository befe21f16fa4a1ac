"""A small OpenID provider on 127.0.0.1: knows one client, checks PKCE, signs what a test tells it to."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from joserfc.jws import JWSRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "yongwen", "a-secret-of-the-client"


def _key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}, auto_kid=False)


class Provider:
    """`person`: the claims of whoever sits at the browser. `other`: claims told instead in the ID token."""

    def __init__(self) -> None:
        self.url = ""
        self.key = _key("one")
        self.person: dict[str, Any] = {}
        self.other: dict[str, Any] = {}
        self.info: dict[str, Any] = {}
        self.refuses = ""
        self.signs = "RS256"
        self.metadata: dict[str, Any] = {}
        self.traded = 0
        self._codes: dict[str, dict[str, str]] = {}

    @property
    def app(self) -> Starlette:
        """What it serves."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/keys", self._keys),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/info", self._info),
            ]
        )

    def rotate(self, kid: str) -> None:
        """Sign with another key from now on."""
        self.key = _key(kid)

    async def _discovery(self, _: Request) -> Response:
        said = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/info",
        }
        return JSONResponse(said | self.metadata)

    async def _keys(self, _: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        back = {"state": asked["state"]}
        if self.refuses:
            back["error"] = self.refuses
        else:
            back["code"] = secrets.token_urlsafe()
            self._codes[back["code"]] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}")

    async def _token(self, request: Request) -> Response:
        form = dict(await request.form())
        asked = self._codes.pop(str(form.get("code")), None)
        challenge = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if (
            asked is None
            or base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != asked["code_challenge"]
            or form.get("redirect_uri") != asked["redirect_uri"]
            or request.headers.get("authorization") != f"Basic {basic}"
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        self.traded += 1
        token = {
            "access_token": "opens-info",
            "token_type": "Bearer",
            "id_token": self._signed(asked["nonce"]),
        }
        return JSONResponse(token)

    def _signed(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "7", "iat": now, "exp": now + 60, "nonce": nonce}
        claims |= self.person | self.other
        if self.signs == "none":
            parts = ('{"alg":"none"}', json.dumps(claims))
            return ".".join(base64.urlsafe_b64encode(p.encode()).rstrip(b"=").decode() for p in parts) + "."
        key: Any = OctKey.import_key(SECRET) if self.signs == "HS256" else self.key
        if self.signs == "stranger":
            key = _key("one")
        algorithm = self.signs if self.signs == "HS256" else "RS256"
        header = {"alg": algorithm, "kid": self.key.kid}
        return jwt.encode(header, claims, key, registry=JWSRegistry(algorithms=[algorithm]))

    async def _info(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer opens-info"
        return JSONResponse({"sub": "7"} | self.info)


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    """The provider at an address of its own."""
    server = uvicorn.Server(uvicorn.Config(provider.app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        provider.url = f"http://127.0.0.1:{port}"
        yield provider
    finally:
        server.should_exit = True
        thread.join()
