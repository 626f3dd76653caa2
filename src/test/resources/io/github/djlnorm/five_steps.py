"""Five steps of training with each layer in real PyTorch, for FiveStepsTest.

Usage: five_steps.py OUT.pth
Saves the inputs, and the parameters before and after, as CASE.before.NAME and CASE.after.NAME.
"""
import sys

import torch
from torch import nn
from torch.nn import functional as F

IMAGES, CHANNELS, EPSILON = 4, 6, 1e-5


class Last(nn.Module):
    """A layer of the last axis, for channels on axis 1."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x, second):
        return self.layer(x.movedim(1, -1)).movedim(-1, 1)


class First(nn.Module):
    """A layer that has no second input."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x, second):
        return self.layer(x)


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("weight", torch.rand(CHANNELS) + 0.5)
        self.register_buffer("bias", torch.rand(CHANNELS))
        self.register_buffer("running_mean", torch.rand(CHANNELS) - 0.5)
        self.register_buffer("running_var", torch.rand(CHANNELS) + 0.5)

    def forward(self, x, second):
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.1, EPSILON)


class Conditional(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(3, CHANNELS) + 0.5)
        self.bias = nn.Parameter(torch.rand(3, CHANNELS))

    def forward(self, x, second):
        y = F.instance_norm(x, eps=EPSILON)
        rows = second[:, 0, 0, 0].long()
        return y * self.weight[rows][:, :, None, None] + self.bias[rows][:, :, None, None]


class Adaptive(nn.Module):
    def forward(self, x, second):
        deviation = (second.var((2, 3), unbiased=False, keepdim=True) + EPSILON).sqrt()
        return F.instance_norm(x, eps=EPSILON) * deviation + second.mean((2, 3), keepdim=True)


def main(out):
    torch.manual_seed(19)
    images = torch.randn(IMAGES, 3, 5, 5)
    target = torch.randn(IMAGES, 4)
    style = torch.randn(IMAGES, CHANNELS, 3, 3) * 2 + 1
    labels = torch.tensor([2.0, 0.0, 2.0, 1.0])[:, None, None, None]
    saved = {"in.images": images, "in.target": target, "in.style": style, "in.labels": labels.reshape(-1)}
    cases = {
        "group": First(nn.GroupNorm(3, CHANNELS)),
        "instance": First(nn.InstanceNorm2d(CHANNELS, affine=True)),
        "tracked": First(nn.InstanceNorm2d(CHANNELS, affine=True, track_running_stats=True)),
        "channel-layer": Last(nn.LayerNorm(CHANNELS)),
        "rms": Last(nn.RMSNorm(CHANNELS, eps=EPSILON)),
        "sync-batch": First(nn.BatchNorm2d(CHANNELS)),
        "frozen": Frozen(),
        "conditional": Conditional(),
        "adaptive": Adaptive(),
    }
    for name, norm in cases.items():
        conv = nn.Conv2d(3, CHANNELS, 3, padding=1)
        linear = nn.Linear(CHANNELS, 4)
        with torch.no_grad():  # not the values that layers start with
            for parameter in norm.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.2)
        net = nn.ModuleDict({"conv": conv, "norm": norm, "linear": linear})
        second = labels if name == "conditional" else style

        def state(when):
            for key, value in net.state_dict().items():
                if "num_batches" not in key:
                    saved[f"{name}.{when}.{key.replace('layer.', '')}"] = value.clone()

        state("before")
        optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
        for _ in range(5):
            optimizer.zero_grad()
            y = linear(F.relu(norm(conv(images), second)).mean((2, 3)))
            (y - target).square().mean().backward()
            optimizer.step()
        state("after")
    torch.save(saved, out)


main(sys.argv[1])
