// playground.js - the page with points, layers and runners: what is set, and what happens then.
import { LOSSES, OPTIMIZERS, optimizerName, showChoices, typeOf } from "./choices.js";
import { drawCurves } from "./curves.js";
import { drawWeights } from "./maps.js";
import { addLayer, offerLayers, showLayers } from "./net.js";
import { makePoints, pointsOfTable } from "./points.js";
import { Runner, filesOf } from "./race.js";
import { Stepper } from "./step.js";
import { drawSurface } from "./surface.js";
import { load } from "./tern.js";
import { firstFile, write } from "./write.js";

const element = (id) => document.getElementById(id);
const MOST = 4; // runners
/** A table to start from: leaves of three trees. */
const EXAMPLE = [
    "height,width,tree",
    ...Array.from({ length: 60 }, (_, i) => {
        const tree = i % 3,
            height = 5 + tree + Math.sin(7 * i),
            width = 2 + 0.8 * tree + Math.cos(5 * i) / 2;
        return `${height.toFixed(2)},${width.toFixed(2)},${["elm", "oak", "lime"][tree]}`;
    }),
    "",
].join("\n");

let tern, data, stepper;
let file = {}; // what the model file says; the first runner's loss and optimizer are its own
let others = []; // loss and optimizer of the other runners
let runners = [],
    running = false;

// ---- the model file ----

function fileChanged() {
    element("model").value = write(file);
    restart();
}

/** What was written by hand. */
function applyText() {
    try {
        tern.open(element("model").value, filesOf(data)).free();
        file = JSON.parse(element("model").value);
        element("model-error").textContent = "";
        restart();
    } catch (error) {
        element("model-error").textContent = error.message;
    }
}

// ---- the race ----

const choices = () => [{ loss: file.loss, optimizer: file.optimizer }, ...others];

function restart() {
    runners.forEach((runner) => runner.free());
    runners = [];
    element("model-error").textContent = "";
    try {
        for (const choice of choices()) runners.push(new Runner(tern, { ...file, ...choice }, data));
    } catch (error) {
        element("model-error").textContent = error.message;
        setRunning(false);
    }
    showLayers(element("layers"), file, fileChanged);
    showRunners();
    makeSurfaces();
    draw();
}

function change(k, changes) {
    if (k === 0) {
        Object.assign(file, changes);
        return fileChanged();
    }
    Object.assign(others[k - 1], changes);
    restart();
}

function showRunners() {
    const losses = data.table ? [typeOf(file.loss)] : LOSSES[data.classes ? "classes" : "numbers"];
    showChoices(element("runners"), choices(), losses, change, (k) => {
        others.splice(k - 1, 1);
        restart();
    });
    element("add-runner").disabled = others.length + 1 >= MOST;
}

function addRunner() {
    const taken = choices().map((choice) => optimizerName(choice.optimizer));
    const name = ["sgd", "momentum", "rmsprop", "adagrad"].find((n) => !taken.includes(n)) ?? "adam";
    others.push({ loss: file.loss, optimizer: { ...OPTIMIZERS[name] } });
    restart();
}

function setRunning(on) {
    const was = running;
    running = on;
    element("run").textContent = on ? "Pause" : "Run";
    element("run").setAttribute("aria-pressed", String(on));
    if (!on || was) return;
    stepper.reset(runners[element("who").value]);
    requestAnimationFrame(tick);
}

/** A frame's worth: at speed 1 a step, above that epochs while there is time. */
function tick() {
    if (!running) return draw();
    const speed = Number(element("speed").value);
    if (speed === 1) runners.forEach((runner) => runner.step());
    else {
        const end = performance.now() + 4 * 2 ** speed;
        do runners.forEach(oneEpoch);
        while (performance.now() < end && speed > 2);
    }
    if (runners.every((runner) => runner.failed)) setRunning(false);
    draw();
    requestAnimationFrame(tick);
}

function oneEpoch(runner) {
    while (!runner.failed && !runner.step());
}

function by(move) {
    setRunning(false);
    runners.forEach(move);
    stepper.reset(runners[element("who").value]);
    draw();
}

// ---- what is seen ----

const drawn = () => !data.table || data.table.points;

