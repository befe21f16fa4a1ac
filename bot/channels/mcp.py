"""The catalogue for assistants: three tools of the Model Context Protocol, so that they need not remember.

Needs the extra `mcp`.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import CallToolResult, InputRequiredResult
from pydantic import BaseModel, Field, ValidationError
from starlette.routing import BaseRoute, Route

from bot.channels import open_catalogue
from bot.channels.api_keys import KeyRing
from bot.channels.api_models import LONGEST_TEXT, VERSION
from bot.channels.api_models import Answer as AnswerShape
from bot.channels.api_shell import Shell
from bot.channels.problems import LONGEST_NAME, faults
from bot.messages import Answer, Message, as_data
from bot.rendering import PAGES

PATH = "/mcp"
CHANNEL = "mcp"
_LONGEST_BODY = 64 * 1024
_INSTRUCTIONS = PAGES / "mcp.txt"


class Domains(BaseModel):
    """The ten domains, with the ids of their services."""

    domains: tuple[open_catalogue.Domain, ...]


class _Server(MCPServer[Any]):
    """Says what is wrong with a call as the API does: where, and what, but nothing of our own insides."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool. ToolError says what is wrong with its arguments."""
        try:
            return await super().call_tool(name, arguments, context)
        except UnexpectedToolError:
            raise
        except ToolError as error:
            if not isinstance(wrong := error.__cause__, ValidationError):
                raise
            told = (f"{fault.at}: {fault.detail}" for fault in faults(wrong.errors()))
            raise ToolError("; ".join(told)) from wrong


def create_server(answer: Answer, reader: open_catalogue.CatalogueReader) -> MCPServer:
    """The three tools round an answering function and the catalogue."""
    server = _Server(
        "yongwen",
        title="甬问 Yongwen",
        version=VERSION,
        instructions=_INSTRUCTIONS.read_text("utf-8"),
        log_level="WARNING",
        subscriptions=False,  # there is nothing to tell of, and each would be a stream without end
    )

    @server.tool()
    async def find_service(
        question: Annotated[
            str, Field(max_length=LONGEST_TEXT, description="The resident's own words, whole")
        ],
    ) -> AnswerShape:
        """Answer a resident's question about Ningbo's public services: reply, services, figures, contacts."""
        return AnswerShape.model_validate(as_data(question, await answer(Message(question, channel=CHANNEL))))

    @server.tool()
    async def get_service(
        service: Annotated[str, Field(description="A service's id, as the other tools give it")],
    ) -> open_catalogue.Service:
        """Everything the catalogue holds about one service."""
        found = reader.catalogue().services.get(service)
        if found is None:
            raise ToolError(f"no service {service[:LONGEST_NAME]!r}; list_domains names them all")
        return found

    @server.tool()
    async def list_domains() -> Domains:
        """The ten domains of public services, each with the ids of its services."""
        return Domains(domains=reader.catalogue().domains)

    return server


@asynccontextmanager
async def over_http(server: MCPServer, keys: KeyRing | None = None) -> AsyncIterator[Sequence[BaseRoute]]:
    """The route at PATH that speaks streamable HTTP, each request by itself, as long as this is open.

    Where there are `keys`, only who shows one may call. There is nothing but POST, as the protocol allows
    a server that has nothing to say unasked: a GET would be a stream without end.
    """
    # Whoever is let in may come under any host name: there is nothing to rebind for.
    server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        json_response=True,
        max_request_body_size=_LONGEST_BODY,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    async with server.session_manager.run():
        yield (Route(PATH, Shell(server.session_manager.handle_request, keys), methods=["POST"]),)


async def over_stdio(server: MCPServer) -> None:
    """Speak over standard input and output until the input ends."""
    await server.run_stdio_async()
