"""The U-Net of PyTorch users, and what UNetCheckpointTest asks of it.

Usage: unet.py new.txt trained.pth   trains one for a few steps and saves it, with an input and its output
       unet.py CHECKPOINT y.npz      loads it strictly and gives its output for that input

ModelsParityTest takes the definitions alone.
"""
import sys

import torch
from torch import nn


class Convs(nn.Sequential):
    def __init__(self, before, after, norm):
        def stage(before):
            return [nn.Conv2d(before, after, 3, padding=1, bias=False), norm(after), nn.ReLU()]

        super().__init__(*stage(before), *stage(after))


class Up(nn.Module):
    def __init__(self, w, norm):
        super().__init__()
        self.up = nn.ConvTranspose2d(2 * w, w, 2, stride=2)
        self.conv = Convs(2 * w, w, norm)

    def forward(self, x, skip):
        x = self.up(x)
        missing = [skip.size(i) - x.size(i) for i in (3, 2)]
        x = nn.functional.pad(x, [0, missing[0], 0, missing[1]])
        return self.conv(torch.cat([skip, x], dim=1))


class UNet(nn.Module):
    def __init__(self, w, depth, outputs, norm):
        super().__init__()
        widths = [w << level for level in range(depth + 1)]
        self.inc = Convs(3, w, norm)
        self.down = nn.ModuleList(
            nn.Sequential(nn.MaxPool2d(2), Convs(v, 2 * v, norm)) for v in widths[:-1])
        self.up = nn.ModuleList(Up(v, norm) for v in reversed(widths[:-1]))
        self.out = nn.Conv2d(w, outputs, 1)

    def forward(self, x):
        levels = [self.inc(x)]
        for down in self.down:
            levels.append(down(levels[-1]))
        x = levels.pop()
        for up in self.up:
            x = up(x, levels.pop())
        return self.out(x)


def main(request, reply):
    import numpy as np

    torch.manual_seed(3)
    net = UNet(4, 2, 3, lambda channels: nn.GroupNorm(2, channels))
    inputs = torch.randn(2, 3, 21, 18)
    if request.endswith(".txt"):
        labels = torch.randint(3, (2, 21, 18))
        optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
        for _ in range(5):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(inputs), labels).backward()
            optimizer.step()
        with torch.no_grad():
            example = {"x": inputs, "y": net.eval()(inputs)}
            torch.save({"model": net.state_dict(), "example": example}, reply)
    else:
        net.load_state_dict(torch.load(request, weights_only=True), strict=True)
        with torch.no_grad():
            np.savez(reply, y=net.eval()(inputs).numpy())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
