"""The texts behind every ? of the window, and the glossary that they link to. No Qt."""
