# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs Wireshark's programs with the plugin, or without it, the way a user would.

Wireshark loads no plugin from a user's folders while it runs as root, and says nothing about that. So the programs run
as a user without rights, from a folder that such a user can read, with an empty home folder; and before anything else
this module makes sure that the plugin was loaded.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

# The exit status that ctest takes for "skipped".
SKIPPED = 77

_NOBODY = 65534
_TIMEOUT = 120
_FILTER = re.compile(r"([a-z0-9_.-]+) == (.*)", re.DOTALL)
_ESCAPE = re.compile(r'\\(x[0-9a-fA-F]{2}|[0-7]{3}|.)', re.DOTALL)
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class Failed(Exception):
    """Wireshark did not do what it was told."""


def skip_without_tshark():
    """End the program, as skipped, where Wireshark's programs are not installed."""
    if shutil.which("tshark") is None:
        print("Skipped: tshark is not installed (Debian package tshark).")
        sys.exit(SKIPPED)


def _unescape(match):
    code = match[1]
    if code[0] == "x":
        return chr(int(code[1:], 16))
    return chr(int(code, 8)) if len(code) == 3 else _CONTROL.get(code, code)


class Wireshark:
    """A place to run Wireshark's programs in. MODULE is the plugin's file, or None to go without it."""

    def __init__(self, module):
        self._module = module and pathlib.Path(module)
        self._folder = None
        self._types = {}
        self._shown = {}
        self._count = 0

    def __enter__(self):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="mstun-test-"))
        self._folder.chmod(0o755)
        self._home = self._folder / "home"
        self._plugins = self._folder / "plugins"
        self._captures = self._folder / "captures"
        for folder in (self._home, self._plugins, self._captures):
            folder.mkdir()
        if os.geteuid() == 0:
            os.chown(self._home, _NOBODY, _NOBODY)
        if self._module is not None:
            self._stage()
        self._assert_loaded()
        return self

    def __exit__(self, *_):
        shutil.rmtree(self._folder, ignore_errors=True)

    def _stage(self):
        # The loader wants FOLDER/4.0/epan/mstun.so and is told FOLDER.
        place = self._plugins.joinpath(*self._module.resolve().parts[-3:])
        place.parent.mkdir(parents=True)
        shutil.copyfile(self._module, place)
        for path in (place, *place.parents):
            if path == self._plugins:
                break
            path.chmod(0o755)

    def _assert_loaded(self):
        if self._preload:
            # Under a sanitizer "-G plugins" never ends: it starts programs for capturing, and those hang.
            if not self.protocol_names("mstun"):
                raise Failed("tshark -G protocols does not have mstun")
            return
        listed = self.tshark(["-G", "plugins"]).stdout.decode(errors="replace")
        loaded = [line for line in listed.splitlines() if line.startswith("mstun.so")]
        if (len(loaded) == 1) != (self._module is not None):
            raise Failed(f"tshark -G plugins has {len(loaded)} lines for mstun.so:\n{listed}")
        if loaded and str(self._plugins) not in loaded[0]:
            raise Failed(f"another mstun.so was loaded: {loaded[0]}")

    @property
    def _preload(self):
        """The sanitizer's library, which must be there before a plugin that was built with it."""
        return os.environ.get("MSTUN_PRELOAD") if self._module is not None else None

    @property
    def environment(self):
        """The environment that the programs run in."""
        variables = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self._home),
            "TMPDIR": str(self._home),
            "TZ": "UTC",
            "LC_ALL": "C",
            "WIRESHARK_PLUGIN_DIR": str(self._plugins),
        }
        if self._preload:
            variables["LD_PRELOAD"] = self._preload
            # The program has no sanitizer, so what it never frees is no news.
            variables["ASAN_OPTIONS"] = "detect_leaks=0"
            variables["UBSAN_OPTIONS"] = "print_stacktrace=1:halt_on_error=1"
        return variables

    def command(self, program, arguments):
        """Return the command line that runs PROGRAM as a user without rights."""
        prefix = []
        if os.geteuid() == 0:
            who = [f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
            prefix = ["setpriv", *who, "--"]
        return [*prefix, program, *map(str, arguments)]

    def run(self, program, arguments, timeout=_TIMEOUT, check=True):
        """Run PROGRAM to its end."""
        done = subprocess.run(
            self.command(program, arguments),
            env=self.environment,
            cwd=self._home,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        if check and done.returncode != 0:
            errors = done.stderr.decode(errors="replace").strip()
            raise Failed(f"{program} {' '.join(map(str, arguments))}: {done.returncode}: {errors}")
        return done

    def tshark(self, arguments, **options):
        return self.run("tshark", arguments, **options)

    def show(self, capture):
        """Return a path of CAPTURE that the user without rights can read."""
        capture = pathlib.Path(capture).resolve()
        if capture not in self._shown:
            self._count += 1
            copy = self._captures / f"{self._count}-{capture.name}"
            shutil.copyfile(capture, copy)
            copy.chmod(0o644)
            self._shown[capture] = copy
        return self._shown[capture]

    def forget(self, capture):
        """Remove the copy of CAPTURE, if there is one."""
        copy = self._shown.pop(pathlib.Path(capture).resolve(), None)
        if copy is not None:
            copy.unlink()

    def protocol_names(self, *filters):
        """Return the short names of protocols, by which Wireshark calls them in messages."""
        listed = self.tshark(["-G", "protocols"]).stdout.decode(errors="replace")
        rows = (line.split("\t") for line in listed.splitlines())
        return [row[1] for row in rows if row[2] in filters]

    def read(self, capture, arguments, **options):
        """Run tshark over CAPTURE."""
        return self.tshark(["-n", "-r", self.show(capture), *arguments], **options)

    @property
    def types(self):
        """The type of each field of mstun and turnconn, by its name."""
        if not self._types:
            listed = self.tshark(["-G", "fields"]).stdout.decode(errors="replace")
            for line in listed.splitlines():
                columns = line.split("\t")
                if columns[0] == "F" and columns[2].split(".")[0] in ("mstun", "turnconn"):
                    self._types[columns[2]] = columns[3]
        return self._types

    def plain(self, field, text):
        """Return a value as it is spelled in every mode."""
        kind = self.types.get(field, "")
        if kind == "FT_BYTES":
            return text.replace(":", "").lower()
        if kind == "FT_BOOLEAN":
            return "1" if text.lower() in ("1", "true") else "0"
        if kind.startswith(("FT_UINT", "FT_INT", "FT_FRAMENUM")):
            return str(int(text, 0))
        return text

    def fields(self, capture, names, options=()):
        """Return for each frame the values of NAMES, by name, each a list of texts in wire order."""
        wanted = [part for name in names for part in ("-e", name)]
        output = self.read(capture, ["-T", "json", *options, *wanted]).stdout
        frames = []
        for each in json.loads(output.decode(errors="replace")):
            layers = each["_source"].get("layers", {})
            frames.append(
                {name: [self.plain(name, text) for text in found] for name, found in layers.items()}
            )
        return frames

    def sharkd(self):
        """Return a running sharkd."""
        return Sharkd(self)

    def from_filter(self, text):
        """Return (field, value) of a filter as sharkd gives it for an item, or None."""
        match = _FILTER.fullmatch(text)
        if match is None:
            return None
        field, value = match.groups()
        if value.startswith('"') and value.endswith('"'):
            value = _ESCAPE.sub(_unescape, value[1:-1])
        return field, self.plain(field, value)


class Sharkd(contextlib.AbstractContextManager):
    """sharkd, which dissects frames in whatever order it is asked, as the graphical program does."""

    def __init__(self, wireshark):
        self._wireshark = wireshark
        self._process = subprocess.Popen(
            wireshark.command("sharkd", ["-"]),
            env=wireshark.environment,
            cwd=wireshark._home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._id = 0

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def _call(self, method, **parameters):
        self._id += 1
        request = {"jsonrpc": "2.0", "id": self._id, "method": method, "params": parameters}
        # A program that hangs must not hang the test.
        watch = threading.Timer(_TIMEOUT, self._process.kill)
        watch.start()
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = b""
        finally:
            watch.cancel()
        if not answer:
            raise Failed(f"sharkd ended, or was stopped, at {method} {parameters}")
        answer = json.loads(answer.decode(errors="replace"))
        if "error" in answer:
            raise Failed(f"sharkd: {method} {parameters}: {answer['error']}")
        return answer["result"]

    def load(self, capture):
        self._call("load", file=str(self._wireshark.show(capture)))

    def frame(self, number):
        """Return the values of the fields of mstun and turnconn in a frame, each a list of texts."""
        tree = self._call("frame", frame=number, proto=True).get("tree", [])
        found = {}
        self._collect(tree, found)
        return found

    def _collect(self, nodes, found):
        for node in nodes:
            item = self._wireshark.from_filter(node.get("f", ""))
            if item is not None and item[0].split(".")[0] in ("mstun", "turnconn"):
                found.setdefault(item[0], []).append(item[1])
            self._collect(node.get("n", []), found)
