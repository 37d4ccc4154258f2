"""Use the whole program at random for minutes, and check that nothing raises, hangs or stays behind.

    python -m benchmarks.reliability.monkey [--minutes 10] [--seed 0] [--json]

Run it under X or Xvfb with a window manager, such as openbox. The program runs in a process of its own, in temporary
folders: home, settings, runs, cache and log. If the program ends early, the script starts it again in these folders.
Linux only.

The monkey's events come from Python, and PySide carries an exception inside such an event on to later ones. So the
first traceback counts; those below, and even a crash, may follow from it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

MARK: Final = "DREAMER_STUDIO_MONKEY"
PATIENCE_SECONDS: Final = 90.0
"""Time for the program to end after the monkey has finished."""

ENDING_SECONDS: Final = 10.0
TRAIL: Final = 12
"""Last events shown after a crash."""

SAID_AT_THE_END: Final = re.compile(r"To resume: |.* trains on without a window")
"""What the command says on standard error when the window closes."""

MOST_LINES: Final = 60
MOST_TRACEBACKS: Final = 10
"""Most lines of standard error, and most tracebacks, that the text shows; the JSON has all."""

ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass
class Session:
    """One start of the program.

    Attributes:
        seconds: how long it ran.
        exit_code: negative for a signal; None if the program had to be killed.
        events, places: how many events of each kind and at each place.
        longest_s: longest time between two events.
        stderr: lines on standard error.
        heard: warnings of the log, of Python and of Qt.
        trail: the last events, if the program did not end by itself.
    """

    seconds: float
    exit_code: int | None
    events: Counter[str]
    places: Counter[str]
    longest_s: float | None
    stderr: list[str]
    heard: list[str]
    trail: list[str]


@dataclass
class Outcome:
    """The findings of all starts.

    Attributes:
        sessions: the starts of the program.
        tracebacks: tracebacks in the log file.
        left: processes that were left behind, by their commands.
        trainings: number of trainings that the monkey left without a window, which is no fault.
        runs: number of runs that the monkey made.
    """

    sessions: list[Session] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    trainings: int = 0
    runs: int = 0

    @property
    def sound(self) -> bool:
        """Return whether nothing went wrong."""
        ends = all(session.exit_code in (0, 1) and session.events for session in self.sessions)
        return ends and not self.tracebacks and not self.left and not any(each.stderr for each in self.sessions)


def main() -> int:
    """Let the monkey loose and print the report; exit with 1 if something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability.monkey")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="monkey-") as folder:
        outcome = let_loose(Path(folder), 60 * options.minutes, options.seed)
    report = {**asdict(outcome), "sound": outcome.sound}
    sys.stdout.write(json.dumps(report) + "\n" if options.json else as_text(outcome))
    return 0 if outcome.sound else 1


def let_loose(home: Path, seconds: float, seed: int) -> Outcome:
    """Start the program until the time is over, and look for processes that are left behind."""
    outcome, until = Outcome(), time.monotonic() + seconds
    environment = environment_in(home)
    work = home / "work" / "here"  # not the home, so that a folder typed at random is inside
    work.mkdir(parents=True)
    while (rest := until - time.monotonic()) > 1:
        outcome.sessions.append(run_once(work, environment, rest, seed + len(outcome.sessions)))
        if not outcome.sessions[-1].events:  # it does not start
            break
    end_trainings(outcome)
    outcome.left = processes_left()
    outcome.runs = sum(1 for _ in home.rglob("config.json"))
    for file in home.rglob("dreamer-studio.log*"):
        outcome.tracebacks += tracebacks_in(file.read_text(encoding="utf-8", errors="replace"))
    return outcome


