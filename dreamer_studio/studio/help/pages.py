"""Help texts of the start page, of the page of a new run, and of the settings of a running training."""

from __future__ import annotations

from typing import Final

from dreamer_studio.studio.help.help import Help

GO_ON: Final = Help(
    "The run that wrote into its log last.",
    "Good: it was stopped, or still trains. If it failed or is damaged, the card says why.",
    "Resume continues its training in this window. Watch plays its policy and dreams without training. Stop saves "
    "and ends a training without a window.",
)
NEW: Final = Help(
    "New run... lets you choose a task and its settings.",
    "Nothing trains before you press Start there, so you cannot do anything wrong.",
    "For a first run take walker-walk with the preset laptop: ours took 57 and 66 minutes on two cores.",
)
LOOK_FIRST: Final = Help(
    "A trained run that comes with the program: a cheetah that has learned to run.",
    "It returned 216 on average in ten episodes, so its dreams are those of a good model. Nothing is learned here.",
    "Open it, press D, then C to act yourself. Help > Guide leads through it.",
)
RUNS: Final = Help(
    "All runs in your folders of runs. “training here”: a process of this computer trains it. “training on ...”: "
    "another computer does, or did a moment ago. “silent”: its log has not grown for two minutes, so it may be paused. "
    "“stopped”: it can be resumed. “finished”: all its steps are done. “failed”: it stopped by itself. “damaged”: it "
    "cannot be resumed, for the reason beside it.",
    "The small line shows the tests over time: rising is good. One test scatters widely; in one run of "
    "walker-walk (preset laptop), they went up and down between 98 and 283 from 30,000 steps on.",
    "Right-click a run to see all that you can do with it. Tick two to six to compare them, or to lay their curves "
    "over each other. The trash is a folder named .trash beside the runs; nothing is deleted.",
)
TASK: Final = Help(
    "All tasks that you can choose here. Tasks that cannot run yet name the missing package.",
    "Good for a start: a task with published scores, such as walker-walk or cheetah-run, because there is something to "
    "compare with. Hard: tasks whose outcome depends on a few pixels, or on rewards that are rare. A short "
    "try of ours with pendulum-swingup (13,000 steps) returned 0 in all but two episodes.",
    "Type to search. A task that is not in the list can be typed, such as gym:./my_env.py:Name-v0; Enter chooses it.",
)
PREVIEW: Final = Help(
    "What the agent would see, while random actions are played in the environment's own process. The usual return is "
    "shown for tasks with published scores only.",
    "Good: you can see the body, and the random actions move it. Bad: a black or constant image; the agent could learn "
    "nothing from it.",
    "Check task looks closer, and says what to do.",
)
SIZE: Final = Help(
    "The preset gives all settings their first values. After the preview, the page makes some updates and actions on "
    "this machine and extrapolates them to the whole run. The time is a range, from the fastest to the slowest of "
    "these updates. The page gives up on an update that takes over a minute; the time is then a lower bound.",
    "tiny only shows that everything works; it does not learn. laptop learned walker-walk in 57 and 66 minutes on two "
    "cores (105,000 steps). paper has the author's sizes; 30,000 steps of walker-walk took 298 minutes there.",
    "Wait for the estimates before you choose. Start with the proposed preset. Cancel stops the measurements of this "
    "task; Measure starts one at any time.",
)
PLACE: Final = Help(
    "The run's folder has its settings, episodes, checkpoints and log. Nothing is written before the run starts.",
    "One seed can be lucky: two seeds of walker-walk (preset laptop) had tests of 24 and 83 at 5,000 steps, and ended "
    "at 173 and 160.",
    "Several seeds, such as 1 2 3, are a study: its runs train in the background, and Runs averages over them.",
)
SETTINGS: Final = Help(
    "Every setting with its value, the preset's value, whether it can change later, its meaning and its range. Changed "
    "settings have a star. Compare shows the values of another preset or of a run beside them.",
    "The preset's values are tried together. A wrong value is refused at its field; an unlucky one is not.",
    "For a first run change nothing. Later, change one setting at a time, and compare the runs in Curves.",
)
CHECK: Final = Help(
    "Plays 100 random actions and parts of an episode again, in the environment's own process.",
    "Ok: nothing to do. Note: the task can be trained, but read the line. Refused: it cannot be trained like this; the "
    "line says what to do.",
    "Fix the refused lines, and check again. dreamer-studio check TASK does the same in a shell.",
)
RUN_SETTINGS: Final = Help(
    "Every setting that can change during the run, rules that pause it, and all changes so far. A change counts from "
    "the next update on, and gets a flag in all curves.",
    "The values of the preset are tried together. A changed setting makes the run hard to compare: the sentence above "
    "the images then compares with no run of ours.",
    "Change one setting, apply it, and watch the curves for some hundred updates. Undo takes the last change back.",
)
PREFERENCES: Final = Help(
    "What the window remembers for all runs: colors, size of all text, the seconds that Ctrl+Shift+E saves, where it "
    "looks for runs, and whether it asks before a training is closed.",
    "None of this changes any update of a training.",
    "For a projector: larger text, and the theme with high contrast. Show hints brings all five hints back.",
)
