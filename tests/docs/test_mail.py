"""docs/scheduling.md: the script that mails the report, against a mail server on loopback and the embedded Scalev."""

from __future__ import annotations

import email
import email.policy
import io
import smtplib
import socketserver
import subprocess
import sys
import threading
from contextlib import redirect_stderr

import pytest
from documents import ROOT, blocks
from openpyxl import load_workbook

from scalev_frames import cli
from scalev_frames.sandbox import Fault, Sandbox, World


class Session(socketserver.StreamRequestHandler):
    """One client of a mail server that takes everything."""

    timeout = 20

    def handle(self):
        self.wfile.write(b"220 loopback\r\n")
        for line in self.rfile:
            verb = line.split()[0].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            elif verb == b"RCPT":
                self.server.to.append(line.decode())
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


@pytest.fixture
def mail_server(monkeypatch):
    """A mail server without TLS; that the script asks for TLS and signs in, in this order, is held against ``asked``."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads, server.mails, server.to, server.asked = True, [], [], []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        monkeypatch.setattr(smtplib.SMTP, "starttls", lambda _, context: server.asked.append(context.check_hostname))
        monkeypatch.setattr(smtplib.SMTP, "login", lambda _, user, password: server.asked.append((user, password)))
        named = {"HOST": "127.0.0.1", "PORT": str(server.server_address[1]), "USER": "me", "PASSWORD": "secret"}
        for name, value in named.items():
            monkeypatch.setenv(f"SMTP_{name}", value)
        monkeypatch.setenv("MAIL_FROM", "me@example.com")
        monkeypatch.setenv("MAIL_TO", "boss@example.com,ops@example.com")
        yield server
        server.shutdown()


def in_this_process(command, *, stderr, text):
    """What `subprocess.run` gives, without the seconds that a new Python and all reports take."""
    python, option, module, *words = command
    assert [python, option, module] == [sys.executable, "-m", cli.__name__]
    with redirect_stderr(io.StringIO()) as said:
        code = cli.main([*words, "--report", "daily"])
    return subprocess.CompletedProcess(command, code, stderr=said.getvalue())


def mailed(mail_server, sandbox, monkeypatch, folder):
    """The exit code of the script, and the mail that it sent."""
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")  # as a scheduler starts it
    monkeypatch.setenv("SCALEV_API_KEY", sandbox.api_key)
    monkeypatch.setenv("SCALEV_API_BASE_URL", sandbox.base_url)
    monkeypatch.setenv("SCALEV_CACHE_DIR", str(folder / "cache"))
    monkeypatch.setattr(subprocess, "run", in_this_process)
    (script,) = blocks(ROOT / "docs" / "scheduling.md", "python")
    with pytest.raises(SystemExit) as end:
        exec(compile(script, "mail_report.py", "exec"), {"__file__": str(folder / "mail_report.py")})
    assert list((folder / "elsewhere").iterdir()) == []
    (mail,) = mail_server.mails
    assert mail_server.asked == [True, ("me", "secret")]
    assert len(mail_server.to) == 2
    return end.value.code, email.message_from_bytes(mail, policy=email.policy.default)


@pytest.mark.slow
def test_the_report_of_last_week_comes_by_mail(mail_server, monkeypatch, tmp_path):
    with Sandbox(world=World(40, days=20), limits=None) as sandbox:
        code, mail = mailed(mail_server, sandbox, monkeypatch, tmp_path)
    assert code == 0
    assert mail["Subject"] == "Scalev: last week"
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "last-week.xlsx"
    assert "Ringkasan" in load_workbook(io.BytesIO(attached.get_content())).sheetnames


@pytest.mark.slow
def test_why_there_is_no_report_comes_by_mail(mail_server, monkeypatch, tmp_path):
    refused = Fault("error", times=float("inf"), status=401)
    with Sandbox(orders=40, limits=None, faults=[refused]) as sandbox:
        code, mail = mailed(mail_server, sandbox, monkeypatch, tmp_path)
    assert code == 1
    assert mail["Subject"] == "Scalev: no report of last week"
    assert "refused the key" in mail.get_content()
    assert sandbox.api_key not in str(mail)
