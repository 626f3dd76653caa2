"""Runs torch.nn modules on the inputs in an npz file and writes what they give to another.

Usage: torch_modules.py REQUEST.npz REPLY.npz

REQUEST holds "manifest", the UTF-8 bytes of a JSON list with one object for each call (its
"definitions", Python statements, come before its "module", an expression), and the
values of call i, flat and in float64: "i/x0/0", "i/x0/1", ... (the inputs of each pass), "i/dy/0",
... (the gradients that arrive at the last outputs) and "i/state/NAME" (parameters and buffers to
start from). REPLY holds "version", and for call i either "i/refused", a message, or the float64
arrays "i/y/0", ..., "i/dx/0", ..., "i/grad/NAME" and "i/state/NAME", in the module's order.
"""
import json
import sys

import numpy as np
import torch

OUTSIDE = 1000.0


def laid_out(x, layout):
    if layout in ("channels-last", "last-axis"):
        return x.movedim(1, -1).contiguous().movedim(-1, 1)
    if layout == "third-axis":
        return x.transpose(1, 2).contiguous().transpose(1, 2)
    if layout == "transposed":
        return x.transpose(-1, -2).contiguous().transpose(-1, -2)
    if layout == "slice":
        wide = x.new_full((*x.shape[:-1], x.shape[-1] + 2), OUTSIDE)
        wide[..., 1:-1] = x
        return wide[..., 1:-1]
    if layout == "unbatched":
        return x[0]
    return x


def on_last_axis(module):
    """Lets a module that works on the last axis work on the channels of (N, C, *)."""
    module.register_forward_pre_hook(lambda _, args: args[0].movedim(1, -1))
    module.register_forward_hook(lambda _, args, y: y.movedim(-1, 1))
    return module


def then(module, activation):
    """Lets an activation follow a module, which keeps its parameters' names."""
    module.register_forward_hook(lambda _, args, y: activation(y))
    return module


def on_valid_positions(module):
    """Lets a module see, of each instance, only the positions where a mask is not zero."""
    whole = module.forward

    def forward(x, mask):
        instances = zip(x, mask) if x.dim() == mask.dim() + 1 else [(x, mask[0])]
        ys = []
        for one, valid in instances:
            y = torch.zeros_like(one)
            y[:, valid != 0] = whole(one[:, valid != 0][None])[0]
            ys.append(y)
        return torch.stack(ys).reshape(x.shape)

    module.forward = forward
    return module


def built(call, arrays):
    known = {"torch": torch, "nn": torch.nn, "on_last_axis": on_last_axis,
             "on_valid_positions": on_valid_positions, "then": then}
    exec(call["definitions"], known)
    module = eval(call["module"], known)
    module = module.to(getattr(torch, call["parameters"]))
    places = module.state_dict(keep_vars=True)
    with torch.no_grad():
        for key, values in arrays.items():
            if key.startswith("state/"):
                name = key.removeprefix("state/")
                if name not in places:
                    raise KeyError(f"{call['module']} has no {name}, only {', '.join(places)}")
                places[name].copy_(torch.from_numpy(values).reshape(places[name].shape))
    return module


def tensor(values, given, layout):
    x = torch.from_numpy(values).to(getattr(torch, given["type"])).reshape(given["shape"])
    return laid_out(x, layout)


def run(call, arrays):
    module = built(call, arrays)
    result = {}
    for i, training in enumerate(call["passes"]):
        xs = [tensor(arrays[f"x{i}/{k}"], given, call["layout"])
              for k, given in enumerate(call["inputs"])]
        for x in xs:
            x.requires_grad_(x.is_floating_point())
        y = module.train(training)(*xs)
        ys = list(y) if isinstance(y, (tuple, list)) else [y]
        result = {f"y/{k}": y for k, y in enumerate(ys)}
    if "dy/0" in arrays:
        back_propagate(ys, call["layout"], arrays)
        result |= {f"dx/{k}": gradient(x) for k, x in enumerate(xs) if x.requires_grad}
        result |= {"grad/" + name: gradient(p) for name, p in module.named_parameters()
                   if p.requires_grad}
    result |= {"state/" + name: value for name, value in module.state_dict().items()
               if value.is_floating_point()}
    # np.save keeps Fortran order, which the reader does not expect.
    return {k: np.array(v.detach().double().numpy(), order="C") for k, v in result.items()}


def back_propagate(ys, layout, arrays):
    for k, y in enumerate(ys):
        dy = arrays.get(f"dy/{k}", np.empty(0))
        if y.is_floating_point() and dy.size == y.numel():
            given = {"type": str(y.dtype).removeprefix("torch."),
                     "shape": (1, *y.shape) if layout == "unbatched" else y.shape}
            y.backward(tensor(dy, given, layout), retain_graph=True)


def gradient(x):
    return torch.zeros_like(x) if x.grad is None else x.grad


def text(string):
    return np.frombuffer(string.encode() or b" ", dtype=np.int8)


def main(request_file, reply_file):
    torch.set_num_threads(1)
    request = np.load(request_file)
    calls = json.loads(request["manifest"].tobytes())
    arrays = [{} for _ in calls]
    for key in request.files:
        if "/" in key:
            index, name = key.split("/", 1)
            arrays[int(index)][name] = request[key]
    reply = {"version": text(torch.__version__)}
    for i, call in enumerate(calls):
        try:
            for name, value in run(call, arrays[i]).items():
                reply[f"{i}/{name}"] = value
        except Exception as e:  # whatever torch raises is its answer
            reply[f"{i}/refused"] = text(f"{type(e).__name__}: {e}")
    np.savez(reply_file, **reply)


main(*sys.argv[1:])
