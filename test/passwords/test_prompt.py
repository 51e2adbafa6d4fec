#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds that --user without a file asks at the terminal: nothing typed is shown, and whatever ends the question leaves
the terminal as it was. Usage: test_prompt.py PROGRAM S1_CAPTURE
"""

import os
import pty
import resource
import select
import signal
import subprocess
import sys
import termios
import time

QUESTION = b"Password of turnuser: "
PASSWORD = b"s1-password-of-the-client"
PATIENCE = 30


class Terminal:
    """The program at a terminal of its own."""

    def __init__(self, program, capture):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(program, [program, "report", "--user", "turnuser", capture])
        self.seen = b""

    def read(self):
        """Take in what was printed; False at the end."""
        try:
            ready, _, _ = select.select([self.fd], [], [], PATIENCE)
            assert ready, f"nothing came after {self.seen!r}"
            got = os.read(self.fd, 65536)
        except OSError:  # the other end is closed
            return False
        self.seen += got
        return bool(got)

    def wait_for(self, text, count=1):
        while self.seen.count(text) < count:
            assert self.read(), f"{text!r} is not in {self.seen!r}"

    def say(self, text):
        os.write(self.fd, text)

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def wait_for_echo(self):
        end = time.monotonic() + PATIENCE
        while not self.echoes():
            assert time.monotonic() < end, "the terminal is left without echo"
            time.sleep(0.01)

    def finish(self):
        """Return the exit status, negative for a signal."""
        while self.read():
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)


def password_is_asked_for(new):
    at = new()
    at.wait_for(QUESTION)
    assert not at.echoes(), "what is typed would be shown"
    at.say(PASSWORD + b"\n")
    status = at.finish()
    assert status == 1, status
    assert b"(server-password-differs)" in at.seen, at.seen
    assert PASSWORD not in at.seen, "the password was shown"


def echo_is_back_before_the_report(new):
    at = new()
    at.wait_for(QUESTION)
    at.say(PASSWORD + b"\n")
    at.wait_for_echo()
    at.finish()


def signal_ends_the_program_with_the_terminal_as_it_was(new):
    for number, typed in ((signal.SIGINT, b"\x03"), (signal.SIGTERM, None), (signal.SIGQUIT, b"\x1c")):
        at = new()
        at.wait_for(QUESTION)
        # A second descriptor, which shows the terminal's settings when the program is gone.
        held = os.open(os.readlink(f"/proc/{at.pid}/fd/0"), os.O_RDWR | os.O_NOCTTY)
        if typed:
            at.say(b"half a passw" + typed)
        else:
            os.kill(at.pid, number)
        _, status = os.waitpid(at.pid, 0)
        assert os.waitstatus_to_exitcode(status) == -number, (number, status)
        assert termios.tcgetattr(held)[3] & termios.ECHO, "the terminal is left without echo"
        os.close(held)
        os.close(at.fd)


def stop_asks_again(new):
    at = new()
    at.wait_for(QUESTION)
    at.say(b"half a passw\x1a")
    at.wait_for(QUESTION, 2)
    at.say(PASSWORD + b"\n")
    assert at.finish() == 1
    assert b"(server-password-differs)" in at.seen, at.seen


def no_answer_is_an_error(new):
    for typed in (b"\n", b"\x04", b"x" * 5000 + b"\n"):
        at = new()
        at.wait_for(QUESTION)
        at.say(typed)
        assert at.finish() == 2
        assert b"no password was entered" in at.seen, at.seen


def without_a_terminal_there_is_an_error(program, capture):
    done = subprocess.run(
        [program, "report", "--user", "turnuser", capture],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 2, done
    assert b"--password-file" in done.stderr and not done.stdout, done


def main():
    program, capture = map(os.path.abspath, sys.argv[1:])
    # A signal that ends the program would else leave a core file.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    at_terminal = (
        password_is_asked_for,
        echo_is_back_before_the_report,
        signal_ends_the_program_with_the_terminal_as_it_was,
        stop_asks_again,
        no_answer_is_an_error,
    )
    failed = 0
    for test in (*at_terminal, without_a_terminal_there_is_an_error):
        try:
            if test in at_terminal:
                test(lambda: Terminal(program, capture))
            else:
                test(program, capture)
            print(f"ok {test.__name__}")
        except AssertionError as error:
            print(f"FAIL {test.__name__}: {error}")
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
