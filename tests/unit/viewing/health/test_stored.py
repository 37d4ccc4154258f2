"""The rules on a run folder, beside the same rules on the session that wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamer_studio.runs.errors import RunError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.viewing.health.rules import RULES
from dreamer_studio.viewing.health.stored import examine_folder
from tests.support.health import followed

OF_A_SESSION = {"waiting"}
"""Rules that read durations, which only a session measures."""


def test_that_a_stored_run_gets_the_findings_of_its_session(tmp_path: Path) -> None:
    settings = {"steps": 320, "length": 20, "pretrain": 22, "train_every": 100, "train_steps": 1, "eval_every": 80}
    with followed(tmp_path / "run", **settings) as training:
        training.train()
        training.trainer.save()
        live = training.findings()
    found = examine_folder(RunFolder(tmp_path / "run"))
    assert (found.task, found.step, found.judged) == ("gym:Toy-v0", 320, None)
    assert found.update == training.trainer.counters.update
    stored = {finding.rule: finding for finding in found.health.findings}
    assert len(stored) == len(RULES)
    assert {name: stored[name] for name in stored.keys() - OF_A_SESSION} == {
        name: live[name] for name in live.keys() - OF_A_SESSION
    }
    assert stored["waiting"].level == "cannot tell"
    assert stored["one action"].level != "cannot tell"


def test_that_a_damaged_episode_is_left_out(tmp_path: Path) -> None:
    with followed(tmp_path / "run", steps=320, length=20, pretrain=1, train_every=1000, train_steps=1) as training:
        training.train()
        training.trainer.save()
    folder = RunFolder(tmp_path / "run")
    *_, newest = sorted(folder.episodes.iterdir())
    newest.write_bytes(b"nothing")
    (finding,) = [each for each in examine_folder(folder).health.findings if each.rule == "one action"]
    assert "The last 2" in finding.sentence


def test_that_a_run_without_a_checkpoint_says_what_it_cannot_tell(tmp_path: Path) -> None:
    with followed(tmp_path / "run"):
        pass
    found = examine_folder(RunFolder(tmp_path / "run"))
    sentences = {finding.rule: finding.sentence for finding in found.health.findings}
    assert sentences["saturated"] == "Cannot tell yet: the run has no checkpoint yet."
    assert found.health.speaking == ()
    assert found.as_text().endswith("gym:Toy-v0, step 0, update 0, not judged yet")


def test_that_a_folder_that_is_not_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is not a run"):
        examine_folder(RunFolder(tmp_path))
