"""Train the controller by imitation: `python train.py` writes robot.npz.

The driver of expert.py is watched in training worlds, first while it drives, then while the network does (Ross, Gordon
and Bagnell, AISTATS 2011): so the network also learns the way back from where its own mistakes lead. Weights are
disturbed in every step, as programmed conductances are. Worlds of other seeds choose the epoch and are the test.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import expert
import numpy as np
from world import INPUTS, LAP_S, OUTPUTS, Floats, Worlds

HIDDEN = 64
ROUNDS, WORLDS, EPOCHS, BATCH = 8, 40, 60, 128
LEARNING_RATE, WEIGHT_NOISE = 2e-3, 0.02
STEPS_KEPT = 10
"""One of so many control periods is kept: neighbours tell the same."""
TRAINING_SEED, VALIDATION_SEED = 1_000, 2_000
Parameters = dict[str, Floats]


def forward(p: Parameters, inputs: Floats) -> tuple[Floats, Floats]:
    """Hidden activations and commands."""
    hidden = np.maximum(inputs @ p["0.weight"].T + p["0.bias"], 0)
    return hidden, hidden @ p["2.weight"].T + p["2.bias"]


def disturbed(p: Parameters, rng: np.random.Generator) -> Parameters:
    """Parameters as an array might hold them."""
    return {
        name: values + WEIGHT_NOISE * np.abs(values).max() * rng.normal(size=values.shape) * name.endswith("weight")
        for name, values in p.items()
    }


def watched(p: Parameters | None, seed: int) -> tuple[Floats, Floats]:
    """What was sensed and what the expert would have done, while the network (or without one the expert) drives."""
    worlds, seen, wanted = Worlds.random(WORLDS, seed), [], []
    step = 0
    while worlds.driving.any() and worlds.time_s < LAP_S:
        sensed, advice = worlds.sense(), expert.drive(worlds)
        if step % STEPS_KEPT == 0:
            seen.append(sensed[worlds.driving])
            wanted.append(advice[worlds.driving])
        worlds.drive(advice if p is None else forward(p, sensed)[1])
        step += 1
    return np.concatenate(seen), np.concatenate(wanted)


def laps(p: Parameters, seed: int) -> float:
    """Part of the worlds of a seed in which the network comes round."""
    worlds = Worlds.random(WORLDS, seed)
    while worlds.driving.any() and worlds.time_s < LAP_S:
        worlds.drive(forward(p, worlds.sense())[1])
    return float(worlds.arrived.mean())


def fit(p: Parameters, inputs: Floats, wanted: Floats, rng: np.random.Generator) -> Parameters:
    """Adam (Kingma and Ba, 2015) on the squared error of the commands, weights disturbed."""
    mean, square = ({name: np.zeros_like(v) for name, v in p.items()} for _ in range(2))
    step = 0
    for epoch in range(EPOCHS):
        rate = LEARNING_RATE * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
        order = rng.permutation(len(inputs))
        for begin in range(0, len(order), BATCH):
            chosen = order[begin : begin + BATCH]
            step += 1
            noisy = disturbed(p, rng)
            hidden, commands = forward(noisy, inputs[chosen])
            error = 2 * (commands - wanted[chosen]) / len(chosen)
            back = (error @ noisy["2.weight"]) * (hidden > 0)
            slopes = {
                "0.weight": back.T @ inputs[chosen],
                "0.bias": back.sum(axis=0),
                "2.weight": error.T @ hidden,
                "2.bias": error.sum(axis=0),
            }
            for name, slope in slopes.items():
                mean[name] = 0.9 * mean[name] + 0.1 * slope
                square[name] = 0.999 * square[name] + 0.001 * slope**2
                moved = mean[name] / (1 - 0.9**step) / (np.sqrt(square[name] / (1 - 0.999**step)) + 1e-8)
                p[name] = p[name] - rate * moved
    return p


def main() -> None:
    """Train and write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--file", type=Path, default=Path(__file__).with_name("robot.npz"))
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    p: Parameters = {
        "0.weight": rng.normal(size=(HIDDEN, INPUTS)) * np.sqrt(2 / INPUTS),
        "0.bias": np.zeros(HIDDEN),
        "2.weight": rng.normal(size=(OUTPUTS, HIDDEN)) * np.sqrt(1 / HIDDEN),
        "2.bias": np.zeros(OUTPUTS),
    }
    seen, wanted = watched(None, TRAINING_SEED)
    best, best_share = p, -1.0
    for number in range(1, ROUNDS + 1):
        p = fit(p, seen, wanted, rng)
        share = float(np.mean([laps(each, VALIDATION_SEED) for each in (p, disturbed(p, rng), disturbed(p, rng))]))
        print(f"round {number}: {len(seen)} situations, {share:.1%} of the validation laps")
        if share >= best_share:
            best, best_share = {name: values.copy() for name, values in p.items()}, share
        more_seen, more_wanted = watched(disturbed(p, rng), TRAINING_SEED + number)
        seen, wanted = np.concatenate([seen, more_seen]), np.concatenate([wanted, more_wanted])
    hidden = forward(best, seen)[0]
    ranges = np.array([np.abs(seen).max(), hidden.max()], dtype=np.float32)
    np.savez_compressed(arguments.file, **{name: v.astype(np.float32) for name, v in best.items()}, input_ranges=ranges)
    print(f"{arguments.file.name}: {best_share:.1%} of the validation laps")


if __name__ == "__main__":
    main()
