"""The author's update in TensorFlow, graph mode: our own transcription, for timing.

It takes the same steps in the same order as the author's program (github.com/danijar/dreamer): loops over time unrolled
into the graph, each step with its prior, its posterior and a sample of both; three tapes; three optimizers after them.
B batch, T length, H horizon, N = B T start states, F = stoch + deter features.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from importlib import metadata
from typing import Any, NamedTuple, TypeAlias

import tensorflow as tf

from benchmarks.peers.protocol import IMAGE_SIZE, Job, Sequences, Weights

Tensor: TypeAlias = Any

_DEPTH, _STOCH, _DETER, _UNITS = 32, 30, 200, 400
_FEAT = _STOCH + _DETER
_FREE_NATS, _DISCOUNT, _LAMBDA = 3.0, 0.99, 0.95
_MEAN_SCALE, _INIT_STD, _MIN_ACTION_STD, _MIN_STD = 5.0, 5.0, 1e-4, 0.1
_RATES = {"model": 6e-4, "actor": 8e-5, "value": 8e-5}
_CLIP = 100.0
_LOG_SQRT_2PI = 0.5 * math.log(2 * math.pi)


class _State(NamedTuple):
    """A state: mean, std and sample of the stochastic part (..., S), and the deterministic part (..., D)."""

    mean: Tensor
    std: Tensor
    stoch: Tensor
    deter: Tensor

    def feat(self) -> Tensor:
        return tf.concat([self.stoch, self.deter], -1)


class _Rssm:
    """Transition and representation model. As in the author's code, its steps are graph functions within the graph."""

    def __init__(self, actions: int) -> None:
        self._img1 = _dense(_STOCH + actions, _DETER, "elu")
        self._cell = tf.keras.layers.GRUCell(_DETER)
        self._cell.build((None, _DETER))
        self._img2 = _dense(_DETER, _DETER, "elu")
        self._img3 = _dense(_DETER, 2 * _STOCH)
        self._obs1 = _dense(_DETER + 32 * _DEPTH, _DETER, "elu")
        self._obs2 = _dense(_DETER, 2 * _STOCH)
        self.layers = [self._img1, self._cell, self._img2, self._img3, self._obs1, self._obs2]
        self.img_step = tf.function(self._img_step)
        self.obs_step = tf.function(self._obs_step)
        self.observe = tf.function(self._observe)

    def _observe(self, embed: Tensor, action: Tensor) -> tuple[_State, _State]:
        """Compute posteriors and priors (B, T, .) from `embed` (B, T, E) and `action` (B, T, A)."""
        stoch, deter = tf.zeros((len(action), _STOCH)), tf.zeros((len(action), _DETER))
        start = _State(stoch, stoch, stoch, deter)
        inputs = (_swap(action), _swap(embed))

        def step(previous: tuple[_State, _State], time: int) -> Any:
            return self.obs_step(previous[0], *(rows[time] for rows in inputs))

        posterior, prior = tf.nest.map_structure(_swap, _scan(step, (start, start), action.shape[1]))
        return posterior, prior

    def _obs_step(self, previous: _State, action: Tensor, embed: Tensor) -> tuple[_State, _State]:
        prior = self.img_step(previous, action)
        hidden = self._obs1(tf.concat([prior.deter, embed], -1))
        return _state(self._obs2(hidden), prior.deter), prior

    def _img_step(self, previous: _State, action: Tensor) -> _State:
        hidden = self._img1(tf.concat([previous.stoch, action], -1))
        deter, _ = self._cell(hidden, [previous.deter])
        return _state(self._img3(self._img2(deter)), deter)


