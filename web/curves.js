// curves.js - curves over epochs as SVG, one for each runner; an axis of losses is logarithmic.

const WIDTH = 420,
    HEIGHT = 220,
    LEFT = 46,
    RIGHT = 8,
    TOP = 10,
    BOTTOM = 26;

const text = (x, y, anchor, value) => `<text x="${x}" y="${y}" text-anchor="${anchor}">${value}</text>`;
const short = (v) =>
    Math.abs(v) >= 1000 || (v !== 0 && Math.abs(v) < 0.001)
        ? v.toExponential(0)
        : String(Number(v.toPrecision(3)));

function ticks(low, high, logarithmic) {
    if (logarithmic) {
        const found = [];
        for (let k = Math.floor(Math.log10(low)); k <= Math.ceil(Math.log10(high)); k++)
            for (const m of [1, 2, 5]) found.push(m * 10 ** k);
        const seen = found.filter((v) => v >= low && v <= high);
        if (seen.length > 6) return seen.filter((v) => v.toExponential().startsWith("1e"));
        if (seen.length > 1) return seen; // else the axis is so short that it is almost linear
    }
    const step = 10 ** Math.floor(Math.log10(high - low)),
        size = [0.2, 0.5, 1].map((f) => f * step).find((s) => (high - low) / s <= 6) ?? step;
    const found = [];
    for (let v = Math.ceil(low / size) * size; v <= high + 1e-12; v += size) found.push(v);
    return found;
}

/** `lists`: the numbers of each runner, one an epoch. `what` names them for whoever can't see the picture. */
export function drawCurves(svg, lists, { what, logarithmic = false, range } = {}) {
    const all = lists.flat().filter((v) => Number.isFinite(v) && (!logarithmic || v > 0));
    const epochs = Math.max(...lists.map((list) => list.length), 2);
    let [low, high] =
        range ?? (all.length ? [Math.min(...all), Math.max(...all)] : logarithmic ? [0.1, 1] : [0, 1]);
    if (!(high > low))
        ((low = logarithmic ? low / 2 : low - 0.5), (high = logarithmic ? high * 2 : high + 0.5));
    const scale = logarithmic ? Math.log : (v) => v;
    const x = (i) => LEFT + ((WIDTH - LEFT - RIGHT) * i) / (epochs - 1);
    const y = (v) => TOP + ((HEIGHT - TOP - BOTTOM) * (scale(high) - scale(v))) / (scale(high) - scale(low));
    const lines = ticks(low, high, logarithmic).map(
        (v) =>
            `<path class="grid" d="M${LEFT} ${y(v)}H${WIDTH - RIGHT}"/>${text(LEFT - 6, y(v) + 4, "end", short(v))}`,
    );
    const curves = lists.map((list, k) => {
        const stride = Math.ceil(list.length / 400);
        const seen = list
            .map((v, i) => [i, v])
            .filter(([i, v]) => Number.isFinite(v) && (i % stride === 0 || i === list.length - 1));
        const points = seen.map(
            ([i, v]) => `${x(i).toFixed(1)} ${y(Math.min(Math.max(v, low), high)).toFixed(1)}`,
        );
        return points.length
            ? `<path class="curve c${k}" d="M${points.join("L")}${points.length === 1 ? "h2" : ""}"/>`
            : "";
    });
    svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    svg.setAttribute("role", "img");
    svg.setAttribute(
        "aria-label",
        `${what}: ${lists.map((list, k) => `${k + 1}. ${list.length ? short(list.at(-1)) : "none yet"}`).join(", ")}`,
    );
    svg.innerHTML =
        lines.join("") +
        text(LEFT, HEIGHT - 6, "start", "epoch 1") +
        text(WIDTH - RIGHT, HEIGHT - 6, "end", epochs) +
        curves.join("");
}
