// model.js - a network and its weights, and how it is trained step by step; see tern.d.ts.

import { Dataset, bytesOf, count } from "./dataset.js";

const WEIGHTS = "weights.safetensors"; // the file that load() and save() go by

/** A network and its weights. */
export class Model {
    constructor(tern, address) {
        this.tern = tern;
        this.address = address;
        this.refresh();
    }

    /** Reads anew what it is: class names, say, which it learns from data. */
    refresh() {
        Object.assign(this, this.tern.json(this.tern.c.web_model_describe(this.address)));
        return this;
    }

    free() {
        this.tern.c.web_model_free(this.address);
        this.address = 0;
    }

    /** Names of its classes, or null: "0", "1", ... where nothing names them. */
    get classes() {
        const { classes, names } = this.meaning;
        if (!classes) return null;
        return names.length ? names : Array.from({ length: classes }, (_, i) => String(i));
    }

    /** The model file with every default. */
    render() {
        return this.tern.takeText(this.tern.c.web_model_render(this.address));
    }

    /** Takes the weights of a safetensors file. */
    load(bytes) {
        this.tern.files.set(WEIGHTS, bytesOf(bytes));
        this.tern.check(this.tern.with([WEIGHTS], (path) => this.tern.c.web_model_load(this.address, path)));
        return this.refresh();
    }

    /** Its weights as a safetensors file. */
    save() {
        this.tern.check(this.tern.with([WEIGHTS], (path) => this.tern.c.web_model_save(this.address, path)));
        return this.tern.files.get(WEIGHTS);
    }

    #weight(name) {
        const i = this.weights.findIndex((w) => w.name === name);
        if (i < 0)
            throw new RangeError(
                `no weight "${name}"; there are ${this.weights.map((w) => w.name).join(", ")}`,
            );
        return i;
    }

    /** A copy of a weight's numbers. */
    weight(name) {
        const i = this.#weight(name);
        return this.tern.copy(
            Float32Array,
            this.tern.c.web_weight(this.address, i),
            count(this.weights[i].shape),
        );
    }

    setWeight(name, values) {
        const i = this.#weight(name),
            n = count(this.weights[i].shape);
        if (values.length !== n) throw new RangeError(`${name} has ${n} numbers, not ${values.length}`);
        new Float32Array(this.tern.c.memory.buffer, this.tern.c.web_weight(this.address, i), n).set(values);
    }

    /** The address of a weight's gradient, for Trainer. */
    gradientOf(trainer, name) {
        const i = this.#weight(name),
            address = this.tern.c.web_gradient(trainer, i);
        return address ? this.tern.copy(Float32Array, address, count(this.weights[i].shape)) : null;
    }

    // ---- data ----

    /** Samples one behind the other; of several inputs or targets an object of arrays by their names. */
    dataset(x, y) {
        return Dataset.of(this, x, y);
    }

    /** A split that the model file names: "train", "valid" or "test". */
    openDataset(split) {
        return Dataset.from(
            this,
            this.tern.with([split], (name) => this.tern.c.web_dataset_open(this.address, name)),
        );
    }

    /** A file that is written as the training data was. */
    readDataset(name, bytes) {
        this.tern.files.set(name, bytesOf(bytes));
        return Dataset.from(
            this,
            this.tern.with([name], (path) => this.tern.c.web_dataset_read(this.address, path)),
        );
    }

    #of(x, call) {
        if (x instanceof Dataset) return call(x);
        const d = this.dataset(x);
        try {
            return call(d);
        } finally {
            d.free();
        }
    }

    // ---- prediction ----

    /** What the network says of each sample, one behind the other; of several outputs an object by their names. */
    predict(x) {
        return this.#of(x, (d) => {
            const sizes = this.outputs.map((o) => count(o.shape) * d.n),
                total = sizes.reduce((a, b) => a + b, 0);
            const all = this.tern.collect(Float32Array, total, (to) =>
                this.tern.check(this.tern.c.web_predict(this.address, d.address, 0, to)),
            );
            if (sizes.length === 1) return all;
            let at = 0;
            return Object.fromEntries(this.outputs.map((o, k) => [o.name, all.slice(at, (at += sizes[k]))]));
        });
    }

    /** Scores of the classes for each sample, probabilities where the loss makes them so. */
    probabilities(x) {
        const { classes, places } = this.meaning,
            each = Math.max(classes, 1) * places;
        const out = this.predict(x),
            width = count(this.outputs[0].shape),
            n = out.length / width;
        return this.tern.with([out], (from) =>
            this.tern.collect(Float64Array, n * each, (to) => {
                for (let i = 0; i < n; i++)
                    this.tern.c.web_scores(this.address, from + 4 * i * width, to + 8 * i * each);
            }),
        );
    }

    /** What comes out of a layer, by its name, for each sample. */
    layer(name, x) {
        return this.#of(x, (d) =>
            this.tern.with([name], (layer) => {
                const each = this.tern.c.web_layer_count(this.address, layer) || this.tern.fail();
                return this.tern.collect(Float32Array, d.n * each, (to) =>
                    this.tern.check(this.tern.c.web_predict(this.address, d.address, layer, to)),
                );
            }),
        );
    }

    // ---- training ----

    /** Trains as the model file says; `onEpoch` and `onStep` hear of each, and end it by returning false. */
    fit(data, { valid, epochs = 0, steps = 0, onEpoch, onStep } = {}) {
        const result = this.tern.listening({ onEpoch, onStep }, () =>
            this.tern.json(
                this.tern.c.web_fit(this.address, data.address, valid?.address ?? 0, epochs, steps),
            ),
        );
        this.refresh();
        return result;
    }

    /** Loss and metrics. */
    evaluate(data) {
        return this.tern.json(this.tern.c.web_evaluate(this.address, data.address)).score;
    }

    /** One step at a time. */
    trainer(data, options) {
        return new Trainer(this, data, options);
    }
}

