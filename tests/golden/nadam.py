"""nadam.py - torch.optim.NAdam by its documented formula, as PyTorch 2 has it: 1.13 takes one mu too many into the product of the next."""
import torch
from torch import optim


class NAdam(optim.Optimizer):
    def __init__(self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=4e-3):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for w in group["params"]:
                self.update(w, group, self.state[w])

    def update(self, w, group, state):
        if not state:
            state.update(step=0, product=1.0, m=torch.zeros_like(w), v=torch.zeros_like(w))
        (beta1, beta2), lr, decay = group["betas"], group["lr"], group["momentum_decay"]
        state["step"] += 1
        mu, after = (beta1 * (1 - 0.5 * 0.96 ** (t * decay)) for t in (state["step"], state["step"] + 1))
        state["product"] *= mu
        g = w.grad + group["weight_decay"] * w
        state["m"].mul_(beta1).add_(g, alpha=1 - beta1)
        state["v"].mul_(beta2).addcmul_(g, g, value=1 - beta2)
        root = (state["v"] / (1 - beta2 ** state["step"])).sqrt() + group["eps"]
        w.addcdiv_(g, root, value=-lr * (1 - mu) / (1 - state["product"]))
        w.addcdiv_(state["m"], root, value=-lr * after / (1 - state["product"] * after))
