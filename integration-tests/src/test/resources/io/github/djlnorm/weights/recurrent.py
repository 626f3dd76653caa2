"""Gives an LSTM's weights, an input of shape (batch, time, features) and the output, in one checkpoint.

Usage: recurrent.py ANY OUT.pth
"""
import sys

import torch
from torch import nn

torch.manual_seed(6)
lstm = nn.LSTM(3, 4, num_layers=2, batch_first=True)
x = torch.randn(2, 5, 3)
with torch.no_grad():
    y, _ = lstm(x)
torch.save({"lstm": lstm.state_dict(), "data": {"x": x, "y": y}}, sys.argv[2])
