"""DreamerV1 as the paper (arXiv 1912.01603) and the author's code have it, in torch alone: no files, no threads.

To read along with the paper: `rssm`, `conv` and `heads` are the networks, `world_model` is dynamics learning,
`behavior` behavior learning, `learner` both in one update, and `agent` acts. `docs/paper.md` leads from each equation
to its statement. `fast` has the same classes with faster methods. `remedies` and `hidden` have the author's later
changes, which are off by default.
"""
