"""A connected app."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property

from .._components.slots import described, set_by_events
from .._http.settings import Settings
from .._http.transport import Transport
from .._queue.route import Route
from .._queue.session_pool import SessionPool
from .._transfer.transfer import Transfer
from ..description import Config, Dependency, EndpointInfo, Info, ParameterInfo
from ..description.dialect import Dialect
from ..description.triggers import mark_of, moved, triggers_of
from ..errors import InputError
from .discovery import read_info


class Live:
    """A connected app: what `/config` said, and the machinery made from it."""

    def __init__(
        self,
        settings: Settings,
        session_hash: str,
        transport: Transport,
        config: Config,
        previous: Live | None = None,
    ) -> None:
        self.config = config
        self.transport = transport
        self.dialect = Dialect.of(config)
        self.sessions: SessionPool = SessionPool(transport, self.dialect, session_hash)
        if (
            previous is not None
            and previous.transport is transport
            and previous.dialect == self.dialect
        ):
            # Two streams of one session would take each other's messages.
            self.sessions = previous.sessions
        self.download_files = settings.download_files is not False
        self.transfer = Transfer(
            transport, self.dialect, settings, config.max_file_size
        )
        self._most = settings.max_workers
        self._rooms: dict[int, asyncio.Semaphore] = {}
        self._routes: dict[str | int, Route] = {}
        self._moves: dict[tuple[str, str, int, int], str | None] = {}
        self._described: dict[int, EndpointInfo] = {}
        self._info: Info | None = None
        self._reading = asyncio.Lock()

    def route(self, name: str | int) -> Route:
        """Return the endpoint of an api_name or a fn_index.

        Raises:
            InputError: The app has no such endpoint.
        """
        if name not in self._routes:
            self._routes[name] = Route.of(self.config, self._find(name))
        return self._routes[name]

    async def room(self, route: Route) -> asyncio.Semaphore:
        """Wait until few enough jobs of an endpoint are in the app's queue.

        Return what a job releases when it makes room for the next one.

        The server tells each job in the queue of every move of it, so that what a
        crowd costs grows with its square (Gradio 6.31 and 1,000 jobs on one machine:
        29 a second when all join at once, 136 by 200, 198 by 64). A generator makes
        room when it has begun, for it may go on for long; all others when they end.
        """
        room = self._rooms.setdefault(route.fn_index, asyncio.Semaphore(self._most))
        await room.acquire()
        return room

    def _find(self, name: str | int) -> Dependency:
        if isinstance(name, str):
            found = self.config.find(name)
        else:
            found = next((d for d in self.config.dependencies if d.id == name), None)
        if found is None:
            raise InputError(
                f"the app has no endpoint {name}", hint=self._suggest(str(name))
            )
        return found

    def _suggest(self, name: str) -> str:
        import difflib

        names = [
            f"fn_index={d.id}" if d.api_name is None else f"/{d.api_name}"
            for d in self.config.dependencies
            if d.callable
        ]
        close = difflib.get_close_matches(name, names, n=1)
        if close:
            return f"Did you mean {close[0]}?"
        return f"It has {', '.join(names[:20]) or 'no endpoints'}"

    @cached_property
    def changing(self) -> frozenset[int]:
        """The components to which an event may give other choices and bounds."""
        return set_by_events(self.config)

    @cached_property
    def triggers(self) -> dict[str, str]:
        """The names of the endpoints, by what runs them on the app's page."""
        names = {item.id: item.shown_name for item in self.config.dependencies}
        found = triggers_of(self.config)
        return {mark_of(trigger): names[id_] for id_, trigger in found.items()}

    def moved(self, trigger: str, name: str, known: Mapping[str, str]) -> str | None:
        """Say why an endpoint may be another one than a module knows; see `triggers`."""
        case = trigger, name, id(known), len(known)  # a module's, which may grow
        if case not in self._moves:
            self._moves[case] = moved(trigger, name, known, self.triggers)
        return self._moves[case]

    def by_components(self, endpoint: Dependency) -> EndpointInfo:
        """Return what the components of an endpoint say of it."""
        if endpoint.id not in self._described:
            said = described(self.config, endpoint)
            self._described[endpoint.id] = EndpointInfo.model_validate(said)
        return self._described[endpoint.id]

    async def info(self) -> Info:
        """Return the app's `/info`, which is read once."""
        async with self._reading:
            if self._info is None:
                _, self._info = await read_info(
                    self.transport, self.config, all_endpoints=True
                )
        return self._info

    async def parameters(self, route: Route) -> list[ParameterInfo]:
        """Return what `/info` says of an endpoint's parameters."""
        found = (await self.info()).endpoint(route.api_name, route.fn_index)
        return found.parameters if found else []

    async def wants_oauth_token(self, route: Route) -> bool:
        """Return whether an endpoint's function takes its caller's own token.

        Only `/info` says so (Gradio 6.22 and later), so that is read for it; call this
        where there is a token to send.
        """
        if not self.dialect.oauth_tokens:
            return False
        found = (await self.info()).named_endpoints.get(route.api_name)
        return found is not None and found.oauth_token is not None
