"""A student's programs look at the receipt that they get, and `courseware verify` says whose key it knows."""

import datetime
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from courseware import receipt
from courseware.lab import client, connections, copies, outbox, work
from tests.lab import service as fake

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


@pytest.fixture
def served() -> Iterator[tuple[str, fake.Told]]:
    with fake.served() as made:
        yield made


def test_a_receipt_of_another_key_is_not_kept_and_the_work_is(
    tmp_path: Path, served: tuple[str, fake.Told]
) -> None:
    url, told = served
    copy = fake.a_copy(tmp_path, told)
    service = fake.a_client(url)
    told.signs = ed25519.Ed25519PrivateKey.generate()
    handed = work.submit(service, copy, now=NOW)
    assert handed.answer is None
    assert "another key" in handed.reason
    kept = copies.find(copy.folder)
    assert kept is not None
    assert kept.receipts == ()
    assert len(list(outbox.waiting(copy.folder))) == 1
    service.close()


def test_who_joined_again_after_the_course_changed_its_key_goes_on(
    tmp_path: Path, served: tuple[str, fake.Told]
) -> None:
    url, told = served
    copy = fake.a_copy(tmp_path, told)
    told.signs = ed25519.Ed25519PrivateKey.generate()
    service = fake.a_client(url)
    assert work.submit(service, copy, now=NOW).answer is None
    service.close()
    joined = client.Client(url, "s", "c", public_key=fake.public_key(told.signs))
    assert work.flush(joined, copy) == 1
    joined.close()


def test_a_receipt_for_other_bytes_is_not_kept(tmp_path: Path, served: tuple[str, fake.Told]) -> None:
    url, told = served
    copy = fake.a_copy(tmp_path, told)
    service = fake.a_client(url)
    item = outbox.put(copy, {"a.ipynb": b"mine"}, now=NOW)
    other = fake.Told(private=told.private).answer(
        json.dumps({"release": 1, "files": [{"path": "a.ipynb", "sha256": "0" * 64}]}).encode()
    )
    with pytest.raises(outbox.Unproven, match="not what was handed in"):
        outbox.send(copy, item, lambda *_: other)
    with pytest.raises(outbox.Unproven):
        outbox.send(copy, item, lambda *_: {"receipt": 3})
    assert len(list(outbox.waiting(copy.folder))) == 1
    service.close()


class Desk:
    """A machine with a hand-in, its receipts, and `courseware verify`."""

    def __init__(self, folder: Path, url: str, told: fake.Told) -> None:
        self.folder, self.url, self.told = folder, url, told
        self.copy = fake.a_copy(folder, told)
        service = fake.a_client(url)
        answer = work.submit(service, self.copy, now=NOW).answer
        service.close()
        assert answer is not None
        self.receipt = answer["receipt"]
        self.key = fake.public_key(told.private)

    def join(self) -> None:
        connections.add(
            self.folder / "config" / "courseware" / "connections.json", fake.connect(self.url, self.told)
        )

    def verify(self, body: object, target: Path, *more: str) -> tuple[int, str]:
        file = self.folder / "receipt.json"
        file.write_text(json.dumps(body))
        return self.call(file, target, *more)

    def call(self, file: Path, target: Path, *more: str) -> tuple[int, str]:
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "PYTHONPATH": os.getcwd(),
            "LANG": "C.UTF-8",
        }
        argv = [sys.executable, "-m", "courseware.cli.main", "verify", str(file), str(target), *more]
        ended = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=False)
        return ended.returncode, ended.stdout + ended.stderr

    def forged(self) -> dict[str, object]:
        """The receipt, dated back by somebody with a key of their own."""
        private = ed25519.Ed25519PrivateKey.generate()
        facts = {**self.receipt, "received": "2026-01-01T00:00:00Z", "public_key": fake.public_key(private)}
        facts.pop("signature")
        return receipt.sign(facts, private)


@pytest.fixture
def desk(tmp_path: Path, served: tuple[str, fake.Told]) -> Desk:
    return Desk(tmp_path, *served)


def test_without_a_known_key_it_is_not_said_to_hold(desk: Desk) -> None:
    away = desk.folder / "elsewhere"
    away.mkdir()
    for name, data in fake.FILES.items():
        copies.write(away / name, data)
    status, said = desk.verify(desk.receipt, away)
    assert (status, f"signed by {desk.key}; not compared with the course's" in said) == (1, True), said
    status, said = desk.verify(desk.receipt, away, "--key", desk.key)
    assert (status, "holds" in said) == (0, True), said
    status, said = desk.verify(desk.forged(), away, "--key", desk.key)
    assert (status, "another key" in said) == (1, True), said


def test_the_key_that_one_joined_with_is_used(desk: Desk) -> None:
    desk.join()
    assert desk.verify(desk.receipt, desk.copy.folder)[0] == 0
    status, said = desk.verify(desk.forged(), desk.copy.folder)
    assert (status, "another key" in said) == (1, True), said


def test_the_key_of_the_copy_is_used(desk: Desk) -> None:
    file = desk.copy.folder / copies.FOLDER / "copy.json"
    assert desk.call(file, desk.copy.folder)[0] == 0
    assert desk.verify(desk.receipt, desk.copy.folder)[0] == 0
    told = json.loads(file.read_text())
    told["receipts"] = [desk.forged()]
    file.write_text(json.dumps(told))
    status, said = desk.call(file, desk.copy.folder)
    assert (status, "another key" in said) == (1, True), said


def test_a_copy_that_was_rewritten_does_not_outweigh_the_key_that_one_joined_with(desk: Desk) -> None:
    desk.join()
    file = desk.copy.folder / copies.FOLDER / "copy.json"
    told, forged = json.loads(file.read_text()), desk.forged()
    file.write_text(json.dumps({**told, "receipts": [forged], "public_key": forged["public_key"]}))
    status, said = desk.call(file, desk.copy.folder)
    assert (status, "another key" in said) == (1, True), said


@pytest.mark.parametrize("files", [["x"], 7, []], ids=repr)
def test_a_receipt_of_another_shape_is_one_sentence(desk: Desk, files: object) -> None:
    status, said = desk.verify({**desk.receipt, "files": files}, desk.copy.folder)
    assert (status, said) == (2, "courseware: This file is no receipt of format 1.\n")


def test_one_file_of_several_is_checked_alone(desk: Desk) -> None:
    status, said = desk.verify(desk.receipt, desk.copy.folder / "a.ipynb", "--key", desk.key)
    assert (status, "1 of 2 files" in said) == (0, True), said
    (desk.copy.folder / "a.ipynb").write_bytes(b"changed")
    status, said = desk.verify(desk.receipt, desk.copy.folder / "a.ipynb", "--key", desk.key)
    assert (status, said) == (1, "a.ipynb is not what was handed in.\n")
    (desk.copy.folder / "other.txt").write_bytes(b"x")
    status, said = desk.verify(desk.receipt, desk.copy.folder / "other.txt", "--key", desk.key)
    assert status == 2
    assert "other.txt is none of the files of this receipt: a.ipynb, data/x.csv." in said
