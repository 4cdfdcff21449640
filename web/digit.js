// digit.js - the page that knows digits: a network that was trained on MNIST, in digit/, looks at what is drawn.
import { maps } from "./maps.js";
import { Pen } from "./pen.js";
import { load } from "./tern.js";

const element = (id) => document.getElementById(id);

async function bytes(name) {
    const answer = await fetch(name);
    if (!answer.ok)
        throw new Error(`${name}: ${answer.status} ${answer.statusText}; scripts/web puts it there`);
    return answer.arrayBuffer();
}

let model,
    pen,
    waiting = false;

/** At most once a frame, however fast one draws. */
function changed() {
    if (waiting || !model) return;
    waiting = true;
    requestAnimationFrame(() => {
        waiting = false;
        look();
    });
}

function look() {
    const image = pen.image();
    const chances = image ? model.probabilities(image) : new Float64Array(10);
    const most = chances.indexOf(Math.max(...chances));
    element("verdict").textContent = image
        ? `It is a ${model.classes[most]} (${(100 * chances[most]).toFixed(1)} %)`
        : "Nothing is drawn yet.";
    performance.mark("prediction");
    element("bars").replaceChildren(
        ...model.classes.map((name, i) => bar(name, chances[i], image && i === most)),
    );
    element("layers").replaceChildren(
        ...(image
            ? [
                  ["input", [1, 28, 28], image],
                  ...model.layers.map((layer) => [
                      `${layer.name}: ${layer.type}`,
                      layer.shape,
                      model.layer(layer.name, image),
                  ]),
              ]
            : []
        ).flatMap(section),
    );
}

function bar(name, chance, most) {
    const row = document.createElement("div"),
        percent = `${(100 * chance).toFixed(1)} %`;
    row.className = most ? "most" : "";
    row.innerHTML = `<dt></dt><dd class="bar" aria-hidden="true"><span></span></dd><dd class="number">${percent}</dd>`;
    row.firstChild.textContent = name;
    row.querySelector("span").style.width = `${100 * chance}%`;
    return row;
}

function section([title, shape, values]) {
    const head = document.createElement("h3");
    head.textContent = `${title} [${shape.join(", ")}]`;
    return [head, maps(shape, Float32Array.from(values))];
}

for (let digit = 0; digit < 10; digit++) {
    const button = document.createElement("button");
    button.className = "small";
    button.textContent = digit;
    button.setAttribute("aria-label", `Draw a ${digit}`);
    button.addEventListener("click", () => pen.draw(digit));
    element("samples").append(button);
}
pen = new Pen(element("paper"), changed);
pen.draw(3); // something to look at from the start
element("clear").addEventListener("click", () => pen.clear());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);

try {
    const [tern, file, weights] = await Promise.all([
        load(),
        bytes("digit/model.json"),
        bytes("digit/weights.safetensors"),
    ]);
    model = tern.open(new TextDecoder().decode(file), { weights });
    element("about").textContent =
        `${model.name}, ${model.parameters.toLocaleString("en")} numbers learned. Blue is above zero, orange below.`;
    look();
} catch (error) {
    element("verdict").textContent = "";
    element("error").textContent = error.message;
}
