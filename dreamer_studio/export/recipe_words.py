"""A recipe in words, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dreamer_studio.export.recipe import Drawing, Recipe, Scene, Weights

_ACTORS = {"recorded": "the episode's actions", "sample": "the policy (sample)", "mode": "the policy (mode)"}
_MOST_WEIGHTS = 6


def lines_of(recipe: Recipe) -> list[str]:
    """Return a recipe as lines of a name and its text, the names in a column."""
    facts = {
        "film": f"{recipe.kind} of {recipe.task}",
        "run": recipe.run + (f" ({recipe.folder})" if recipe.folder else ""),
        "preset": recipe.preset,
        "settings": ", ".join(f"{name}={value}" for name, value in recipe.settings.items()),
        "weights": _weights(recipe.weights),
        **({} if recipe.scene is None else _scene(recipe.scene)),
        "sequences": _sequences(recipe),
        "drawn": _drawing(recipe.drawing),
        "program": recipe.program,
    }
    width = max(map(len, facts))
    return [f"{name:{width}}  {_printable(text)}" for name, text in facts.items() if text]


def _weights(weights: Sequence[Weights]) -> str:
    def words(one: Weights) -> str:
        step = f", step {one.step:,}" if one.step >= 0 else ""
        return f"update {one.update:,}{step}{f' of {one.run}' if one.run else ''}"

    more = f"; {len(weights) - _MOST_WEIGHTS} more" if len(weights) > _MOST_WEIGHTS else ""
    return "; ".join(map(words, weights[:_MOST_WEIGHTS])) + more


def _scene(scene: Scene) -> Mapping[str, str]:
    source = f"{scene.file}, episode" if scene.file else "episode"
    running = ", which was running" if scene.running else ""
    running = ", which was only watched" if scene.watched else running
    actions = (
        f"{len(scene.actions)} in this file, then {_ACTORS[scene.actor]}" if scene.actions else _ACTORS[scene.actor]
    )
    return {
        "scene": f"{source} {scene.episode:,}{running}, frame {scene.frame:,}; context {scene.context:,}, "
        f"then {scene.length:,} steps; seed {scene.seed}",
        "branch": scene.branch,
        "edited": f"latents of frame {', '.join(map(str, scene.edited))}" if scene.edited else "",
        "actions": f"{actions} (the dream's own are left out: too many)" if scene.shortened else actions,
    }


def _sequences(recipe: Recipe) -> str:
    drawn = recipe.sequences
    if drawn is None:
        return ""
    return f"{drawn.count} random ones of {drawn.length} frames, context {drawn.context}, seed {drawn.seed}"


def _drawing(drawing: Drawing) -> str:
    frames = f"frames {drawing.first} to {drawing.last}" if drawing.last else ""
    fps = f"{drawing.fps} a second" if drawing.fps else ""
    scale = f"scale {drawing.scale}" if drawing.scale else ""
    return ", ".join(
        part for part in (frames, fps, scale, "with curves" if drawing.curves else "", drawing.colors) if part
    )


def _printable(text: str) -> str:
    """Replace characters that could control a terminal: the text may come from a stranger."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
