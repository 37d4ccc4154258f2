"""The card with the equations of a chapter: what each says, and the code that has it."""
