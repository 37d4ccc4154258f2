"""The chapters of Learn, in their order."""

from __future__ import annotations

from typing import Final

from dreamer_studio.lessons.chapter import Chapter, Guess

CHAPTERS: Final = (
    Chapter(
        key="loop",
        title="The loop",
        subject="dynamics learning, behavior learning, environment interaction",
        sentence="Dreamer acts, learns a model of what it saw, and learns to act in dreams of that model.",
        guess=Guess(
            "Only the value model takes a step. What changes in a dream?", ("Nothing", "Its images", "Its actions")
        ),
        exercise="Click a box of the loop to open its chapter.",
        minutes=3,
    ),
    Chapter(
        key="reconstruction",
        title="What the state keeps",
        subject="representation and observation model",
        sentence="The encoder and the state keep a small part of each image, and the decoder draws an image from it.",
        guess=Guess(
            "Before its first update, what does the model draw?",
            ("The images, blurred", "Gray", "Random dots"),
        ),
        exercise="Click the column where the trained model is worst.",
        minutes=3,
        equations=("Eq. 9, representation model", "Eq. 9, observation model", "Eq. 10, observations"),
    ),
    Chapter(
        key="covered",
        title="With eyes covered",
        subject="transition model",
        sentence="Without images, the model goes on with its own predictions: it dreams along the recorded actions.",
        guess=Guess(
            "When is the model most surprised?",
            ("While its eyes are covered", "When they open", "At some other frame"),
        ),
        exercise="Move the slider until the dream no longer follows.",
        minutes=4,
        equations=("Eq. 1, transition model", "Eq. 10, dynamics"),
    ),
    Chapter(
        key="held",
        title="Two dreams, one frame",
        subject="latent imagination",
        sentence="A dream needs no environment: only a state, and an action for each step.",
        guess=Guess("One dream holds an action. Does it differ clearly from a dream that does not?", ("Yes", "No")),
        exercise="Choose another action, and find the one that changes the dream most.",
        minutes=4,
        equations=("Eq. 1, transition model", "Algorithm 1, imagine trajectories"),
    ),
    Chapter(
        key="reward",
        title="What a state is worth now",
        subject="reward model",
        sentence="From each state, the model predicts the reward. In a dream, there is no other reward.",
        guess=Guess("Which frame has the highest reward?", ("A", "B", "C", "All alike")),
        exercise="Click the frame whose reward the model predicts worst.",
        minutes=3,
        equations=("Eq. 1, reward model", "Eq. 10, rewards"),
    ),
    Chapter(
        key="horizon",
        title="How far to dream",
        subject="behavior learning",
        sentence="The policy learns from the rewards within the horizon. The value model stands for all that follows.",
        guess=Guess(
            "With a horizon of 1 step, what does the policy learn from?",
            ("The value model alone", "One predicted reward", "One received reward"),
        ),
        exercise="Move the horizon, and watch the value model's weight.",
        minutes=4,
        equations=("Eq. 5", "Eq. 7"),
    ),
    Chapter(
        key="lambda",
        title="What the value learns from",
        subject="value model",
        sentence="The value model learns from targets that mix dreamed rewards with its own later estimates.",
        guess=Guess(
            "If the value model said 0 everywhere, which targets would change most?",
            ("Those of lambda 0", "Those of lambda 1", "Both alike"),
        ),
        exercise="Move lambda and watch the targets.",
        minutes=4,
        equations=("Eq. 6", "Eq. 8"),
    ),
    Chapter(
        key="gradient",
        title="How the policy learns",
        subject="action model",
        sentence="A dream is one long function, so the gradient of a target says how each action should change.",
        guess=Guess(
            "Which actions of the dream change its first target most?",
            ("The first ones", "Those in the middle", "The last ones"),
        ),
        exercise="Click a dreamed step, and read how its actions should change.",
        minutes=4,
        equations=("Eq. 3", "Eq. 7"),
    ),
    Chapter(
        key="promises",
        title="How dreams cheat",
        subject="latent imagination, reward model",
        sentence="Where the agent has never been, the model guesses. Actions that please only the model lead there.",
        guess=Guess(
            "Actions are improved for the dream alone. What happens to the predicted rewards?",
            ("They rise above all received ones", "They rise, but not so high", "They do not rise"),
        ),
        exercise="Move the number of improvements.",
        minutes=4,
    ),
    Chapter(
        key="exploration",
        title="Trying something else",
        subject="environment interaction",
        sentence="In training, noise is added to each action, so that the replay has more than the policy's habits.",
        guess=Guess("How much does exploration change the actions?", ("Hardly", "A little", "A lot")),
        exercise="Move the amount of exploration, and watch the actions.",
        minutes=3,
        equations=("Algorithm 1, compute the action", "Algorithm 1, explore"),
    ),
    Chapter(
        key="own-task",
        title="Your own task",
        subject="running experiments",
        sentence="Dreamer learns a task from what it sees and gets, and nothing else.",
        guess=Guess(
            "What must a task offer?", ("Images and rewards", "Its equations of motion", "Examples of good behavior")
        ),
        exercise="Open the page of a new run, choose a task, and press Check task.",
        minutes=5,
    ),
)
"""All chapters; each has a page in `studio/learn/`."""
