"""`make run`: the whole stack on this machine, until Ctrl-C."""

import asyncio
import fcntl
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from aiohttp import ClientSession, web

from local import start
from local.acme import door, leaf
from local.build import CommandFailedError, one_at_a_time
from local.console import say, step
from local.demo.agents import DemoAgents, remembered
from local.demo.api import Api, DemoError
from local.demo.seed import Demo
from local.emulator import process as emulator
from local.emulator.secret_store import secret_store
from local.emulator.state import Memory, StateDirectory, write_private
from local.front import Destination, serve
from local.oidc.demo import DemoSignIn
from local.oidc.process import ProviderError, ProviderProcess
from local.settings import ROOT, Options, read_options
from local.stack import deploy
from local.stack.ocsp_urls import with_ocsp_urls
from local.stack.outputs import outputs, path
from local.stack.parameters import ineffective, translate
from local.stack.template import Parameter, read_parameters
from local.start import Running, StartError


@dataclass(frozen=True)
class Run:
    """One run of the local stack."""

    options: Options
    declared: Mapping[str, Parameter]
    chosen: Mapping[str, str]
    admin_key: str

    @property
    def state(self) -> StateDirectory:
        """The state that this run continues."""
        return StateDirectory(self.options.directory / "state")

    @property
    def api_url(self) -> str:
        """Base URL of the API and of published PKI objects."""
        return f"http://127.0.0.1:{self.options.port}"

    def run(self) -> None:
        """Start, serve until a signal, stop and save. Raises what the steps raise."""
        self._prepare()
        with self._emulator() as (machine, memory), self._provider() as provider:
            running = self._deployed(machine, memory)
            asyncio.run(self._serve(running, provider))

    def _prepare(self) -> None:
        if not emulator.is_free(self.options.port):
            raise StartError(f"port {self.options.port} is taken; choose another: make run PORT=8090")
        if self._wants_acme and not emulator.is_free(self.options.acme_port):
            raise StartError(
                f"port {self.options.acme_port} is taken; choose another for the ACME server: "
                "make run ACME_PORT=8444"
            )
        self._settle_last_run()
        path(self.options.directory).unlink(missing_ok=True)

    def _settle_last_run(self) -> None:
        state = self.state
        was_ready = path(self.options.directory).exists()
        if emulator.stop_orphan(state.live) and was_ready:
            say("the last run was killed, its emulator was not: stopped it, nothing is lost")
            state.close()
        if self.options.fresh:
            state.erase()
        if state.open():
            say("the last run ended uncleanly: what it changed is lost, the last clean state is back")

    @contextmanager
    def _emulator(self) -> Iterator[tuple[emulator.Emulator, Memory]]:
        """The emulator and what is remembered; afterwards its state is saved, or dropped if never ready."""
        memory = start.remembered(self.state, self.options)
        with step("starting the AWS emulator"):
            machine = emulator.start(
                self.state.live,
                memory.emulator_port,
                memory.root_key,
                self.options.directory / "emulator.log",
            )
        try:
            yield machine, memory
        finally:
            self._stop(machine)

    def _stop(self, machine: emulator.Emulator) -> None:
        # A second Ctrl-C must not cut the saving short.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        was_ready = path(self.options.directory).exists()
        path(self.options.directory).unlink(missing_ok=True)
        with step("stopping and saving" if was_ready else "stopping; what this start changed is dropped"):
            machine.stop()
            if was_ready:
                self.state.close()
            else:
                self.state.drop()

    def _deployed(self, machine: emulator.Emulator, memory: Memory) -> Running:
        with one_at_a_time():
            built = start.build_if_changed(self.options)
            values = start.values_of(self.chosen, self.declared, memory, machine.account, self.options)
            memory = start.deploy_if_changed(built, values, memory, machine.account, self.options)
        stack = deploy.describe(machine.account)
        with step("starting the first functions: the administrator's key, and the stack's own URL"):
            memory = start.with_admin_key(memory, stack, machine.account, self.admin_key)
            start.publish_own_url(self.options, stack, machine.account)
        self.state.write_memory(memory)
        destination = Destination(
            machine.url,
            stack.api_id,
            stack.ocsp_api_id,
            start.pki_domain(stack, machine.account),
            start.origin_secret(stack, machine.account),
        )
        return Running(machine, stack, destination, memory)

    async def _serve(self, running: Running, provider: ProviderProcess | None) -> None:
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        async with AsyncExitStack() as open_doors:
            _close_later(open_doors, *await serve(running.destination, self.options.port))
            until_stop = asyncio.create_task(_until_stopped(stopping, running.emulator))
            seeding = asyncio.create_task(self._seed(running, provider, open_doors))
            await asyncio.wait({until_stop, seeding}, return_when=asyncio.FIRST_COMPLETED)
            if seeding.done():
                self._announce(running, provider, seeding.result())
                with self._demo_agents(running):
                    await until_stop
            await until_stop

    async def _seed(
        self, running: Running, provider: ProviderProcess | None, open_doors: AsyncExitStack
    ) -> str:
        """The URL of the ACME server's directory, empty without one."""
        running = await self._with_ocsp_urls(running)
        directory_url = await self._open_acme(running, open_doors)
        await self._seed_fleet(running)
        if provider is not None:
            api = Api(self.api_url, running.memory.api_key)
            store = secret_store(running.emulator.account)
            with step("making the records by which the demo's people sign in"):
                await asyncio.to_thread(self._sign_in.make_records, api, store, provider.issuer)
        return directory_url

    @property
    def _wants_acme(self) -> bool:
        return self.chosen.get("AcmeServer", "true") == "true"

    @property
    def _validation_ports(self) -> tuple[str, str]:
        """Ports of http-01 and tls-alpn-01."""
        chosen = {**start.LOCAL, **self.chosen}
        return chosen["AcmeValidationHttpPort"], chosen["AcmeValidationTlsPort"]

    async def _open_acme(self, running: Running, open_doors: AsyncExitStack) -> str:
        """The ACME server by https, with a leaf of the stack's own CA, which may issue by now."""
        if not running.stack.acme_api_id:
            return ""
        file, root = self.state.live / "acme_https.pem", self.options.acme_root
        api = Api(self.api_url, running.memory.api_key)
        try:
            with step("opening the ACME server's https port"):
                await asyncio.to_thread(leaf.obtain, api, file, root)
        except DemoError as refusal:
            say(f"warning: no ACME server, for its CA gives it no certificate: {refusal}")
            return ""
        address = f"{running.emulator.url}/_aws/execute-api/{running.stack.acme_api_id}/$default"
        _close_later(open_doors, *await door.serve(address, self.options.acme_port, file))
        return f"https://{self.options.acme_host}/acme/directory"

    async def _with_ocsp_urls(self, running: Running) -> Running:
        """Before the first certificate is issued."""
        where = running.stack, running.emulator.account
        memory = await asyncio.to_thread(with_ocsp_urls, running.memory, *where)
        if memory != running.memory:
            self.state.write_memory(memory)
        return replace(running, memory=memory)

    async def _seed_fleet(self, running: Running) -> None:
        if not self.options.demo or running.memory.demo_seeded:
            return
        with step("seeding the demo fleet"):
            await asyncio.to_thread(self._demo(running).seed)
        self.state.write_memory(replace(running.memory, demo_seeded=True))

    def _demo(self, running: Running) -> Demo:
        api = Api(self.api_url, running.memory.api_key)
        log = self.options.directory / "demo.log"
        return Demo(api, running.stack, running.emulator.account, log, self._agent_keys)

    @property
    def _agent_keys(self) -> Path:
        """The file of the agents' keys, which stand and fall with the emulator's state."""
        return self.state.live / "demo_agents.json"

    @contextmanager
    def _demo_agents(self, running: Running) -> Iterator[None]:
        agents = DemoAgents(Api(self.api_url, running.memory.api_key), remembered(self._agent_keys))
        stopping = threading.Event()
        threading.Thread(target=agents.work, args=(stopping,), daemon=True).start()
        try:
            yield
        finally:
            stopping.set()

    @property
    def _sign_in(self) -> DemoSignIn:
        """The sign-in, which stands and falls with the emulator's state."""
        return DemoSignIn(self.options.directory / "oidc", self.api_url, self.options.provider_port)

    @contextmanager
    def _provider(self) -> Iterator[ProviderProcess | None]:
        if not self.options.oidc:
            yield None
            return
        with step("starting the identity provider"):
            provider = self._sign_in.start()
        try:
            yield provider
        finally:
            provider.stop()

    def _announce(self, running: Running, provider: ProviderProcess | None, directory_url: str) -> None:
        key = running.memory.api_key
        content = outputs(running.stack, self.api_url, key, running.emulator.account)
        if directory_url:
            content |= {"acme_directory_url": directory_url, "acme_root": str(self.options.acme_root)}
        write_private(path(self.options.directory), content)
        say(
            f"\ndashboard {self.api_url}/\nAPI       {self.api_url}/api/v1\nAPI key   {key}\n"
            f"emulator  {running.emulator.url}\n"
            f"{_how_to_use_acme(directory_url, self.options.acme_root, self._validation_ports)}"
            f"{_how_to_sign_in(provider)}\n"
            f"Try:\n"
            f"  export CERTCTL_URL={self.api_url} CERTCTL_API_KEY={key}\n"
            f'  curl -s -H "Authorization: Bearer $CERTCTL_API_KEY" $CERTCTL_URL/api/v1/certificates\n'
            f"  make invoke FUNCTION=maintenance_schedule\n"
            f"Ctrl-C stops it and keeps its state.\n\nready"
        )


