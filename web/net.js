// net.js - the list of layers: added, moved and taken away by a click, which changes what the model file says.

/** Layers that do something to a row of numbers, with what a new one says. */
const OFFERED = [
    ["dense", { units: 8 }],
    ["tanh"],
    ["relu"],
    ["leaky_relu"],
    ["elu"],
    ["gelu"],
    ["silu"],
    ["sigmoid"],
    ["softplus"],
    ["batch_norm"],
    ["layer_norm"],
    ["dropout", { p: 0.2 }],
];

const typeOf = (layer) => (typeof layer === "string" ? layer : layer.type);

function button(text, label, click, disabled = false) {
    const b = document.createElement("button");
    b.className = "small";
    b.textContent = text;
    b.disabled = disabled;
    b.setAttribute("aria-label", label);
    b.addEventListener("click", click);
    return b;
}

/** Shows `file.layers` in a list; `changed` is called after each change of them. The last layer answers, and stays. */
export function showLayers(list, file, changed) {
    const layers = file.layers ?? [];
    const swap = (i, k) => {
        [layers[i], layers[k]] = [layers[k], layers[i]];
        changed();
    };
    list.replaceChildren(
        ...layers.map((layer, i) => {
            const item = document.createElement("li"),
                name = document.createElement("span");
            const last = i === layers.length - 1,
                what = `layer ${i}, ${typeOf(layer)}`;
            name.textContent = typeOf(layer);
            item.append(name);
            const key = layer.out_features !== undefined ? "out_features" : "units";
            if (layer[key] !== undefined) {
                const units = document.createElement("input");
                Object.assign(units, { type: "number", min: 1, max: 512, value: layer[key], disabled: last });
                units.setAttribute("aria-label", `units of ${what}`);
                units.addEventListener("change", () => {
                    layer[key] = Math.max(1, Math.round(Number(units.value)) || 1);
                    changed();
                });
                item.append(units);
            }
            item.append(
                button("↑", `move ${what} up`, () => swap(i, i - 1), i === 0 || last),
                button("↓", `move ${what} down`, () => swap(i, i + 1), i >= layers.length - 2),
                button(
                    "×",
                    `remove ${what}`,
                    () => {
                        layers.splice(i, 1);
                        changed();
                    },
                    last,
                ),
            );
            return item;
        }),
    );
}

/** Fills the menu of layers, each with its sentence. */
export function offerLayers(select, types) {
    for (const [name] of OFFERED) {
        const option = new Option(name, name);
        option.title = types.find((type) => type.name === name)?.doc ?? "";
        select.append(option);
    }
}

/** Puts a new layer before the last. */
export function addLayer(file, name) {
    const options = OFFERED.find(([offered]) => offered === name)[1];
    file.layers.splice(file.layers.length - 1, 0, options ? { type: name, ...options } : name);
}
