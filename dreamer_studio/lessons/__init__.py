"""The lessons of the Learn workspace as data: chapters, their guesses, and what to do in each. No Qt, no torch."""
