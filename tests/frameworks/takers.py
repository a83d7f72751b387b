"""What takes functions as tools, routes or commands: how each is asked and called.

A `Taker` is one package. Its tests skip where the package is missing; `make
integrations` has all of them, and there a missing one fails.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import re
import warnings
from collections.abc import Callable
from typing import Any, get_args

import pytest

from tests.support import optional

Function = Callable[..., Any]


def package(name: str) -> Any:
    """Import a package; without it skip, or fail where all are to be there."""
    if name == "gradio" and not os.environ.get("INTEGRATIONS"):
        pytest.skip("its loops are left open: only in `make integrations`")
    return optional.package(name, "integrations")


class Taker:
    """One package.

    Attributes:
        title: What its row in docs/agents.md is called.
        facts: What its schema says of a number with bounds.
        files: What its schema says of a file.
    """

    title: str
    facts = frozenset({"type", "minimum", "maximum", "default"})

    def schema(self, function: Function) -> dict[str, dict[str, Any]]:
        """What it tells its model, or its user, of each parameter."""
        raise NotImplementedError

    async def call(self, function: Function, given: dict[str, Any]) -> str:
        """Have it call the function, as its model or user would; the text of the answer."""
        raise NotImplementedError


class PydanticAI(Taker):
    title = "pydantic-ai"

    def schema(self, function: Function) -> dict[str, dict[str, Any]]:
        tool = package("pydantic_ai").Tool(function)
        return dict(tool.function_schema.json_schema["properties"])

    async def call(self, function: Function, given: dict[str, Any]) -> str:
        ai, models = package("pydantic_ai"), package("pydantic_ai.models.function")
        messages = package("pydantic_ai.messages")

        def model(said: Any, info: Any) -> Any:
            (tool,) = info.function_tools
            part = said[-1].parts[-1]
            if part.part_kind == "user-prompt":
                call = messages.ToolCallPart(tool.name, json.dumps(given))
                return messages.ModelResponse(parts=[call])
            content = part.content
            text = content if isinstance(content, str) else json.dumps(content)
            return messages.ModelResponse(parts=[messages.TextPart(text)])

        agent = ai.Agent(models.FunctionModel(model), tools=[ai.Tool(function)])
        return str((await agent.run("Go.")).output)


class LangChain(Taker):
    title = "LangChain"

    def schema(self, function: Function) -> dict[str, dict[str, Any]]:
        tool = package("langchain_core.tools").tool(function)
        return dict(tool.args_schema.model_json_schema()["properties"])

    async def call(self, function: Function, given: dict[str, Any]) -> str:
        tool = package("langchain_core.tools").tool(function)
        if inspect.iscoroutinefunction(function):
            return str(await tool.ainvoke(given))
        return str(tool.invoke(given))


class Smolagents(Taker):
    title = "smolagents"
    facts = frozenset({"type"})  # it has no words for others; they are in the text

    def _tool(self, function: Function) -> Any:
        smolagents = package("smolagents")
        with warnings.catch_warnings():
            # About sending a tool's source text elsewhere, which endpoints do not do.
            warnings.filterwarnings("ignore", ".*decorators other than @tool.*")
            return smolagents.tool(function)

    def schema(self, function: Function) -> dict[str, dict[str, Any]]:
        return dict(self._tool(function).inputs)

    async def call(self, function: Function, given: dict[str, Any]) -> str:
        result = self._tool(function)(**given)
        return str(await result if inspect.isawaitable(result) else result)


class OpenAIAgents(Taker):
    title = "OpenAI Agents"

    def _tool(self, function: Function) -> Any:
        # Without these it answers models that there was an error, and not which.
        os.environ["OPENAI_AGENTS_DONT_LOG_TOOL_DATA"] = "0"
        make = package("agents").function_tool
        said = {"failure_error_function": lambda _context, error: str(error)}
        try:
            return make(function, **said)
        except package("agents").UserError:
            # What it calls strict has no objects whose keys are not all named.
            return make(function, strict_mode=False, **said)

    def schema(self, function: Function) -> dict[str, dict[str, Any]]:
        return dict(self._tool(function).params_json_schema["properties"])

    async def call(self, function: Function, given: dict[str, Any]) -> str:
        tool, contexts = self._tool(function), package("agents.tool_context")
        text = json.dumps(given)
        context = contexts.ToolContext(
            context=None, tool_name=tool.name, tool_call_id="1", tool_arguments=text
        )
        return str(await tool.on_invoke_tool(context, text))


class FastMCP(Taker):
    title = "FastMCP"

    def schema(self, function: Function) -> dict[str, dict[str, Any]]:
        async def ask() -> Any:
            server = package("fastmcp").FastMCP()
            server.tool(function)
            async with package("fastmcp").Client(server) as client:
                (tool,) = await client.list_tools()
            return tool.model_dump(by_alias=True)["inputSchema"]["properties"]

        return dict(asyncio.run(ask()))

    async def call(self, function: Function, given: dict[str, Any]) -> str:
        server = package("fastmcp").FastMCP()
        server.tool(function)
        async with package("fastmcp").Client(server) as client:
            name = getattr(function, "__name__", "")
            return str((await client.call_tool(name, given)).data)


class FastAPI(Taker):
    title = "FastAPI"

    def _client(self, function: Function) -> Any:
        router = package("fastapi").APIRouter()
        router.post("/x")(function)
        app = package("fastapi").FastAPI()
        app.include_router(router)
        return package("fastapi.testclient").TestClient(app)

    def schema(self, function: Function) -> dict[str, dict[str, Any]]:
        client = self._client(function)
        route = client.get("/openapi.json").json()["paths"]["/x"]
        found = {
            item["name"]: {**item["schema"], "description": item.get("description")}
            for item in route["post"].get("parameters", ())
        }
        # Objects are in the body, which has no name in the schema if it is one.
        body = "requestBody" in route["post"]
        names = inspect.signature(function).parameters
        return {name: found.get(name, {}) for name in names if name in found or body}

    async def call(self, function: Function, given: dict[str, Any]) -> str:
        client = self._client(function)
        answer = await asyncio.to_thread(client.post, "/x", params=given)
        return str(answer.json())


class Typer(Taker):
    title = "typer"
    facts = frozenset({"type", "default"})

    def _app(self, function: Function) -> Any:
        app = package("typer").Typer()
        app.command()(function)
        return app

    def schema(self, function: Function) -> dict[str, dict[str, Any]]:
        command = package("typer").main.get_command(self._app(function))
        described = dict(
            re.findall(r"^ +(\w+): (.*)$", command.help or "", re.MULTILINE)
        )
        found: dict[str, dict[str, Any]] = {}
        for parameter in command.params:
            if parameter.name in described:
                kind = parameter.type_descriptor.annotation
                said: dict[str, Any] = {
                    "type": {float: "number", str: "string"}.get(kind)
                }
                if choices := get_args(kind):
                    said["enum"] = list(choices)
                if not parameter.required:
                    said["default"] = parameter.default
                found[parameter.name] = {
                    **said,
                    "description": described[parameter.name],
                }
        return found

    async def call(self, function: Function, given: dict[str, Any]) -> str:
        command = package("typer").main.get_command(self._app(function))
        words = [str(value) for value in given.values()]
        result = await asyncio.to_thread(command.main, words, standalone_mode=False)
        return str(await result if inspect.isawaitable(result) else result)


class GradioInterface(Taker):
    title = "gr.Interface"
    facts = frozenset({"type"})  # its components say the rest

    def _app(self, function: Function) -> Any:
        gr = package("gradio")
        kinds = {float: gr.Number, str: gr.Textbox}
        inputs = [
            kinds.get(parameter.annotation.__origin__, gr.Textbox)()
            for parameter in inspect.signature(function).parameters.values()
        ]
        return gr.Interface(fn=function, inputs=inputs, outputs=gr.Textbox())

    def schema(self, function: Function) -> dict[str, dict[str, Any]]:
        (endpoint,) = self._app(function).get_api_info()["named_endpoints"].values()
        about = endpoint["description"]
        return {
            item["parameter_name"]: {"type": item["type"]["type"], "description": about}
            for item in endpoint["parameters"]
        }

    async def call(self, function: Function, given: dict[str, Any]) -> str:
        app = self._app(function)
        (run,) = (fn for fn in app.fns.values() if fn.api_name == "predict")
        done = await app.process_api(run, list(given.values()))
        return str(done["data"][0])


TAKERS: list[Taker] = [taker() for taker in Taker.__subclasses__()]
