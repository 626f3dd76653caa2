"""Makes files of weights of all kinds, and says what is in them.

Usage: many_checkpoints.py ANY OUT.zip

OUT.zip has the files, and manifest.json: for each file its name, the key to read it with or null, the tensors by
name (shape and values, as PyTorch or NumPy has them), and the names of those that have no counterpart in DJL.
"""
import argparse
import collections
import io
import json
import os
import sys
import tempfile
import zipfile

import numpy as np
import torch
from torch import nn

torch.manual_seed(4)
random = np.random.RandomState(4)
folder = tempfile.mkdtemp()
manifest = []

DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int8, torch.uint8, torch.int16,
          torch.int32, torch.int64, torch.bool]
DTYPES += [getattr(torch, name) for name in ("uint16", "uint32") if hasattr(torch, name)]


def values(tensor):
    if tensor.dtype in (torch.bool, torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64):
        return [int(v) for v in tensor.contiguous().reshape(-1).tolist()]
    return [float(v) for v in tensor.detach().contiguous().reshape(-1).tolist()]


def note(name, tensors, refused=(), key=None):
    manifest.append({
        "file": name,
        "key": key,
        "tensors": {n: {"shape": list(t.shape), "values": values(t)} for n, t in tensors.items()},
        "refused": list(refused),
    })


def path(name):
    return os.path.join(folder, name)


def random_tensor(dtype):
    shape = [int(n) for n in random.randint(1, 5, size=random.randint(0, 5))]
    numbers = torch.from_numpy(random.randint(0, 100, size=shape or [1]).astype(np.float64)).reshape(shape)
    if dtype.is_floating_point:
        numbers = numbers / 4 - 10
    return numbers.to(dtype)


def view_of(tensor):
    kind = random.randint(7)
    if kind == 0 and tensor.dim() > 1:
        return tensor.transpose(0, 1)
    if kind == 1 and tensor.dim() > 0 and tensor.shape[0] > 1:
        return tensor[1:]
    if kind == 2 and tensor.dim() > 0:
        return tensor[..., ::2]
    if kind == 3 and tensor.dim() == 4:
        return tensor.contiguous(memory_format=torch.channels_last)
    if kind == 4:
        return torch.empty([0, 3], dtype=tensor.dtype)
    if kind == 5 and tensor.is_floating_point():
        return nn.Parameter(tensor)
    return tensor


def state():
    tensors = collections.OrderedDict()
    for i in range(random.randint(1, 6)):
        tensors["layers.%d.weight" % i] = view_of(random_tensor(DTYPES[random.randint(len(DTYPES))]))
    name, tensor = next(iter(tensors.items()))
    if random.randint(2):
        tensors["tied"] = tensor
    return tensors


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.register_buffer("scratch", torch.ones(2), persistent=False)
        self.register_buffer("kept", torch.arange(3))
        self.none = None

    def forward(self, x):
        return self.norm(self.conv(x))


def module():
    net = nn.Sequential(Block(), nn.Flatten(), nn.Linear(4, 2), nn.GroupNorm(1, 2))
    for parameter in net.parameters():
        nn.init.normal_(parameter)
    return net


def beside():
    return {
        "args": argparse.Namespace(lr=0.1, name="x", sizes=(1, 2)),
        "loss": np.float64(0.5),
        "scores": np.arange(3.0),
        "counter": collections.Counter("abca"),
        "seen": {1, 2, 3},
        "device": torch.device("cpu"),
        "dtype": torch.float16,
        "complex": 1 + 2j,
        "function": os.path.join,
        "class": collections.OrderedDict,
        ("a", 1): 2,
        None: 3,
        7: "seven",
        "bytes": b"abc",
        "frozen": frozenset([1]),
        "default": collections.defaultdict(list, a=[1]),
        "history": [0.5, (1, None), {"x": 1 << 80}],
    }


