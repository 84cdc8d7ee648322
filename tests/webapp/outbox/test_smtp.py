"""Mail over a real line: a small SMTP server on this machine takes, refuses, puts off, hangs up."""

import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy

import pytest

from tests.webapp.outbox.factories import NOON, at, queued
from webapp.outbox import sending
from webapp.outbox.letters import letter_of
from webapp.outbox.models import Message

pytestmark = pytest.mark.django_db


class Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a mail needs. ``server.answers`` gives other answers to a verb."""

    timeout = 5

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self):
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            answer = self.server.answers.get(verb)
            if answer == "hang up":
                return
            if verb == "QUIT":
                self.say("221 bye")
                return
            self.say(answer or {"DATA": "354 go on", "EHLO": "250 test"}.get(verb, "250 ok"))
            if verb == "DATA" and not answer:
                self.take()

    def take(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        if told := self.server.answers.get("END"):
            self.say(told)
            return
        self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.say("250 taken")


@contextmanager
def a_server(settings, **answers):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads, server.answers, server.mails = True, answers, []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_TIMEOUT = 5
        yield server
        server.shutdown()


def delivered():
    with at(NOON):
        return sending.deliver()


def test_a_mail_arrives_with_its_two_bodies_and_an_id_of_its_own(settings):
    message = queued(address="marina@example.org")
    with a_server(settings) as server:
        assert delivered() == 1
    mail = server.mails[0]
    assert (mail["To"], mail["Message-ID"]) == ("marina@example.org", letter_of(message).message_id)
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("Tiene algo pendiente", "auto-generated")
    assert "/portal/" in mail.get_body(("plain",)).get_content()
    assert 'href="http' in mail.get_body(("html",)).get_content()


def test_many_mails_leave_over_one_line(settings):
    for _ in range(3):
        queued()
    with a_server(settings) as server:
        assert delivered() == 3
    assert len({mail["Message-ID"] for mail in server.mails}) == 3


@pytest.mark.parametrize(
    ("answers", "state", "code"),
    [
        ({"RCPT": "550 no such person"}, "given_up", "smtp_550"),
        ({"RCPT": "451 come back later"}, "failed", "smtp_451"),
        ({"END": "554 we do not like it"}, "given_up", "smtp_554"),
        ({"END": "452 disk full"}, "failed", "smtp_452"),
        ({"MAIL": "530 who are you"}, "failed", "smtp_530"),
        ({"DATA": "hang up"}, "failed", "SMTPServerDisconnected"),
    ],
)
def test_what_the_server_does_not_take_is_kept_with_its_number_and_nothing_else(settings, answers, state, code):
    message = queued(address="marina@example.org")
    with a_server(settings, **answers) as server:
        assert delivered() == 0
    message.refresh_from_db()
    assert (message.state, message.error, server.mails) == (state, code, [])


def test_after_a_failure_the_next_attempt_arrives_under_the_same_id(settings):
    message = queued()
    with a_server(settings, RCPT="451 later"):
        delivered()
    message.refresh_from_db()
    with a_server(settings) as server, at(message.due_at):
        assert sending.deliver() == 1
    assert [mail["Message-ID"] for mail in server.mails] == [letter_of(message).message_id]


def test_no_server_at_all_is_waited_for(settings):
    with a_server(settings):
        pass
    message = queued()
    assert delivered() == 0
    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "ConnectionRefusedError")


def test_an_address_that_cannot_be_written_is_given_up_and_holds_up_nobody(settings):
    bad, good = queued(), queued()
    Message.objects.filter(pk=bad.pk).update(address="a@example.org\nBcc: x@example.org")
    with a_server(settings) as server:
        assert delivered() == 1
    bad.refresh_from_db()
    assert (bad.state, bad.error) == ("given_up", "address_unreadable")
    assert [mail["To"] for mail in server.mails] == [good.address]
