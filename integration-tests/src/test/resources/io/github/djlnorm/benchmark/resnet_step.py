"""Times the training step of the sample ResNet in PyTorch.

Usage: resnet_step.py request.json reply.json

The network is io.github.djlnorm.models.CifarResNet: its layers, in its order of parameters.
"""
import ctypes
import json
import sys
import time

import torch
from torch import nn

WIDTH = 16


def stage(channels, width, groups, kernel, stride, relu):
    layers = [
        nn.Conv2d(channels, width, kernel, stride, padding=kernel // 2, bias=False),
        nn.GroupNorm(groups, width),
    ]
    return nn.Sequential(*layers, *([nn.ReLU()] if relu else []))


class Residual(nn.Module):
    def __init__(self, channels, width, groups):
        super().__init__()
        stride = 1 if channels == width else 2
        self.branch = nn.Sequential(
            stage(channels, width, groups, 3, stride, True),
            stage(width, width, groups, 3, 1, False),
        )
        self.shortcut = (
            nn.Identity() if stride == 1 else stage(channels, width, groups, 1, stride, False)
        )

    def forward(self, x):
        return torch.relu(self.branch(x) + self.shortcut(x))


def network(channels, layers, classes, groups):
    modules = [stage(channels, WIDTH, groups, 3, 1, True)]
    before = WIDTH
    for width in (WIDTH, 2 * WIDTH, 4 * WIDTH):
        for _ in range((layers - 2) // 6):
            modules.append(Residual(before, width, groups))
            before = width
    return nn.Sequential(
        *modules, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, classes)
    )


def keep_memory():
    """As all contestants do: see Allocator.java."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(-1, 1 << 30)  # M_TRIM_THRESHOLD
        libc.mallopt(-3, 32 << 20)  # M_MMAP_THRESHOLD


def main(request, reply):
    keep_memory()
    with open(request) as file:
        settings = json.load(file)
    torch.set_num_threads(settings["threads"])
    torch.manual_seed(1)
    shape = settings["shape"]
    net = network(shape[1], settings["layers"], settings["classes"], settings["groups"])
    images = torch.randn(shape)
    labels = torch.arange(shape[0]) % settings["classes"]
    loss_function = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(
        net.parameters(), lr=settings["learning_rate"], momentum=settings["momentum"]
    )
    seconds = []
    for _ in range(settings["warm_up"] + settings["steps"]):
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = loss_function(net(images), labels)
        loss.backward()
        optimizer.step()
        loss.item()
        seconds.append(time.perf_counter() - start)
    with open(reply, "w") as file:
        json.dump(
            {
                "seconds": seconds[settings["warm_up"] :],
                "shapes": [list(parameter.shape) for parameter in net.parameters()],
            },
            file,
        )


main(*sys.argv[1:])