function makeSurfaces() {
    const who = element("who"),
        before = who.value;
    who.replaceChildren(...runners.map((runner, k) => new Option(`${k + 1}: ${runner.name}`, k)));
    who.value = runners[before] ? before : 0;
    stepper.reset(runners[who.value]);
    element("surfaces").replaceChildren(
        ...runners.map((runner, k) => {
            const card = document.createElement("section"),
                head = document.createElement("h2"),
                said = document.createElement("p");
            card.className = "card";
            head.className = `c${k}`;
            head.textContent = `${k + 1}: ${runner.name}`;
            said.className = "note";
            card.append(head);
            if (drawn()) {
                const canvas = document.createElement("canvas");
                canvas.className = "surface";
                canvas.setAttribute("role", "img");
                card.append(canvas);
            }
            card.append(said);
            return card;
        }),
    );
}

function draw() {
    const cards = [...element("surfaces").children];
    runners.forEach((runner, k) => {
        const canvas = cards[k].querySelector("canvas"),
            loss = runner.losses.at(-1),
            score = runner.scores.at(-1);
        const said =
            runner.failed ||
            (runner.epoch
                ? `epoch ${runner.epoch}, loss ${loss.toPrecision(3)}, ${runner.scoreName} ${score.toFixed(3)}`
                : `${runner.steps} steps`);
        cards[k].querySelector("p").textContent = said;
        if (!canvas) return;
        drawSurface(canvas, runner);
        canvas.setAttribute("aria-label", `What runner ${k + 1} says of each place: ${said}`);
    });
    const names = runners.map((runner) => runner.name),
        score = runners[0]?.scoreName ?? "score";
    for (const id of ["loss-legend", "score-legend"])
        element(id).replaceChildren(
            ...names.map((name, k) => {
                const item = document.createElement("li"),
                    text = document.createElement("span");
                item.className = `c${k}`;
                text.textContent = `${k + 1}: ${name}`;
                item.append(text);
                return item;
            }),
        );
    element("score-title").textContent = { accuracy: "Accuracy", rmse: "RMSE" }[score] ?? score;
    drawCurves(
        element("loss"),
        runners.map((r) => r.losses),
        { what: "Training loss", logarithmic: true },
    );
    drawCurves(
        element("score"),
        runners.map((r) => r.scores),
        { what: score, range: score === "accuracy" ? [0.4, 1] : undefined },
    );
    if (!running)
        element("status").textContent = runners.length
            ? `${runners[0].steps} steps, ${runners[0].set.n} samples.`
            : "";
    drawWeights(element("weights"), runners[element("who").value]);
}

// ---- the data ----

function setData() {
    const name = element("data").value,
        own = name === "table";
    setRunning(false);
    element("own").hidden = !own;
    element("noise-label").hidden = own;
    if (own) {
        element("table").value ||= EXAMPLE;
        return draftTable();
    }
    const before = data;
    data = makePoints(name, Number(element("noise").value), 7);
    if (!before || before.table || before.classes !== data.classes || before.width !== data.width) {
        others = [];
        file = firstFile(data);
    }
    fileChanged();
}

function draftTable() {
    const text = element("table").value;
    try {
        const draft = tern.draft("own.csv", text);
        element("found").textContent = [draft.found, ...draft.notes].join("; ");
        if (!draft.model)
            throw new Error("Nothing to learn was found in it: the last column is what is to be predicted.");
        others = [];
        data = { table: { name: "own.csv", text, points: pointsOfTable(text, draft.columns) } };
        file = JSON.parse(draft.model);
        fileChanged();
    } catch (error) {
        element("found").textContent = "";
        element("model-error").textContent = error.message;
    }
}

async function readFile() {
    const [chosen] = element("file").files;
    if (!chosen) return;
    element("table").value = await chosen.text();
    draftTable();
}

// ---- wiring ----

function on(id, event, call) {
    element(id).addEventListener(event, call);
}

try {
    tern = await load();
    stepper = new Stepper({
        stages: element("stages"),
        numbers: element("numbers"),
        tensor: element("tensor"),
    });
    offerLayers(element("layer"), tern.types("layer"));
    on("data", "change", setData);
    on("noise", "change", setData);
    on("file", "change", readFile);
    on("draft", "click", draftTable);
    on("add-layer", "click", () => {
        addLayer(file, element("layer").value);
        fileChanged();
    });
    on("apply", "click", applyText);
    on("add-runner", "click", addRunner);
    on("run", "click", () => setRunning(!running));
    on("one-step", "click", () => by((runner) => runner.step()));
    on("one-epoch", "click", () => by(oneEpoch));
    on("reset", "click", () => {
        setRunning(false);
        restart();
    });
    on("who", "change", () => {
        stepper.reset(runners[element("who").value]);
        draw();
    });
    on("stage", "click", () => {
        setRunning(false);
        if (stepper.next()) draw();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    setData();
} catch (error) {
    element("status").textContent = error.message;
}
