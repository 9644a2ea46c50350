"""Losses of PyTorch and JAX as graphs: each gradient as theirs, or told, or refused in words."""

import random
import re
from types import SimpleNamespace

import pytest

from micrograd_nn import adopt, draw, explain, page
from micrograd_nn._ground.text import format_number

CLOSE = 1e-12


def adopt_right(compute, *arguments, names=None, close=CLOSE):
    """Adopt a scalar, assert that nothing is told, and that each gradient is theirs."""
    graph = adopt(compute, *arguments, names=names)
    adoption = graph.adoption
    assert not adoption.mistakes
    assert not adoption.unseen
    assert "Its gradients are right" in str(graph)
    assert {*graph.leaves} <= {*adoption.theirs}
    largest = max(1.0, *map(abs, adoption.theirs.values()))
    for x, slope in adoption.theirs.items():
        assert abs(slope - graph.gradients.get(x, 0.0)) <= close * largest
    return graph


class TestPyTorch:
    @pytest.fixture(autouse=True)
    def of(self):
        """Make tensors of double precision, the same each time."""
        torch = pytest.importorskip("torch", reason="needs PyTorch: pip install -e '.[torch]'")
        was = torch.get_default_dtype()
        torch.set_default_dtype(torch.float64)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            w, b = torch.randn(3, 3, requires_grad=True), torch.randn(3, requires_grad=True)
            yield SimpleNamespace(
                torch=torch, nn=torch.nn, F=torch.nn.functional, w=w, b=b, x=torch.randn(4, 3)
            )
        torch.set_default_dtype(was)

    def test_a_box_of_a_layer_that_is_called_once_is_used_once(self, of):
        layer = of.nn.Linear(2, 3)
        x = of.x[0, :2]
        graph = adopt(lambda: layer(x).square().sum(), names={"layer": layer})
        boxes = draw(graph, collapse="layer").sketch.diagram.boxes
        (face,) = [box.face for box in boxes if box.kind == "group"]
        numbers = layer(x).tolist()
        assert face.value == f"{format_number(min(numbers))} … {format_number(max(numbers))}"
        assert face.notes == ["w·x+b", "9 parameters"], "not as often as it has outputs"

    def refuse(self, compute, said):
        with pytest.raises(ValueError, match=said):
            adopt(compute)

    def test_a_network(self, of):
        model = of.nn.Sequential(of.nn.Linear(3, 2), of.nn.Tanh(), of.nn.Linear(2, 1))
        y = of.torch.randn(4, 1)
        graph = adopt_right(lambda: of.F.mse_loss(model(of.x), y), names={"model": model})
        names = [graph.names[x] for x in graph.leaves]
        assert names[:3] == ["model.0.weight.0.0", "model.0.weight.0.1", "model.0.weight.0.2"]
        assert names[-1] == "model.2.bias.0"
        assert graph.names[graph.nodes[-1]] == "loss"
        assert [x.operation.name for x in graph.nodes if x.operation].count("dot") == 12
        assert {x.number for x in graph.nodes if x.is_constant} >= {*of.x.flatten().tolist()}
        assert sum(x.is_constant for x in graph.nodes) == 12 + 4 + 4  # each of x once, y, squares
        assert "model.0.weight.0.0" in page(graph).text
        assert "loss = mean(" in draw(graph).text
        assert "gradient of loss by model.0" in str(explain(graph, graph.leaves[0]))

    def test_a_function_is_given_to_whatever_shows(self, of):
        def compute():
            return (of.w * of.b).tanh().sum()

        assert "compute" in page(compute).text

    def test_no_tensor_changes(self, of):
        of.b.grad = of.torch.ones(3)
        before = of.w.clone()
        adopt_right(lambda: (of.w @ of.b).sum())
        assert of.w.grad is None
        assert of.b.grad.tolist() == [1.0, 1.0, 1.0]
        assert of.torch.equal(of.w, before)
        loss = (of.w @ of.b).sum()
        loss.backward()  # as ever afterwards
        assert of.w.grad is not None

    @pytest.mark.parametrize(
        "make",
        [
            lambda nn: nn.Conv2d(2, 3, 2, stride=2, padding=1, dilation=2),
            lambda nn: nn.Conv2d(2, 3, (1, 2), stride=(2, 1), bias=False),
            lambda nn: nn.Conv2d(2, 1, 3, padding="same", padding_mode="reflect"),
            lambda nn: nn.Sequential(nn.Conv2d(2, 2, 3), nn.ReLU(), nn.MaxPool2d(2, padding=1)),
            lambda nn: nn.MaxPool2d(3, stride=1, dilation=2), lambda nn: nn.AvgPool2d(2),
            lambda nn: nn.AdaptiveAvgPool2d(2), lambda nn: nn.Upsample(scale_factor=2),
            lambda nn: nn.BatchNorm2d(2), lambda nn: nn.BatchNorm2d(2).eval(),
            lambda nn: nn.GroupNorm(1, 2), lambda nn: nn.InstanceNorm2d(2), lambda nn: nn.PReLU(),
            lambda nn: nn.Dropout2d(), lambda nn: nn.Dropout(), lambda nn: nn.Dropout().eval(),
        ],
    )  # fmt: skip
    def test_layers_of_images(self, of, make):
        layer, image = make(of.nn), of.torch.randn(1, 2, 5, 5, requires_grad=True)
        adopt_right(lambda: (layer(image) ** 2).sum())

    @pytest.mark.parametrize(
        "make",
        [
            lambda nn: nn.RNN(3, 2), lambda nn: nn.LSTM(3, 2), lambda nn: nn.GRU(3, 2),
            lambda nn: nn.MultiheadAttention(3, 1),
            lambda nn: nn.TransformerEncoderLayer(3, 1, 4, dropout=0.1, batch_first=True),
            lambda nn: nn.TransformerEncoderLayer(3, 1, 4, batch_first=True).eval(),
        ],
    )  # fmt: skip
    def test_layers_of_sequences(self, of, make):
        layer, row = make(of.nn), of.torch.randn(1, 2, 3, requires_grad=True)
        given = [row] * 3 if isinstance(layer, of.nn.MultiheadAttention) else [row]

        def compute():
            found = layer(*given)
            return ((found[0] if isinstance(found, tuple) else found) ** 2).sum()

        adopt_right(compute)

    def test_an_lstm_of_single_precision(self, of):
        layer, row = of.nn.LSTM(3, 2).float(), of.torch.randn(1, 2, 3).float()
        adopt_right(lambda: (layer(row)[0] ** 2).sum(), close=1e-5)
        assert of.torch.backends.mkldnn.enabled

    def test_embedding(self, of):
        table = of.nn.Embedding(5, 2, padding_idx=1)
        rows = of.torch.tensor([[0, 1], [2, 2]])
        graph = adopt_right(lambda: (table(rows) ** 2).sum(), names={"table": table})
        assert {graph.names[x].rpartition(".")[0] for x in graph.leaves} == {
            "table.weight.0", "table.weight.2",
        }  # fmt: skip

    def test_attention_by_hand_and_by_name(self, of):
        def by_hand():
            mask = of.torch.triu(of.torch.full((3, 3), -1e9), 1)
            return (of.torch.softmax(of.w @ of.w / 3**0.5 + mask, -1) @ of.w).tanh().sum()

        adopt_right(by_hand)
        q = of.w[None]
        adopt_right(lambda: of.F.scaled_dot_product_attention(q, q, q, is_causal=True).sum())

    @pytest.mark.parametrize(
        "code",
        [
            "F.cross_entropy(w, torch.tensor([0, 2, 1]))",
            "F.cross_entropy(w, torch.tensor([0, -100, 1]), label_smoothing=0.1)",
            "F.cross_entropy(w, torch.softmax(x[:3], 1))",
            "F.nll_loss(F.log_softmax(w, 1), torch.tensor([0, 1, 1]))",
            "F.binary_cross_entropy_with_logits(w, torch.ones(3, 3))",
            "F.binary_cross_entropy(torch.sigmoid(w), (x[:3] > 0).double())",
            "F.l1_loss(w, x[:3]) + F.smooth_l1_loss(w, x[:3]) + F.huber_loss(w, x[:3])",
            "F.kl_div(F.log_softmax(w, 1), F.softmax(x[:3], 1), reduction='batchmean')",
            "F.layer_norm(w, (3,), b).sum() + F.rms_norm(w, (3,)).prod()",
            "F.normalize(w).sum() + w.norm() + w.std() + w.var(0).sum()",
            "w.max() + w.min(1)[0].sum() + w.amax(0).sum() + w.prod() + w.logsumexp(0).sum()",
            "(F.gelu(w) + F.silu(w) + F.elu(w, 0.5) + F.leaky_relu(w) + F.softplus(w, 2)).sum()",
            "(F.gelu(w, approximate='tanh') + F.mish(w) + F.hardtanh(w)).sum()",
            "F.glu(w.repeat(1, 2)).sum()",
            "torch.where(w > 0, w, w * b).sum()",
            "w.clamp(-0.5, 0.5).sum() + w.masked_fill(w > 0, 2).sum()",
            "torch.einsum('ij,kj->ik', w, w).sum()",
            "torch.outer(b, b)[0, 1] + torch.bmm(w[None], w[None]).sum()",
            "torch.cat([w, b[None]]).pow(2).sum()",
            "torch.stack([b, b]).exp().sum() + w.cumsum(0)[1, 1]",
            "w.gather(0, torch.zeros(1, 3).long()).sum()",
            "w[[0, 0]].pow(3).sum() + w.flip(0)[0, 0]",
            "F.pad(w, (1, 0)).pow(2).sum()",
            "w.roll(1).tril()[0, 0] + w.unfold(1, 2, 1).pow(2).sum()",
            "torch.lerp(w, w * 2, 0.3).sum() + torch.addcmul(w, w, w).sum()",
            "(2 ** w).sum() + (2 - w).sum()",
            "w.t()[1:].reshape(-1).unsqueeze(0).expand(2, 6).pow(2).sum()",
            "(w.diagonal() * b).sum()",
            "(w @ w.t() @ w).sum() + (w * w).sum() + w.sum() * w[0, 0].item()",
            "(w + (w.round() - w).detach()).sum() + (w.detach() * b).sum()",
            "(torch.autograd.grad(w.tanh().sum(), w, create_graph=True)[0] ** 2).sum()",
            "torch.func.vmap(lambda row: row.tanh() @ row)(w).sum()",
            "w[:0].sum() + w.sum()",
        ],
    )  # fmt: skip
    def test_functions(self, of, code):
        names = vars(of)
        adopt_right(eval(f"lambda: {code}", names), names={"w": of.w, "b": of.b})

    def test_what_is_written_in_place(self, of):
        def compute():
            h = of.torch.zeros(3, 3)
            h[0], h[1:] = of.b, of.w[1:] * 2
            h[h > 0] = 0.5
            h.t()[1] += of.b
            h.mul_(of.b).add_(1, alpha=2)
            h[1, 1].zero_()
            return (h**2).sum()

        adopt_right(compute)

    def test_what_has_no_gradient(self, of):
        def compute():
            with of.torch.no_grad():
                scale = of.w.sum()
            return (of.w * scale).sum() + (of.b * of.w.detach()).sum()

        graph = adopt_right(compute)
        assert len(graph.leaves) == 12

    def test_numbers_of_other_types(self, of):
        w, b = of.w, of.b
        adopt_right(lambda: (w.float() @ b.float()).exp().sum(), close=1e-5)
        adopt_right(lambda: (w.half() @ b.half()).tanh().sum(), close=1e-2)
        adopt_right(lambda: (w.bfloat16() @ b.bfloat16()).tanh().sum(), close=1e-1)
        half = w.detach().half().requires_grad_()
        adopt_right(lambda: (half.double() / 3).sum(), close=1e-2)
        adopt_right(lambda: (w * of.torch.ones(3, dtype=of.torch.float16) / 3).sum())
        adopt_right(lambda: (w * of.torch.tensor([1, 2, 3])).sum() + (w * (b > 0)).sum())
        self.refuse(lambda: (w * (1 + 2j)).abs().sum(), "real numbers, not a .*complex128")
        self.refuse(lambda: of.torch.tensor([1, 2]).sum(), "requires_grad")

    def test_tensors_from_before(self, of):
        h = of.w * 2
        graph = adopt_right(lambda: (h * of.b).sum(), names={"h": h})
        assert graph.names[graph.leaves[0]] == "h.0.0"

    def test_a_checkpoint_and_a_compiled_function(self, of):
        def inner(w):
            return (w.tanh() * w).sum()

        checkpoint = pytest.importorskip("torch.utils.checkpoint").checkpoint
        adopt_right(lambda: checkpoint(inner, of.w, use_reentrant=False))
        self.refuse(
            lambda: checkpoint(inner, of.w, use_reentrant=True), "can't see into Checkpoint"
        )

    def test_derivatives_of_ones_own_are_refused(self, of):
        class Seven(of.torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x * x

            @staticmethod
            def backward(ctx, slope):
                return 7 * slope

        class Reversed(of.torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x.view_as(x)

            @staticmethod
            def backward(ctx, slope):
                return -slope

        self.refuse(lambda: Seven.apply(of.w).sum(), "can't see into SevenBackward.*autograd.Func")
        self.refuse(lambda: (Reversed.apply(of.w * 2) * of.w).sum(), "can't see into Reversed")
        self.refuse(lambda: Reversed.apply(of.w.sum()), "can't see into Reversed")

    def test_hooks_are_told(self, of):
        def compute():
            h = of.w * 2
            h.register_hook(lambda slope: slope * 10)
            return h.sum()

        w = of.w
        graph = adopt(compute)
        told = "of.w.0.0 gets 20 from PyTorch, and 2 by its graph"
        assert graph.adoption.mistakes[0] == told
        assert f"✗ {told}" in "".join(graph.adoption.notes)
        assert "right" not in str(graph)
        assert str(graph).count("w.0.0") == 1
        assert told in page(graph).text
        assert w.grad is None

    def test_equal_numbers_share_a_gradient_otherwise(self, of):
        w = of.torch.tensor([1.0, 1.0], requires_grad=True)
        assert "w.0 gets 1 from PyTorch, and 0.5 by its graph" in str(
            adopt(lambda: w.max(0)[0] * 1)
        )
        adopt_right(lambda: w.max() * 1)

    def test_a_backward_pass_that_fails_is_refused(self, of):
        def compute():
            h = of.w.exp()
            product = h * h
            h.add_(1)
            return product.sum()

        self.refuse(compute, "PyTorch's own backward pass, which raised RuntimeError: one of the")

    def test_what_is_changed_unseen_is_refused(self, of):
        def by_data():
            h = of.w.clone()
            h.data.mul_(3)
            return h.sum()

        def by_numpy():
            h = of.w * 1
            h.detach().numpy()[:] = 5.0
            return (h * of.b).sum()

        self.refuse(by_data, "changed without a gradient")
        self.refuse(by_numpy, "changed without a gradient")
        row = of.nn.Parameter(of.w.data[0])
        self.refuse(lambda: of.w.sum() + row.sum(), "give each tensor .* a .clone")

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("torch.linalg.det(w)", "doesn't know PyTorch's _linalg_det: write it by sums"),
            ("w.sort()[0].sum()", "doesn't know PyTorch's sort"),
            ("nn.ConvTranspose1d(3, 1, 2)(w).sum()", "PyTorch's convolution: it is transposed"),
            ("nn.Conv1d(3, 3, 2, groups=3)(w).sum()", "convolution: .* has groups"),
            ("F.avg_pool1d(w, 2, padding=1).sum()", "avg_pool2d: only whole windows"),
            ("(w * 0).sqrt().sum()", "can't read PyTorch's sqrt: .* needs x > 0; x = "),
            ("w * 2", r"takes a scalar: the function returned a Tensor of shape \(3, 3\)"),
            ("3.0", "takes a scalar: the function returned a float"),
            ("w[0, 0]", "needs a scalar that depends on"),
            ("w.detach().sum()", "needs a scalar that depends on"),
            ("F.max_pool1d(w, 2, ceil_mode=True).sum()", "indices: only whole windows"),
            ("F.pad(w, (1, 0), value=2.0).sum()", "doesn't know PyTorch's "),
            ("torch.ones(500, 500, requires_grad=True).tanh().sum()", "give it .* has 250,000 or"),
            ("(torch.ones(70, 60) @ torch.ones(60, 60, requires_grad=True)).sum()",
             "200,000 products of numbers: give .* 252,000 or more"),
        ],
    )  # fmt: skip
    def test_refusals(self, of, code, said):
        self.refuse(eval(f"lambda: {code}", vars(of)), said)

    def test_a_loss_that_is_there_already(self, of):
        loss = (of.w * 2).sum()
        for show in (adopt, page, draw):
            with pytest.raises(
                ValueError, match=re.escape("adopt(lambda: criterion(model(x), y))")
            ):
                show(loss)

    def test_random_programs(self, of):
        torch, f, b = of.torch, of.F, of.b
        steps = [
            torch.tanh, torch.sigmoid, torch.relu, f.softplus, f.gelu, f.celu, torch.erf, torch.abs,
            lambda h: h.exp().log1p(), lambda h: h * h.detach(), lambda h: h.t(),
            lambda h: h @ h.t(), lambda h: h - h.mean(0), lambda h: f.softmax(h, -1),
            lambda h: f.log_softmax(h, 0), lambda h: h[[0, 0, -1]], lambda h: h.clamp(-0.7, 0.8),
            lambda h: torch.cat([h, h.sin()]), lambda h: f.dropout(h, 0.3), lambda h: h.flip(0),
            lambda h: h.masked_fill(h > 0.5, 0.5), lambda h: f.layer_norm(h, h.shape[-1:]),
            lambda h: f.pad(h, (1, 0)), lambda h: h * b[0], lambda h: h.reshape(h.shape[1], -1),
            lambda h: h - h.amax(), lambda h: h.cumsum(0), lambda h: torch.maximum(h, b[1]),
            lambda h: h.clone().mul_(b[2]).add_(h),
        ]  # fmt: skip
        for seed in range(40):
            chosen = random.Random(seed).choices(steps, k=random.Random(seed).randint(3, 8))

            def compute(seed=seed, chosen=chosen):
                torch.manual_seed(seed)
                h = torch.randn(2, 3) * of.w[:2]
                for step in chosen:
                    h = step(h)
                return h.square().mean() + of.w.tanh().sum()

            adopt_right(compute, close=1e-11)


