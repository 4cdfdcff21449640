// maps.js - numbers as small pictures: the output of a layer, planes [C, H, W] each as one, others as a strip; weights.

const parse = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** "#rrggbb" as its three numbers. */
export function colour(name) {
    const text = parse(name).slice(1);
    return [0, 2, 4].map((i) => parseInt(text.slice(i, i + 2), 16));
}

/** From `none` at 0 to one colour for what is positive and another for what is negative. */
export function palette() {
    const none = colour("--hair"),
        plus = colour("--c0"),
        minus = colour("--c1");
    return (t) => {
        const far = Math.min(Math.abs(t), 1),
            to = t < 0 ? minus : plus;
        return none.map((v, i) => v + (to[i] - v) * far);
    };
}

function paint(canvas, width, height, values, largest) {
    canvas.width = width;
    canvas.height = height;
    const to = canvas.getContext("2d"),
        image = to.createImageData(width, height),
        shade = palette();
    for (let i = 0; i < values.length; i++)
        image.data.set([...shade(values[i] / (largest || 1)), 255], 4 * i);
    to.putImageData(image, 0, 0);
}

function picture(width, height, values, largest, pixels) {
    const canvas = document.createElement("canvas");
    paint(canvas, width, height, values, largest);
    canvas.style.width = `${pixels}px`;
    return canvas;
}

/** Pictures of one sample's output, the strongest number in full colour. */
export function maps(shape, values) {
    const box = document.createElement("div");
    const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    box.className = "maps";
    if (shape.length === 3) {
        const [planes, height, width] = shape,
            side = Math.max(2 * width, 34);
        for (let c = 0; c < planes; c++) {
            const plane = values.subarray(c * height * width, (c + 1) * height * width);
            box.append(picture(width, height, plane, largest, side));
        }
    } else {
        const n = values.length,
            width = Math.min(n, 60),
            height = Math.ceil(n / width);
        box.append(picture(width, height, values, largest, width * (n > 20 ? 8 : 24)));
    }
    box.setAttribute("role", "img");
    box.setAttribute(
        "aria-label",
        `${values.length} numbers, from ${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`,
    );
    return box;
}

/** Each weight of a runner. */
export function drawWeights(to, runner) {
    const shown = runner?.model.weights.filter((w) => w.trained) ?? [];
    to.replaceChildren(
        ...shown.map((w) => {
            const box = document.createElement("div"),
                values = runner.model.weight(w.name);
            const head = document.createElement("h3"),
                canvas = document.createElement("canvas");
            const [height, width] = w.shape.length === 2 ? w.shape : [1, values.length];
            const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
            head.textContent = `${w.name} [${w.shape.join(", ")}], up to ${largest.toPrecision(3)}`;
            paint(canvas, width, height, values, largest);
            canvas.style.width = `${width * Math.max(3, Math.min(22, 320 / width))}px`;
            canvas.setAttribute("role", "img");
            canvas.setAttribute(
                "aria-label",
                `${w.name}: ${values.length} numbers, the largest ${largest.toPrecision(3)}`,
            );
            box.append(head, canvas);
            return box;
        }),
    );
}