/** A run with gradients and what the optimizer keeps. */
class Trainer {
    constructor(model, data, { batchSize = 0, epochs = 0 } = {}) {
        this.model = model;
        this.tern = model.tern;
        this.data = data;
        this.batchSize = batchSize || model.batchSize;
        this.tern.check(this.tern.c.web_dataset_check(model.address, data.address));
        const steps = Math.ceil(data.n / this.batchSize);
        this.address =
            this.tern.c.web_trainer(model.address, this.batchSize, epochs, steps) || this.tern.fail();
    }

    free() {
        this.tern.c.web_trainer_free(this.address);
        this.address = 0;
    }

    #rows(rows, call) {
        const list = Uint32Array.from(rows),
            of = [this.address, this.model.address, this.data.address];
        return this.tern.with([list], (at) => call(...of, at, list.length));
    }

    /** Forward, loss, backward and update on those samples. */
    step(rows) {
        const [step, loss, lr, gradNorm] = this.#rows(rows, (...a) =>
            this.tern.collect(Float64Array, 4, (to) =>
                this.tern.check(this.tern.c.web_trainer_step(...a, to)),
            ),
        );
        return { step, loss, lr, gradNorm };
    }

    /** Forward, loss and backward: the loss, and gradient() has the rest. */
    backward(rows) {
        return this.#rows(rows, (...a) =>
            this.tern.collect(Float64Array, 1, (to) =>
                this.tern.check(this.tern.c.web_trainer_backward(...a, to)),
            ),
        )[0];
    }

    /** The gradient of a weight after backward(); null where it is not trained. */
    gradient(name) {
        return this.model.gradientOf(this.address, name);
    }

    /** One epoch in the order in which tern takes the samples: the mean loss of its batches. */
    epoch(number) {
        const order = this.tern.shuffle(this.model.seed, number, this.data.n);
        let sum = 0;
        for (let at = 0; at < order.length; at += this.batchSize) {
            const rows = order.subarray(at, at + this.batchSize);
            sum += this.step(rows).loss * rows.length;
        }
        this.endEpoch(sum / order.length);
        return sum / order.length;
    }

    /** For schedules that go by epochs; `loss` is what "plateau" watches. */
    endEpoch(loss) {
        this.tern.c.web_trainer_end_epoch(this.address, loss);
    }
}
