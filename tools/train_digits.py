"""Train the digits network that ships with the package: 64 inputs, 32 hidden units, 10 classes.

Weights are disturbed in every step of training, as programmed conductances are, so that the network does not rest on
exact ones. The data are split by class into training, validation and held-out images; the epoch is chosen on the
validation images, the input ranges are taken from the training images, and the held-out images are only counted once.

    python tools/train_digits.py --seed 7
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

FOLDER = Path(__file__).parents[1] / "host" / "ohmloop" / "network" / "pretrained"
HIDDEN, CLASSES, LARGEST_PIXEL = 32, 10, 16
HELD_OUT, VALIDATION = 400, 300
EPOCHS, BATCH, LEARNING_RATE, DECAY = 300, 32, 2e-3, 1e-4
WEIGHT_NOISE = 0.03  # standard deviation, of the largest weight of the layer: beyond what write-verify leaves
Parameters = dict[str, NDArray[np.float64]]


def forward(p: Parameters, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hidden activations and logits."""
    hidden = np.maximum(x @ p["0.weight"].T + p["0.bias"], 0)
    return hidden, hidden @ p["2.weight"].T + p["2.bias"]


def gradients(p: Parameters, x: NDArray[np.float64], labels: NDArray[np.int64]) -> Parameters:
    """Gradients of the mean cross-entropy."""
    hidden, logits = forward(p, x)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    error = powers / powers.sum(axis=1, keepdims=True)
    error[np.arange(len(labels)), labels] -= 1
    error /= len(labels)
    back = (error @ p["2.weight"]) * (hidden > 0)
    return {"2.weight": error.T @ hidden, "2.bias": error.sum(0), "0.weight": back.T @ x, "0.bias": back.sum(0)}


def disturbed(p: Parameters, rng: np.random.Generator) -> Parameters:
    """Parameters as an array might hold them; biases are digital."""
    return {
        name: values + WEIGHT_NOISE * np.abs(values).max() * rng.normal(size=values.shape) * name.endswith("weight")
        for name, values in p.items()
    }


def accuracy(p: Parameters, x: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Fraction classified as labelled."""
    return float(np.mean(forward(p, x)[1].argmax(axis=1) == labels))


def train(
    x: NDArray[np.float64],
    y: NDArray[np.int64],
    check: tuple[NDArray[np.float64], NDArray[np.int64]],
    rng: np.random.Generator,
) -> Parameters:
    """Adam with noisy weights; the parameters of the best epoch on the validation images under the same noise."""
    p: Parameters = {
        "0.weight": rng.normal(size=(HIDDEN, x.shape[1])) * np.sqrt(2 / x.shape[1]),
        "0.bias": np.zeros(HIDDEN),
        "2.weight": rng.normal(size=(CLASSES, HIDDEN)) * np.sqrt(1 / HIDDEN),
        "2.bias": np.zeros(CLASSES),
    }
    mean, square = ({name: np.zeros_like(v) for name, v in p.items()} for _ in range(2))
    best, best_score, step = p, -1.0, 0
    for epoch in range(EPOCHS):
        order = rng.permutation(len(x))
        rate = LEARNING_RATE * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            step += 1
            for name, slope in gradients(disturbed(p, rng), x[chosen], y[chosen]).items():
                mean[name] = 0.9 * mean[name] + 0.1 * slope
                square[name] = 0.999 * square[name] + 0.001 * slope**2
                move = mean[name] / (1 - 0.9**step) / (np.sqrt(square[name] / (1 - 0.999**step)) + 1e-8)
                p[name] = p[name] - rate * (move + DECAY * p[name])
        score = float(np.mean([accuracy(disturbed(p, rng), *check) for _ in range(8)]))
        if score >= best_score:
            best, best_score = {name: v.copy() for name, v in p.items()}, score
    return best


def main() -> None:
    """Train, count, and write the files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    data = load_digits()
    pixels, labels = data.data.astype(np.uint8), data.target.astype(np.int64)
    everything = np.arange(len(labels))
    rest, held_out = train_test_split(everything, test_size=HELD_OUT, random_state=arguments.seed, stratify=labels)
    training, validation = train_test_split(
        rest, test_size=VALIDATION, random_state=arguments.seed, stratify=labels[rest]
    )
    x = pixels / LARGEST_PIXEL
    check = (x[validation], labels[validation])
    trained = train(x[training], labels[training], check, np.random.default_rng(arguments.seed))
    p = {name: values.astype(np.float32) for name, values in trained.items()}
    exact = {name: values.astype(np.float64) for name, values in p.items()}
    ranges = np.array([x[training].max(), forward(exact, x[training])[0].max()], dtype=np.float32)
    target = arguments.folder / "digits.npz"
    np.savez_compressed(
        target,
        **p,
        input_ranges=ranges,
        held_out_images=pixels[held_out],
        held_out_labels=labels[held_out].astype(np.uint8),
    )
    manifest = {
        "name": "digits",
        "what": "8x8 pixel images of handwritten digits, 10 classes; 64 inputs, 32 rectified hidden units",
        "data": "Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak, 1998), "
        "UCI Machine Learning Repository, doi 10.24432/C50P49, test part, as distributed with scikit-learn",
        "data_licence": "CC BY 4.0",
        "weights_licence": "Apache-2.0",
        "command": f"python tools/train_digits.py --seed {arguments.seed}",
        "scikit_learn": sklearn.__version__,
        "numpy": np.__version__,
        "largest_pixel": LARGEST_PIXEL,
        "weight_noise": WEIGHT_NOISE,
        "accuracy": {
            name: accuracy(exact, x[part], labels[part])
            for name, part in (("training", training), ("validation", validation), ("held_out", held_out))
        },
        "split": {
            name: [int(i) for i in part]
            for name, part in (("training", training), ("validation", validation), ("held_out", held_out))
        },
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
    }
    text = re.sub(r"\[[\d\s,]+\]", lambda numbers: "".join(numbers[0].split()), json.dumps(manifest, indent=2))
    (arguments.folder / "digits.json").write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"{json.dumps(manifest['accuracy'])}\n")


if __name__ == "__main__":
    main()
