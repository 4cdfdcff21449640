// dataset.js - samples in the library's memory; see tern.d.ts.

const DTYPES = [Uint8Array, Int8Array, Int16Array, Int32Array, BigInt64Array, Float32Array, Float64Array];

/** How many numbers a shape holds. */
export const count = (shape) => shape.reduce((product, size) => product * size, 1);

/** A file's bytes, of its text, too. */
export function bytesOf(source) {
    if (typeof source === "string") return new TextEncoder().encode(source);
    return source instanceof ArrayBuffer ? new Uint8Array(source) : source;
}

/** Plain numbers as integers where they are: class indices have to be. */
function listed(values) {
    return values.every(Number.isInteger) ? Int32Array.from(values) : Float64Array.from(values);
}

/** Samples in the library's memory. */
export class Dataset {
    #memory = [];

    constructor(tern, address) {
        this.tern = tern;
        this.address = address;
        this.n = address ? tern.c.web_dataset_rows(address) : 0;
    }

    /** One that the library has read. */
    static from(model, address) {
        return new Dataset(model.tern, address || model.tern.fail());
    }

    static of(model, x, y) {
        const d = new Dataset(model.tern, 0);
        try {
            d.#make(model, x, y);
            return d;
        } catch (error) {
            d.free();
            throw error;
        }
    }

    #make(model, x, y) {
        const inputs = this.#arrays(model.inputs, x);
        this.n = inputs[0].n;
        const targets = y == null ? [] : this.#targets(y);
        const odd = [...inputs, ...targets].find((array) => array.n !== this.n);
        if (odd) throw new RangeError(`${odd.name ?? "y"} has ${odd.n} samples, where there are ${this.n}`);
        this.address =
            this.tern.c.web_dataset(this.n, inputs[0].address, targets[0]?.address ?? 0) || this.tern.fail();
        for (const a of inputs.slice(1))
            this.tern.check(this.tern.c.web_dataset_add_input(this.address, a.address));
        for (const a of targets.slice(1))
            this.tern.check(this.tern.c.web_dataset_add_target(this.address, a.address));
    }

    #keep(address) {
        this.#memory.push(address);
        return address;
    }

    #array(name, values, shape) {
        const typed = ArrayBuffer.isView(values) ? values : listed(values.flat(Infinity));
        const dtype = DTYPES.indexOf(typed.constructor),
            n = typed.length / count(shape);
        if (dtype < 0) throw new TypeError(`${typed.constructor.name} is not accepted`);
        if (!Number.isInteger(n) || !n)
            throw new RangeError(
                `${name ?? "an array"} of ${typed.length} numbers is no row of samples [${shape}]`,
            );
        const put = [Uint32Array.from(shape), typed, name].map((v) =>
            v == null ? 0 : this.#keep(this.tern.put(v)),
        );
        return { name, n, address: this.#keep(this.tern.c.web_array(dtype, shape.length, ...put)) };
    }

    #arrays(ports, values) {
        if (ports.length === 1) return [this.#array(null, values, ports[0].shape)];
        return ports.map((port) => this.#array(port.name, values[port.name], port.shape));
    }

    /** A number for each sample, or as many as it takes. */
    #targets(y) {
        const target = (name, values) => {
            const each = (ArrayBuffer.isView(values) ? values : values.flat(Infinity)).length / this.n;
            return this.#array(name, values, each === 1 ? [] : [each]);
        };
        if (ArrayBuffer.isView(y) || Array.isArray(y)) return [target(null, y)];
        return Object.entries(y).map(([name, values]) => target(name, values));
    }

    free() {
        if (this.address) this.tern.c.web_dataset_free(this.address);
        this.#memory.forEach((address) => this.tern.free(address));
        this.#memory = [];
        this.address = 0;
    }
}