class Transcription:
    """World model, actor and value, and the update of all three as one graph."""

    def __init__(self, job: Job, sequences: Sequences) -> None:
        self.horizon = job.sizes.horizon
        self.encoder, self.decoder = _encoder(), _decoder()
        self.rssm = _Rssm(job.sizes.action)
        self.reward, self.value = _head(2, 1), _head(3, 1)
        self.actor = _head(4, 2 * job.sizes.action)
        modules = {
            "model": [self.encoder, *self.rssm.layers, self.decoder, self.reward],
            "actor": [self.actor],
            "value": [self.value],
        }
        self.variables = {
            part: [variable for layer in layers for variable in layer.trainable_variables]
            for part, layers in modules.items()
        }
        self.optimizers = {part: tf.keras.optimizers.Adam(rate, epsilon=1e-7) for part, rate in _RATES.items()}
        for part, optimizer in self.optimizers.items():
            optimizer.build(self.variables[part])
        self.batch = tuple(tf.constant(part) for part in (sequences.image, sequences.action, sequences.reward))
        self.train = tf.function(self.gradient_step)

    def update(self) -> None:
        """Make an update from uint8 images; the first call also makes the graph."""
        for loss in self.train(*self.batch).values():
            loss.numpy()  # wait for the update

    def weights(self) -> Weights:
        """Copy all weights."""
        return {part: [variable.numpy() for variable in variables] for part, variables in self.variables.items()}

    def about(self) -> dict[str, Any]:
        """Return threads and versions."""
        return {
            "threads": tf.config.threading.get_intra_op_parallelism_threads(),
            "versions": {package: metadata.version(package) for package in ("tensorflow-cpu", "keras")},
        }

    def gradient_step(self, image: Tensor, action: Tensor, reward: Tensor) -> dict[str, Tensor]:
        """Compute three losses from the same weights, then make three optimizer steps; return the losses by part.

        Args:
            image: (B, T, 64, 64, 3) uint8.
            action: (B, T, A), the action that led to the image.
            reward: (B, T).
        """
        tapes = {part: tf.GradientTape() for part in _RATES}
        with tapes["model"]:
            model_loss, posterior = self._model_loss(tf.cast(image, tf.float32) / 255.0 - 0.5, action, reward)
        with tapes["actor"]:
            feat = self._imagine(posterior)
            returns, discount = self._returns(feat)
            actor_loss = -tf.reduce_mean(discount * returns)
        with tapes["value"]:
            likely = _log_prob(self.value(feat)[:-1, :, 0], tf.stop_gradient(returns))
            value_loss = -tf.reduce_mean(discount * likely)
        losses = {"model": model_loss, "actor": actor_loss, "value": value_loss}
        for part, loss in losses.items():
            gradients = tapes[part].gradient(loss, self.variables[part])
            gradients, _ = tf.clip_by_global_norm(gradients, _CLIP)
            self.optimizers[part].apply(gradients)
        return losses

    def _model_loss(self, image: Tensor, action: Tensor, reward: Tensor) -> tuple[Tensor, _State]:
        embed = tf.reshape(self.encoder(_merge(image)), (*image.shape[:2], 32 * _DEPTH))
        posterior, prior = self.rssm.observe(embed, action)
        feat = posterior.feat()
        mean = tf.reshape(self.decoder(_merge(feat)), image.shape)
        image_log_prob = tf.reduce_sum(_log_prob(mean, image), (2, 3, 4))
        reward_log_prob = _log_prob(self.reward(feat)[..., 0], reward)
        divergence = tf.maximum(tf.reduce_mean(_kl(posterior, prior)), _FREE_NATS)
        return divergence - tf.reduce_mean(image_log_prob) - tf.reduce_mean(reward_log_prob), posterior

    def _imagine(self, posterior: _State) -> Tensor:
        """Imagine features (H, N, F) of the states after each posterior under the policy."""

        def step(previous: _State, _: int) -> Any:
            return self.rssm.img_step(previous, self._act(tf.stop_gradient(previous.feat())))

        return _scan(step, tf.nest.map_structure(_merge, posterior), self.horizon).feat()

    def _act(self, feat: Tensor) -> Tensor:
        mean, std = tf.split(self.actor(feat), 2, -1)
        mean = _MEAN_SCALE * tf.tanh(mean / _MEAN_SCALE)
        std = tf.nn.softplus(std + math.log(math.expm1(_INIT_STD))) + _MIN_ACTION_STD
        return tf.tanh(_sample(mean, std))

    def _returns(self, feat: Tensor) -> tuple[Tensor, Tensor]:
        """Compute lambda-returns and their discount weights, (H - 1, N)."""
        reward, value = self.reward(feat)[..., 0], self.value(feat)[..., 0]
        pcont = _DISCOUNT * tf.ones_like(reward)
        following = (1 - _LAMBDA) * value[1:]

        def step(later: Tensor, back: int) -> Tensor:
            time = self.horizon - 2 - back
            return reward[time] + pcont[time] * (following[time] + _LAMBDA * later)

        returns = tf.reverse(_scan(step, value[-1], self.horizon - 1), [0])
        weights = tf.math.cumprod(tf.concat([tf.ones_like(pcont[:1]), pcont[:-2]], 0), 0)
        return returns, tf.stop_gradient(weights)


