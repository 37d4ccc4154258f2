"""Names of the numbers in MuJoCo's state. In environment processes only."""

from typing import Any, Final

import mujoco

_FIRST: Final = 1  # the time stands before the positions

_POSITIONS: Final = {
    mujoco.mjtJoint.mjJNT_FREE: (" x", " y", " z", " quaternion w", " quaternion x", " quaternion y", " quaternion z"),
    mujoco.mjtJoint.mjJNT_BALL: (" quaternion w", " quaternion x", " quaternion y", " quaternion z"),
    mujoco.mjtJoint.mjJNT_SLIDE: ("",),
    mujoco.mjtJoint.mjJNT_HINGE: ("",),
}
_VELOCITIES: Final = {
    mujoco.mjtJoint.mjJNT_FREE: (" x", " y", " z", " turning x", " turning y", " turning z"),
    mujoco.mjtJoint.mjJNT_BALL: (" turning x", " turning y", " turning z"),
    mujoco.mjtJoint.mjJNT_SLIDE: ("",),
    mujoco.mjtJoint.mjJNT_HINGE: ("",),
}


def state_names(model: Any) -> tuple[str, ...]:
    """Return the names of the time (empty), of all joint positions, and of all joint velocities, in MuJoCo's order."""
    joints = [
        (model.id2name(joint, "joint") or f"joint {joint}", int(model.jnt_type[joint])) for joint in _joints(model)
    ]
    positions = (f"{name}{part}" for name, kind in joints for part in _POSITIONS[mujoco.mjtJoint(kind)])
    velocities = (f"{name}{part} velocity" for name, kind in joints for part in _VELOCITIES[mujoco.mjtJoint(kind)])
    return "", *positions, *velocities


def state_angles(model: Any) -> tuple[int, ...]:
    """Return the indices of hinges without a limit among the numbers of the state."""
    hinges = (
        j for j in _joints(model) if model.jnt_type[j] == mujoco.mjtJoint.mjJNT_HINGE and not model.jnt_limited[j]
    )
    return tuple(_FIRST + int(model.jnt_qposadr[joint]) for joint in hinges)


def _joints(model: Any) -> range:
    return range(int(model.njnt))
