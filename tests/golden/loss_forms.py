"""loss_forms.py - tern's losses in PyTorch: its own classes, or a formula where it has none or takes parts of an output one by one."""
import torch
from torch import nn


class Form(nn.Module):
    """A loss by its formula, whose numbers `reduce` adds up."""
    def __init__(self, reduction):
        super().__init__()
        self.reduce = torch.sum if reduction == "sum" else torch.mean


class LogCosh(Form):
    """ln cosh(p - t), as Keras has it."""
    def forward(self, p, t): return self.reduce(torch.log(torch.cosh(p - t)))


class Focal(Form):
    """As torchvision's sigmoid_focal_loss."""
    def __init__(self, reduction, gamma=2.0, alpha=None):
        super().__init__(reduction)
        self.gamma, self.alpha = gamma, alpha

    def forward(self, x, t):
        s, ce = torch.sigmoid(x), nn.functional.binary_cross_entropy_with_logits(x, t, reduction="none")
        loss = ce * (1 - (s * t + (1 - s) * (1 - t))) ** self.gamma
        return self.reduce(loss if self.alpha is None else (self.alpha * t + (1 - self.alpha) * (1 - t)) * loss)


class Dice(Form):
    """As MONAI's DiceLoss(sigmoid=True)."""
    def __init__(self, reduction, smooth=1e-5, squared=False):
        super().__init__(reduction)
        self.smooth, self.power = smooth, 2 if squared else 1

    def forward(self, x, t):
        p = torch.sigmoid(x)
        if x.dim() == 2:
            p, t = p[:, None], t[:, None]
        p, t = p.flatten(2), t.flatten(2)
        both, all = 2 * (p * t).sum(2), (p ** self.power + t ** self.power).sum(2)
        return self.reduce(1 - (both + self.smooth) / (all + self.smooth))


class Hinge(Form):
    """As Keras's Hinge and SquaredHinge."""
    def __init__(self, reduction, squared=False):
        super().__init__(reduction)
        self.power = 2 if squared else 1

    def forward(self, x, t): return self.reduce(torch.relu(1 - torch.where(t > 0, 1, -1) * x) ** self.power)


class Contrastive(Form):
    """As TensorFlow Addons' contrastive_loss."""
    def __init__(self, reduction, margin=1.0):
        super().__init__(reduction)
        self.margin = margin

    def forward(self, d, t): return self.reduce(t * d ** 2 + (1 - t) * torch.relu(self.margin - d) ** 2)


class Quantile(Form):
    """The pinball loss; of several quantiles each has an element of the first dimension."""
    def __init__(self, reduction, quantile=(0.5,)):
        super().__init__(reduction)
        self.quantile = quantile

    def forward(self, x, t):
        e = [t - (x[:, k] if len(self.quantile) > 1 else x) for k in range(len(self.quantile))]
        return self.reduce(torch.stack([torch.max(q * d, (q - 1) * d) for q, d in zip(self.quantile, e)], 1))


class Gaussian(nn.Module):
    """GaussianNLLLoss of the halves of the output."""
    def __init__(self, reduction, log_var=False, **options):
        super().__init__()
        self.loss, self.log_var = nn.GaussianNLLLoss(reduction=reduction, **options), log_var

    def forward(self, x, t):
        mean, var = x.chunk(2, 1)
        return self.loss(mean, t.reshape(mean.shape), var.exp() if self.log_var else var)


class Triplet(nn.Module):
    """TripletMarginLoss of the thirds of the output."""
    def __init__(self, reduction, **options):
        super().__init__()
        self.loss = nn.TripletMarginLoss(reduction=reduction, **options)

    def forward(self, x, t): return self.loss(*x.flatten(1).chunk(3, 1))


class CosineEmbedding(nn.Module):
    """CosineEmbeddingLoss of the halves of the output, which are alike where the target is above 0."""
    def __init__(self, reduction, **options):
        super().__init__()
        self.loss = nn.CosineEmbeddingLoss(reduction=reduction, **options)

    def forward(self, x, t): return self.loss(*x.flatten(1).chunk(2, 1), torch.where(t > 0, 1, -1))


CLASSES = {
    "mse": nn.MSELoss, "mae": nn.L1Loss, "huber": nn.HuberLoss, "smooth_l1": nn.SmoothL1Loss, "bce": nn.BCELoss,
    "bce_with_logits": nn.BCEWithLogitsLoss, "kl_div": nn.KLDivLoss, "nll": nn.NLLLoss, "cross_entropy": nn.CrossEntropyLoss,
    "poisson_nll": nn.PoissonNLLLoss, "multi_margin": nn.MultiMarginLoss, "log_cosh": LogCosh, "focal": Focal, "dice": Dice,
    "hinge": Hinge, "contrastive": Contrastive, "quantile": Quantile, "gaussian_nll": Gaussian, "triplet": Triplet,
    "cosine_embedding": CosineEmbedding,
}
