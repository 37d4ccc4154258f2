"""Banners for failures of the training and of the workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dreamer_studio.runs.errors import RunLockedError
from dreamer_studio.session import RuleFired, Session, State, Status
from dreamer_studio.studio.threads import ViewingThread
from dreamer_studio.studio.widgets.banner import Action, Banner, BannerStack
from dreamer_studio.viewing.role import Role


class FailureBanners:
    """Reports each fault that the training survived, and each failure, once.

    Args:
        banners: shows the reports.
        session: the training.
        viewing: the threads of the workers.
        remedies: returns the buttons that help with the error of a failure.
        resume: resumes a training that a rule has paused.
    """

    def __init__(
        self,
        banners: BannerStack,
        session: Session,
        viewing: Sequence[ViewingThread],
        remedies: Callable[[Exception | None], Sequence[Action]],
        resume: Callable[[], None],
    ) -> None:
        self._banners = banners
        self._session = session
        self._viewing = viewing
        self._remedies = remedies
        self._resume = resume
        self._paused_by: tuple[RuleFired, ...] = ()
        self._pausing: Banner | None = None
        self._failure: object = None
        self._waiting: Banner | None = None
        self._offering: Banner | None = None
        self._recoveries = 0
        self._told = dict.fromkeys(viewing, 0)

    def refresh(self) -> None:
        """Show new failures."""
        status = self._session.status.get()
        what = "Playing" if status.watching else "Training"
        recoveries, self._recoveries = self._session.recoveries.since(self._recoveries)
        for recovered in recoveries:
            self._banners.show_message(Role.WARN, recovered.text, recovered.details)
        for thread in self._viewing:
            failures, self._told[thread] = thread.failures.since(self._told[thread])
            for viewer in failures:
                text = f"The viewer failed; {what.lower()} continues. {viewer.reason}"
                self._banners.show_message(Role.ERROR, text, viewer.details)
        if status.paused_by is not self._paused_by:
            self._paused_by = status.paused_by
            self._show_rules(status.paused_by)
        failure, before = status.failure, self._failure
        self._failure = failure
        if failure is not before:
            self._show(what, status)

    def end(self) -> None:
        """Remove the banners that wait for the run or offer to change it; the others say what happened, and stay."""
        for banner in (self._waiting, self._offering, self._pausing):
            if banner is not None:
                self._banners.remove(banner)
        self._waiting = self._offering = self._pausing = None

    def _show_rules(self, fired: tuple[RuleFired, ...]) -> None:
        """Say which rules paused the training; remove the banner once the training resumes."""
        if self._pausing is not None:
            self._banners.remove(self._pausing)
            self._pausing = None
        if fired:
            ends = "The rule has ended" if len(fired) == 1 else "These rules have ended"
            text = f"Training is paused, because {' and '.join(map(str, fired))}. {ends}; Run > Settings sets new ones."
            self._pausing = self._banners.show_message(Role.NEUTRAL, text, "", ("Resume", self._resume))

    def _show(self, what: str, status: Status) -> None:
        if self._waiting is not None:
            self._banners.remove(self._waiting)
            self._waiting = None
        failure = status.failure
        if failure is None:
            return
        if status.state is State.WAITING:
            text = f"{what} is waiting, and continues by itself: {failure.text}"
            self._waiting = self._banners.show_message(Role.WARN, text)
            return
        how = "stopped" if status.spec is not None else "did not start"
        if status.state is State.PAUSED:
            how = "is paused"
        remedies = self._remedies(failure.error)
        text = f"{failure.error.reason}." if isinstance(failure.error, RunLockedError) else failure.text
        banner = self._banners.show_message(Role.ERROR, f"{what} {how}. {text}", failure.details, *remedies)
        if remedies:
            self._offering = banner
