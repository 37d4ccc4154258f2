"""Chooses the OpenGL backend for MuJoCo by rendering a frame, never in the parent process.

MuJoCo and dm_control bind the backend when they are imported, and a backend that fails stays half loaded. So each
backend is tried in its own process. The process in which a backend works becomes the environment process.
"""

import contextlib
import importlib
import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dreamer_studio.arrays import FRAME_SIZE
from dreamer_studio.envs.errors import EnvError, EnvUnavailableError, GlError
from dreamer_studio.envs.worker import ask
from dreamer_studio.system import libraries
from dreamer_studio.texts import one_line

_PROBE_MODEL: Final = """
<mujoco><worldbody><light pos="0 0 3"/><geom type="sphere" size="1" rgba="1 0 0 1"/></worldbody></mujoco>
"""


@dataclass(frozen=True)
class GlReport:
    """The results of rendering a frame with each backend in turn.

    Attributes:
        backend: The first that worked: ``egl``, ``osmesa`` or ``glfw``; empty if none did.
        renderer: The driver's name for itself; empty if it has none.
        render_ms: Milliseconds for a 64 x 64 frame once warm; 0.0 if none worked.
        tried: The backends that failed before, each with its error.
    """

    backend: str
    renderer: str
    render_ms: float
    tried: tuple[tuple[str, str], ...]


def candidates(platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """List the backends to try, best first: only MUJOCO_GL if the user set it, else those of the platform."""
    chosen = environ.get("MUJOCO_GL", "").strip().lower()
    if chosen:
        return (chosen,)
    if platform != "linux":
        return ("glfw",)
    has_display = bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
    return ("egl", "osmesa", "glfw") if has_display else ("egl", "osmesa")


def advice(tried: Sequence[tuple[str, str]]) -> str:
    """Explain that no backend works, and what to do about it."""
    errors = "; ".join(f"{backend}: {error}" for backend, error in tried)
    chosen = os.environ.get("MUJOCO_GL")
    if chosen:
        return f"the OpenGL backend of MUJOCO_GL={chosen} cannot render a frame ({errors}); unset MUJOCO_GL"
    mend = f"; on Debian or Ubuntu: {libraries.install_line()}" if sys.platform == "linux" else ""
    return f"no OpenGL backend can render a frame ({errors}){mend}"


def probe_gl(timeout: float = 60.0) -> GlReport:
    """Find the backend that environments will use; each candidate renders a frame in its own process.

    Args:
        timeout: Seconds for each backend.
    """
    tried: list[tuple[str, str]] = []
    for backend in candidates():
        try:
            renderer, render_ms = ask(f"OpenGL ({backend})", timeout, _render_probe, backend)
            return GlReport(backend, renderer, render_ms, tuple(tried))
        except EnvError as error:
            tried.append((backend, str(error)))
    return GlReport("", "", 0.0, tuple(tried))


def use_backend(backend: str) -> None:
    """Bind MuJoCo to a backend. Call this only in a child process, before it imports mujoco."""
    os.environ["MUJOCO_GL"] = backend
    if backend in ("egl", "osmesa"):
        os.environ["PYOPENGL_PLATFORM"] = backend
    else:
        os.environ.pop("PYOPENGL_PLATFORM", None)


@contextlib.contextmanager
def failures_are_the_backends(package: str) -> Iterator[None]:
    """Turn any failure inside into a `GlError`; the libraries raise ImportError, AttributeError and others.

    Args:
        package: What is being imported or used.

    Raises:
        EnvUnavailableError: If a package is missing or has the wrong version, which causes the same errors.
        GlError: Otherwise.
    """
    try:
        yield
    except Exception as error:
        from dreamer_studio.system.packages import misfits_of  # noqa: PLC0415  (rarely needed)

        if wrong := misfits_of(package):
            raise EnvUnavailableError(str(wrong[0])) from error
        raise GlError(f"{type(error).__name__}: {one_line(str(error))}") from error


def check_backend() -> None:
    """Render a frame with MuJoCo, and send its warnings to the log. In a child process only.

    Otherwise MuJoCo writes its warnings to MUJOCO_LOG.TXT in the current folder.

    Raises:
        GlError: If rendering fails.
    """
    with failures_are_the_backends("mujoco"):
        _render_with_mujoco()
        mujoco: Any = importlib.import_module("mujoco")
        mujoco.set_mju_user_warning(logging.getLogger(__name__).warning)


def _render_probe(backend: str) -> tuple[str, float]:
    use_backend(backend)
    with failures_are_the_backends("mujoco"):
        return _render_with_mujoco()


def _render_with_mujoco() -> tuple[str, float]:
    """Render two frames; give the driver's name and the milliseconds of the second."""
    mujoco: Any = importlib.import_module("mujoco")  # binds OpenGL: never in the parent
    model = mujoco.MjModel.from_xml_string(_PROBE_MODEL)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    renderer = mujoco.Renderer(model, FRAME_SIZE, FRAME_SIZE)
    renderer.update_scene(data)
    if not renderer.render().any():
        raise RuntimeError("the frame is black")
    start = time.perf_counter()
    renderer.render()
    elapsed = time.perf_counter() - start
    return _driver_name(), 1000.0 * elapsed


def _driver_name() -> str:
    opengl: Any = importlib.import_module("OpenGL.GL")  # binds OpenGL: never in the parent
    name = opengl.glGetString(opengl.GL_RENDERER)
    return name.decode(errors="replace") if isinstance(name, bytes) else ""
