"""The recognizer's network: MiniLM with word features added to its input and one answer a word piece."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

HEADS = 12  # as pretrained
EPSILON = 1e-12
MASK = 103


class Layer(nn.Module):
    """One transformer block of BERT (post-norm), query, key and value in one product."""

    def __init__(self, size: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.mix = nn.Linear(size, 3 * size)
        self.join = nn.Linear(size, size)
        self.join_norm = nn.LayerNorm(size, eps=EPSILON)
        self.widen = nn.Linear(size, inner)
        self.narrow = nn.Linear(inner, size)
        self.narrow_norm = nn.LayerNorm(size, eps=EPSILON)
        self.dropout = dropout

    def forward(self, states: Tensor, blocked: Tensor) -> Tensor:
        """`states` [batch, pieces, size]; `blocked` [batch, 1, 1, pieces] is added to the attention's scores."""
        batch, length, size = states.shape
        parts = self.mix(states).view(batch, length, 3, HEADS, size // HEADS).permute(2, 0, 3, 1, 4)
        context = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=blocked)
        context = context.transpose(1, 2).reshape(batch, length, size)
        context = functional.dropout(self.join(context), self.dropout, self.training)
        states = self.join_norm(states + context)
        inner = self.narrow(functional.gelu(self.widen(states)))
        return self.narrow_norm(states + functional.dropout(inner, self.dropout, self.training))


class Network(nn.Module):
    """Word pieces [batch, pieces] and features [batch, pieces, columns] → label scores [batch, pieces, labels]."""

    def __init__(self, columns: int, labels: int, layers: int = 6, dropout: float = 0.1) -> None:
        super().__init__()
        size, inner = 384, 1536
        self.words = nn.Embedding(30522, size)
        self.positions = nn.Embedding(512, size)
        self.features = nn.Linear(columns, size, bias=False)
        self.norm = nn.LayerNorm(size, eps=EPSILON)
        self.layers = nn.ModuleList(Layer(size, inner, dropout) for _ in range(layers))
        self.answer = nn.Linear(size, labels)
        self.dropout = dropout
        nn.init.normal_(self.features.weight, std=0.02)

    def forward(self, ids: Tensor, mask: Tensor, features: Tensor) -> Tensor:
        """`mask` is 1 for pieces and 0 for padding, as float."""
        places = torch.arange(ids.shape[1], device=ids.device)
        states = self.norm(self.words(ids) + self.positions(places) + self.features(features))
        states = functional.dropout(states, self.dropout, self.training)
        blocked = (1.0 - mask)[:, None, None, :] * -10000.0
        for layer in self.layers:
            states = layer(states, blocked)
        return self.answer(functional.dropout(states, self.dropout, self.training))


def load_pretrained(network: Network, weights: Path, keep: tuple[int, ...]) -> None:
    """Fill `network` with the pretrained MiniLM layers numbered in `keep` (safetensors, names as in BERT)."""
    stored = {name.removeprefix("bert."): value.float() for name, value in load_file(weights).items()}
    with torch.no_grad():
        kind = stored["embeddings.token_type_embeddings.weight"][0]
        network.words.weight.copy_(stored["embeddings.word_embeddings.weight"])
        network.positions.weight.copy_(stored["embeddings.position_embeddings.weight"] + kind)
        _copy(network.norm, stored, "embeddings.LayerNorm")
        for layer, number in zip(network.layers, keep, strict=True):
            base = f"encoder.layer.{number}."
            mixed = [f"{base}attention.self.{part}" for part in ("query", "key", "value")]
            layer.mix.weight.copy_(torch.cat([stored[f"{name}.weight"] for name in mixed]))
            layer.mix.bias.copy_(torch.cat([stored[f"{name}.bias"] for name in mixed]))
            _copy(layer.join, stored, base + "attention.output.dense")
            _copy(layer.join_norm, stored, base + "attention.output.LayerNorm")
            _copy(layer.widen, stored, base + "intermediate.dense")
            _copy(layer.narrow, stored, base + "output.dense")
            _copy(layer.narrow_norm, stored, base + "output.LayerNorm")


def _copy(module: nn.Module, stored: dict[str, Tensor], name: str) -> None:
    module.weight.copy_(stored[f"{name}.weight"])
    module.bias.copy_(stored[f"{name}.bias"])


def save(network: Network, path: Path, about: dict[str, object]) -> None:
    """Write the weights and, beside them, what is needed to build the network again."""
    torch.save(network.state_dict(), path)
    path.with_suffix(".json").write_text(json.dumps(about, indent=1))
