"""common.py - what the scripts that write golden numbers share: formulas, options as text, numbers as C."""
import math
import textwrap

import torch

torch.set_default_dtype(torch.float64)


def dy_at(i): return math.cos(0.9 * i + 0.2)
def param_at(k, i): return 0.5 * math.sin(2.1 * i + 0.3 * k + 0.5)


def filled(shape, at):
    count = math.prod(shape)
    return torch.tensor([float(at(i)) for i in range(count)]).reshape(shape)


def fill_params(module, at=param_at):
    """Fills the parameters by the formula, and returns them."""
    params = list(module.parameters())
    with torch.no_grad():
        for k, p in enumerate(params):
            p.copy_(filled(p.shape, lambda i: at(k, i)))
    return params


def as_text(options):
    """Options as tests/fixtures/options.h takes them: lr=0.1 betas=[0.8,0.99] nesterov=true."""
    def value(v):
        if isinstance(v, bool): return 'true' if v else 'false'
        if isinstance(v, (tuple, list)): return f'[{",".join(map(repr, v))}]'
        return v if isinstance(v, str) else repr(v)
    return ' '.join(f'{k.lower()}={value(v)}' for k, v in options.items())


def shape_text(shape): return "{%d, {%s}}" % (len(shape), ", ".join(map(str, shape)))


def as_c(v): return repr(v).replace("nan", "NAN").replace("inf", "INFINITY")


def numbers(name, tensors):
    """A field of a golden: all numbers of some tensors, or lists, in a row."""
    values = [as_c(float(v)) for t in tensors for v in (t.detach().flatten() if isinstance(t, torch.Tensor) else t)]
    text = "." + name + " = (const double[]){" + ", ".join(values) + "},"
    return "\n".join(textwrap.wrap(text, 128, initial_indent="     ", subsequent_indent="      "))


def begin(script, more=""):
    print("/* %s_golden.h - written by tests/golden/%s.py with PyTorch %s in float64; not to be edited. */"
          % (script, script, torch.__version__[:4]))
    if more: print(more + "\n")
    print("static const golden goldens[] = {")