def torch_files():
    for i in range(60):
        tensors = state()
        torch.save(tensors, path("zip%d.pth" % i), pickle_protocol=2 + i % 4)
        note("zip%d.pth" % i, tensors)
    for i in range(40):
        tensors = collections.OrderedDict((n, t) for n, t in state().items()
                                          if str(t.dtype) not in ("torch.uint16", "torch.uint32"))
        tensors["end"] = torch.arange(5.0)
        torch.save(tensors, path("old%d.pth" % i), pickle_protocol=2 + i % 4, _use_new_zipfile_serialization=False)
        note("old%d.pth" % i, tensors)
    for i in range(20):
        tensors = state()
        saved = {**beside(), "state": {"model": tensors, "epoch": i}}
        old = i % 2 == 1
        if old:
            tensors = saved["state"]["model"] = collections.OrderedDict(w=torch.arange(6.0).reshape(2, 3).t())
        torch.save(saved, path("nested%d.pth" % i), _use_new_zipfile_serialization=not old)
        note("nested%d.pth" % i, tensors, key="state.model" if i % 3 == 0 else None)
    for i in range(10):
        net = module()
        torch.save(net, path("module%d.pth" % i), _use_new_zipfile_serialization=i % 2 == 0)
        note("module%d.pth" % i, net.state_dict())
    for i in range(10):
        net = module().eval()
        scripted = torch.jit.script(net) if i % 2 else torch.jit.trace(net, torch.ones(1, 3, 3, 3))
        scripted.save(path("script%d.pt" % i))
        note("script%d.pt" % i, scripted.state_dict())
    optimizer_net = module()
    optimizer = torch.optim.Adam(optimizer_net.parameters())
    optimizer_net(torch.randn(2, 3, 3, 3)).sum().backward()
    optimizer.step()
    torch.save({"model": optimizer_net.state_dict(), "optimizer": optimizer.state_dict()}, path("adam.pth"))
    note("adam.pth", optimizer_net.state_dict())
    neg = torch._neg_view(torch.arange(6.0))
    torch.save({"neg": neg, "plain": torch.arange(2.0)}, path("neg.pth"))
    note("neg.pth", {"neg": neg, "plain": torch.arange(2.0)})
    odd = {
        "complex": torch.ones(2, dtype=torch.complex64),
        "quantized": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8),
        "sparse": torch.eye(2).to_sparse(),
        "meta": torch.ones(2, device="meta"),
        "expanded": torch.ones(1).expand(3),
    }
    if hasattr(torch, "float8_e4m3fn"):
        odd["float8"] = torch.ones(2).to(torch.float8_e4m3fn)
    for name, tensor in odd.items():
        torch.save({"bad." + name: tensor, "good": torch.arange(3.0)}, path("odd-%s.pth" % name))
        note("odd-%s.pth" % name, {"good": torch.arange(3.0)}, refused=["bad." + name])
    extra = {"weight": torch.arange(2.0), "_extra_state": {"a": 1}, "none": None, "number": 3}
    torch.save(extra, path("extra.pth"))
    note("extra.pth", {"weight": torch.arange(2.0)})


def safetensors(name, tensors, spaces, fields):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    names = {"torch.float32": "F32", "torch.float64": "F64", "torch.float16": "F16", "torch.bfloat16": "BF16",
             "torch.int8": "I8", "torch.uint8": "U8", "torch.int16": "I16", "torch.int32": "I32",
             "torch.int64": "I64", "torch.bool": "BOOL", "torch.uint16": "U16", "torch.uint32": "U32"}
    for n, t in tensors.items():
        part = bytes(t.detach().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
        header[n] = {"dtype": names[str(t.dtype)], "shape": list(t.shape),
                     "data_offsets": [len(data), len(data) + len(part)], **fields}
        data += part
    text = json.dumps(header).encode() + b" " * spaces
    with open(path(name), "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + data)


def other_files():
    for i in range(30):
        tensors = {n: t for n, t in state().items()}
        safetensors("s%d.safetensors" % i, tensors, i * 13, {"more": [1, {"x": None}]} if i % 5 == 0 else {})
        note("s%d.safetensors" % i, tensors)
    for length in (128, 384, 640, 896, 1152, 1280):
        tensors = {"w": torch.arange(4.0)}
        safetensors("length.safetensors", tensors, 0, {})
        with open(path("length.safetensors"), "rb") as file:
            have = int.from_bytes(file.read(8), "little")
        safetensors("length%d.safetensors" % length, tensors, max(0, length - have), {})
        note("length%d.safetensors" % length, tensors)
    os.remove(path("length.safetensors"))
    kinds = ["<f4", ">f4", "<f8", "<f2", "|i1", "|u1", "<i2", ">i4", "<u2", "<u4", "<i8", "|b1"]
    for i in range(24):
        arrays, tensors = {}, {}
        for k in range(3):
            kind = kinds[(i + k) % len(kinds)]
            array = random.randint(0, 50, size=[2, 3]).astype(kind)
            array = np.asfortranarray(array) if k == 1 else array
            arrays["a%d" % k] = array
            wide = array.astype(np.int64) if array.dtype.kind in "iub" else array.astype(np.float64)
            tensors["a%d" % k] = torch.from_numpy(np.ascontiguousarray(wide))
        (np.savez_compressed if i % 2 else np.savez)(path("a%d.npz" % i), **arrays)
        note("a%d.npz" % i, tensors)
    np.savez(path("odd.npz"), good=np.arange(3.0), text=np.array(["a"]), pair=np.zeros(2, [("a", "<f4")]),
             complex=np.ones(2, np.complex64))
    note("odd.npz", {"good": torch.arange(3.0)}, refused=["text", "pair", "complex"])
    np.savez_compressed(path("zeros.npz"), zeros=np.zeros([500, 500]))
    note("zeros.npz", {"zeros": torch.zeros([500, 500])})


torch_files()
other_files()
with zipfile.ZipFile(sys.argv[2], "w") as out:
    for entry in manifest:
        out.write(path(entry["file"]), entry["file"])
    out.writestr("manifest.json", json.dumps(manifest))
