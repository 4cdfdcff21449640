// tern.js - tern in a browser, or in Node: opens a model, loads weights, predicts and trains. Types: tern.d.ts.
//
//     import { load } from "./tern.js";
//     const tern = await load();
//     const model = tern.open(modelFile, { weights });
//     model.probabilities(pixels);
//
// All of it runs on the caller's thread: a longer fit belongs into a worker.

import { wasi } from "./files.js";

const encoder = new TextEncoder(), decoder = new TextDecoder();
const DTYPES = [Uint8Array, Int8Array, Int16Array, Int32Array, BigInt64Array, Float32Array, Float64Array];
const KINDS = ["layer", "loss", "optimizer", "schedule", "initializer", "metric", "reader"];
const WEIGHTS = "weights.safetensors";
const count = (shape) => shape.reduce((product, size) => product * size, 1);

/** What the library refused, and why: all that it found, each with its place. */
export class TernError extends Error {
    constructor(diagnostics) {
        super(diagnostics.map((d) => d.message).join("\n") || "the call was refused");
        this.name = "TernError";
        this.diagnostics = diagnostics;
    }
}

/** Brings the library to life. `source`: the address, bytes or module of tern.wasm; else the file beside this one. */
export async function load(source = new URL("tern.wasm", import.meta.url)) {
    const files = new Map();
    let memory, tern;
    const imports = {
        wasi_snapshot_preview1: wasi(() => memory, files),
        tern: {
            on_epoch: (text) => tern.hear("onEpoch", () => JSON.parse(tern.text(text))),
            on_step: (step, loss, lr, gradNorm) => tern.hear("onStep", () => ({ step, loss, lr, gradNorm })),
        },
    };
    const made = await instantiate(source, imports);
    memory = made.exports.memory;
    made.exports._initialize();
    return (tern = new Tern(made.exports, files));
}

async function instantiate(source, imports) {
    if (source instanceof WebAssembly.Module) return WebAssembly.instantiate(source, imports);
    if (source instanceof ArrayBuffer || ArrayBuffer.isView(source))
        return (await WebAssembly.instantiate(source, imports)).instance;
    const answer = await fetch(source);
    if (!answer.ok) throw new Error(`${source}: ${answer.status} ${answer.statusText}`);
    return (await WebAssembly.instantiate(await answer.arrayBuffer(), imports)).instance;
}

/** The library. */
class Tern {
    #listeners = {};
    #thrown;

    constructor(exports, files) {
        this.c = exports;
        this.files = files;
    }

    // ---- memory: what goes over, and what comes back ----

    /** Room for so many bytes, for the time of a call or until `free`. */
    alloc(bytes) {
        return this.c.web_alloc(bytes) || this.fail();
    }

    free(address) {
        this.c.web_free(address);
    }

    /** A copy of a typed array, or of a text with its closing zero. */
    put(value) {
        const bytes = typeof value === "string" ? encoder.encode(value + "\0")
            : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        const address = this.alloc(bytes.length);
        new Uint8Array(this.c.memory.buffer, address, bytes.length).set(bytes);
        return address;
    }

    /** Calls with what `values` put there, and frees that after. */
    with(values, call) {
        const put = [];
        try {
            for (const value of values) put.push(value == null ? 0 : this.put(value));
            return call(...put);
        } finally {
            put.forEach((address) => this.free(address));
        }
    }

    /** `n` numbers that `fill` writes. */
    collect(Type, n, fill) {
        const address = this.alloc(n * Type.BYTES_PER_ELEMENT);
        try {
            fill(address);
            return this.copy(Type, address, n);
        } finally {
            this.free(address);
        }
    }

    copy(Type, address, n) {
        return new Type(this.c.memory.buffer, address, n).slice();
    }

    text(address) {
        const bytes = new Uint8Array(this.c.memory.buffer, address);
        return decoder.decode(bytes.subarray(0, bytes.indexOf(0)));
    }

    /** An answer as JSON; none is an error. */
    json(address) {
        return address ? JSON.parse(this.text(address)) : this.fail();
    }

    /** A text that is ours to free. */
    takeText(address) {
        const text = address ? this.text(address) : this.fail();
        this.free(address);
        return text;
    }

    // ---- errors ----

    fail() {
        throw new TernError(this.json(this.c.web_errors()).filter((d) => d.status !== "TERN_OK"));
    }

    check(status) {
        if (status) this.fail();
    }

    /** What was worth a warning since the last call. */
    warnings() {
        return this.json(this.c.web_errors());
    }

    // ---- what there is ----

    get version() {
        return this.json(this.c.web_version());
    }

    /** The types of a kind: "layer", "loss", "optimizer", ..., each with its sentence. */
    types(kind) {
        return this.json(this.c.web_types(KINDS.indexOf(kind)));
    }

    /** The JSON Schema of model files. */
    schema() {
        return JSON.parse(this.takeText(this.c.web_schema()));
    }

