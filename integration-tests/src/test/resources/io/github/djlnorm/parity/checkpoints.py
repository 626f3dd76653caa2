"""Trains and evaluates the network of CheckpointTest.

Usage: checkpoints.py new.txt CHECKPOINT   trains a network for a few steps and saves it
       checkpoints.py CHECKPOINT y.npz     loads it strictly and gives its outputs in evaluation mode

The name of CHECKPOINT tells its format: .pth with the state dict at "model", .npz or .safetensors.
The latter is read and written by hand, by the format's description.
"""
import json
import sys

import numpy as np
import torch
from torch import nn


def network():
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 24, 3, stride=2),
        nn.GroupNorm(8, 24),
        nn.ReLU(),
        nn.ConvTranspose2d(24, 12, 2, stride=2),
        nn.InstanceNorm2d(12, affine=True, track_running_stats=True),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(12, 10),
        nn.LayerNorm(10),
        nn.Linear(10, 5, bias=False),
    )


def inputs():
    count = 4 * 3 * 17 * 17
    x = (np.arange(count) * 37 % 101 - 50).astype(np.float32) / np.float32(25)
    return torch.from_numpy(x.reshape(4, 3, 17, 17))


def trained():
    net = network()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(5):
        optimizer.zero_grad()
        (net(torch.randn(8, 3, 17, 17) * 2 + 1) - 1).square().mean().backward()
        optimizer.step()
    return net, optimizer


def save(net, optimizer, path):
    state = net.state_dict()
    if path.endswith(".pth"):
        torch.save({"epoch": 5, "model": state, "optimizer": optimizer.state_dict()}, path)
    elif path.endswith(".npz"):
        np.savez_compressed(path, **{name: t.numpy() for name, t in state.items()})
    else:
        header, data = {}, b""
        for name, tensor in state.items():
            part = tensor.numpy().tobytes()
            dtype = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
            offsets = [len(data), len(data) + len(part)]
            header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": offsets}
            data += part
        text = json.dumps(header).encode()
        with open(path, "wb") as file:
            file.write(len(text).to_bytes(8, "little") + text + data)


def load(path):
    if path.endswith(".pth"):
        loaded = torch.load(path, weights_only=True)
        return loaded.get("model", loaded)
    if path.endswith(".npz"):
        with np.load(path) as arrays:
            return {name: torch.from_numpy(arrays[name]) for name in arrays.files}
    with open(path, "rb") as file:
        content = file.read()
    start = 8 + int.from_bytes(content[:8], "little")
    state = {}
    for name, entry in json.loads(content[8:start]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            dtype = {"F32": np.float32, "I64": np.int64}[entry["dtype"]]
            array = np.frombuffer(content[start + begin : start + end], dtype)
            state[name] = torch.from_numpy(array.reshape(entry["shape"]).copy())
    return state


def main(request, reply):
    if request.endswith(".txt"):
        save(*trained(), reply)
        return
    net = network()
    net.load_state_dict(load(request), strict=True)
    with torch.no_grad():
        np.savez(reply, y=net.eval()(inputs()).numpy())


main(sys.argv[1], sys.argv[2])
