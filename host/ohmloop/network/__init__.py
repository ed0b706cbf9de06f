"""Feed-forward networks: weight files, deployment on several boards, inference on them."""

from ohmloop.network.deployment import Deployment
from ohmloop.network.errors import CurrentOverRange, InputError, ModelError, NetworkError, WeightFileError
from ohmloop.network.fidelity import accuracy, logit_snr_db
from ohmloop.network.graph import Activation, Linear, Model
from ohmloop.network.importers import load_model, load_npz, load_safetensors
from ohmloop.network.pretrained import Pretrained, pretrained
from ohmloop.network.runtime import ChipRuntime

__all__ = [
    "Activation",
    "ChipRuntime",
    "CurrentOverRange",
    "Deployment",
    "InputError",
    "Linear",
    "Model",
    "ModelError",
    "NetworkError",
    "Pretrained",
    "WeightFileError",
    "accuracy",
    "load_model",
    "load_npz",
    "load_safetensors",
    "logit_snr_db",
    "pretrained",
]