def build(job: Job, sequences: Sequences) -> Transcription:
    """Build the peer for the worker."""
    if job.precision != "float32":
        raise ValueError("the transcription computes in float32 only")
    # TensorFlow's own defaults, set explicitly for the report.
    tf.config.threading.set_intra_op_parallelism_threads(os.cpu_count())
    return Transcription(job, sequences)


def _encoder() -> Any:
    convs = [tf.keras.layers.Conv2D(width * _DEPTH, 4, strides=2, activation="relu") for width in (1, 2, 4, 8)]
    return tf.keras.Sequential([tf.keras.Input((IMAGE_SIZE, IMAGE_SIZE, 3)), *convs])


def _decoder() -> Any:
    deconv = tf.keras.layers.Conv2DTranspose
    layers = [
        tf.keras.layers.Dense(32 * _DEPTH),
        tf.keras.layers.Reshape((1, 1, 32 * _DEPTH)),
        deconv(4 * _DEPTH, 5, strides=2, activation="relu"),
        deconv(2 * _DEPTH, 5, strides=2, activation="relu"),
        deconv(_DEPTH, 6, strides=2, activation="relu"),
        deconv(3, 6, strides=2),
    ]
    return tf.keras.Sequential([tf.keras.Input((_FEAT,)), *layers])


def _head(hidden: int, outputs: int) -> Any:
    """Map features (..., F) to outputs (..., outputs)."""
    layers = [_dense(_FEAT if index == 0 else _UNITS, _UNITS, "elu") for index in range(hidden)]
    return tf.keras.Sequential([*layers, _dense(_UNITS, outputs)])


def _dense(inputs: int, outputs: int, activation: str | None = None) -> Any:
    layer = tf.keras.layers.Dense(outputs, activation)
    layer.build((None, inputs))
    return layer


def _state(outputs: Tensor, deter: Tensor) -> _State:
    mean, std = tf.split(outputs, 2, -1)
    std = tf.nn.softplus(std) + _MIN_STD
    return _State(mean, std, _sample(mean, std), deter)


def _sample(mean: Tensor, std: Tensor) -> Tensor:
    return mean + std * tf.random.normal(tf.shape(mean))


def _log_prob(mean: Tensor, value: Tensor) -> Tensor:
    """Return the log density of Normal(mean, 1)."""
    return -0.5 * tf.math.squared_difference(value, mean) - _LOG_SQRT_2PI


def _kl(one: _State, other: _State) -> Tensor:
    ratio = tf.square(one.std / other.std)
    distance = tf.square((one.mean - other.mean) / other.std)
    return 0.5 * tf.reduce_sum(ratio + distance - 1 - tf.math.log(ratio), -1)


def _scan(step: Callable[[Any, int], Any], start: Any, count: int) -> Any:
    """Apply `step` `count` times, each time to the last result; return the results stacked, time first."""
    outcomes = []
    for time in range(count):
        start = step(start, time)
        outcomes.append(start)
    return tf.nest.map_structure(lambda *parts: tf.stack(parts), *outcomes)


def _swap(rows: Tensor) -> Tensor:
    """Swap batch and time."""
    return tf.transpose(rows, (1, 0, *range(2, len(rows.shape))))


def _merge(rows: Tensor) -> Tensor:
    """Flatten (B, T, ...) to (B T, ...)."""
    return tf.reshape(rows, (-1, *rows.shape[2:]))
