"""Makes model.json: what PyTorch computes for a tiny model, in double precision.

    python3 Tests/TransformerTests/Goldens/make_goldens.py > Tests/TransformerTests/Goldens/model.json

Made with Python 3.11.7 and torch 2.13.0 (CPU). There is no seed: every weight is a hash of its name and index, computed
the same way in GoldenTests.swift, so the weights need not be stored. Regenerate on purpose, never to turn a test green.
"""

import json
import math
import platform

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

LAYERS, DIMENSION, HEADS, FEED_FORWARD, VOCABULARY, LABELS = 2, 16, 4, 32, 40, 3

# Start tokens of two languages are 0 and 1, the end is 2.
BATCH = {
    "sources": [[5, 17, 31, 8, 2], [2], [12, 12, 39, 4, 21, 6, 2], [33, 10, 2]],
    "languages": [0, 1, 1, 0],
    "targets": [[7, 38, 9, 2], [14, 2], [22, 3, 22, 11, 30, 2], [2]],
    # Label and classes of each sentence: data sets with two and with three classes.
    "labels": [2, 0, 1, 0],
    "classes": [[0, 2], [0, 1, 2], [0, 1, 2], [0, 2]],
}
LABEL_SMOOTHING = 0.1
ADAM = {"lr": 1e-3, "betas": (0.9, 0.98), "eps": 1e-9}
STEPS = 10


def shapes():
    """The names of the model file and the shapes of all parameters."""

    def linear(name, inner, outer):
        return {name + ".weight": (outer, inner), name + ".bias": (1, outer)}

    def norm(name):
        return {name + ".weight": (1, DIMENSION), name + ".bias": (1, DIMENSION)}

    result = {"embedding.weight": (VOCABULARY, DIMENSION)}
    for side in ("encoder", "decoder"):
        for layer in range(LAYERS):
            name = f"{side}.layers.{layer}"
            result |= norm(name + ".self_attention.norm")
            result |= linear(name + ".self_attention.query_key_value", DIMENSION, 3 * DIMENSION)
            result |= linear(name + ".self_attention.output", DIMENSION, DIMENSION)
            if side == "decoder":
                result |= norm(name + ".cross_attention.norm")
                result |= linear(name + ".cross_attention.query", DIMENSION, DIMENSION)
                result |= linear(name + ".cross_attention.key_value", DIMENSION, 2 * DIMENSION)
                result |= linear(name + ".cross_attention.output", DIMENSION, DIMENSION)
            result |= norm(name + ".feed_forward.norm")
            result |= linear(name + ".feed_forward.inner", DIMENSION, FEED_FORWARD)
            result |= linear(name + ".feed_forward.outer", FEED_FORWARD, DIMENSION)
        result |= norm(side + ".norm")
    result |= linear("sentiment_head.hidden", 2 * DIMENSION, DIMENSION)
    result |= linear("sentiment_head.output", DIMENSION, LABELS)
    return result


def weight(name, index):
    """SplitMix64 of the FNV-1a hash of the name plus the index; its 24 high bits make a number in [-1, 1)."""
    mask = (1 << 64) - 1
    state = 0xCBF29CE484222325
    for byte in name.encode():
        state = ((state ^ byte) * 0x100000001B3) & mask
    state = (state + index + 0x9E3779B97F4A7C15) & mask
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & mask
    state ^= state >> 31
    unit = (state >> 40) / 2**23 - 1
    return 1 + unit / 4 if name.endswith("norm.weight") else unit / 4


def parameters():
    return {
        name: torch.tensor(
            [weight(name, index) for index in range(rows * columns)]
        ).reshape(rows, columns).requires_grad_()
        for name, (rows, columns) in shapes().items()
    }


