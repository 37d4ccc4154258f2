"""Health: eleven rules that say what is wrong with a training, what to try, and when nothing can be said."""
