// surface.js - what a runner says of each place of the plane, and the points that it learns from; or its curve.
import { colour } from "./maps.js";

const SIDE = 50; // places, each way
const PIXELS = 500;

/** The box that is drawn: of points, or a table's columns. */
const boxOf = (data) =>
    data.table?.points.box.map(([low, high]) => [low - 0.05 * (high - low), high + 0.05 * (high - low)]) ?? [
        [-1.1, 1.1],
        [-1.1, 1.1],
    ];

function grid(box) {
    const places = [];
    for (let j = 0; j < SIDE; j++)
        for (let i = 0; i < SIDE; i++)
            places.push(
                box[0][0] + ((i + 0.5) / SIDE) * (box[0][1] - box[0][0]),
                box[1][1] - ((j + 0.5) / SIDE) * (box[1][1] - box[1][0]),
            );
    return places;
}

/** The places as a dataset of the runner's, made once. */
function places(runner, box) {
    if (runner.places) return runner.places;
    const at = grid(box),
        { table } = runner.data;
    if (!table) return (runner.places = runner.model.dataset(Float32Array.from(at)));
    const lines = [table.points.names.join(table.points.separator)];
    for (let i = 0; i < at.length; i += 2) lines.push(`${at[i]}${table.points.separator}${at[i + 1]}`);
    return (runner.places = runner.model.readDataset("places.csv", `${lines.join("\n")}\n`));
}

const blend = (from, to, t) => from.map((v, i) => v + (to[i] - v) * t);
const COLOURS = ["--c0", "--c1", "--c2", "--c3", "--c4"];

/** Colours of a surface: one number a place, or the most probable of several classes. */
function shades(runner, values) {
    const card = colour("--card"),
        classes = runner.model.classes ?? [],
        each = values.length / (SIDE * SIDE);
    const hues = COLOURS.map(colour);
    if (each > 1)
        return (i) => {
            const some = Array.from(values.subarray(i * each, (i + 1) * each)),
                best = Math.max(...some);
            return blend(card, hues[some.indexOf(best) % hues.length], 0.15 + 0.5 * best);
        };
    const probable = classes.length === 2 && runner.model.meaning.probabilities;
    const centre = runner.threshold,
        spread =
            probable || runner.data.classes
                ? 0.5
                : Math.max(...values.map((v) => Math.abs(v - centre)), 1e-9);
    return (i) => {
        const t = Math.max(-1, Math.min(1, (values[i] - centre) / spread));
        return blend(card, hues[t > 0 ? 1 : 0], 0.65 * Math.abs(t));
    };
}

export function drawSurface(canvas, runner) {
    canvas.width = canvas.height = PIXELS;
    const to = canvas.getContext("2d");
    if (runner.data.width === 1) return drawCurve(to, runner);
    const box = boxOf(runner.data),
        shade = shades(runner, runner.values(places(runner, box)));
    const cell = PIXELS / SIDE;
    for (let i = 0; i < SIDE * SIDE; i++) {
        to.fillStyle = `rgb(${shade(i).map(Math.round)})`;
        to.fillRect((i % SIDE) * cell, Math.floor(i / SIDE) * cell, cell, cell);
    }
    drawPoints(to, runner, box);
}

function dot(to, x, y, hue) {
    to.beginPath();
    to.arc(x, y, 5, 0, 2 * Math.PI);
    to.fillStyle = `rgb(${hue})`;
    to.fill();
    to.lineWidth = 1.5;
    to.strokeStyle = `rgb(${colour("--card")})`;
    to.stroke();
}

function drawPoints(to, runner, box) {
    const { x, y } = runner.data.table?.points ?? runner.data,
        hues = COLOURS.map(colour);
    const names = runner.data.table ? runner.model.classes : null;
    for (let i = 0; i < y.length; i++) {
        const place = [0, 1].map((k) => (x[2 * i + k] - box[k][0]) / (box[k][1] - box[k][0]));
        const index = names ? names.indexOf(y[i]) : y[i] > 0.5 ? 1 : 0;
        dot(
            to,
            place[0] * PIXELS,
            (1 - place[1]) * PIXELS,
            index < 0 ? colour("--ink") : hues[index % hues.length],
        );
    }
}

function drawCurve(to, runner) {
    const box = [
            [-1.1, 1.1],
            [-1.3, 1.3],
        ],
        n = 120;
    const place = (x, y) => [((x - box[0][0]) / 2.2) * PIXELS, ((box[1][1] - y) / 2.6) * PIXELS];
    const at = Float32Array.from({ length: n }, (_, i) => box[0][0] + (2.2 * i) / (n - 1));
    const values = runner.values(at);
    to.fillStyle = `rgb(${colour("--hair")})`;
    to.fillRect(0, 0, PIXELS, PIXELS);
    for (let i = 0; i < runner.data.y.length; i++)
        dot(to, ...place(runner.data.x[i], runner.data.y[i]), colour("--c0"));
    to.beginPath();
    at.forEach((x, i) => to.lineTo(...place(x, values[i])));
    to.lineWidth = 5;
    to.strokeStyle = `rgb(${colour("--c1")})`;
    to.stroke();
}
