"""Runs torch.nn modules on the inputs in an npz file and writes what they give to another.

Usage: torch_modules.py REQUEST.npz REPLY.npz

REQUEST holds "manifest", the UTF-8 bytes of a JSON list with one object for each call (its
"definitions", Python statements, come before its "module", an expression), and the
values of call i, flat and in float64: "i/x0", "i/x1", ... (the input of each pass), "i/dy" (the
gradient that arrives at the last output) and "i/state/NAME" (parameters and buffers to start from).
REPLY holds "version", and for call i either "i/refused", a message, or the float64 arrays "i/y",
"i/dx", "i/grad/NAME" and "i/state/NAME".
"""
import json
import sys

import numpy as np
import torch

OUTSIDE = 1000.0


def laid_out(x, layout):
    if layout in ("channels-last", "last-axis"):
        return x.movedim(1, -1).contiguous().movedim(-1, 1)
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


def built(call, arrays):
    known = {"torch": torch, "nn": torch.nn, "on_last_axis": on_last_axis}
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


def run(call, arrays):
    module = built(call, arrays)
    dtype = getattr(torch, call["input"])
    shape = call["shape"]
    for i, training in enumerate(call["passes"]):
        x = torch.from_numpy(arrays[f"x{i}"]).to(dtype).reshape(shape)
        x = laid_out(x, call["layout"])
        if dtype.is_floating_point:
            x.requires_grad_()
        y = module.train(training)(x)
    result = {"y": y}
    if "dy" in arrays:
        shape_of_y = (1, *y.shape) if call["layout"] == "unbatched" else y.shape
        dy = torch.from_numpy(arrays["dy"]).to(dtype).reshape(shape_of_y)
        y.backward(laid_out(dy, call["layout"]))
        result["dx"] = x.grad
        for name, parameter in module.named_parameters():
            if parameter.grad is not None:
                result["grad/" + name] = parameter.grad
    for name, value in module.state_dict().items():
        if value.is_floating_point():
            result["state/" + name] = value
    # np.save keeps Fortran order, which the reader does not expect.
    return {k: np.ascontiguousarray(v.detach().double().numpy()) for k, v in result.items()}


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