class Model:
    """One sentence at a time; every operation is PyTorch's own."""

    def __init__(self, p):
        self.p = p

    def linear(self, name, x):
        return F.linear(x, self.p[name + ".weight"], self.p[name + ".bias"][0])

    def norm(self, name, x):
        return F.layer_norm(
            x, (DIMENSION,), self.p[name + ".weight"][0], self.p[name + ".bias"][0], 1e-5)

    def embed(self, tokens):
        half = DIMENSION // 2
        frequency = torch.tensor([10_000 ** (-2 * i / DIMENSION) for i in range(half)])
        angle = torch.arange(len(tokens))[:, None] * frequency
        x = F.embedding(torch.tensor(tokens), self.p["embedding.weight"])
        return x * math.sqrt(DIMENSION) + torch.cat([angle.sin(), angle.cos()], 1)

    def attend(self, q, k, v, causal):
        heads = [x.reshape(len(x), HEADS, -1).transpose(0, 1) for x in (q, k, v)]
        context = F.scaled_dot_product_attention(*heads, is_causal=causal)
        return context.transpose(0, 1).reshape(len(q), DIMENSION)

    def self_attention(self, name, x, causal):
        q, k, v = self.linear(name + ".query_key_value", self.norm(name + ".norm", x)).split(
            DIMENSION, 1)
        return x + self.linear(name + ".output", self.attend(q, k, v, causal))

    def cross_attention(self, name, x, source):
        q = self.linear(name + ".query", self.norm(name + ".norm", x))
        k, v = self.linear(name + ".key_value", source).split(DIMENSION, 1)
        return x + self.linear(name + ".output", self.attend(q, k, v, False))

    def feed_forward(self, name, x):
        hidden = self.linear(name + ".inner", self.norm(name + ".norm", x)).relu()
        return x + self.linear(name + ".outer", hidden)

    def encode(self, source):
        x = self.embed(source)
        for layer in range(LAYERS):
            name = f"encoder.layers.{layer}"
            x = self.self_attention(name + ".self_attention", x, False)
            x = self.feed_forward(name + ".feed_forward", x)
        return self.norm("encoder.norm", x)

    def decode(self, shifted_target, source):
        x = self.embed(shifted_target)
        for layer in range(LAYERS):
            name = f"decoder.layers.{layer}"
            x = self.self_attention(name + ".self_attention", x, True)
            x = self.cross_attention(name + ".cross_attention", x, source)
            x = self.feed_forward(name + ".feed_forward", x)
        return self.norm("decoder.norm", x) @ self.p["embedding.weight"].T

    def classify(self, source):
        pooled = torch.cat([source.mean(0), source.max(0).values])[None]
        return self.linear("sentiment_head.output", self.linear("sentiment_head.hidden", pooled).relu())


def evaluate(p):
    """All results for the batch; the losses are means over its tokens and over its sentences."""
    model = Model(p)
    states = [model.encode(source) for source in BATCH["sources"]]
    logits = torch.cat([
        model.decode([language] + target[:-1], source)
        for language, target, source in zip(BATCH["languages"], BATCH["targets"], states)])
    targets = torch.tensor([token for target in BATCH["targets"] for token in target])
    sentiment_logits = torch.cat([model.classify(source) for source in states])
    absent = torch.tensor([[c not in classes for c in range(LABELS)] for classes in BATCH["classes"]])
    return {
        "encoder_states": torch.cat(states),
        "logits": logits,
        "sentiment_logits": sentiment_logits,
        "translation_loss": F.cross_entropy(logits, targets, label_smoothing=LABEL_SMOOTHING),
        "negative_log_probability": F.cross_entropy(logits, targets),
        "sentiment_loss": F.cross_entropy(
            sentiment_logits.masked_fill(absent, -math.inf), torch.tensor(BATCH["labels"])),
    }


def numbers(x):
    return [float(f"{value:.9g}") for value in x.detach().flatten().tolist()]


def gradient_summary(gradient):
    """The norm of a gradient and elements spread over it, about sixteen."""
    stride = max(1, gradient.numel() // 16)
    return {"norm": numbers(gradient.norm())[0], "stride": stride,
            "elements": numbers(gradient.flatten()[::stride])}


def main():
    p = parameters()
    results = evaluate(p)
    (results["translation_loss"] + results["sentiment_loss"]).backward()
    golden = {
        "made_with": f"Python {platform.python_version()}, torch {torch.__version__}",
        "batch": BATCH,
        "label_smoothing": LABEL_SMOOTHING,
    }
    for name, value in results.items():
        golden[name] = numbers(value) if value.dim() else numbers(value)[0]
    golden["gradients"] = {name: gradient_summary(value.grad) for name, value in p.items()}

    optimizer = torch.optim.Adam(p.values(), **ADAM)
    golden["training_losses"] = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        results = evaluate(p)
        losses = torch.stack([results["translation_loss"], results["sentiment_loss"]])
        golden["training_losses"].append(numbers(losses))
        losses.sum().backward()
        optimizer.step()
    print(json.dumps(golden, separators=(",", ":")))


if __name__ == "__main__":
    main()