def environment_in(home: Path) -> dict[str, str]:
    """Return an environment in which everything that belongs to the user is below a folder."""
    folders = {f"XDG_{kind}_HOME": home / kind.lower() for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
    folders |= {"HOME": home, "XDG_RUNTIME_DIR": home / "runtime", "TMPDIR": home / "tmp"}
    for folder in folders.values():
        folder.mkdir(mode=0o700, exist_ok=True)
    authority = os.environ.get("XAUTHORITY", str(Path.home() / ".Xauthority"))
    kept = {name: value for name, value in os.environ.items() if name != "DREAMER_STUDIO_LOG"}
    given = {name: str(folder) for name, folder in folders.items()}
    return {**kept, **given, "XAUTHORITY": authority, "PYTHONPATH": str(ROOT), MARK: "1"}


def run_once(work: Path, environment: dict[str, str], seconds: float, seed: int) -> Session:
    """Run the program with a monkey inside until it ends."""
    notes = Path(tempfile.mkdtemp(dir=work))
    command = [sys.executable, "-m", "benchmarks.reliability.caged", str(seed), str(seconds), str(notes)]
    began = time.monotonic()
    with (notes / "stderr.txt").open("wb") as stderr:
        program = subprocess.Popen(command, cwd=work, env=environment, stdin=subprocess.DEVNULL, stderr=stderr)
        try:
            code: int | None = program.wait(seconds + PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            program.send_signal(signal.SIGUSR1)  # which writes the stacks of all threads
            time.sleep(1)
            program.kill()
            code = program.wait() and None
    report = notes / "report.json"
    facts: dict[str, Any] = json.loads(report.read_text()) if report.is_file() else {}
    written = notes / "trail.txt"
    trail = written.read_text(encoding="utf-8").splitlines() if written.is_file() else []
    events = Counter(facts.get("events") or Counter(line.split(" ")[0] for line in trail))
    lines = (notes / "stderr.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    return Session(
        round(time.monotonic() - began, 1),
        code,
        events,
        Counter(facts.get("places", {})),
        facts.get("longest_s"),
        [line for line in lines if line.strip() and not SAID_AT_THE_END.match(line)],
        facts.get("heard", []),
        [] if facts else trail[-TRAIL:],
    )


def tracebacks_in(log: str) -> list[str]:
    """Return the tracebacks of a log, each with the line above it."""
    starts = [match.start() for match in re.finditer(r"^[^\n]*\nTraceback ", log, re.MULTILINE)]
    found = []
    for start in starts:
        end = re.compile(r"^\d{4}-\d\d-\d\d ", re.MULTILINE).search(log, log.index("\n", start) + 1)
        found.append(log[start : end.start() if end else len(log)].rstrip())
    return found


def end_trainings(outcome: Outcome) -> None:
    """End the trainings without a window, as a person would."""
    trainings = [each for each in marked_processes() if each.cmdline()[1:4] == ["-m", "dreamer_studio", "train"]]
    outcome.trainings = len(trainings)
    for each in trainings:
        each.terminate()
    psutil.wait_procs(trainings, PATIENCE_SECONDS)


def processes_left() -> list[str]:
    """Return the commands of the program's processes that do not end soon, and end them."""
    until = time.monotonic() + ENDING_SECONDS
    while (left := marked_processes()) and time.monotonic() < until:
        time.sleep(0.2)
    commands = [" ".join(each.cmdline())[:160] for each in left]
    for each in left:
        each.kill()
    return commands


def marked_processes() -> list[psutil.Process]:
    """Return the living processes that the program has started."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return [each for each in found if each.pid != os.getpid()]


def as_text(outcome: Outcome) -> str:
    """Return the report as text."""
    events, places = Counter[str](), Counter[str]()
    for session in outcome.sessions:
        events += session.events
        places += session.places
    seconds = sum(session.seconds for session in outcome.sessions)
    codes = ", ".join(str(session.exit_code) for session in outcome.sessions)
    longest = max((session.longest_s or 0.0 for session in outcome.sessions), default=0.0)
    lines = [
        f"{events.total():,} events in {seconds / 60:.1f} minutes; exit codes {codes}",
        f"{outcome.runs} runs made, {outcome.trainings} left training without a window",
        "events: " + ", ".join(f"{name} {count:,}" for name, count in events.most_common()),
        "places: " + ", ".join(f"{name} {count:,}" for name, count in places.most_common()),
        f"longest time between two events: {longest:.1f} s",
    ]
    for number, session in enumerate(outcome.sessions, 1):
        lines += [f"stderr of session {number}: {line}" for line in session.stderr[:MOST_LINES]]
        if len(session.stderr) > MOST_LINES:
            lines.append(f"stderr of session {number}: {len(session.stderr) - MOST_LINES:,} more lines")
        lines += [f"heard in session {number}: {line}" for line in session.heard]
        lines += [f"last events of session {number}: {line}" for line in session.trail]
    lines += [f"traceback in the log: {text}" for text in outcome.tracebacks[:MOST_TRACEBACKS]]
    if len(outcome.tracebacks) > MOST_TRACEBACKS:
        lines.append(f"{len(outcome.tracebacks) - MOST_TRACEBACKS:,} more tracebacks in the log")
    lines += [f"left behind: {command}" for command in outcome.left]
    lines.append("nothing went wrong" if outcome.sound else "something went wrong")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
