"""What other libraries' names and arguments are called here: the tables of habits.

To tell of one more habit, add it here: a name that a class or a module lacks, or an argument that a
call doesn't take. How it is told is in ``telling.py``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

ONE_NUMBER = "a Value is one number; a list of Values is a vector, a list of lists a matrix"
ON_THE_CPU = "all numbers are Python's floats: leave it out"
HAS_GRADIENT = "every Value has a gradient: leave it out; a bare number or v.detach() has none"
NO_MODES = "a model has one mode: leave it out, and predict within no_grad(), which is faster"
USE_FIT = "train it with micrograd_nn.fit(model, data, loss), where data is list(zip(X, y))"
ACTIVATION = (
    'an activation is given by its name, as in nn.Layer(2, 3, "relu"), or is a function, as in '
    "micrograd_nn.relu(v)"
)
LOSS_OF_ONE = (
    "write from micrograd_nn.losses import {}, a function of one prediction and its target"
)
SCHEDULE = "a schedule is the learning rate itself: SGD(parameters, lr=optim.{})"
SEED = "random.seed(1), or rng=random.Random(1) where weights are drawn or rows shuffled"
NOT_THERE = "there is none here: write a Module with a __call__ of your own, made of Values"
LISTS = "write a list, as in [Value(x) for x in numbers]"

# What is missing from which class, and from any of the package's modules.
NAMES: dict[str, dict[str, str]] = {
    "Value": {
        **dict.fromkeys(["item", "numpy", "tolist", "value"], "v.data is the number"),
        **dict.fromkeys(["cpu", "cuda", "to", "device", "double", "float", "dtype"], ON_THE_CPU),
        **dict.fromkeys(["requires_grad", "requires_grad_"], HAS_GRADIENT),
        **dict.fromkeys(["shape", "size", "dim", "ndim", "view", "reshape", "T"], ONE_NUMBER),
        "clone": "no operation changes a Value: use it as it is",
        "grad_fn": "v.operation made it, from v.inputs",
        "is_leaf": "v.operation is None on a leaf",
        "retain_grad": "every node keeps its gradient, in v.grad",
        "zero_grad": "set v.grad = 0.0, or call the model's zero_grad()",
        "zero_": "set v.data = 0.0",
        "gradient": "v.grad, after a backward pass",
        **dict.fromkeys(["_prev", "_children", "children"], "v.inputs are what it was made of"),
        **dict.fromkeys(["_op", "op"], "v.operation made it, and is None on a leaf"),
        **dict.fromkeys(
            ["_backward", "_local_grads"],
            "v.partials are its derivatives by its inputs, and v.backward() does the whole pass",
        ),
        **dict.fromkeys(["clamp", "clip"], "write min(max(v, 0.0), 1.0)"),
        **dict.fromkeys(
            ["add_", "sub_", "mul_", "div_", "copy_", "fill_", "clamp_"],
            "set its number, as in v.data = v.data - 0.1 * v.grad",
        ),
    },
    "Module": {
        **dict.fromkeys(["train", "eval", "training"], NO_MODES),
        **dict.fromkeys(["to", "cpu", "cuda", "double", "float", "half"], ON_THE_CPU),
        **dict.fromkeys(["fit", "train_on_batch"], USE_FIT),
        "compile": f"nothing has to be set up before: {USE_FIT}",
        "requires_grad_": HAS_GRADIENT,
        "state_dict": "model.state() is the dictionary of its numbers",
        "load_state_dict": "model.load_state(state) takes what model.state() gave",
        "forward": "define __call__ instead, and call the model: model(x)",
        "predict": "call the model, as in [model(x) for x in X]",
        "evaluate": "micrograd_nn.extras.train.mean_loss(model, data, loss)",
        "weight": "a neuron's weights are neuron.w",
        "bias": "a neuron's bias is neuron.b",
        "save": "json.dumps(model.state()) is a text of it; save_model is for trained tables",
        **dict.fromkeys(
            ["children", "modules", "named_modules", "add_module", "register_parameter"],
            "what the attributes hold is found: Values, Modules, lists and dictionaries of them",
        ),
    },
    "Optimizer": {
        "param_groups": "optimizer.parameters is the list, optimizer.lr the learning rate",
        "minimize": "loss.backward() and then optimizer.step()",
        **dict.fromkeys(
            ["state_dict", "load_state_dict"],
            "there is none here: model.state() has the numbers, optimizer.steps the steps taken",
        ),
    },
    "module": {
        "draw_dot": "write draw(v), which needs no Graphviz to be seen",
        "trace": "nodes(v) are all that v was made of, inputs first; draw(v) draws them",
        **dict.fromkeys(["Tensor", "tensor", "Variable", "Parameter"], "write Value(2.0)"),
        **dict.fromkeys(
            ["zeros", "ones", "rand", "randn", "arange", "array", "from_numpy", "stack", "cat"],
            LISTS,
        ),
        **dict.fromkeys(["manual_seed", "seed"], SEED),
        **dict.fromkeys(["device", "cuda", "float32", "float64"], ON_THE_CPU),
        **dict.fromkeys(["inference_mode", "set_grad_enabled"], "write with no_grad():"),
        **dict.fromkeys(["autograd", "jit", "vmap"], "see micrograd_nn.calculus and compile"),
        **dict.fromkeys(
            ["F", "functional"],
            "activations are micrograd_nn's own functions, losses are in micrograd_nn.losses",
        ),
        **dict.fromkeys(
            ["Linear", "Dense"], "write nn.Layer(n_inputs, n_outputs), which is linear"
        ),
        "Sequential": "write nn.MLP(2, [16, 1]), or a Module whose __call__ calls its layers",
        **dict.fromkeys(["ModuleList", "ModuleDict"], "write a list of Modules as an attribute"),
        **dict.fromkeys(
            ["ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus", "Sigmoid", "Tanh"], ACTIVATION
        ),
        "Softmax": "write micrograd_nn.softmax(values)",
        **dict.fromkeys(
            ["MSELoss", "mse_loss", "mse", "mean_squared_error"],
            LOSS_OF_ONE.format("squared_error"),
        ),
        **dict.fromkeys(["L1Loss", "l1_loss", "mae"], LOSS_OF_ONE.format("mean_absolute_error")),
        **dict.fromkeys(
            ["CrossEntropyLoss", "NLLLoss", "nll_loss"], LOSS_OF_ONE.format("cross_entropy")
        ),
        **dict.fromkeys(
            ["BCELoss", "BCEWithLogitsLoss", "binary_cross_entropy_with_logits"],
            LOSS_OF_ONE.format("binary_cross_entropy") + ", which takes the logit",
        ),
        **dict.fromkeys(["HingeEmbeddingLoss", "hinge_loss"], LOSS_OF_ONE.format("hinge")),
        **dict.fromkeys(["Dropout", "BatchNorm1d", "LayerNorm"], NOT_THERE),
        **dict.fromkeys(["Conv1d", "Conv2d", "RNN", "LSTM", "GRU", "Transformer"], NOT_THERE),
        "init": 'write init="xavier", "he" or a function, as in MLP(2, [16, 1], init="he")',
        "lr_scheduler": SCHEDULE.format("cosine(0.1, 0.0, steps=1000)"),
        "CosineAnnealingLR": SCHEDULE.format("cosine(0.1, 0.0, steps=1000)"),
        **dict.fromkeys(["LinearLR", "StepLR"], SCHEDULE.format("linear(0.1, 0.0, steps=1000)")),
        **dict.fromkeys(["RMSprop", "Adagrad"], "write optim.Adam(parameters, lr=0.01)"),
        **dict.fromkeys(["DataLoader", "Dataset"], "fit takes a list of (inputs, target) pairs"),
    },
}

IN_ALL = "sizes has the neurons of each layer, the outputs last"
ACTIVATED = 'activation="relu" or another of micrograd_nn.nn.networks.ACTIVATIONS'
SIZED = "MLP(2, [16, 1]) has 2 inputs, 16 neurons and 1 output"
MICROGRAD = (
    'activation="linear" or another; micrograd\'s own are in micrograd_nn.extras.micrograd.nn'
)
RATE = "the learning rate is lr"
OF_NEURONS = {
    **dict.fromkeys(["activation_fn", "act", "nonlinearity"], ACTIVATED),
    **dict.fromkeys(["seed", "random_state"], "rng=random.Random(1) draws the weights"),
    "nonlin": MICROGRAD,
    "use_bias": "bias=False leaves the biases out",
}

# What a call takes instead of an argument, and, by "", what it takes in all.
CALLS: dict[str, dict[str, str]] = {
    "MLP": {
        "": SIZED,
        **dict.fromkeys(["hidden", "hidden_layer_sizes", "layers", "nouts", "n_outputs"], IN_ALL),
        **dict.fromkeys(["nin", "input_size", "in_features", "input_dim"], "n_inputs is that"),
        **OF_NEURONS,
    },
    "Layer": {
        "": "Layer(2, 3) has 2 inputs and 3 neurons",
        **dict.fromkeys(["in_features", "nin"], "n_inputs is that"),
        **dict.fromkeys(["out_features", "nout", "units"], "n_outputs is that"),
    },
    "Neuron": {
        "": "Neuron(2) has 2 weights and a bias",
        **OF_NEURONS,
    },
    "Value.backward": {
        "": "backward() begins at 1; for an upstream of 2, write (2 * v).backward()",
        "gradient": "backward() begins at 1; for an upstream of 2, write (2 * v).backward()",
        "retain_graph": "a graph stays as long as it is referred to: leave it out",
        "create_graph": "micrograd_nn.calculus.grad gives derivatives that can be differentiated",
    },
    **{
        f"{kind}.zero_grad": {"set_to_none": "gradients become 0.0: leave it out"}
        for kind in ("Module", "Optimizer")
    },
    **{
        name: {
            "": f"{name}(model.parameters(), lr=0.01)",
            **dict.fromkeys(["learning_rate", "rate", "alpha", "eta"], RATE),
            "params": "the first argument is model.parameters()",
            "weight_decay": "AdamW takes weight_decay",
            "nesterov": "SGD takes momentum, of the plain kind",
            "momentum": "SGD takes momentum; the first of Adam's betas=(0.9, 0.999) is like it",
            **dict.fromkeys(["beta1", "beta2"], "Adam takes betas=(0.9, 0.999)"),
        }
        for name in ("SGD", "Adam", "AdamW")
    },
}

# NumPy's names of functions, where those of the table of operations are others.
UFUNCS = {
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "absolute": "abs", "fabs": "abs", "arctan2": "atan2", "maximum": "max", "minimum": "min",
    "deg2rad": "radians", "rad2deg": "degrees", "logaddexp": "logsumexp",
}  # fmt: skip

# What NumPy calls the operators; np.float64(2) * v comes by one of these names.
UFUNC_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": operator.truediv, "true_divide": operator.truediv, "power": operator.pow,
    "floor_divide": operator.floordiv, "remainder": operator.mod,
    "less": operator.lt, "less_equal": operator.le, "equal": operator.eq,
    "greater": operator.gt, "greater_equal": operator.ge, "not_equal": operator.ne,
}  # fmt: skip
