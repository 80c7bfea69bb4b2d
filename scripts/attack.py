"""Attack the program as people and machines do, and see what holds.

    python scripts/attack.py --seconds 60 --seed 0

Seven classes take turns until the time is over: options, files, environments, signals, encodings,
mutated json, and models of others that misbehave. A case holds if the program ends with an exit
code that is documented for it, says why in one line where it refuses, shows no traceback, and
leaves no process and no half-written file. Exit 1 if anything did not hold; the same seed makes the
same cases.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any, NamedTuple

import psutil

ROOT = Path(__file__).parents[1]
PROGRAM = (sys.executable, "-m", "se_cost")
SMALL = ("--arch", "se_resnet18", "--input", "64")
MARK = "SE_COST_ATTACK"  # an environment variable by which the processes of a case are found
SLOWEST = 100.0  # seconds of one case
USUAL = (0, 2, 3)  # exit codes; 1 is a verdict, and only of those commands that have one


class Case(NamedTuple):
    """One attack."""

    words: tuple[str, ...]
    codes: tuple[int, ...] = USUAL
    env: Mapping[str, str] = {}
    files: Mapping[str, bytes] = {}
    stdout: str = ""  # a redirection by the shell, for instance >&-
    send: tuple[float, int] | None = None  # after how many seconds, which signal


ODD = (
    *(
        "0",
        "-1",
        "1e9",
        "nan",
        "inf",
        "",
        " ",
        "1" * 40,
        "٣",
        "２",
        "0x10",
        "1,,2",
        "2-4",
        "a" * 300,
    ),
    *("\x1b[2J", "../..", "-", "--", "None", "true", "1.5", "1_000", "16,16", "\u202e", "se_"),
    *("100000000000000000", "9223372036854775807", "9223372036854775808"),
)
VALUED = (
    *("--arch", "--input", "--classes", "--r", "--stages", "--drop-stages", "--place", "--width"),
    *("--squeeze", "--gate", "--attention", "--stride-in", "--head", "--format", "--output"),
    *("--ratios", "--by", "--frontier", "--max-attention-params", "--max-time-percent", "--batch"),
    *("--kinds", "--sort", "--bandwidth", "--launch", "--model", "--model-arg", "--drop"),
)
COMMANDS = (
    *(("params",), ("flops", "--no-measure"), ("check", "--max-params", "99M"), ("nets",)),
    *(("report", "--no-time"), ("schema",), ("show",), ("diff",), ("completion",)),
    *(("plan",), ("alternatives",)),
)


def options(random: Random) -> Iterator[Case]:
    """Options with odd values, in odd numbers."""
    while True:
        words = list(random.choice(COMMANDS))
        for _ in range(random.randint(1, 3)):
            words += [random.choice(VALUED), random.choice(ODD)]
        yield Case(tuple(words), (0, 1, 2, 3) if words[0] in ("check", "diff") else USUAL)


def files(random: Random) -> Iterator[Case]:
    """Files that are none, that are full, that are links, or that hold anything."""
    targets = (
        "/dev/full",
        "/dev/null",
        "x/",
        "no/such/x.md",
        "a-file/x.md",
        "/",
        "x" * 300,
        "link",
    )
    sources = ("/dev/zero", "/dev/urandom", "/dev/null", "/", "missing.json", "a-file", "link")
    there = {"a-file": b"not json", "pyproject.toml": b""}
    tables = (
        *(b"[tool.se-cost]\nr = 0", b"[tool.se-cost]\nbogus = 1", b"[tool.se-cost", b"\xff\xfe"),
        *(b"[tool.se-cost]\nupdate = true", b"[[tool.se-cost.budgets]]\nr = 'x'", b"tool = 3"),
        *(b'[tool.se-cost]\nbaseline = "a\\u0000b"', b"[tool]\nse-cost = " + b"[" * 3000),
    )
    while True:
        yield Case((*random.choice(COMMANDS[:4]), "--output", random.choice(targets)), files=there)
        yield Case(("show", random.choice(sources)), files=there)
        yield Case(("check", "--baseline", random.choice(sources)), files=there)
        yield Case(("diff", random.choice(sources), random.choice(sources)), files=there)
        yield Case(
            random.choice(COMMANDS), (0, 1, 2, 3), files={"pyproject.toml": random.choice(tables)}
        )


def environments(random: Random) -> Iterator[Case]:
    """Environments as notebooks, CI and broken shells leave them."""
    odd = (
        *({"COLUMNS": word} for word in ("0", "-5", "1", "x", "99999999999999")),
        *({"MPLBACKEND": "bogus"}, {"HOME": "/nowhere"}, {"TMPDIR": "/nowhere"}, {"TERM": "dumb"}),
        *({"PYTHONWARNINGS": "error"}, {"FORCE_COLOR": "1"}, {"PYTHONHASHSEED": "1"}, {"PATH": ""}),
        *({"GITHUB_ACTIONS": "true"}, {"GITHUB_STEP_SUMMARY": "/dev/full"}, {"RANK": "x"}),
        *({"GITHUB_STEP_SUMMARY": "/"}, {"LANG": "C", "LC_ALL": "C"}, {"PYTHONOPTIMIZE": "2"}),
    )
    ways = ("", "", ">&-", "> /dev/full", "2>&-", "| true", "| head -1")
    while True:
        words = random.choice((*COMMANDS[:5], ("--help",), ("params", "--help"), ("paper",)))
        yield Case(words, (0, 2, 3), env=random.choice(odd), stdout=random.choice(ways))


def signals(random: Random) -> Iterator[Case]:
    """Signals at any moment of commands that have started others."""
    slow = (
        ("flops", "--arch", "se_resnet152", "--input", "800"),
        ("report", "--arch", "se_resnet101", "--max-time", "5", "--output", "x.md"),
        ("time", *SMALL, "--device", "cpu", "--threads", "1"),
    )
    while True:
        number = random.choice((signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL))
        ended = (-number, 128 + number)
        yield Case(random.choice(slow), (0, 3, *ended), send=(random.uniform(0.5, 8), number))


def encodings(random: Random) -> Iterator[Case]:
    """Streams that cannot write every sign, and names that no encoding knows."""
    names = ("cp1252", "latin-1", "ascii", "cp437", "utf-16", "utf-8:strict")
    while True:
        words = random.choice((*COMMANDS[:5], ("paper",), ("nets", "se_resnet50")))
        form = random.choice(
            ((), ("--format", "json"), ("--format", "markdown"), ("--format", "csv"))
        )
        yield Case((*words, *form), env={"PYTHONIOENCODING": random.choice(names)})
        odd = random.choice(("Σ|<img>", "\x1b[31m", "$x_1$", "::error::", "名前", "-n"))
        yield Case(("check", "--max-params", "99M", f"--name={odd}", *form))


def mutations(random: Random) -> Iterator[Case]:
    """Documents of ours that were cut off, merged badly, or edited by hand."""
    originals = [document.encode() for document in _documents()]
    while True:
        old, new = random.choice(originals), mutated(random.choice(originals), random)
        there = {"old.json": old, "new.json": new}
        words = random.choice(
            (
                ("show", "new.json"),
                ("show", "new.json", "--format", "html"),
                ("diff", "old.json", "new.json"),
                ("check", "--baseline", "new.json"),
                ("check", "--from", "new.json"),
                ("report", "--no-time", "--from", "new.json", "--output", "x.md"),
            )
        )
        yield Case(words, (0, 1, 2, 3), files=there)


def models(random: Random) -> Iterator[Case]:
    """Models of others: files that are broken, and factories that do what they like."""
    head = b"import os, sys, torch\nfrom torch import nn\n"
    network = b"nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())"
    bodies = (
        *(b"return 3", b"raise SystemExit(0)", b"sys.exit('bye')", b"1 / 0"),
        *(b"raise MemoryError", b"return make()", b"print('x' * 9999)"),
        *(b"os.chdir('/')", b"torch.set_grad_enabled(False)", b"torch.set_num_threads(7)"),
        *(b"torch.set_default_dtype(torch.float64)", b"sys.stdout.close()", b"os.fork()"),
        *(b"os.environ.clear()", b"nn.Module.__call__ = None"),
    )
    words = ("params", "nets", "flops", "check", "plan", "report")
    specs = ("net.py:make", "net.py:Net", "net.py", "net:make", ":", "x.py:make", "timm:", "a:b:c")
    while True:
        body = random.choice(bodies)
        code = head + b"def make(**given):\n    " + body + b"\n    return " + network + b"\n"
        broken = random.choice((code, code, code, code[: random.randrange(len(code))], b"\xff\0"))
        size = random.choice(("3x16x16", "3x16x16", "3x16x16", "1x16x16", "3x1x1", "16", "0x0"))
        command = (random.choice(words), "--model", random.choice((specs[0], *specs)))
        more = {"report": ("--no-time",), "check": ("--max-params", "99M")}.get(command[0], ())
        given = (*command, "--input", size, *more)
        yield Case(given, (0, 1, 2, 3), files={"net.py": broken})


def mutated(content: bytes, random: Random) -> bytes:
    """Return a document with one thing wrong, or nothing."""
    kind = random.randrange(4)
    if kind == 0:
        return content[: random.randrange(len(content))]
    if kind == 1:
        at = random.randrange(len(content))
        return (
            content[:at]
            + random.choice((b"\xff", b"<<<<<<< ", b"{", b"1e999", b","))
            + content[at:]
        )
    document = json.loads(content)
    for _ in range(random.randint(1, 3)):
        places = list(_places(document))
        if not places:
            break
        place, key = random.choice(places)
        if kind == 2 and isinstance(place, dict):
            place.pop(key, None)
        else:
            place[key] = random.choice((None, -1, 0, 1e300, 2**70, "", "x", [], {}, True, 0.5))
    return json.dumps(document).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container with every of its keys."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in list(inner):
        yield value, key
        if isinstance(child, dict | list):
            yield from _places(child)


def _documents() -> Iterator[str]:
    """Yield a document of every command that needs no measurement."""
    with tempfile.TemporaryDirectory() as folder:
        for words in (
            *(("params", *SMALL), ("flops", "--no-measure", *SMALL), ("nets",)),
            *(("check", "--max-params", "99M", *SMALL), ("paper",)),
            *(("params", "--arch", "se_resnet18,eca_resnet18"),),
        ):
            command = (*PROGRAM, *words, "--format", "json")
            yield subprocess.run(
                command, cwd=folder, env=_environment(folder), capture_output=True, text=True
            ).stdout
        subprocess.run(
            (*PROGRAM, "check", "--update"),
            cwd=folder,
            env=_environment(folder),
            capture_output=True,
        )
        yield Path(folder, "se-cost-baseline.json").read_text()
    saved = ROOT / "reports" / "time.json"
    if saved.exists():
        yield saved.read_text()


CLASSES: Mapping[str, Callable[[Random], Iterator[Case]]] = {
    "options": options,
    "files": files,
    "environments": environments,
    "signals": signals,
    "encodings": encodings,
    "json mutations": mutations,
    "models": models,
}


def _environment(folder: str) -> dict[str, str]:
    ours = {"PYTHONPATH": str(ROOT), MARK: folder}
    hidden = ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "COLUMNS")
    return {key: value for key, value in os.environ.items() if key not in hidden} | ours


def wrong(case: Case) -> str:
    """Do one attack; return what did not hold, nothing if all did."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in case.files.items():
            Path(folder, name).write_bytes(content)
        Path(folder, "link").symlink_to("nowhere")
        code, said = _run(case, folder)
        left = [path.name for path in Path(folder).rglob(".*.tmp")]
        alive = _left(folder)
    if code not in case.codes:
        return f"exit {code}: {said.strip()[-200:]}"
    if "Traceback" in said:
        return f"a traceback: {said.strip()[-200:]}"
    if code in (2, 3) and not said.strip() and "2>&-" not in case.stdout:
        return f"exit {code} without a word"
    if left or alive:
        return f"left behind: {left or alive}"
    return ""


