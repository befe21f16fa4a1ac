"""The catalogue for assistants: three tools of the Model Context Protocol, so that they need not remember.

Needs the extra `mcp`.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import BaseModel, Field
from starlette.routing import BaseRoute

from bot.channels import open_catalogue
from bot.channels.api_models import Answer as AnswerShape
from bot.messages import Answer, Message, as_data
from bot.rendering import PAGES

PATH = "/mcp"
CHANNEL = "mcp"
_LONGEST_BODY = 64 * 1024
_LONGEST_QUESTION = 600
_INSTRUCTIONS = PAGES / "mcp.txt"


class Domains(BaseModel):
    """The ten domains, with the ids of their services."""

    domains: tuple[open_catalogue.Domain, ...]


def create_server(answer: Answer, reader: open_catalogue.CatalogueReader) -> MCPServer:
    """The three tools round an answering function and the catalogue."""
    server = MCPServer(
        "yongwen", title="甬问 Yongwen", instructions=_INSTRUCTIONS.read_text("utf-8"), log_level="WARNING"
    )

    @server.tool()
    async def find_service(
        question: Annotated[
            str, Field(max_length=_LONGEST_QUESTION, description="The resident's own words, whole")
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
            raise ToolError(f"no service {service!r}; list_domains names them all")
        return found

    @server.tool()
    async def list_domains() -> Domains:
        """The ten domains of public services, each with the ids of its services."""
        return Domains(domains=reader.catalogue().domains)

    return server


@asynccontextmanager
async def over_http(server: MCPServer) -> AsyncIterator[Sequence[BaseRoute]]:
    """The route at PATH that speaks streamable HTTP, each request by itself, as long as this is open."""
    # Anyone may read what is served here, and under any host name: there is nothing to rebind for.
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        json_response=True,
        max_request_body_size=_LONGEST_BODY,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    async with server.session_manager.run():
        yield app.routes


async def over_stdio(server: MCPServer) -> None:
    """Speak over standard input and output until the input ends."""
    await server.run_stdio_async()
