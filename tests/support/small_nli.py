"""A real ONNX model of natural language inference, made on the spot: it knows numbers only.

Premise and hypothesis with the same numbers entail each other, with others they contradict.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors

NUMBERS = [str(number) for number in (*range(1, 100), *range(1990, 2030))]
LABELS = {"0": "ENTAILMENT", "1": "NEUTRAL", "2": "CONTRADICTION"}


def lay_model(folder: Path, *, labels: dict[str, str] | None = None, outputs: int = 3) -> Path:
    """Write model.onnx, tokenizer.json and config.json into a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    onnx.save(_model(tokenizer.get_vocab_size(), outputs), str(folder / "model.onnx"))
    config = {"id2label": labels or LABELS, "max_position_embeddings": 512}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return folder


def _tokenizer() -> Tokenizer:
    vocabulary = {word: at for at, word in enumerate(["[UNK]", "[CLS]", "[SEP]", *NUMBERS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\d+"), "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    return tokenizer


def _model(words: int, outputs: int) -> onnx.ModelProto:
    """logits = |sum of the premise's numbers - sum of the hypothesis'| @ W + bias."""
    weight = np.zeros((words, 1), np.float32)
    weight[3:, 0] = np.arange(1, words - 2)
    row = np.zeros((1, outputs), np.float32)
    row[0, outputs - 1] = 8
    bias = np.zeros((1, outputs), np.float32)
    bias[0, 0] = 3
    constants = {"weight": weight, "row": row, "bias": bias, "two": np.float32([2])}
    constants |= {"one": np.float32([1]), "axis": np.array([1], np.int64)}
    constants |= {"last": np.array([2], np.int64)}
    nodes = [
        helper.make_node("Gather", ["weight", "input_ids"], ["known"]),
        helper.make_node("Cast", ["token_type_ids"], ["side"], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["attention_mask"], ["seen"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["side", "two"], ["twice"]),
        helper.make_node("Sub", ["one", "twice"], ["sign"]),
        helper.make_node("Mul", ["sign", "seen"], ["factor"]),
        helper.make_node("Unsqueeze", ["factor", "last"], ["factors"]),
        helper.make_node("Mul", ["known", "factors"], ["signed"]),
        helper.make_node("ReduceSum", ["signed", "axis"], ["difference"], keepdims=0),
        helper.make_node("Abs", ["difference"], ["distance"]),
        helper.make_node("MatMul", ["distance", "row"], ["product"]),
        helper.make_node("Add", ["product", "bias"], ["logits"]),
    ]
    names = ("input_ids", "attention_mask", "token_type_ids")
    graph = helper.make_graph(
        nodes,
        "small_nli",
        [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "n"]) for name in names],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, outputs])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    # Older than onnx's newest, which the runtime may not read yet.
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
