"""The paper (Dream to Control, arXiv 1912.01603): its equations as data, and the places in the code that have them.

A comment `# paper: Eq. 6` marks the statement below it. `places` reads these markers, and `.ci/paper_page.py` writes
`docs/paper.md` from them. Equation numbers are those of version 3. No torch.
"""
