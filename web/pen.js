// pen.js - a canvas to draw a digit on, by pointer or keyboard, and what MNIST would make of it.

const SIDE = 28,
    INNER = 20; // of an image, and of the digit in it
const THICK = 20,
    STEP = 8;

/** A digit each as strokes, corners in a square of 0 .. 1. */
export const STROKES = [
    [arc(0.5, 0.5, 0.26, 0.36, -90, 270)],
    [
        [
            [0.45, 0.23],
            [0.53, 0.13],
            [0.53, 0.87],
        ],
    ],
    [[...arc(0.5, 0.33, 0.22, 0.2, 190, 385), [0.29, 0.86], [0.75, 0.86]]],
    [[...arc(0.47, 0.31, 0.2, 0.18, 200, 440), ...arc(0.47, 0.67, 0.24, 0.19, -80, 160)]],
    [
        [
            [0.58, 0.12],
            [0.24, 0.62],
            [0.8, 0.62],
        ],
        [
            [0.62, 0.42],
            [0.62, 0.9],
        ],
    ],
    [[[0.72, 0.13], [0.36, 0.13], [0.32, 0.45], ...arc(0.49, 0.64, 0.23, 0.22, -130, 150)]],
    [[[0.64, 0.12], [0.4, 0.38], ...arc(0.5, 0.66, 0.21, 0.21, 190, 540)]],
    [
        [
            [0.26, 0.15],
            [0.74, 0.15],
            [0.44, 0.88],
        ],
    ],
    [[...arc(0.5, 0.31, 0.18, 0.18, 90, 450), ...arc(0.5, 0.69, 0.21, 0.2, -90, 270)]],
    [[...arc(0.5, 0.34, 0.2, 0.2, 10, 370), [0.66, 0.6], [0.58, 0.9]]],
];

function arc(x, y, rx, ry, from, to) {
    const points = [];
    for (let a = from; a <= to; a += 10) {
        const angle = (a * Math.PI) / 180;
        points.push([x + rx * Math.cos(angle), y + ry * Math.sin(angle)]);
    }
    return points;
}

/** `changed` is called whenever something was drawn. */
export class Pen {
    #canvas;
    #ink;
    #changed;
    #at = null; // where the pen is down
    #cursor = { x: 140, y: 140, down: false };

    constructor(canvas, changed) {
        this.#canvas = canvas;
        this.#ink = canvas.getContext("2d", { willReadFrequently: true });
        this.#changed = changed;
        canvas.addEventListener("pointerdown", (e) => {
            canvas.setPointerCapture(e.pointerId);
            this.#at = this.#place(e);
            this.#line(this.#at, this.#at);
        });
        canvas.addEventListener("pointermove", (e) => {
            if (!this.#at) return;
            const to = this.#place(e);
            this.#line(this.#at, to);
            this.#at = to;
        });
        for (const end of ["pointerup", "pointercancel"])
            canvas.addEventListener(end, () => (this.#at = null));
        canvas.addEventListener("keydown", (e) => this.#key(e));
        this.clear();
    }

    clear() {
        this.#ink.fillStyle = "#000";
        this.#ink.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
        this.#cursor.down = false;
        this.#changed();
    }

    /** One of the digits above. */
    draw(digit) {
        this.clear();
        const side = this.#canvas.width;
        for (const stroke of STROKES[digit]) {
            const points = stroke.map(([x, y]) => ({ x: x * side, y: y * side }));
            points.slice(1).forEach((to, i) => this.#stroke(points[i], to));
        }
        this.#changed();
    }

    #place(e) {
        const box = this.#canvas.getBoundingClientRect(),
            scale = this.#canvas.width / box.width;
        return { x: (e.clientX - box.left) * scale, y: (e.clientY - box.top) * scale };
    }

    #stroke(from, to) {
        Object.assign(this.#ink, {
            lineWidth: THICK,
            lineCap: "round",
            lineJoin: "round",
            strokeStyle: "#fff",
        });
        this.#ink.beginPath();
        this.#ink.moveTo(from.x, from.y);
        this.#ink.lineTo(to.x, to.y + 0.01); // a line of no length would leave no dot
        this.#ink.stroke();
    }

    #line(from, to) {
        this.#stroke(from, to);
        this.#changed();
    }

    #key(e) {
        const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
        const cursor = this.#cursor,
            from = { ...cursor };
        if (e.key === "Escape") this.clear();
        else if (e.key === " ") cursor.down = !cursor.down;
        else if (way) {
            cursor.x = Math.min(Math.max(cursor.x + STEP * way[0], 0), this.#canvas.width);
            cursor.y = Math.min(Math.max(cursor.y + STEP * way[1], 0), this.#canvas.height);
        } else return;
        e.preventDefault();
        if (cursor.down) this.#line(from, cursor);
    }

    /** The image as MNIST has them, 0 .. 255: the digit in a box of 20, its centre of mass in the middle of 28; null
     * while nothing is drawn. */
    image() {
        const side = this.#canvas.width,
            { data } = this.#ink.getImageData(0, 0, side, side);
        const ink = (x, y) => data[4 * (y * side + x)];
        let left = side,
            top = side,
            right = -1,
            bottom = -1,
            mass = 0,
            mx = 0,
            my = 0;
        for (let y = 0; y < side; y++)
            for (let x = 0; x < side; x++) {
                const v = ink(x, y);
                if (!v) continue;
                ((left = Math.min(left, x)),
                    (right = Math.max(right, x)),
                    (top = Math.min(top, y)),
                    (bottom = Math.max(bottom, y)));
                ((mass += v), (mx += v * x), (my += v * y));
            }
        if (!mass) return null;
        const scale = INNER / Math.max(right - left + 1, bottom - top + 1, 3 * THICK);
        const small = document.createElement("canvas");
        small.width = small.height = SIDE;
        const to = small.getContext("2d");
        Object.assign(to, { imageSmoothingEnabled: true, imageSmoothingQuality: "high" });
        to.fillRect(0, 0, SIDE, SIDE);
        to.drawImage(
            this.#canvas,
            SIDE / 2 - (mx / mass) * scale,
            SIDE / 2 - (my / mass) * scale,
            side * scale,
            side * scale,
        );
        const pixels = to.getImageData(0, 0, SIDE, SIDE).data;
        return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => pixels[4 * i]);
    }
}
