"""The demo of a new stack: its catalog and channels, made through the API as by any client, and its past."""

import json
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.build import BUILD, CommandFailedError
from local.demo import fleet, receivers
from local.demo.api import Api
from local.emulator.account import Account
from local.settings import ROOT, STACK, TOOLS
from local.stack.deploy import Stack

# The last one's name is the actor's, where a service acts for nobody.
_RELIVED = (
    "certificates_api",
    "signing_worker",
    "maintenance_schedule",
    "renewal_schedule",
    "notifications_api",
    "notification_worker",
)


@dataclass(frozen=True)
class Demo:
    """`log` takes what the functions' code prints while it relives the past, `agent_keys` the keys of the
    agents that it enrols."""

    api: Api
    stack: Stack
    account: Account
    log: Path
    agent_keys: Path

    def seed(self) -> None:
        """Raises DemoError, CommandFailedError."""
        # What takes long on a small machine is the start of each process: they start at once.
        with self._history() as history, ThreadPoolExecutor(1) as executor:
            started = executor.submit(self.api.call, "GET", "/channels")
            self._set_up_catalog()
            started.result()
            self._set_up_alerts()
            self._relive(history, fleet.happened())

    def _set_up_catalog(self) -> None:
        for kind, bodies in fleet.CATALOG.items():
            for body in bodies:
                self.api.call("POST", f"/{kind}", body)

    def _set_up_alerts(self) -> None:
        """Before anything alerts: functions remember channels and rules for a minute."""
        for channel_id, (kind, team, behaviour) in fleet.CHANNELS.items():
            settings = self._settings(channel_id, kind, receivers.url(self.api.url, behaviour))
            body = {"id": channel_id, "kind": kind, "team_id": team, "settings": settings}
            self.api.call("POST", "/channels", body)
        for rule_id, routes in fleet.ROUTING.items():
            self.api.call("PUT", f"/notifications/routing/{rule_id}", {"routes": routes})
        for key in fleet.KEYS:
            self.api.call("POST", "/api-keys", key)

    def _settings(self, channel_id: str, kind: str, url: str) -> dict[str, str]:
        if kind == "Webhook":
            return {"url": url}
        secret = url if kind == "Slack" else "demo-routing-key-of-32-characters"
        name = f"/certctl/{STACK}/channels/{channel_id}"
        ssm = self.account.session().client("ssm", endpoint_url=self.account.endpoint)
        ssm.put_parameter(Name=name, Value=secret, Type="SecureString", Overwrite=True)
        return {"url": name} if kind == "Slack" else {"routing_key": name, "url": url}

    @contextmanager
    def _history(self) -> Iterator[subprocess.Popen[bytes]]:
        """The program that relives the past; it waits for what that was."""
        with (
            self.log.open("ab") as output,
            subprocess.Popen(
                [TOOLS / "env" / "emulator" / "bin" / "python", "-P", Path(__file__).with_name("history.py")],
                stdin=subprocess.PIPE,
                env=self._environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            ) as program,
        ):
            yield program

    def _relive(self, program: subprocess.Popen[bytes], steps: list[fleet.Step]) -> None:
        (key,) = [k for k in self.api.call("GET", "/api-keys")["data"] if k["role"] == "admin"]
        self.agent_keys.touch(mode=0o600)
        given = {"key_id": key["id"], "steps": steps, "agent_keys": str(self.agent_keys)}
        program.communicate(json.dumps(given).encode())
        if program.returncode != 0:
            raise CommandFailedError(f"the demo's past could not be made, see {self.log}")

    def _environment(self) -> dict[str, str]:
        """What the functions have whose services are called."""
        functions = self.account.session().client("lambda", endpoint_url=self.account.endpoint)
        variables: dict[str, str] = {}
        for folder in _RELIVED:
            known = functions.get_function_configuration(FunctionName=self.stack.functions[folder])
            variables |= known["Environment"]["Variables"]
        layers = [BUILD / "artifacts" / layer / "python" for layer in ("CertctlLayer", "DependenciesLayer")]
        paths = [*layers, ROOT]  # it imports another module of this folder
        return variables | {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            **self.account.environment(),
        }
