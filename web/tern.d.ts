/** Numbers, one sample behind the other. */
export type Numbers =
    | number[]
    | number[][]
    | Uint8Array
    | Int8Array
    | Int16Array
    | Int32Array
    | BigInt64Array
    | Float32Array
    | Float64Array;
/** Of several inputs or targets: each by its name. */
export type Arrays = Numbers | Record<string, Numbers>;
/** A file's bytes, or its text. */
export type Bytes = string | Uint8Array | ArrayBuffer;
export type Shape = number[];

export interface Diagnostic {
    /** "TERN_ERROR_MODEL" and so on; "TERN_OK" marks a warning. */
    status: string;
    file: string;
    /** From 1; 0: unknown. */
    line: number;
    column: number;
    /** A JSON pointer into the file. */
    pointer: string;
    /** What was found, what is accepted. */
    text: string;
    /** All of it in one line. */
    message: string;
}

/** What the library refused, and why: all that it found, each with its place. */
export class TernError extends Error {
    readonly diagnostics: Diagnostic[];
}

export interface Port {
    name: string;
    shape: Shape;
}
export interface Layer {
    name: string;
    type: string;
    shape: Shape;
    parameters: number;
}
export interface Weight {
    name: string;
    shape: Shape;
    trained: boolean;
}
export interface Type {
    name: string;
    doc: string;
    examples: { options: string; inputs: Shape[] }[];
}

/** What a model's outputs say. */
export interface Meaning {
    /** Among which each place decides; 0: the outputs are numbers. */
    classes: number;
    places: number;
    probabilities: boolean;
    names: string[];
}

/** "loss", and each metric by its name. */
export type Score = Record<string, number | null>;

export interface Epoch {
    epoch: number;
    epochs: number;
    step: number;
    steps: number;
    loss: number;
    lr: number;
    gradNorm: number;
    seconds: number;
    train: Score | null;
    valid: Score | null;
    /** The best so far. */
    best: boolean;
}

export interface Step {
    /** Updates done, this one included. */
    step: number;
    /** Of this batch, before the update. */
    loss: number;
    lr: number;
    /** Of all gradients as one vector, before clipping. */
    gradNorm: number;
}

export interface FitOptions {
    valid?: Dataset;
    /** The model file's if left out. */
    epochs?: number;
    /** Stop after so many updates. */
    steps?: number;
    /** Returning false ends the training. */
    onEpoch?(epoch: Epoch): boolean | void;
    onStep?(step: Step): boolean | void;
}

export interface FitResult {
    steps: number;
    epochs: number;
    /** From 1; 0: no epoch was finished. */
    bestEpoch: number;
    stopped: boolean;
    train: Score | null;
    valid: Score | null;
}

export interface Draft {
    found: string;
    task: string | null;
    /** A model file, or null where nothing useful could be drafted. */
    model: string | null;
    notes: string[];
    columns: { name: string; type: string; target: boolean; min: number | null; max: number | null }[];
}

/** Brings the library to life. `source`: the address, bytes or module of tern.wasm; else the file beside tern.js. */
export function load(source?: string | URL | BufferSource | WebAssembly.Module): Promise<Tern>;

/** The library. */
export interface Tern {
    readonly version: { version: string; real: string; compiler: string };
    /** Opens a model file: its text, or what it says as an object. With `data`, files by their names, those that it
     * names are read and its columns fitted to them. */
    open(
        model: string | object,
        options?: { name?: string; weights?: Bytes; data?: Record<string, Bytes> },
    ): Model;
    /** What a file holds, and a model file for it, as `tern init` writes it. `target`: the column to predict. */
    draft(name: string, bytes: Bytes, target?: string): Draft;
    /** The types of a kind, each with its sentence and examples. */
    types(kind: "layer" | "loss" | "optimizer" | "schedule" | "initializer" | "metric" | "reader"): Type[];
    /** The JSON Schema of model files. */
    schema(): object;
    /** The order in which epoch `epoch`, from 0, takes `n` samples. */
    shuffle(seed: number, epoch: number, n: number): Uint32Array;
    /** What was worth a warning since the last call. */
    warnings(): Diagnostic[];
}

/** A network and its weights. */
export interface Model {
    readonly name: string;
    readonly seed: number;
    readonly loss: string | null;
    readonly optimizer: string | null;
    readonly epochs: number;
    readonly batchSize: number;
    /** Numbers in its trained weights. */
    readonly parameters: number;
    readonly inputs: Port[];
    readonly outputs: Port[];
    readonly layers: Layer[];
    readonly weights: Weight[];
    readonly meaning: Meaning;
    /** Names of its classes; null where its outputs are numbers. */
    readonly classes: string[] | null;

    /** The model file with every default. */
    render(): string;
    /** Takes the weights of a safetensors file. */
    load(bytes: Bytes): this;
    /** Its weights as a safetensors file. */
    save(): Uint8Array;
    /** A copy of a weight's numbers. */
    weight(name: string): Float32Array;
    setWeight(name: string, values: ArrayLike<number>): void;

    /** Samples for training and prediction; to be freed. */
    dataset(x: Arrays, y?: Arrays): Dataset;
    /** A split that the model file names: "train", "valid" or "test". */
    openDataset(split: string): Dataset;
    /** A file that is written as the training data was. */
    readDataset(name: string, bytes: Bytes): Dataset;

    /** What the network says of each sample, one behind the other; of several outputs an object by their names. */
    predict(x: Arrays | Dataset): Float32Array | Record<string, Float32Array>;
    /** Scores of the classes for each sample, probabilities where the loss makes them so. */
    probabilities(x: Arrays | Dataset): Float64Array;
    /** What comes out of a layer, by its name, for each sample. */
    layer(name: string, x: Arrays | Dataset): Float32Array;

    /** Trains as the model file says, on the caller's thread. */
    fit(data: Dataset, options?: FitOptions): FitResult;
    evaluate(data: Dataset): Score;
    /** One step at a time. */
    trainer(data: Dataset, options?: { batchSize?: number; epochs?: number }): Trainer;
    free(): void;
}

/** Samples in the library's memory. */
export interface Dataset {
    readonly n: number;
    free(): void;
}

/** A run with gradients and what the optimizer keeps. Rows are numbers of samples in its dataset, a batch at most. */
export interface Trainer {
    readonly batchSize: number;
    /** Forward, loss, backward and update. */
    step(rows: ArrayLike<number>): Step;
    /** Forward, loss and backward: the loss, and gradient() has the rest. No weight changes. */
    backward(rows: ArrayLike<number>): number;
    /** Of a weight, after backward(); null where it is not trained. */
    gradient(name: string): Float32Array | null;
    /** One epoch, from 0, in the order in which tern takes the samples: the mean loss of its batches. */
    epoch(number: number): number;
    /** For schedules that go by epochs; epoch() does it. */
    endEpoch(loss: number): void;
    free(): void;
}
