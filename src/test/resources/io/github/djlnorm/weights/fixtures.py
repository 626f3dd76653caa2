"""Made the files beside it, once, with PyTorch 2.6.0: python3 fixtures.py FOLDER

The tests know their content from this script. The safetensors file is written by hand, by the format's description.
"""
import json
import os
import struct
import sys
import zipfile

import numpy as np
import torch
from torch import nn

folder = sys.argv[1]


def path(name):
    return os.path.join(folder, name)


values = [-2.5, -1.0, 0.0, 1.0, 2.0, 3.5]
counts = [0, 1, 2, 3, 100, 127]


def tensors():
    return {
        "float16": torch.tensor(values, dtype=torch.float16).reshape(2, 3),
        "float32": torch.tensor(values, dtype=torch.float32).reshape(2, 3),
        "float64": torch.tensor(values, dtype=torch.float64).reshape(2, 3),
        "bfloat16": torch.tensor(values, dtype=torch.bfloat16).reshape(2, 3),
        "int8": torch.tensor(counts, dtype=torch.int8).reshape(2, 3),
        "uint8": torch.tensor(counts, dtype=torch.uint8).reshape(2, 3),
        "int32": torch.tensor(counts, dtype=torch.int32).reshape(2, 3),
        "int64": torch.tensor(counts, dtype=torch.int64).reshape(2, 3),
        "bool": torch.tensor([1, 0, 1, 1, 0, 0], dtype=torch.bool).reshape(2, 3),
    }


torch.save(tensors(), path("types.pth"))

base = torch.arange(24, dtype=torch.float32)
torch.save(
    {
        "whole": base,
        "tied": base,
        "transposed": base.reshape(4, 6).t(),
        "slice": base.reshape(4, 6)[1:3, 2:5],
        "every_second": base[1::2],
        "channels_last": base.reshape(1, 2, 3, 4).to(memory_format=torch.channels_last),
        "bfloat16_transposed": base.to(torch.bfloat16).reshape(4, 6).t(),
        "empty": torch.zeros(0, 3),
        "scalar": torch.tensor(7.0),
        "parameter": nn.Parameter(base[:2]),
    },
    path("views.pth"),
)
torch.save({"expanded": torch.ones(1).expand(1000)}, path("expanded.pth"))

torch.manual_seed(1)
net = nn.Sequential(
    nn.Conv2d(3, 8, 3, padding=1, bias=False),
    nn.BatchNorm2d(8),
    nn.ReLU(),
    nn.Conv2d(8, 8, 3),
    nn.GroupNorm(4, 8),
    nn.ReLU(),
    nn.Conv2d(8, 6, 1),
    nn.InstanceNorm2d(6, affine=True, track_running_stats=True),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Linear(6, 5),
    nn.LayerNorm(5),
)
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(5):
    optimizer.zero_grad()
    net(torch.randn(4, 3, 6, 6)).square().sum().backward()
    optimizer.step()
x = torch.randn(2, 3, 6, 6)
net.eval()
torch.save(
    {
        "epoch": 3,
        "loss": 0.5,
        "best": True,
        "seed": 1 << 70,
        "size": x.shape,
        "history": [1.5, (2, None), {"rate": 0.1}],
        "model": net.state_dict(),
        "optimizer": optimizer.state_dict(),
    },
    path("checkpoint.pth"),
)
torch.save({"x": x, "y": net(x).detach()}, path("outputs.pth"))
torch.save(net.state_dict(), path("protocol4.pth"), pickle_protocol=4)
torch.save(net.state_dict(), path("old.pth"), _use_new_zipfile_serialization=False)


class Evil:
    def __reduce__(self):
        return os.system, ("touch executed",)


torch.save({"weight": torch.ones(2), "evil": Evil()}, path("evil.pth"))
torch.save({"weight": torch.ones(2), "evil": Evil()}, path("evil4.pth"), pickle_protocol=4)

arrays = {name: t.numpy() for name, t in tensors().items() if name != "bfloat16"}
np.savez(path("types.npz"), **arrays)
orders = {
    "fortran": np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4)),
    "big_endian": np.arange(6, dtype=">f8").reshape(2, 3),
    "scalar": np.float32(7),
    "empty": np.zeros((0, 3), np.float32),
}
np.savez_compressed(path("orders.npz"), **orders)

names = {
    "float16": "F16",
    "float32": "F32",
    "float64": "F64",
    "bfloat16": "BF16",
    "int8": "I8",
    "uint8": "U8",
    "int32": "I32",
    "int64": "I64",
    "bool": "BOOL",
}
header, data = {"__metadata__": {"format": "pt"}}, b""
for name, tensor in tensors().items():
    raw = tensor.view(torch.int16) if name == "bfloat16" else tensor
    part = raw.numpy().tobytes()
    header[name] = {
        "dtype": names[name],
        "shape": list(tensor.shape),
        "data_offsets": [len(data), len(data) + len(part)],
    }
    data += part
text = json.dumps(header).encode()
with open(path("types.safetensors"), "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)


def zip64(source, target):
    """Copies an archive with all sizes and offsets in the wide fields, as archives beyond 4 GiB have them."""
    with open(source, "rb") as file:
        content = file.read()
    with zipfile.ZipFile(source) as archive:
        entries, start = archive.infolist(), archive.start_dir
    directory = b""
    for entry in entries:
        wide = struct.pack("<HHQQQ", 1, 24, entry.file_size, entry.compress_size, entry.header_offset)
        name = entry.filename.encode()
        directory += struct.pack(
            "<IHHHHHHIIIHHHHHII",
            *(0x02014B50, 45, 45, entry.flag_bits, entry.compress_type, 0, 33, entry.CRC),
            *(0xFFFFFFFF, 0xFFFFFFFF, len(name), len(wide), 0, 0, 0, 0, 0xFFFFFFFF),
        )
        directory += name + wide
    end = start + len(directory)
    count = len(entries)
    directory += struct.pack(
        "<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, end - start, start
    )
    directory += struct.pack("<IIQI", 0x07064B50, 0, end, 1)
    directory += struct.pack(
        "<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0
    )
    with open(target, "wb") as file:
        file.write(content[:start] + directory)


zip64(path("types.pth"), path("zip64.pth"))

small = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
torch.save(small, path("module.pth"))
torch.jit.script(small.eval()).save(path("script.pt"))
