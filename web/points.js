// points.js - data for the playground: points in the square from -1 to 1 with classes 0 and 1, a curve, or a table of
// one's own.

/** Numbers from 0 to 1 that are the same for a seed (mulberry32). */
function random(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
}

const COUNT = 240;

/** Each: where sample `i` of class `c` lies, t being its part of the way, u a number from 0 to 1. */
const SHAPES = {
    circle: (c, t, u) => {
        const r = c ? 0.5 * Math.sqrt(u) * 0.8 : 0.65 + 0.25 * u;
        return [r * Math.cos(2 * Math.PI * t), r * Math.sin(2 * Math.PI * t)];
    },
    xor: (c, t, u) => {
        const x = 0.1 + 0.8 * u,
            y = 0.1 + 0.8 * ((t * 7.31) % 1),
            side = t < 0.5 ? 1 : -1;
        return [side * x, (c ? side : -side) * y];
    },
    spiral: (c, t) => {
        const angle = 2.6 * Math.PI * t + (c ? Math.PI : 0),
            r = 0.08 + 0.82 * t;
        return [r * Math.cos(angle), r * Math.sin(angle)];
    },
    moons: (c, t) => {
        const angle = Math.PI * t;
        return c
            ? [0.25 + 0.55 * Math.cos(angle), 0.18 - 0.55 * Math.sin(angle)]
            : [-0.25 + 0.55 * Math.cos(angle), -0.18 + 0.55 * Math.sin(angle)];
    },
};

/** Data sets by name; x [n, width] and y [n], one behind the other. */
export function makePoints(name, noise, seed) {
    const draw = random(seed);
    const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    const x = [],
        y = [];
    for (let i = 0; i < COUNT; i++) {
        const t = Math.floor(i / 2) / (COUNT / 2),
            u = draw();
        if (name === "curve") {
            const at = -1 + (2 * i) / (COUNT - 1);
            x.push(at);
            y.push(0.6 * Math.sin(4 * at) + 0.25 * at + noise * normal());
        } else {
            x.push(...SHAPES[name](i % 2, t, u).map((v) => v + noise * normal()));
            y.push(i % 2);
        }
    }
    const curve = name === "curve";
    const targets = curve ? Float32Array.from(y) : Int32Array.from(y);
    return { name, x: Float32Array.from(x), y: targets, width: curve ? 1 : 2, classes: !curve };
}

/** Two columns of a table and its target, to be drawn: null where its inputs are not two numbers. `columns` are those
 * of tern's draft. */
export function pointsOfTable(text, columns) {
    const inputs = columns.filter((c) => !c.target && c.type !== "ignore"),
        target = columns.find((c) => c.target);
    if (inputs.length !== 2 || inputs.some((c) => c.type !== "number") || !target) return null;
    const lines = text.split(/\r?\n/).filter((line) => line.trim());
    const separator = [",", ";", "\t"].find((s) => lines[0].split(s).length === columns.length);
    if (!separator) return null;
    const cells = lines
        .slice(1)
        .map((line) => line.split(separator).map((cell) => cell.trim().replace(/^"|"$/g, "")));
    const at = (column) => columns.indexOf(column);
    return {
        separator,
        names: inputs.map((c) => c.name),
        box: inputs.map((c) => [c.min, c.max]),
        x: cells.flatMap((row) => inputs.map((c) => Number(row[at(c)]))),
        y: cells.map((row) => row[at(target)]),
    };
}
