"""Saves tensors that DJL cannot have, then does what the request says with them.

Usage: cured.py REQUEST OUT.pth
The request is a line of Python with "FILE" and "NEW.pth" in it, or nothing, which gives the file as it is.
"""
import sys

import torch

odd = {
    "good": torch.arange(3.0),
    "exact": torch.tensor([2**53 + 1]),
    "sparse": torch.eye(2).to_sparse(),
    "quantized": torch.quantize_per_tensor(torch.ones(2), 0.5, 0, torch.qint8),
    "expanded": torch.ones(1).expand(3),
    "float8": torch.ones(2).to(torch.float8_e4m3fn),
    "complex": torch.ones(2, dtype=torch.complex64),
}
line = open(sys.argv[1], encoding="utf-8").read()
if line:
    file = sys.argv[2] + ".odd"
    torch.save(odd, file)
    exec(line.replace("FILE", file).replace("NEW.pth", sys.argv[2]))
else:
    torch.save(odd, sys.argv[2])
