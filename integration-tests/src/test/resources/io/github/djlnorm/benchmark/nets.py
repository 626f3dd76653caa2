"""The whole nets of the benchmarks in PyTorch.

Usage: nets.py request.npz REPLY

The request has "settings", JSON as bytes, "x", and maybe the weights "weight0", "weight1", ... in
the order of the net's parameters. By settings["task"] REPLY is the time of a call as JSON, the net
as ONNX, or its output as npz.

The nets are io.github.djlnorm.models.CifarResNet and ImageGenerator: their layers, in their order
of parameters.
"""
import json
import statistics
import sys
import time

import numpy as np
import torch
from torch import nn


def zero_padded(channels, width, kernel, stride=1, relu=True):
    return nn.Sequential(
        nn.Conv2d(channels, width, kernel, stride, padding=kernel // 2, bias=False),
        nn.GroupNorm(8, width),
        *([nn.ReLU()] if relu else []),
    )


def reflected(channels, width, kernel, stride=1, relu=True):
    return nn.Sequential(
        nn.ReflectionPad2d(kernel // 2),
        nn.Conv2d(channels, width, kernel, stride, bias=False),
        nn.InstanceNorm2d(width, affine=True),
        *([nn.ReLU()] if relu else []),
    )


class Residual(nn.Module):
    def __init__(self, branch, shortcut, relu):
        super().__init__()
        self.branch = branch
        self.shortcut = shortcut
        self.relu = nn.ReLU() if relu else nn.Identity()

    def forward(self, x):
        return self.relu(self.branch(x) + self.shortcut(x))


class Image(nn.Module):
    def forward(self, x):
        return torch.sigmoid(x + x)


def cifar_resnet():
    modules = [zero_padded(3, 16, 3)]
    before = 16
    for width in (16, 32, 64):
        for _ in range(3):
            stride = 1 if before == width else 2
            branch = nn.Sequential(
                zero_padded(before, width, 3, stride), zero_padded(width, width, 3, relu=False)
            )
            halved = stride == 2
            shortcut = zero_padded(before, width, 1, stride, False) if halved else nn.Identity()
            modules.append(Residual(branch, shortcut, True))
            before = width
    return nn.Sequential(*modules, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def image_generator():
    modules = [reflected(3, 32, 9), reflected(32, 64, 3, 2), reflected(64, 128, 3, 2)]
    for _ in range(5):
        branch = nn.Sequential(reflected(128, 128, 3), reflected(128, 128, 3, relu=False))
        modules.append(Residual(branch, nn.Identity(), False))
    for channels, width in ((128, 64), (64, 32)):
        modules += [nn.Upsample(scale_factor=2, mode="nearest"), reflected(channels, width, 3)]
    return nn.Sequential(*modules, nn.ReflectionPad2d(4), nn.Conv2d(32, 3, 9), Image())


def load(net, weights):
    for parameter, weight in zip(net.parameters(), weights, strict=True):
        parameter.data.copy_(torch.from_numpy(weight))


def export(net, x, path):
    # Its last step, functions of custom operators, would need the package onnx for nothing.
    from torch.onnx._internal import onnx_proto_utils

    onnx_proto_utils._add_onnxscript_fn = lambda model, custom_opsets: model
    torch.onnx.export(net, x, path, opset_version=18, dynamo=False)


def training_step(net, images, settings):
    labels = torch.arange(len(images)) % 10
    loss_function = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(
        net.parameters(), lr=settings["learning_rate"], momentum=settings["momentum"]
    )

    def step():
        optimizer.zero_grad()
        loss = loss_function(net(images), labels)
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def inference(net, x):
    def call():
        with torch.no_grad():
            net(x)

    return call


def calls_for(millis, call):
    """Calls for some time, and returns how often, and the microseconds of a call."""
    start = time.perf_counter()
    count = 0
    while True:
        call()
        count += 1
        elapsed = time.perf_counter() - start
        if elapsed * 1e3 >= millis:
            return count, elapsed / count * 1e6


def timed(call, schedule):
    before, _ = calls_for(schedule["warmUpMillis"], call)
    samples = [calls_for(schedule["sampleMillis"], call)[1] for _ in range(schedule["samples"])]
    return {"value": statistics.median(samples), "callsBefore": before, "kernel": ""}


def main(request, reply):
    with np.load(request) as arrays:
        settings = json.loads(arrays["settings"].tobytes())
        x = torch.from_numpy(arrays["x"])
        weights = [arrays[f"weight{i}"] for i in range(len(arrays.files) - 2)]
    torch.set_num_threads(settings["threads"])
    net = {"cifar_resnet": cifar_resnet, "image_generator": image_generator}[settings["net"]]()
    if weights:
        load(net, weights)
    net.train(settings["step"])
    if settings["task"] == "export":
        export(net, x, reply)
    elif settings["task"] == "predict":
        with torch.no_grad():
            np.savez(reply, y=net(x).numpy())
    else:
        call = training_step(net, x, settings) if settings["step"] else inference(net, x)
        with open(reply, "w") as file:
            json.dump(timed(call, settings["schedule"]), file)


main(*sys.argv[1:])
