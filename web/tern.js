// tern.js - tern in a browser, or in Node: opens a model, loads weights, predicts and trains. Types: tern.d.ts.
//
//     import { load } from "./tern.js";
//     const tern = await load();
//     const model = tern.open(modelFile, { weights });
//     model.probabilities(pixels);
//
// All of it runs on the caller's thread: a longer fit belongs into a worker.

import { bytesOf } from "./dataset.js";
import { wasi } from "./files.js";
import { Model } from "./model.js";

const encoder = new TextEncoder(),
    decoder = new TextDecoder();
const KINDS = ["layer", "loss", "optimizer", "schedule", "initializer", "metric", "reader"];

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
    if (answer.headers.get("Content-Type") === "application/wasm")
        return (await WebAssembly.instantiateStreaming(answer, imports)).instance; // compiled as it comes
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
        const bytes =
            typeof value === "string"
                ? encoder.encode(value + "\0")
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
