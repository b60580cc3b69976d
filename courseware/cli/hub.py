"""What those who run a JupyterHub need: the snippet for its configuration, and checks of a Hub that runs."""

import importlib.metadata
import os
from pathlib import Path
from typing import Annotated

import typer

from courseware import errors
from courseware.cli import operate, reach, screen


def hub_config(
    public: Annotated[
        str | None, typer.Option(help="The service as browsers find it; else [service] public.")
    ] = None,
    service: Annotated[
        str | None,
        typer.Option(help="The service as Jupyter servers find it, where that is another address."),
    ] = None,
    config: operate.Config = None,
    as_json: operate.AsJson = False,
) -> None:
    """Print what jupyterhub_config.py needs, for people who come from a JupyterHub.

    Example: courseware hub-config --public https://courseware.example.org
    """
    from courseware.service import hub_snippet

    address = public or reach.load_settings(config).service.public
    if not address:
        raise errors.UserError("Say where browsers find the service: --public https://courseware.example.org")
    text = hub_snippet.write(address, service or address, version=importlib.metadata.version("courseware"))
    if as_json:
        screen.as_json({"snippet": text})
        return
    screen.result(text.rstrip("\n"))


def check(config: Path | None, *, as_json: bool) -> None:
    """Say whether a Hub and the course service are set up for each other, as seen from here: the machine of
    the service, or a Jupyter server of the Hub.
    """
    points = _points(config)
    if as_json:
        screen.as_json({"hub": [{"what": w, "holds": holds, "said": said} for w, holds, said in points]})
    else:
        for what, holds, said in points:
            screen.result(f"{what}: {'' if holds else 'NOT SO. '}{said}")
    if not all(holds for _, holds, _ in points):
        raise SystemExit(screen.NOT_SO)


def _points(config: Path | None) -> list[tuple[str, bool, str]]:
    """What was looked at from here."""
    told = reach.load_settings(config)
    if not told.hub.public and os.environ.get("JUPYTERHUB_USER"):
        from courseware.lab import hub_checks as of_lab

        return of_lab.of_server(os.environ)
    from courseware.service import hub_checks

    return [(each.what, each.holds, each.said) for each in hub_checks.of_service(told)]
