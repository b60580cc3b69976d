"""What a cell printed and showed, put together from Jupyter's messages as nbformat keeps it.

In: kinds and contents of messages, as hostile as whoever sent them. Out: outputs. Streams are joined,
`clear_output` clears, and what `update_display` changes is changed wherever it was shown before, in earlier
cells, too. A message of no known form is left out.
"""

from __future__ import annotations

from typing import Any

Output = dict[str, Any]
_SHOWN = ("execute_result", "display_data")


class Shown:
    """The displays of one process by their id, so that they can be changed later."""

    def __init__(self) -> None:
        self._known: dict[str, list[Output]] = {}

    def remember(self, identity: Any, output: Output) -> None:
        """An output that may be changed under this id."""
        if isinstance(identity, str):
            self._known.setdefault(identity, []).append(output)

    def change(self, identity: Any, data: Output, metadata: Output) -> None:
        """Change all outputs of an id."""
        for output in self._known.get(identity, []) if isinstance(identity, str) else []:
            output["data"], output["metadata"] = data, metadata


class Outputs:
    """The outputs of one cell."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._clear = False
        self.kept: list[Output] = []

    def take(self, kind: Any, content: Any) -> None:
        """Add what a message tells."""
        if not isinstance(content, dict):
            return
        if kind == "stream":
            self.print(content.get("name"), content.get("text"))
        elif kind == "clear_output":
            self._clear = bool(content.get("wait"))
            if not self._clear:
                self.kept.clear()
        elif kind == "error":
            self._add(failure(content))
        elif kind in (*_SHOWN, "update_display_data"):
            self._display(kind, content)

    def print(self, name: Any, text: Any) -> None:
        """Add text to a stream."""
        if name not in ("stdout", "stderr") or not isinstance(text, str) or not text:
            return
        last = self.kept[-1] if self.kept and not self._clear else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self._add({"output_type": "stream", "name": name, "text": text})

    def _display(self, kind: str, content: Output) -> None:
        data, metadata = content.get("data"), content.get("metadata")
        if not isinstance(data, dict) or not isinstance(metadata, dict):
            return
        transient = content.get("transient")
        identity = transient.get("display_id") if isinstance(transient, dict) else None
        if kind == "update_display_data":
            self._shown.change(identity, data, metadata)
            return
        output: Output = {"output_type": kind, "data": data, "metadata": metadata}
        if kind == "execute_result":
            count = content.get("execution_count")
            output["execution_count"] = count if isinstance(count, int) else None
        self._shown.remember(identity, output)
        self._add(output)

    def _add(self, output: Output) -> None:
        if self._clear:
            self.kept.clear()
            self._clear = False
        self.kept.append(output)


def failure(content: Output) -> Output:
    """An error as nbformat keeps it."""
    lines = content.get("traceback")
    return {
        "output_type": "error",
        "ename": str(content.get("ename", "")),
        "evalue": str(content.get("evalue", "")),
        "traceback": [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else [],
    }
