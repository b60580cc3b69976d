"""A real JupyterHub for tests, with its proxy: configured by what `courseware hub-config` prints.

In: a scratch folder, where the course service is, and which JupyterHub: the newest, unless another Python of
`PYTHONS` is given. Out: a Hub on loopback, each of whose users has a name of their own (`sam.hub.localhost`),
stopped by its process id. Anybody signs in there without a password.
"""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from courseware import settings
from tests import commands
from tests.journeys import test_lab_student as lab

ROOT = Path(__file__).parents[1]
PROXY = ROOT / "requirements" / "servers" / "node_modules" / ".bin" / "configurable-http-proxy"
PYTHONS = {"6": sys.executable, "5": str(ROOT / ".venv" / "hub5" / "bin" / "python")}
"""The Python of each JupyterHub that people are said to come from."""
_CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.subdomain_host = "http://hub.localhost:{port}"
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.ConfigurableHTTPProxy.command = ["{proxy}"]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.pid_file = "{folder}/proxy.pid"
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/homes/{{username}}"
c.Spawner.args = {arguments}
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser"]
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
c.JupyterHub.load_groups = {groups}
c.JupyterHub.services = [{{"name": "test", "api_token": "{admin}"}}]
c.JupyterHub.load_roles = [
    {{
        "name": "test",
        "scopes": ["admin:users", "admin:groups", "tokens", "admin:servers"],
        "services": ["test"],
    }}
]
"""


class Hub:
    """A Hub that runs; `public` is its address for browsers, `token` what the course service shows it."""

    def __init__(
        self,
        folder: Path,
        *,
        public: str,
        service: str,
        groups: Mapping[str, list[str]],
        python: str = sys.executable,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.python = python
        self.folder, self.token, self._admin = folder, secrets.token_hex(32), secrets.token_hex(32)
        self.port, self._hub_port = lab.free_port(), lab.free_port()
        self.public = f"http://hub.localhost:{self.port}"
        self.api = f"http://127.0.0.1:{self._hub_port}/hub/api"
        told = commands.run(
            "hub-config", "--public", public, "--service", service, cwd=folder, environment=os.environ
        )
        assert told.returncode == 0, told.stderr
        arguments = ["--allow-root"] if os.geteuid() == 0 else []
        (folder / "jupyterhub_config.py").write_text(
            _CONFIG.format(
                port=self.port,
                hub_port=self._hub_port,
                proxy_port=lab.free_port(),
                folder=folder,
                proxy=PROXY,
                python=python,
                arguments=arguments,
                groups=json.dumps({name: {"users": users} for name, users in groups.items()}),
                admin=self._admin,
            )
            + told.stdout
        )
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers; what it knew before, it knows."""
        folder = self.folder
        with (folder / "hub.log").open("ab") as out:
            self._process = subprocess.Popen(
                [self.python, "-m", "jupyterhub", "-f", folder / "jupyterhub_config.py"],
                cwd=folder,
                env={
                    **os.environ,
                    "COURSEWARE_HUB_TOKEN": self.token,
                    "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(32),
                },
                stdout=out,
                stderr=out,
            )
        self._wait()

    def _wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + 120
        while self._process.poll() is None and time.monotonic() < until:
            try:
                if httpx.get(f"{self.api}/", trust_env=False).is_success:
                    lab.wait_for(self.port)
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
        raise AssertionError((self.folder / "hub.log").read_text()[-3000:])

    def settings(self, **more: str) -> settings.Hub:
        """What the service is told of it."""
        return settings.Hub(public=self.public, api=self.api, token=self.token, **more)  # type: ignore[arg-type]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A request of the administrator's to the Hub's API."""
        answer = httpx.request(
            method,
            self.api + path,
            json=body,
            headers={"Authorization": f"token {self._admin}"},
            timeout=60,
            trust_env=False,
        )
        assert answer.is_success, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def server_token(self, username: str, *scopes: str) -> str:
        """A token of somebody's, limited to these scopes as that of a server is."""
        return str(self.ask("POST", f"/users/{username}/tokens", {"scopes": list(scopes)})["token"])

    def sign_in(self, username: str) -> dict[str, str]:
        """Sign somebody in at the Hub; the cookies of their browser."""
        host = {"Host": f"hub.localhost:{self.port}"}
        place = f"http://127.0.0.1:{self.port}/hub/login"
        with httpx.Client(trust_env=False, timeout=60) as browser:
            page = browser.get(place, headers=host)
            found = re.search(r'name="_xsrf"\s+value="([^"]+)"', page.text)
            assert found, page.text[:2000]
            form = {"username": username, "password": "", "_xsrf": found[1]}
            answer = browser.post(place, data=form, headers=host)
            assert answer.status_code == 302, answer.text[:2000]
            return {cookie.name: cookie.value or "" for cookie in browser.cookies.jar}

    def back(self, cookies: Mapping[str, str], url: str) -> str:
        """Where the Hub sends a browser that comes to it from the service."""
        answer = httpx.get(
            url.replace("hub.localhost", "127.0.0.1", 1),
            headers={"Host": f"hub.localhost:{self.port}"},
            cookies=dict(cookies),
            trust_env=False,
            timeout=60,
        )
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def end(self) -> None:
        """Stop it and its proxy, and all servers that it started."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(30)


def of_courses(folder: Path, port: int, python: str) -> Hub:
    """A Hub of the courses `c` and `other`, for a service at this port."""
    return Hub(
        folder,
        python=python,
        public=f"http://c.courseware.localhost:{port}",
        service=f"http://127.0.0.1:{port}",
        groups={
            "course-c-students": ["sam", "lena", "ghost"],
            "course-c-graders": ["gus"],
            "course-c-instructors": ["ines"],
            "course-other-instructors": ["oleg"],
            "nothing-of-ours": ["nina"],
        },
    )
