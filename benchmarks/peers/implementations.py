"""The implementations to measure: versions, requirements and differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.peers.protocol import Precision


@dataclass(frozen=True)
class Implementation:
    """An implementation of the update.

    Attributes:
        name: the name on the command line and in `protocol.Job`.
        title: the name in the table.
        module: has `build(job, sequences)`, which returns a `protocol.Peer`.
        requirements: pinned packages of its own environment, except `SAME_TORCH`; without any, it runs in ours.
        notes: how its update differs from the author's code, according to its source.
        precisions: the supported precisions.
        environment: variables that its process needs for its best speed.
    """

    name: str
    title: str
    module: str
    requirements: tuple[str, ...]
    notes: tuple[str, ...]
    precisions: tuple[Precision, ...] = ("float32", "bfloat16")
    environment: Mapping[str, str] = field(default_factory=dict)


SAME_TORCH = "torch"
"""Our version of torch, so the implementations differ only in their use of torch."""

_SHEEPRL = ("sheeprl==0.8.4", SAME_TORCH)
_COMMON = "Its replay converts images to float32 outside the time. (Ours gets uint8 and converts within the time.)"

IMPLEMENTATIONS = (
    Implementation(
        "ours",
        "Dreamer Studio",
        "benchmarks.peers.ours",
        (),
        (
            "All terms, heads and steps of the author's code; the three losses come from the same weights. "
            "Noise is drawn within the time.",
            "Its process is prepared as in the command: glibc keeps freed memory, so rows with and without the "
            "settings for that should be alike.",
        ),
    ),
    Implementation(
        "tensorflow",
        "author's update transcribed, TensorFlow 2.21.0",
        "benchmarks.peers.with_tensorflow",
        ("tensorflow-cpu==2.21.0", "keras==3.15.1"),
        (
            "Our transcription of the author's update (graph mode); the author's program itself needs TensorFlow "
            "calls that current versions lack.",
            "Loss terms, heads, numbers of steps and the order of the steps are the author's, down to the prior's "
            "sample that nothing reads and the value model's second pass.",
            "Densities and the KL are written out where the author uses TensorFlow Probability; one device without "
            "a distribution strategy; Keras' present Adam; the scalars and images for the log are left out.",
            "Images become float32 within the time; the author's input pipeline does that on other threads.",
            "float32 only; the author's default, float16 with loss scaling, is for GPUs.",
            "`TF_ENABLE_ONEDNN_OPTS=1`, which TensorFlow chooses by itself only on processors with AVX512-VNNI or the "
            "like. Without it the decoder's first transposed convolution alone took 15 ms per image (AVX2) instead of "
            "0.4 ms.",
            "Threads: the number within an operation; by default the same number of operations run in parallel.",
        ),
        ("float32",),
        {"TF_ENABLE_ONEDNN_OPTS": "1"},
    ),
    Implementation(
        "sheeprl",
        "sheeprl 0.8.4",
        "benchmarks.peers.with_sheeprl",
        _SHEEPRL,
        (
            "Loss terms, heads and numbers of steps are the author's.",
            "The world model's optimizer steps before imagination, so the behavior learns with the newer weights; "
            "the prior's sample is drawn while observing although nothing reads it.",
            "Its own command line would set one thread (`num_threads: 1`); here it has as many as the others.",
            _COMMON,
        ),
    ),
    Implementation(
        "sheeprl-compiled",
        "sheeprl 0.8.4, torch.compile",
        "benchmarks.peers.with_sheeprl",
        _SHEEPRL,
        (
            "As sheeprl, with `algo.compile.enabled=True`. The first update is the compilation; with other allocator "
            "settings it comes later and finds much of it in torch's cache on disk.",
        ),
    ),
    Implementation(
        "torchrl",
        "torchrl 0.14.1",
        "benchmarks.peers.with_torchrl",
        ("torchrl==0.14.1", "tensordict==0.14.3", SAME_TORCH),
        (
            "Its modules and losses put together as in its example script (sota-implementations/dreamer), with the "
            "author's four layers in the actor instead of that script's three; no gradient scaling.",
            "Each optimizer steps before the next loss is computed; the prior's sample is drawn while observing "
            "although nothing reads it; the actor's gradient also flows through the policy's inputs.",
            "Squared errors without the 1/2 and without the Gaussian constant; losses of actor and value are sums over "
            "15 imagined steps (the author's: means over 14), with the reward and the value of the state after each; "
            "the value learns on the states before.",
            "The KL is clipped after its mean, as the author does (`delayed_clamp=True`; its default is before).",
            "Imagination starts from the state before each step (the first is zeros), not from the one after it; "
            "sequences always start from zeros, there are no resets inside one.",
            "In bfloat16 its GRU still computes in float32.",
            _COMMON,
        ),
    ),
)

DEFAULT_NAMES = ("ours", "tensorflow", "sheeprl", "torchrl")


def by_name(name: str) -> Implementation:
    """Return the implementation with this name.

    Raises:
        ValueError: there is none; the message lists all names.
    """
    for implementation in IMPLEMENTATIONS:
        if implementation.name == name:
            return implementation
    raise ValueError(f"no implementation {name!r}; there are {', '.join(each.name for each in IMPLEMENTATIONS)}")