def _close_later(open_doors: AsyncExitStack, runner: web.AppRunner, client: ClientSession) -> None:
    """The session last: requests under way use it."""
    open_doors.push_async_callback(client.close)
    open_doors.push_async_callback(runner.cleanup)


def _how_to_use_acme(directory_url: str, root: Path, ports: tuple[str, str]) -> str:
    if not directory_url:
        return ""
    return (
        f"ACME      {directory_url}\n"
        f"          clients trust {root}, by REQUESTS_CA_BUNDLE (certbot)\n"
        f"          or LEGO_CA_CERTIFICATES (lego); http-01 goes to port {ports[0]}, "
        f"tls-alpn-01 to {ports[1]}\n"
    )


def _how_to_sign_in(provider: ProviderProcess | None) -> str:
    if provider is None:
        return ""
    return (
        f"provider  {provider.issuer}: choose Demo on the dashboard's sign-in page, then a person\n"
        "          command line: certctl login\n"
    )


async def _until_stopped(stopping: asyncio.Event, machine: emulator.Emulator) -> None:
    while not stopping.is_set():
        if machine.process.poll() is not None:
            raise emulator.EmulatorError("the emulator ended by itself")
        try:
            await asyncio.wait_for(stopping.wait(), timeout=1)
        except TimeoutError:
            continue


@contextmanager
def _only_run(options: Options) -> Iterator[None]:
    """Two runs on one state would destroy it: the second one is refused."""
    options.directory.mkdir(parents=True, exist_ok=True)
    with (options.directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(f"a stack is running on {options.directory} already") from None
        yield


def _refuse(problem: Exception) -> NoReturn:
    sys.exit(f"make run: {problem}")


def main() -> None:
    """Entry point; the environment is the only input."""
    # SIGTERM before the server runs unwinds like Ctrl-C, so that the emulator is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        options = read_options(os.environ)
        declared = read_parameters(ROOT / "template.yaml")
        chosen = translate(os.environ, declared)
        for line in ineffective(os.environ):
            say(line)
        with _only_run(options):
            Run(options, declared, chosen, os.environ.get("CERTCTL_API_KEY", "")).run()
    except (
        ValueError,
        StartError,
        emulator.EmulatorError,
        CommandFailedError,
        DemoError,
        ProviderError,
    ) as problem:
        _refuse(problem)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
