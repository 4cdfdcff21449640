// numbers.mjs - what the module computes, against the native library: every layer's examples, and 100 steps of models
// that train. usage: node numbers.mjs TERN TERN.wasm
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { load } from "../../web/tern.js";
import { trainNatively } from "./native.mjs";

const TOLERANCE = 1e-5;
const [program, module] = process.argv.slice(2).map((path) => resolve(path));
const source = new URL("../..", import.meta.url).pathname;
const work = mkdtempSync(join(tmpdir(), "tern-"));
const tern = await load(readFileSync(module));
let passed = 0,
    failed = 0;

function check(what, good) {
    if (good) passed++;
    else (failed++, console.log(`FAILED: ${what}`));
}

const native = (...args) => execFileSync(program, args, { cwd: work, stdio: ["ignore", "pipe", "inherit"] });
const count = (shape) => shape.reduce((product, size) => product * size, 1);

/** How far apart, by the largest of the numbers or 1. */
function distance(a, b) {
    if (a.length !== b.length || !a.length) return Infinity;
    const largest = b.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
    return (
        a.reduce((most, v, i) => Math.max(most, v === b[i] ? 0 : Math.abs(v - b[i]) || Infinity), 0) / largest
    );
}

// ---- arrays as .npy ----

function writeNpy(path, shape, values) {
    const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
    const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${text.padEnd(117)}\n`, "latin1");
    head.writeUInt16LE(118, 8);
    writeFileSync(path, Buffer.concat([head, Buffer.from(Float32Array.from(values).buffer)]));
}

function readNpy(path) {
    const bytes = readFileSync(path),
        start = 10 + bytes.readUInt16LE(8);
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
}

// ---- layers ----

/** A network of the layer alone, on some samples. */
function runExample(type, example, number) {
    const what = `${type.name}, example ${number}: ${example.options}`,
        n = 3;
    const names = example.inputs.map((_, k) => (example.inputs.length === 1 ? "input" : `in${k}`));
    const options = JSON.parse(example.options),
        layer = { type: type.name, ...options };
    const file = { name: "one", seed: 3, layers: [layer] };
    if (names.length === 1) file.input = { shape: example.inputs[0] };
    else {
        file.inputs = Object.fromEntries(names.map((name, k) => [name, { shape: example.inputs[k] }]));
        layer.inputs = names;
    }
    const whole = options.num_embeddings; // reads indices
    const x = example.inputs.map((shape, k) =>
        Float32Array.from({ length: n * count(shape) }, (_, i) =>
            whole ? (7 * i + k) % whole : Math.sin(1.7 * i + k) * (1 + (i % 5)),
        ),
    );
    const model = tern.open(file);
    const ours = model.predict(
        names.length === 1 ? x[0] : Object.fromEntries(names.map((name, k) => [name, x[k]])),
    );

    writeFileSync(join(work, "one.json"), JSON.stringify(file));
    writeFileSync(join(work, "one.safetensors"), model.save());
    const inputs = names.flatMap((name, k) => {
        writeNpy(join(work, `${name}.npy`), [n, ...example.inputs[k]], x[k]);
        return ["--input", names.length === 1 ? `${name}.npy` : `${name}=${name}.npy`];
    });
    native(
        "predict",
        "one.json",
        "--weights",
        "one.safetensors",
        ...inputs,
        "--output",
        "y.npy",
        "--raw",
        "--quiet",
    );
    const far = distance(ours, readNpy(join(work, "y.npy")));
    check(`${what}: apart by ${far}`, far < TOLERANCE);
    model.free();
}

for (const type of tern.types("layer")) type.examples.forEach((example, i) => runExample(type, example, i));

// ---- training ----

function runTraining(name, folder, steps) {
    const text = readFileSync(join(source, "models", `${name}.json`), "utf8");
    const file = JSON.parse(text),
        data = {};
    for (const value of Object.values(file.data).flatMap((split) => Object.values(split)))
        if (existsSync(join(source, folder, String(value))))
            data[value] = readFileSync(join(source, folder, value));
    const model = tern.open(text, { name: `${name}.json`, data });
    const ours = [];
    model.fit(model.openDataset("train"), { steps, onStep: ({ loss }) => void ours.push(loss) });
    const theirs = trainNatively(
        program,
        join(source, "models", `${name}.json`),
        join(source, folder),
        steps,
    );
    check(
        `${name}: ${ours.length} and ${theirs.length} steps`,
        ours.length === steps && theirs.length === steps,
    );
    const far = distance(ours, theirs);
    check(`${name}: losses apart by ${far}`, far < TOLERANCE);
}

runTraining("xor", "data/xor", 100);
runTraining("iris", "data/iris", 100);
runTraining("diabetes-mse", "data/diabetes", 100);
runTraining("digits-mlp", "data/digits", 100);
runTraining("sunspots", "data/sunspots", 100);

// ---- by hand ----

/** Steps in the order that an epoch has are those that fit() takes; backward() and gradient() change nothing. */
{
    const file = {
        seed: 5,
        input: { shape: [2] },
        layers: [{ type: "dense", units: 8 }, "tanh", { type: "dense", units: 2 }],
        loss: "cross_entropy",
        optimizer: { type: "adam", lr: 0.02 },
        train: { epochs: 4, batch_size: 16 },
    };
    const x = Float32Array.from({ length: 400 }, (_, i) => Math.sin(12.9 * i)),
        y = Int32Array.from({ length: 200 }, (_, i) => Number(x[2 * i] * x[2 * i + 1] > 0));
    const fitted = tern.open(file),
        stepped = tern.open(file),
        losses = [];
    fitted.fit(fitted.dataset(x, y), { onStep: ({ loss }) => void losses.push(loss) });
    const trainer = stepped.trainer(stepped.dataset(x, y)),
        before = stepped.weight("0.weight");
    trainer.backward([0, 1, 2]);
    check(
        "gradient",
        trainer.gradient("0.weight").some((g) => g !== 0),
    );
    check("backward changes no weight", distance(before, stepped.weight("0.weight")) === 0);
    for (let epoch = 0; epoch < 4; epoch++) trainer.epoch(epoch);
    check("steps are fit's", distance(fitted.weight("0.weight"), stepped.weight("0.weight")) === 0);
    check("all steps are heard", losses.length === 52);

    const other = tern.open(file, { weights: fitted.save() });
    check("weights come back", distance(other.predict(x), fitted.predict(x)) === 0);
    const p = fitted.probabilities(x),
        sums = Array.from({ length: 200 }, (_, i) => p[2 * i] + p[2 * i + 1]);
    check(
        "probabilities add up to 1",
        distance(
            sums,
            sums.map(() => 1),
        ) < 1e-12,
    );
    check("a layer's output", fitted.layer("1", x).length === 200 * 8);
}

// ---- what is refused ----

function refuses(what, call, words) {
    let said = "nothing";
    try {
        call();
    } catch (error) {
        said = error.message;
    }
    check(`${what}: said ${said}`, said.includes(words));
}

refuses(
    "an unknown option",
    () => tern.open('{"input": {"shape": [2]},\n "layers": [{"type": "dense", "out_feature": 3}]}'),
    'model.json:2:31: error: /layers/0/out_feature: dense has no such option; did you mean "out_features"?',
);
refuses(
    "weights of another net",
    () =>
        tern.open(readFileSync(join(source, "models/xor.json"), "utf8"), {
            weights: readFileSync(join(work, "one.safetensors")),
        }),
    "weights.safetensors",
);
refuses(
    "half a sample",
    () => tern.open({ input: { shape: [4] }, layers: ["relu"] }).predict([1, 2, 3]),
    "3 numbers",
);
refuses(
    "a listener's own error",
    () => {
        const layers = [{ type: "dense", units: 1 }];
        const m = tern.open({ input: { shape: [1] }, layers, loss: "mse", optimizer: "adam" });
        m.fit(m.dataset([1, 2], [1, 2]), {
            epochs: 1,
            onEpoch() {
                throw new Error("of the page");
            },
        });
    },
    "of the page",
);

// ---- as the documents show it ----

const AsyncFunction = (async () => {}).constructor;

/** Runs the blocks of JavaScript in a page, each with what stands `around` it; what `blocks` say must hold after. */
async function runSnippets(page, around, blocks) {
    const text = readFileSync(join(source, page), "utf8");
    const found = [...text.matchAll(/```js\n(.*?)```/gs)].map((match) => match[1].replace(/^import .*/m, ""));
    check(`${page} has ${found.length} blocks`, found.length === blocks.length);
    for (const [i, result] of blocks.entries()) {
        const run = new AsyncFunction(...Object.keys(around), `{ ${found[i]}\nreturn ${result}; }`);
        check(
            `${page}, block ${i + 1}`,
            await run(...Object.values(around)).then(
                (good) => good,
                (e) => console.log(e),
            ),
        );
    }
}

{
    const digits = {
        input: { shape: [784] },
        layers: [{ type: "dense", units: 10 }],
        loss: "cross_entropy",
        optimizer: "adam",
    };
    const weights = tern.open(digits).save(),
        pixels = new Uint8Array(784).fill(200);
    const around = {
        tern,
        load: () => load(readFileSync(module)),
        modelFile: JSON.stringify(digits),
        weights,
        pixels,
    };
    await runSnippets("README.md", around, ["probabilities.length === 10"]);
    const files = { "model.json": JSON.stringify(digits), "weights.safetensors": weights };
    const fetch = async (name) => new Response(files[name]),
        console = { log() {} };
    const x = new Float32Array(400).map((_, i) => Math.sin(i)),
        y = new Uint8Array(200).map((_, i) => i % 2);
    const results = ["probability >= 0 && probability <= 1", 'trainer.gradient("0.weight").length === 16'];
    await runSnippets("web/README.md", { ...around, fetch, console, x, y }, results);
}

rmSync(work, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = Number(failed > 0);