    /** Opens a model file: its text, or what it says as an object. With `data`, files by their names, those that it
     * names are read and its columns fitted to them. */
    open(model, { name = "model.json", weights, data } = {}) {
        const text = typeof model === "string" ? model : JSON.stringify(model);
        let address;
        if (data) {
            for (const [file, bytes] of Object.entries(data)) this.files.set(file, bytesOf(bytes));
            this.files.set(name, encoder.encode(text));
            address = this.with([name], (path) => this.c.web_model_open(path));
        } else {
            const bytes = encoder.encode(text);
            address = this.with([bytes, name], (at, path) => this.c.web_model_parse(at, bytes.length, path));
        }
        const opened = new Model(this, address || this.fail());
        if (weights) opened.load(weights);
        return opened;
    }

    /** What a file holds, and a model file for it, as `tern init` writes it. `target`: the column to predict. */
    draft(name, bytes, target) {
        this.files.set(name, bytesOf(bytes));
        return this.with([name, target], (path, column) => this.json(this.c.web_draft(path, column)));
    }

    /** The order in which epoch `epoch`, from 0, takes `n` samples. */
    shuffle(seed, epoch, n) {
        return this.collect(Uint32Array, n, (to) => this.c.web_shuffle(seed, epoch, n, to));
    }

    /** Runs `call` with listeners of training; what one of them throws ends it, and is thrown again. */
    listening(listeners, call) {
        this.#listeners = listeners;
        this.#thrown = undefined;
        const result = call();
        if (this.#thrown) throw this.#thrown;
        return result;
    }

    /** Tells a listener; 0 ends the training. */
    hear(name, event) {
        try {
            return Number(this.#listeners[name]?.(event()) !== false);
        } catch (error) {
            this.#thrown = error;
            return 0;
        }
    }
}

function bytesOf(source) {
    if (typeof source === "string") return encoder.encode(source);
    return source instanceof ArrayBuffer ? new Uint8Array(source) : source;
}

/** A network and its weights. */
class Model {
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
        if (i < 0) throw new RangeError(`no weight "${name}"; there are ${this.weights.map((w) => w.name).join(", ")}`);
        return i;
    }

    /** A copy of a weight's numbers. */
    weight(name) {
        const i = this.#weight(name);
        return this.tern.copy(Float32Array, this.tern.c.web_weight(this.address, i), count(this.weights[i].shape));
    }

    setWeight(name, values) {
        const i = this.#weight(name), n = count(this.weights[i].shape);
        if (values.length !== n) throw new RangeError(`${name} has ${n} numbers, not ${values.length}`);
        new Float32Array(this.tern.c.memory.buffer, this.tern.c.web_weight(this.address, i), n).set(values);
    }

    /** The address of a weight's gradient, for Trainer. */
    gradientOf(trainer, name) {
        const i = this.#weight(name), address = this.tern.c.web_gradient(trainer, i);
        return address ? this.tern.copy(Float32Array, address, count(this.weights[i].shape)) : null;
    }

    // ---- data ----

    /** Samples one behind the other; of several inputs or targets an object of arrays by their names. */
    dataset(x, y) {
        return Dataset.of(this, x, y);
    }

    /** A split that the model file names: "train", "valid" or "test". */
    openDataset(split) {
        return Dataset.from(this, this.tern.with([split], (name) => this.tern.c.web_dataset_open(this.address, name)));
    }

    /** A file that is written as the training data was. */
    readDataset(name, bytes) {
        this.tern.files.set(name, bytesOf(bytes));
        return Dataset.from(this, this.tern.with([name], (path) => this.tern.c.web_dataset_read(this.address, path)));
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
            const sizes = this.outputs.map((o) => count(o.shape) * d.n), total = sizes.reduce((a, b) => a + b, 0);
            const all = this.tern.collect(Float32Array, total, (to) =>
                this.tern.check(this.tern.c.web_predict(this.address, d.address, 0, to)));
            if (sizes.length === 1) return all;
            let at = 0;
            return Object.fromEntries(this.outputs.map((o, k) => [o.name, all.slice(at, (at += sizes[k]))]));
        });
    }

    /** Scores of the classes for each sample, probabilities where the loss makes them so. */
    probabilities(x) {
        const { classes, places } = this.meaning, each = Math.max(classes, 1) * places;
        const out = this.predict(x), width = count(this.outputs[0].shape), n = out.length / width;
        return this.tern.with([out], (from) => this.tern.collect(Float64Array, n * each, (to) => {
            for (let i = 0; i < n; i++) this.tern.c.web_scores(this.address, from + 4 * i * width, to + 8 * i * each);
        }));
    }

    /** What comes out of a layer, by its name, for each sample. */
    layer(name, x) {
        return this.#of(x, (d) => this.tern.with([name], (layer) => {
            const each = this.tern.c.web_layer_count(this.address, layer) || this.tern.fail();
            return this.tern.collect(Float32Array, d.n * each, (to) =>
                this.tern.check(this.tern.c.web_predict(this.address, d.address, layer, to)));
        }));
    }

    // ---- training ----

    /** Trains as the model file says; `onEpoch` and `onStep` hear of each, and end it by returning false. */
    fit(data, { valid, epochs = 0, steps = 0, onEpoch, onStep } = {}) {
        const result = this.tern.listening({ onEpoch, onStep }, () =>
            this.tern.json(this.tern.c.web_fit(this.address, data.address, valid?.address ?? 0, epochs, steps)));
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

/** Plain numbers as integers where they are: class indices have to be. */
function listed(values) {
    return values.every(Number.isInteger) ? Int32Array.from(values) : Float64Array.from(values);
}

/** Samples in the library's memory. */
class Dataset {
    #memory = [];

    constructor(tern, address) {
        this.tern = tern;
        this.address = address;
        this.n = address ? tern.c.web_dataset_rows(address) : 0;
    }

    /** One that the library has read. */
    static from(model, address) {
        return new Dataset(model.tern, address || model.tern.fail());
    }

    static of(model, x, y) {
        const d = new Dataset(model.tern, 0);
        try {
            d.#make(model, x, y);
            return d;
        } catch (error) {
            d.free();
            throw error;
        }
    }

    #make(model, x, y) {
        const inputs = this.#arrays(model.inputs, x);
        this.n = inputs[0].n;
        const targets = y == null ? [] : this.#targets(y);
        const odd = [...inputs, ...targets].find((array) => array.n !== this.n);
        if (odd) throw new RangeError(`${odd.name ?? "y"} has ${odd.n} samples, where there are ${this.n}`);
        this.address = this.tern.c.web_dataset(this.n, inputs[0].address, targets[0]?.address ?? 0) || this.tern.fail();
        for (const a of inputs.slice(1)) this.tern.check(this.tern.c.web_dataset_add_input(this.address, a.address));
        for (const a of targets.slice(1)) this.tern.check(this.tern.c.web_dataset_add_target(this.address, a.address));
    }

    #keep(address) {
        this.#memory.push(address);
        return address;
    }

    #array(name, values, shape) {
        const typed = ArrayBuffer.isView(values) ? values : listed(values.flat(Infinity));
        const dtype = DTYPES.indexOf(typed.constructor), n = typed.length / count(shape);
        if (dtype < 0) throw new TypeError(`${typed.constructor.name} is not accepted`);
        if (!Number.isInteger(n) || !n)
            throw new RangeError(`${name ?? "an array"} of ${typed.length} numbers is no row of samples [${shape}]`);
        const put = [Uint32Array.from(shape), typed, name].map((v) => (v == null ? 0 : this.#keep(this.tern.put(v))));
        return { name, n, address: this.#keep(this.tern.c.web_array(dtype, shape.length, ...put)) };
    }

    #arrays(ports, values) {
        if (ports.length === 1) return [this.#array(null, values, ports[0].shape)];
        return ports.map((port) => this.#array(port.name, values[port.name], port.shape));
    }

    /** A number for each sample, or as many as it takes. */
    #targets(y) {
        const target = (name, values) => {
            const each = (ArrayBuffer.isView(values) ? values : values.flat(Infinity)).length / this.n;
            return this.#array(name, values, each === 1 ? [] : [each]);
        };
        if (ArrayBuffer.isView(y) || Array.isArray(y)) return [target(null, y)];
        return Object.entries(y).map(([name, values]) => target(name, values));
    }

    free() {
        if (this.address) this.tern.c.web_dataset_free(this.address);
        this.#memory.forEach((address) => this.tern.free(address));
        this.#memory = [];
        this.address = 0;
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
        this.address = this.tern.c.web_trainer(model.address, this.batchSize, epochs, steps) || this.tern.fail();
    }

    free() {
        this.tern.c.web_trainer_free(this.address);
        this.address = 0;
    }

    #rows(rows, call) {
        const list = Uint32Array.from(rows), of = [this.address, this.model.address, this.data.address];
        return this.tern.with([list], (at) => call(...of, at, list.length));
    }

    /** Forward, loss, backward and update on those samples. */
    step(rows) {
        const [step, loss, lr, gradNorm] = this.#rows(rows, (...a) => this.tern.collect(Float64Array, 4, (to) =>
            this.tern.check(this.tern.c.web_trainer_step(...a, to))));
        return { step, loss, lr, gradNorm };
    }

    /** Forward, loss and backward: the loss, and gradient() has the rest. */
    backward(rows) {
        return this.#rows(rows, (...a) => this.tern.collect(Float64Array, 1, (to) =>
            this.tern.check(this.tern.c.web_trainer_backward(...a, to))))[0];
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
