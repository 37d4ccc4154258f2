"""Help texts of the replay browser."""

from __future__ import annotations

from typing import Final

from dreamer_studio.studio.help.help import Help

RECORDED: Final = Help(
    "A recorded frame of an episode; the model has no part in it.",
    "Nothing here can be good or bad: it is what happened.",
    "Press D or Enter, or double-click the episode, to dream from this frame. Space plays and holds, Left and Right "
    "step, Page Up and Page Down step ten, Home and End go to the ends. Ctrl+B bookmarks the frame.",
)
EPISODES: Final = Help(
    "Every episode of the run, with the running one at the top. All frames are real. Returns are read from the "
    "episodes' files, visible rows first; to sort or filter by return, all files are read.",
    "Good: newer episodes have higher returns than those of the prefill. Training episodes return less than tests, "
    "because exploration disturbs them: on CartPole-v1 with the preset laptop (and an action repeat of 2), 70 to 130 "
    "beside 454 without.",
    "Move the mouse over an image to go through the episode; click to hold that frame below. Click a heading to "
    "sort; a narrow list leaves out columns. "
    "The filter takes words that must all match: 10-20 or 7 (episode numbers), return>100, length<50, steps>=1000, "
    "prefill, training, running, terminated, truncated, cut.",
)
BOOKMARKS: Final = Help(
    "Bookmarked frames of stored episodes, kept in the run folder. Find goes once through all episodes, newest first, "
    "with the newest weights at its start. The model sees every frame, but the first five frames of each episode do "
    "not count. Find keeps the five worst frames of each kind, at most one per episode: the largest KL (surprise), the "
    "worst reconstruction (the log's image loss), and the largest error of the predicted reward. Hard moments follow: "
    "frames whose loss in a batch of the training was at least eight times its running mean.",
    "Every run has worst frames. Bad: they are all of one kind, such as every fall: the model lacks examples of it. "
    "Hard moments late in a run: the model meets what it has not learned.",
    "Enter dreams from a bookmark: does the model foresee what surprised it? Ctrl+B adds a bookmark of your own. F2 or "
    "a double-click edits the note, Delete removes the bookmark. The next search replaces its bookmarks, except those "
    "with a note.",
)
