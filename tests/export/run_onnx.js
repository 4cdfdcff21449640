// run_onnx.js - runs every .onnx file of a directory on the samples of the .json file beside it, by the first alone and the other seven
// together, and compares what comes out with what tern predicts. usage: run_onnx.js DIR; TERN_ONNXRUNTIME: where onnxruntime-node is.
const fs = require("fs");
const path = require("path");
const runtime = require(require.resolve("onnxruntime-node", { paths: [process.env.TERN_ONNXRUNTIME] }));

const count = list => list.reduce((a, b) => a * b, 1);

function rows({ shape, data }, from, n, type) {
  const each = count(shape.slice(1));
  const part = data.slice(from * each, (from + n) * each);
  const make = {
    int64: () => BigInt64Array.from(part, BigInt),
    string: () => part,
    float32: () => Float32Array.from(part, v => v ?? NaN),
  };
  return new runtime.Tensor(type, make[type](), [n, ...shape.slice(1)]);
}

// The worst difference as a part of the largest output.
async function compare(file) {
  const session = await runtime.InferenceSession.create(file, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const sample = JSON.parse(fs.readFileSync(file.replace(/\.onnx$/, ".json"), "utf8"));
  const fixed = session.inputMetadata[0].shape[0];
  let worst = 0, largest = 1e-30;
  for (const [from, n] of typeof fixed === "number" ? [[0, fixed]] : [[0, 1], [1, 7]]) {
    const feeds = {};
    for (const meta of session.inputMetadata) feeds[meta.name] = rows(sample.inputs[meta.name], from, n, meta.type);
    const got = await session.run(feeds);
    for (const [name, want] of Object.entries(sample.outputs)) {
      const shape = [n, ...want.shape.slice(1)];
      if (JSON.stringify(got[name].dims) !== JSON.stringify(shape)) throw Error(`${name} is [${got[name].dims}], not [${shape}]`);
      rows(want, from, n, "float32").data.forEach((v, i) => {
        const off = Math.abs(got[name].data[i] - v);
        worst = off <= worst ? worst : off;
        largest = Math.max(largest, Math.abs(v));
      });
    }
  }
  return worst / largest;
}

(async () => {
  let failed = 0, passed = 0, most = 0;
  for (const name of fs.readdirSync(process.argv[2]).filter(f => f.endsWith(".onnx")).sort()) {
    const off = await compare(path.join(process.argv[2], name)).catch(e => e);
    if (off <= 1e-5) {
      passed++;
      most = Math.max(most, off);
    } else {
      failed++;
      console.log(`${name}: ${off}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed; worst ${most.toExponential(1)} of the largest output`);
  process.exit(failed || !passed ? 1 : 0);
})();
