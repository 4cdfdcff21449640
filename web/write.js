// write.js - the model file that a playground begins with, and how it is written.
import { OPTIMIZERS } from "./choices.js";

/** `data`: of points.js. */
export function firstFile(data) {
    return {
        name: "playground",
        seed: 1,
        input: { shape: [data.width] },
        layers: [
            { type: "dense", units: 8 },
            "tanh",
            { type: "dense", units: 8 },
            "tanh",
            { type: "dense", units: 1 },
        ],
        loss: data.classes ? "bce_with_logits" : "mse",
        optimizer: { ...OPTIMIZERS.adam },
        train: { epochs: 1000, batch_size: 16 },
    };
}

const line = (value) => JSON.stringify(value, null, 1).replace(/\n */g, " ");

/** As JSON, a layer or an option a line. */
export function write(object) {
    const lines = Object.entries(object).map(([key, value]) => {
        const list = key === "layers" ? `[\n    ${value.map(line).join(",\n    ")}\n  ]` : line(value);
        return `  ${line(key)}: ${list}`;
    });
    return `{\n${lines.join(",\n")}\n}\n`;
}
