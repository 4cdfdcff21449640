// files.js - the files that the library sees: those of a Map, in one folder, by the calls of WASI that wasi-libc makes.

const OK = 0,
    BADF = 8,
    EXIST = 20,
    ISDIR = 31,
    NOENT = 44,
    NOSYS = 52,
    NOTDIR = 54;
const CREATE = 1,
    DIRECTORY = 2,
    EXCLUSIVE = 4,
    TRUNCATE = 8; // of path_open
const FOLDER = 3,
    REGULAR = 4,
    TERMINAL = 2; // kinds of file
const ROOT = 3; // the descriptor of the folder, which is open from the start

const text = new TextDecoder();

/** What a module imports as `wasi_snapshot_preview1`. `memory()` gives its memory, `files` maps names to bytes. */
export function wasi(memory, files) {
    const view = () => new DataView(memory().buffer);
    const bytes = (at, n) => new Uint8Array(memory().buffer, at, n);
    const name = (at, n) => text.decode(bytes(at, n)).replace(/^(\.?\/)+|^\.$/, "");
    const open = new Map([[ROOT, { folder: true }]]); // of files: their name and bytes, and where reading stands
    let next = ROOT + 1;

    function resize(file, size) {
        const grown = new Uint8Array(size);
        grown.set(file.bytes.subarray(0, size));
        file.bytes = grown;
        files.set(file.name, grown);
    }

    function read(file, list, n, at) {
        let done = 0;
        for (let i = 0; i < n; i++) {
            const to = view().getUint32(list + 8 * i, true),
                room = view().getUint32(list + 8 * i + 4, true);
            const part = file.bytes.subarray(at + done, at + done + room);
            bytes(to, part.length).set(part);
            done += part.length;
        }
        return done;
    }

    function write(file, list, n, at) {
        const parts = [];
        for (let i = 0; i < n; i++)
            parts.push(
                bytes(view().getUint32(list + 8 * i, true), view().getUint32(list + 8 * i + 4, true)).slice(),
            );
        const total = parts.reduce((sum, part) => sum + part.length, 0);
        if (!file)
            console.error(
                parts
                    .map((part) => text.decode(part))
                    .join("")
                    .trimEnd(),
            ); // standard output
        else if (at + total > file.bytes.length) resize(file, at + total);
        for (const part of parts) {
            file?.bytes.set(part, at);
            at += part.length;
        }
        return total;
    }

    function stat(at, file) {
        bytes(at, 64).fill(0);
        view().setBigUint64(at + 8, BigInt([...files.keys()].indexOf(file.name) + 2), true); // each its own
        view().setUint8(at + 16, file.folder ? FOLDER : REGULAR);
        view().setBigUint64(at + 24, 1n, true);
        view().setBigUint64(at + 32, BigInt(file.bytes?.length ?? 0), true);
        return OK;
    }

    function found(path) {
        if (path === "") return { folder: true };
        return files.has(path) && { name: path, bytes: files.get(path) };
    }
    const none = () => NOSYS;

    return {
        environ_sizes_get(count, size) {
            view().setUint32(count, 0, true);
            view().setUint32(size, 0, true);
            return OK;
        },
        environ_get: () => OK,
        clock_time_get(id, precision, at) {
            const now = id === 0 ? Date.now() : performance.now();
            view().setBigUint64(at, BigInt(Math.round(now * 1e6)), true);
            return OK;
        },
        proc_exit(code) {
            throw new Error(`the module ended with ${code}`);
        },

        fd_prestat_get(fd, at) {
            if (fd !== ROOT) return BADF;
            view().setUint32(at, 0, true);
            view().setUint32(at + 4, 1, true);
            return OK;
        },
        fd_prestat_dir_name(fd, at) {
            bytes(at, 1)[0] = "/".charCodeAt(0);
            return OK;
        },
        fd_fdstat_get(fd, at) {
            if (fd > 2 && !open.has(fd)) return BADF;
            bytes(at, 24).fill(0);
            view().setUint8(at, fd <= 2 ? TERMINAL : open.get(fd).folder ? FOLDER : REGULAR);
            view().setBigUint64(at + 8, ~0n, true); // may do all that there is
            view().setBigUint64(at + 16, ~0n, true);
            return OK;
        },
        fd_fdstat_set_flags: () => OK,
        fd_filestat_get: (fd, at) => (open.has(fd) ? stat(at, open.get(fd)) : BADF),
        fd_filestat_set_size(fd, size) {
            resize(open.get(fd), Number(size));
            return OK;
        },
        fd_read(fd, list, n, done) {
            const file = open.get(fd);
            if (!file) return BADF;
            if (file.folder) return ISDIR;
            const got = read(file, list, n, file.position);
            file.position += got;
            view().setUint32(done, got, true);
            return OK;
        },
        fd_pread(fd, list, n, offset, done) {
            view().setUint32(done, read(open.get(fd), list, n, Number(offset)), true);
            return OK;
        },
        fd_write(fd, list, n, done) {
            const file = open.get(fd);
            const put = write(file, list, n, file?.position ?? 0);
            if (file) file.position += put;
            view().setUint32(done, put, true);
            return OK;
        },
        fd_pwrite(fd, list, n, offset, done) {
            view().setUint32(done, write(open.get(fd), list, n, Number(offset)), true);
            return OK;
        },
        fd_seek(fd, offset, whence, at) {
            const file = open.get(fd);
            if (!file || file.folder) return BADF;
            file.position = Number(offset) + [0, file.position, file.bytes.length][whence];
            view().setBigUint64(at, BigInt(file.position), true);
            return OK;
        },
        fd_sync: () => OK,
        fd_close: (fd) => (open.delete(fd) ? OK : BADF),

        path_open(fd, follow, at, length, flags, rights, inherited, fdFlags, opened) {
            const path = name(at, length);
            let file = found(path);
            if (!file && !(flags & CREATE)) return NOENT;
            if (file && flags & CREATE && flags & EXCLUSIVE) return EXIST;
            if (file?.name && flags & DIRECTORY) return NOTDIR;
            file ||= { name: path, bytes: new Uint8Array(0) };
            if (file.name && (flags & TRUNCATE || !files.has(path))) resize(file, 0);
            open.set(next, { ...file, position: 0 });
            view().setUint32(opened, next++, true);
            return OK;
        },
        path_filestat_get(fd, follow, at, length, to) {
            const file = found(name(at, length));
            return file ? stat(to, file) : NOENT;
        },
        path_rename(fd, at, length, toFd, toAt, toLength) {
            const from = name(at, length);
            if (!files.has(from)) return NOENT;
            files.set(name(toAt, toLength), files.get(from));
            files.delete(from);
            return OK;
        },
        path_unlink_file: (fd, at, length) => (files.delete(name(at, length)) ? OK : NOENT),
        path_create_directory: none,
        path_remove_directory: none,
        fd_readdir: none,
    };
}