class TestJAX:
    @pytest.fixture(autouse=True)
    def of(self):
        """Make arrays of double precision, the same each time."""
        jax = pytest.importorskip("jax", reason="needs JAX: pip install -e '.[engines]'")
        was = jax.config.jax_enable_x64
        jax.config.update("jax_enable_x64", True)
        jnp = jax.numpy
        w = jnp.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.6], [-0.2, 0.9, 0.5]])
        yield SimpleNamespace(jax=jax, jnp=jnp, lax=jax.lax, w=w, b=jnp.array([0.5, -1.5, 0.8]))
        jax.config.update("jax_enable_x64", was)

    def test_a_network(self, of):
        jax, jnp = of.jax, of.jnp

        def loss(params, x, y):
            h = jnp.tanh(x @ params[0]["w"] + params[0]["b"])
            logits = h @ params[1]["w"] + params[1]["b"]
            return -jnp.mean(jax.nn.log_softmax(logits)[jnp.arange(3), y])

        params = [{"w": of.w, "b": of.b}, {"w": of.w * 2, "b": of.b * 3}]
        y, names = jnp.array([0, 2, 1]), {"params": params}
        graph = adopt_right(loss, params, of.w - 1, y, names=names)
        assert "params.1.w.0.2" in graph.names.values()
        assert graph.names[graph.nodes[-1]] == "loss"
        assert "params.1.w.0.2" in page(graph).text
        assert "loss = −v" in draw(graph).text

    @pytest.mark.parametrize(
        "code",
        [
            "jax.jit(lambda w: jnp.tanh(w @ w).sum())(w)",
            "jax.vmap(lambda row: jnp.tanh(row @ w[0]))(w).sum()",
            "jax.vmap(lambda row, i: row[i])(w, jnp.array([0, 2, 1])).prod()",
            "jax.checkpoint(lambda w: jnp.tanh(w).sum() * w[0, 0])(w)",
            "(jax.grad(lambda w: jnp.tanh(w).sum())(w) ** 2).sum()",
            "sum(f(w).sum() for f in (jax.nn.relu, jax.nn.silu, jax.nn.gelu, jax.nn.softplus))",
            "sum(f(w).sum() for f in (jax.nn.elu, jax.nn.selu, jax.nn.leaky_relu, jax.nn.relu6))",
            "jax.nn.softmax(w)[0, 0]",
            "jax.scipy.special.logsumexp(w) + jax.nn.log_sigmoid(w)[0, 1]",
            "w.std() + jnp.linalg.norm(w) + w.max() + w.min(0).sum() + w.prod() + w.var(1)[0]",
            "jnp.where(w > 0, w**2, 0.0).sum() + jnp.clip(w, -0.5, 0.5).sum() + jnp.abs(w).mean()",
            "jnp.einsum('ij,kj->ik', w, w).sum()",
            "jnp.concatenate([w, w]).prod() + jnp.outer(w, w)[0, 1]",
            "jnp.stack([w[0], w[1]])[0, 1] ** 2 + jnp.pad(w, 1)[1, 1] * jnp.roll(w, 1)[0, 0]",
            "(jax.lax.stop_gradient(w) * w).sum()",
            "w.T.reshape(9)[2] * 2 + jnp.split(w, 3)[1].sum()",
            "jnp.where(jax.random.bernoulli(jax.random.key(0), 0.5, w.shape), w * 2, 0.0).sum()",
            "(w @ w[0])[:1] * 3.0",
            "w[0, 0] + jnp.expm1(jnp.pad(w[:0, :1] * 2, ((0, 1), (0, 0)))).sum()",
        ],
    )  # fmt: skip
    def test_functions(self, of, code):
        adopt_right(eval(f"lambda w: {code}", vars(of)), of.w)

    def test_arguments_of_other_types(self, of):
        def pick(w, key, i):
            return (of.jax.random.normal(key, (3,)) * w[i]).sum()

        graph = adopt_right(pick, of.w, of.jax.random.key(1), 2)
        assert len(graph.leaves) == 3
        half, tanh = of.w.astype("float16"), of.jnp.tanh
        adopt_right(lambda w: tanh(w @ w).sum(), of.w.astype("float32"), close=1e-5)
        adopt_right(lambda w: tanh(w @ w).sum(), half, close=1e-2)
        adopt_right(lambda tree: (tree["a"] * tree["b"][0]).sum(), {"a": of.b, "b": [of.w]})

    def test_derivatives_of_ones_own_are_told(self, of):
        square = of.jax.custom_jvp(lambda x: x * x)
        square.defjvp(lambda given, changes: (given[0] ** 2, 7 * changes[0]))
        told = "b.0 gets 7 from JAX, and 1 by its graph"
        graph = adopt(lambda b: square(b).sum(), of.b, names={"b": of.b})
        assert graph.adoption.mistakes[0] == told
        assert "right" not in str(graph)
        honest = of.jax.custom_jvp(lambda x: x * x)
        honest.defjvp(lambda given, changes: (given[0] ** 2, 2 * given[0] * changes[0]))
        adopt_right(lambda b: honest(b).sum(), of.b)

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("lax.scan(lambda c, t: (c * t, c), 1.0, w[0])[0]", "scan: write a loop of Python"),
            ("lax.fori_loop(0, 3, lambda i, c: c * w[0, i], 1.0)", "scan: write a loop of Py"),
            ("lax.while_loop(lambda c: c < 3, lambda c: c * 2, w[0, 0])", "while: write a loop"),
            ("lax.cond(w[0, 0] > 0, jnp.sum, jnp.prod, w)", "JAX's cond: write jnp.where"),
            ("jnp.sort(w).sum()", "doesn't know JAX's sort: write it by sums"),
            ("jnp.abs(jnp.fft.fft(w)).sum()", "real numbers, not of complex128"),
            ("jnp.log(w * 0).sum()", "can't read JAX's log: .* needs x > 0"),
            ("w", r"takes a scalar: the function returned float64\[3,3\]"),
            ("3.0", "needs a scalar computed from an argument"),
            ("jnp.tanh(jnp.zeros((500, 500)) + w[0, 0]).sum()", "numbers: give .* has 250,000"),
        ],
    )  # fmt: skip
    def test_refusals(self, of, code, said):
        with pytest.raises(ValueError, match=said):
            adopt(eval(f"lambda w: {code}", vars(of)), of.w)

    def test_a_loss_that_is_there_already(self, of):
        with pytest.raises(ValueError, match=re.escape("adopt(loss, w, x)")):
            adopt(of.jnp.sum(of.w))