def _run(case: Case, folder: str) -> tuple[int, str]:
    """Return the exit code and what was written to stderr."""
    command: tuple[str, ...] = (*PROGRAM, *case.words)
    if case.stdout:
        shell = (
            f'"$@" {case.stdout}'
            if "|" not in case.stdout
            else f'set -o pipefail; "$@" {case.stdout}'
        )
        command = ("bash", "-c", shell, "bash", *command)
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(folder) | dict(case.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=_as_usual,
        )
    except (OSError, ValueError):  # words that no program can be given
        return case.codes[0], "not given"
    try:
        if case.send:
            sleep(case.send[0])
            process.send_signal(case.send[1])
        _, said = process.communicate(timeout=SLOWEST)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return 124, f"it went on for more than {SLOWEST:g} s"
    return process.returncode, said.decode(errors="replace")


def _as_usual() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell ignores it in the background


def _left(folder: str) -> list[int]:
    """Return the processes of a case that are still there after a while."""
    until = monotonic() + 10
    while True:
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == folder and process.status() != "zombie":
                    found.append(process.pid)
            except psutil.Error:
                continue
        if not found or monotonic() > until:
            return found
        sleep(0.1)


def main() -> int:
    """Attack for a while, print a table of what was tried and what held; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=CLASSES, help="one class of attack")
    asked = parser.parse_args()
    names = [asked.only] if asked.only else list(CLASSES)
    cases = {name: CLASSES[name](Random(f"{asked.seed} {name}")) for name in names}
    tried, held, broken = dict.fromkeys(names, 0), dict.fromkeys(names, 0), []
    end = monotonic() + asked.seconds
    for name in cycle(names):
        if monotonic() > end:
            break
        case = next(cases[name])
        fault = wrong(case)
        tried[name] += 1
        held[name] += not fault
        if fault:
            broken.append(
                f"{name}: se-cost {' '.join(map(repr, case.words))}\n    {case[2:]}\n    {fault}"
            )
    print(f"{'class':16}{'tried':>8}{'held':>8}")
    for name in names:
        print(f"{name:16}{tried[name]:8}{held[name]:8}")
    print(f"{'all':16}{sum(tried.values()):8}{sum(held.values()):8}")
    print(*broken, sep="\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
