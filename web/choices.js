// choices.js - what the runners of a race may choose, a loss and an optimizer each, and the rows in which they do.

/** By what the data are; the network is the same, with one output. */
export const LOSSES = {
    classes: ["bce_with_logits", "mse", "mae", "huber", "hinge", "focal"],
    numbers: ["mse", "mae", "huber", "log_cosh", "quantile"],
};
export const OPTIMIZERS = {
    sgd: { type: "sgd", lr: 0.3 },
    momentum: { type: "sgd", lr: 0.1, momentum: 0.9 },
    adam: { type: "adam", lr: 0.02 },
    adamw: { type: "adamw", lr: 0.02 },
    nadam: { type: "nadam", lr: 0.02 },
    rmsprop: { type: "rmsprop", lr: 0.01 },
    adagrad: { type: "adagrad", lr: 0.1 },
    adamax: { type: "adamax", lr: 0.02 },
};

export const typeOf = (object) => (typeof object === "string" ? object : object?.type);

/** As in the menu, where momentum is one of its own. */
export const optimizerName = (o) => (o?.momentum ? "momentum" : typeOf(o));

function menu(label, names, value, change) {
    const holder = document.createElement("label"),
        select = document.createElement("select");
    select.append(...names.map((name) => new Option(name, name)));
    if (!names.includes(value)) select.append(new Option(value, value));
    select.value = value;
    select.addEventListener("change", () => change(select.value));
    holder.append(label, select);
    return holder;
}

function rate(optimizer, change) {
    const holder = document.createElement("label"),
        input = document.createElement("input");
    Object.assign(input, { type: "number", min: 0, step: "any", value: optimizer?.lr ?? "" });
    input.addEventListener("change", () => change(Number(input.value)));
    holder.append("Rate ", input);
    return holder;
}

function removal(label, remove) {
    const button = document.createElement("button");
    button.className = "small";
    button.textContent = "×";
    button.setAttribute("aria-label", label);
    button.addEventListener("click", remove);
    return button;
}

/** A row for each of `choices`. `change` is told the runner and what it has chosen, `remove` the runner; the first one
 * stays. */
export function showChoices(box, choices, losses, change, remove) {
    box.replaceChildren(
        ...choices.map((choice, k) => {
            const row = document.createElement("div"),
                number = document.createElement("strong");
            const optimizer =
                typeof choice.optimizer === "string" ? { type: choice.optimizer } : choice.optimizer;
            row.className = `row c${k}`;
            row.setAttribute("role", "group");
            row.setAttribute("aria-label", `runner ${k + 1}`);
            number.textContent = k + 1;
            row.append(
                number,
                menu("Loss ", losses, typeOf(choice.loss), (loss) => change(k, { loss })),
                menu("Optimizer ", Object.keys(OPTIMIZERS), optimizerName(optimizer), (name) =>
                    change(k, { optimizer: { ...OPTIMIZERS[name] } }),
                ),
                rate(optimizer, (lr) => change(k, { optimizer: { ...optimizer, lr } })),
            );
            if (k > 0) row.append(removal(`remove runner ${k + 1}`, () => remove(k)));
            return row;
        }),
    );
}
