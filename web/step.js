// step.js - one training step in its four stages, each with its numbers: forward, loss, gradient, update.

const STAGES = ["forward", "loss", "gradient", "update"];
const SHOWN = 64; // numbers of a tensor, at most

const number = (v) => (v === null || v === undefined ? "" : Number(v.toPrecision(5)).toString());
const norm = (values) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

function cell(row, text, numeric) {
    const td = row.insertCell();
    td.textContent = text;
    if (numeric) td.className = "n";
}

function table(titles, rows) {
    const t = document.createElement("table"),
        head = t.createTHead().insertRow();
    titles.forEach((title, i) => {
        const th = document.createElement("th");
        th.scope = "col";
        th.textContent = title;
        if (i) th.className = "n";
        head.append(th);
    });
    const body = t.createTBody();
    for (const values of rows) {
        const row = body.insertRow();
        values.forEach((v, i) => cell(row, typeof v === "number" ? number(v) : (v ?? ""), i > 0));
    }
    return t;
}

/** The panel of a runner. `elements`: stages (a list), numbers (a box), tensor (a menu of weights). */
export class Stepper {
    #elements;
    #runner;
    #stage = 0; // that comes next
    #done = null; // what the step has come to so far

    constructor(elements) {
        this.#elements = elements;
        elements.tensor.addEventListener("change", () => this.#show());
    }

    /** Another runner, or the same after others have stepped. */
    reset(runner) {
        this.#runner = runner;
        this.#stage = 0;
        this.#done = null;
        const { tensor } = this.#elements,
            before = tensor.value;
        const names = runner?.model.weights.filter((w) => w.trained).map((w) => w.name) ?? [];
        tensor.replaceChildren(...names.map((name) => new Option(name, name)));
        if (names.includes(before)) tensor.value = before;
        this.#show();
    }

    /** Goes on by one stage; true once the weights have changed. */
    next() {
        const runner = this.#runner,
            { model, trainer } = runner;
        const stage = STAGES[this.#stage];
        const weights = () =>
            new Map(model.weights.filter((w) => w.trained).map((w) => [w.name, model.weight(w.name)]));
        if (stage === "forward") {
            const rows = runner.rows().slice();
            this.#done = { rows, first: rows[0], outputs: model.layers.map((l) => this.#output(l, rows[0])) };
        } else if (stage === "loss") this.#done.loss = trainer.backward(this.#done.rows);
        else if (stage === "gradient")
            this.#done.gradient = new Map(
                model.weights.filter((w) => w.trained).map((w) => [w.name, trainer.gradient(w.name)]),
            );
        else {
            this.#done.before = weights();
            runner.step();
            this.#done.after = weights();
            this.#done.step = runner.last;
        }
        this.#done.stage = stage;
        this.#stage = (this.#stage + 1) % STAGES.length;
        this.#show();
        return stage === "update";
    }

    /** What a layer gives for a sample, as in prediction. */
    #output(layer, row) {
        const { model, set } = this.#runner,
            all = model.layer(layer.name, set),
            each = all.length / set.n;
        return all.slice(row * each, (row + 1) * each);
    }

    #show() {
        const { stages, numbers, tensor } = this.#elements,
            done = this.#done;
        stages.replaceChildren(
            ...STAGES.map((name) => {
                const item = document.createElement("li");
                item.textContent = name;
                if (done?.stage === name) item.setAttribute("aria-current", "step");
                return item;
            }),
        );
        if (!done) {
            numbers.replaceChildren("Next stage: forward, of the batch whose turn it is.");
            return;
        }
        const parts = {
            forward: () => this.#forward(),
            loss: () => this.#loss(),
            gradient: () => this.#gradient(tensor.value),
            update: () => this.#update(tensor.value),
        };
        numbers.replaceChildren(...parts[done.stage]());
    }

    #forward() {
        const { model } = this.#runner,
            { rows, first, outputs } = this.#done,
            data = this.#runner.data;
        const input = data.table
            ? []
            : [
                  [
                      "input",
                      "",
                      Array.from(data.x.subarray(first * data.width, (first + 1) * data.width), number).join(
                          "  ",
                      ),
                  ],
              ];
        const text = (values) =>
            Array.from(values.subarray(0, 12), number).join("  ") + (values.length > 12 ? "  ..." : "");
        return [
            `Sample ${first}, the first of ${rows.length} in the batch, layer by layer:`,
            table(
                ["layer", "shape", "output"],
                [
                    ...input,
                    ...model.layers.map((l, i) => [`${l.name}: ${l.type}`, `[${l.shape}]`, text(outputs[i])]),
                ],
            ),
        ];
    }

    #loss() {
        const { rows, loss, first } = this.#done,
            { data, model } = this.#runner;
        const target = data.table ? "" : ` The target of sample ${first} is ${number(data.y[first])}.`;
        return [`${model.loss} of the ${rows.length} samples, their mean: ${number(loss)}.${target}`];
    }

    #gradient(name) {
        const { gradient } = this.#done;
        const squares = [...gradient.values()].reduce((sum, g) => sum + norm(g) ** 2, 0);
        return [
            `The slope of the loss along each weight; all together have a norm of ${number(Math.sqrt(squares))}.`,
            table(
                ["weight", "numbers", "norm of gradient"],
                [...gradient].map(([n, g]) => [n, g.length, norm(g)]),
            ),
            table(
                [name, "gradient"],
                Array.from(gradient.get(name)?.subarray(0, SHOWN) ?? [], (g, i) => [`[${i}]`, g]),
            ),
        ];
    }

    #update(name) {
        const { before, after, gradient, step } = this.#done;
        const [b, a, g] = [before, after, gradient].map((map) => map.get(name) ?? []);
        return [
            `Step ${step?.step}, learning rate ${number(step?.lr)}: the optimizer has moved the weights.`,
            table(
                [name, "before", "gradient", "after", "change"],
                Array.from(b.subarray?.(0, SHOWN) ?? [], (v, i) => [`[${i}]`, v, g[i], a[i], a[i] - v]),
            ),
        ];
    }
}
