// race.js - one who runs: a model with its own loss and optimizer on the common data, from the common start.

/** The files that a model names, for tern.open(). */
export const filesOf = ({ table }) => (table ? { data: { [table.name]: table.text } } : {});

/** `file`: what the model file says; `data`: of points.js, or { table } of one's own. */
export class Runner {
    losses = []; // of each epoch
    scores = []; // of each epoch: the share that is right, or the root of the mean squared error
    steps = 0;
    epoch = 0;
    failed = "";

    constructor(tern, file, data) {
        this.data = data;
        const text = JSON.stringify(file);
        this.model = tern.open(text, filesOf(data));
        this.set = data.table ? this.model.openDataset("train") : this.model.dataset(data.x, data.y);
        this.trainer = this.model.trainer(this.set);
        this.tern = tern;
        this.#begin();
    }

    free() {
        this.places?.free(); // of surface.js
        this.trainer.free();
        this.set.free();
        this.model.free();
    }

    get name() {
        return `${this.model.loss}, ${this.model.optimizer}`;
    }

    #begin() {
        this.order = this.tern.shuffle(this.model.seed, this.epoch, this.set.n);
        this.at = 0;
        this.sum = 0;
    }

    /** The samples that the next step takes. */
    rows() {
        return this.order.subarray(this.at, this.at + this.trainer.batchSize);
    }

    /** One step; true at the end of an epoch. What diverges runs no further. */
    step() {
        if (this.failed) return false;
        const rows = this.rows();
        try {
            this.last = this.trainer.step(rows);
        } catch (error) {
            this.failed = error.message;
            return false;
        }
        this.steps++;
        this.at += rows.length;
        this.sum += this.last.loss * rows.length;
        if (this.at < this.order.length) return false;
        const loss = this.sum / this.order.length;
        this.trainer.endEpoch(loss);
        this.losses.push(loss);
        this.scores.push(this.score());
        this.epoch++;
        this.#begin();
        return true;
    }

    /** What the outputs say as one number for each sample: how probable class 1 is, or the number itself. */
    values(x) {
        const { probabilities, classes, places } = this.model.meaning;
        if (!probabilities) return this.model.predict(x);
        const scores = this.model.probabilities(x),
            each = classes * places;
        return each === 2
            ? Float64Array.from({ length: scores.length / 2 }, (_, i) => scores[2 * i + 1])
            : scores;
    }

    /** Where yes begins: losses of logits at 0, those of numbers between both targets. */
    get threshold() {
        if (this.model.meaning.probabilities) return 0.5;
        return /logits|hinge|focal/.test(this.model.loss) ? 0 : 0.5;
    }

    score() {
        if (this.data.table) {
            const { loss, ...metrics } = this.model.evaluate(this.set);
            return Object.values(metrics)[0] ?? loss;
        }
        const { y } = this.data,
            found = this.values(this.set);
        if (this.data.classes)
            return y.reduce((right, v, i) => right + (found[i] > this.threshold === v > 0.5), 0) / y.length;
        return Math.sqrt(y.reduce((sum, v, i) => sum + (found[i] - v) ** 2, 0) / y.length);
    }

    get scoreName() {
        if (this.data.table) {
            const { loss, ...metrics } = this.model.evaluate(this.set);
            return Object.keys(metrics)[0] ?? "loss";
        }
        return this.data.classes ? "accuracy" : "rmse";
    }
}
