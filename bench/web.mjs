// web.mjs - samples a second that the net of models/mnist-mlp.json trains on in the browser's module, as node runs it: to
// be held beside `tern bench models/mnist-mlp.json --threads 1`. usage: node bench/web.mjs
import { readFileSync } from "node:fs";
import { load } from "../web/tern.js";

const SECONDS = 5,
    SAMPLES = 6400;
const root = new URL("..", import.meta.url);
const tern = await load(readFileSync(new URL("build/web/tern.wasm", root)));
const { data: _, ...file } = JSON.parse(readFileSync(new URL("models/mnist-mlp.json", root), "utf8"));
const model = tern.open(file);
const x = Uint8Array.from({ length: SAMPLES * 784 }, (_, i) => (i * 7919) % 256);
const y = Uint8Array.from({ length: SAMPLES }, (_, i) => i % 10);
const trainer = model.trainer(model.dataset(x, y));

trainer.epoch(0); // until then it is being compiled
const begin = performance.now(),
    elapsed = () => (performance.now() - begin) / 1000;
let epochs = 0;
while (elapsed() < SECONDS) trainer.epoch(++epochs);
console.log(
    `${Math.round((epochs * SAMPLES) / elapsed())} samples a second, batches of ${trainer.batchSize}`,
);
