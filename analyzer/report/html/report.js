/* The treemap that can be walked in, and its twin for keyboard and screen reader, a tree of rows. Both show
 * one folder in one state of the image. The page is complete without this script.
 *
 * Every name reaches the page by textContent or fillText alone: nothing here makes markup out of text. */
"use strict";

(() => {
    const FORM = 1; // of the columns: analyzer/report/html/columns.h
    const FILE = 0, DIRECTORY = 1, OTHERS = 7; // enum tar_kind and KIND_OTHERS
    const KIND_NAMES = ["file", "directory", "symlink", "hard link", "device", "device", "fifo", "others"];
    const COLOURS = 12;
    const ROW_HEIGHT = 28;
    const SPARE_ROWS = 8; // beyond what is seen
    const UNFOLDED_BY_SEARCH = 2000; // matches at most
    const LEGEND_ROWS = 10;
    const NAME_SHOWN = 250; // letters: a name may have a million
    const CRUMBS = 12;
    const PATH_SOUGHT = 1024; // the end of a path that a search with a slash looks at

    // What a name tells of a file; the last two rows are for names that tell nothing.
    const SORTS = [
        ["libraries and objects", "so a o ko dll dylib node la"],
        ["Python", "py pyc pyo pyi pyx pth"],
        ["JavaScript and web", "js mjs cjs ts tsx jsx map css html htm wasm vue"],
        ["Java", "jar class war ear jmod jsa"],
        ["archives", "gz xz bz2 zst zip tar tgz deb rpm apk whl 7z br lz4 gem nupkg"],
        ["source and headers", "h hpp hxx c cc cpp cxx go rs rb pl pm php lua sh s inc"],
        ["documentation", "md txt rst pdf info tex adoc me license"],
        ["pictures, fonts, media", "png jpg jpeg gif svg ico webp ttf otf woff woff2 eot mp3 mp4 ogg wav webm"],
        ["data", "db sqlite sqlite3 json xml yaml yml toml csv tsv dat bin pak pickle pkl npy h5 parquet onnx pt"],
        ["translations", "mo po pot"],
    ];
    const SORT_PLAIN = SORTS.length, SORT_OTHER = SORTS.length + 1;
    const SORT_NAMES = [...SORTS.map((sort) => sort[0]), "no suffix", "other"];
    const SORT_OF_SUFFIX = new Map();
    SORTS.forEach(([, suffixes], sort) => suffixes.split(" ").forEach((s) => SORT_OF_SUFFIX.set(s, sort)));

    /* ---- reading ---- */

    function bytesOfBase64(text) {
        const binary = atob(text);
        const bytes = new Uint8Array(binary.length);
        for (let i = 0; i < bytes.length; i++)
            bytes[i] = binary.charCodeAt(i);
        return bytes;
    }

    async function inflate(bytes) {
        const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
        return new Uint8Array(await new Response(stream).arrayBuffer());
    }

    class Reader {
        constructor(bytes) {
            this.bytes = bytes;
            this.at = 0;
        }

        number() {
            let byte = this.bytes[this.at++], value = byte & 127;
            for (let scale = 128; byte > 127; scale *= 128) {
                byte = this.bytes[this.at++];
                value += (byte & 127) * scale;
            }
            return value;
        }

        numbers(into) {
            for (let i = 0; i < into.length; i++)
                into[i] = this.number();
            return into;
        }

        lines(length) {
            const text = new TextDecoder().decode(this.bytes.subarray(this.at, this.at + length));
            this.at += length;
            return text.split("\n");
        }
    }

    /* Paths are numbers, in preorder: what lies below path i is i + 1 to end[i] - 1. */
    function readTree(bytes) {
        const reader = new Reader(bytes);
        if (reader.number() !== FORM)
            throw new Error("the tree is of another form");
        const tree = {};
        tree.sizeStyle = reader.number();
        const count = tree.count = reader.number();
        const versions = reader.number();
        tree.layers = reader.number();
        reader.number(); // folded paths: the page has told
        const instructionBytes = reader.number(), nameBytes = reader.number();
        tree.instructions = reader.lines(instructionBytes);
        tree.names = reader.lines(nameBytes);
        const children = reader.numbers(new Uint32Array(count));
        tree.firstVersion = new Uint32Array(count + 1);
        for (let i = 0; i < count; i++)
            tree.firstVersion[i + 1] = tree.firstVersion[i] + reader.number() + 1;
        tree.kinds = reader.numbers(new Uint8Array(versions));
        tree.from = reader.numbers(new Uint16Array(versions));
        tree.until = reader.numbers(new Uint16Array(versions));
        tree.bytes = reader.numbers(new Float64Array(versions));
        for (let v = 0; v < versions; v++)
            tree.until[v] = tree.until[v] ? tree.from[v] + tree.until[v] : 65535;
        linkTree(tree, children);
        return tree;
    }

    function linkTree(tree, children) {
        const count = tree.count;
        tree.parent = new Int32Array(count).fill(-1);
        tree.end = new Uint32Array(count);
        tree.depth = new Uint32Array(count);
        const left = children.slice();
        let open = -1; // the folder that the next path lies in
        for (let i = 0; i < count; i++) {
            while (open >= 0 && left[open] === 0) {
                tree.end[open] = i;
                open = tree.parent[open];
            }
            tree.parent[i] = open;
            tree.depth[i] = open < 0 ? 0 : tree.depth[open] + 1;
            if (open >= 0)
                left[open]--;
            tree.end[i] = i + 1;
            if (children[i])
                open = i;
        }
        for (; open >= 0; open = tree.parent[open])
            tree.end[open] = count;
    }

    /* ---- the image after a layer ---- */

    /* What each path is in that state; bytes and files with all that lies below. */
    function stateAfter(tree, layer) {
        const count = tree.count;
        const state = {
            layer,
            there: new Uint8Array(count),
            kind: new Uint8Array(count),
            from: new Uint16Array(count),
            own: new Float64Array(count),
            bytes: new Float64Array(count),
            files: new Uint32Array(count),
        };
        for (let i = 0; i < count; i++)
            for (let v = tree.firstVersion[i]; v < tree.firstVersion[i + 1]; v++) {
                if (tree.from[v] > layer || tree.until[v] <= layer)
                    continue;
                state.there[i] = 1;
                state.kind[i] = tree.kinds[v];
                state.from[i] = tree.from[v];
                state.own[i] = state.bytes[i] = tree.bytes[v];
                state.files[i] = tree.kinds[v] === FILE ? 1 : tree.kinds[v] === OTHERS ? Number(tree.names[i]) : 0;
            }
        for (let i = count - 1; i > 0; i--) {
            state.bytes[tree.parent[i]] += state.bytes[i];
            state.files[tree.parent[i]] += state.files[i];
        }
        return state;
    }

    function formatSize(bytes, style) {
        const base = style === 1 ? 1024 : 1000;
        const units = style === 1 ? ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] : ["B", "kB", "MB", "GB", "TB", "PB"];
        if (style === 2)
            return `${bytes}B`;
        let unit = 0;
        while (bytes >= base && unit + 1 < units.length) {
            bytes /= base;
            unit++;
        }
        return (bytes >= 999.5 ? bytes.toFixed(0) : String(Number(bytes.toPrecision(3)))) + units[unit];
    }

    function formatShare(part, whole) {
        const percent = whole ? part / whole * 100 : 0;
        return percent > 0 && percent < 0.05 ? "< 0.1 %" : `${percent.toFixed(1)} %`;
    }

    const formatCount = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");

    /* ---- elements ---- */

    function element(name, properties = {}, ...children) {
        const made = document.createElement(name);
        for (const [key, value] of Object.entries(properties))
            if (key in made && !key.startsWith("aria"))
                made[key] = value;
            else
                made.setAttribute(key, value);
        made.append(...children);
        return made;
    }

    function swatch(colour) {
        const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        svg.setAttribute("class", "swatch");
        svg.setAttribute("viewBox", "0 0 10 10");
        svg.setAttribute("aria-hidden", "true");
        rect.setAttribute("class", `l${colour}`);
        rect.setAttribute("width", "10");
        rect.setAttribute("height", "10");
        svg.append(rect);
        return svg;
    }

    /* ---- what is looked at ---- */

    class Explorer {
        constructor(tree, home) {
            this.tree = tree;
            this.state = stateAfter(tree, Math.max(tree.layers - 1, 0));
            this.root = 0;
            this.colour = "layer";
            this.query = "";
            this.lit = null; // paths that match, and all below them; null: nothing is sought
            this.holds = null; // folders with matches below
            this.order = "bytes";
            this.rising = false;
            this.sorted = new Map();
            this.build(home);
            this.readAddress();
            this.show();
        }

        nameOf(path) {
            if (path === 0)
                return "/";
            if (this.state.kind[path] === OTHERS)
                return `(${formatCount(this.tree.names[path])} others)`;
            return this.tree.names[path];
        }

        shownName(path) {
            const name = this.nameOf(path);
            return name.length > NAME_SHOWN ? `${name.slice(0, NAME_SHOWN)}…` : name;
        }

        pathOf(path) {
            const parts = [];
            for (let p = path; p > 0; p = this.tree.parent[p])
                parts.push(this.nameOf(p));
            return "/" + parts.reverse().join("/");
        }

        size(bytes) {
            return formatSize(bytes, this.tree.sizeStyle);
        }

        isFolder(path) {
            return this.state.kind[path] === DIRECTORY;
        }

        /* The paths in a folder that are there, as the table sorts them. */
        childrenOf(path) {
            let list = this.sorted.get(path);
            if (list)
                return list;
            list = [];
            for (let i = path + 1; i < this.tree.end[path]; i = this.tree.end[i])
                if (this.state.there[i])
                    list.push(i);
            list.sort(this.comparison());
            this.sorted.set(path, list);
            return list;
        }

        comparison() {
            const { names } = this.tree, state = this.state, sign = this.rising ? 1 : -1;
            const byName = (a, b) => names[a] < names[b] ? -1 : names[a] > names[b] ? 1 : a - b;
            switch (this.order) {
            case "name":
                return (a, b) => sign * byName(a, b);
            case "files":
                return (a, b) => sign * (state.files[a] - state.files[b]) || byName(a, b);
            case "layer":
                return (a, b) => sign * (state.from[a] - state.from[b]) || byName(a, b);
            case "kind":
                return (a, b) => sign * (state.kind[a] - state.kind[b]) || byName(a, b);
            default:
                return (a, b) => sign * (state.bytes[a] - state.bytes[b]) || byName(a, b);
            }
        }

        /* Largest first, whatever the table sorts by. */
        cellsOf(path) {
            const { bytes } = this.state, list = [];
            for (let i = path + 1; i < this.tree.end[path]; i = this.tree.end[i])
                if (bytes[i] > 0)
                    list.push(i);
            return list.sort((a, b) => bytes[b] - bytes[a] || a - b);
        }

        findPath(text) {
            let at = 0;
            for (const name of text.split("/").filter(Boolean)) {
                let i = at + 1;
                while (i < this.tree.end[at] && this.tree.names[i] !== name)
                    i = this.tree.end[i];
                if (i >= this.tree.end[at])
                    break;
                at = i;
            }
            while (at > 0 && !(this.state.there[at] && this.isFolder(at)))
                at = this.tree.parent[at];
            return at;
        }

        /* ---- changes ---- */

        setState(layer) {
            this.state = stateAfter(this.tree, layer);
            this.sorted.clear();
            while (this.root > 0 && !(this.state.there[this.root] && this.isFolder(this.root)))
                this.root = this.tree.parent[this.root];
            this.search(this.query);
        }

        /* A name that has the text, or with a slash in it a path. Case does not matter. */
        search(text) {
            const { tree, state } = this, sought = text.toLowerCase();
            this.query = text;
            this.found = 0;
            this.lit = this.holds = null;
            if (!sought)
                return;
            tree.lower ||= tree.names.map((name) => name.toLowerCase());
            const whole = sought.includes("/"), paths = [];
            this.lit = new Uint8Array(tree.count);
            this.holds = new Uint8Array(tree.count);
            for (let i = 0; i < tree.count; i++) {
                const above = tree.parent[i];
                if (whole)
                    paths[i] = above < 0 ? "" : `${paths[above]}/${tree.lower[i]}`.slice(-PATH_SOUGHT);
                const matches = i > 0 && state.there[i] && state.kind[i] !== OTHERS &&
                    (whole ? paths[i] : tree.lower[i]).includes(sought);
                const below = above >= 0 && this.lit[above];
                this.lit[i] = matches || below ? 1 : 0;
                if (matches && !(whole && below))
                    this.found++, this.holds[i] = 1;
            }
            for (let i = tree.count - 1; i > 0; i--)
                if (this.holds[i])
                    this.holds[tree.parent[i]] = 1;
        }

        zoom(path, from) {
            if (path === this.root)
                return;
            const cell = from || this.map.rectOf(path);
            this.root = path;
            this.writeAddress(true);
            this.show();
            this.map.zoomFrom(cell);
        }

        show() {
            this.showTrail();
            this.showLegend();
            this.map.draw();
            this.table.reset();
            this.showCount();
        }

        /* ---- the address: a page can be sent to somebody as it stands ---- */

        writeAddress(newPlace) {
            const parts = [`p=${this.pathOf(this.root).split("/").map(encodeURIComponent).join("/")}`];
            if (this.state.layer !== this.tree.layers - 1)
                parts.push(`s=${this.state.layer}`);
            if (this.colour !== "layer")
                parts.push(`c=${this.colour}`);
            if (this.query)
                parts.push(`q=${encodeURIComponent(this.query)}`);
            const address = `#${parts.join("&")}`;
            if (address === location.hash)
                return;
            if (newPlace)
                history.pushState(null, "", address);
            else
                history.replaceState(null, "", address);
        }

        readAddress() {
            const said = new Map();
            for (const part of location.hash.slice(1).split("&")) {
                const [key, value] = [part.slice(0, 1), part.slice(2)];
                try {
                    if (part[1] === "=")
                        said.set(key, decodeURIComponent(value));
                } catch {
                    return false; // no address of ours
                }
            }
            if (!said.has("p"))
                return false;
            const layer = said.has("s") ? Number(said.get("s")) : this.tree.layers - 1;
            if (Number.isInteger(layer) && layer >= 0 && layer < this.tree.layers && layer !== this.state.layer)
                this.setState(layer);
            this.colour = said.get("c") === "kind" ? "kind" : "layer";
            this.root = this.findPath(said.get("p"));
            this.search(said.get("q") || "");
            this.controls.state.value = String(this.state.layer);
            this.controls.colour.value = this.colour;
            this.controls.search.value = this.query;
            return true;
        }

        /* ---- the surroundings ---- */

        build(home) {
            this.controls = this.makeControls();
            this.trail = element("ol");
            this.legend = element("ul", { className: "legend" });
            this.count = element("p", { className: "quiet", role: "status" });
            this.map = new Treemap(this);
            this.table = new TreeTable(this);
            home.append(
                element("div", { className: "controls" },
                    element("nav", { className: "trail", "aria-label": "Folder shown" }, this.trail),
                    ...this.controls.labels),
                this.map.frame, this.legend, this.count, this.table.frame);
            window.addEventListener("popstate", () => {
                if (this.readAddress())
                    this.show();
            });
        }

        makeControls() {
            const search = element("input", { type: "search", spellcheck: false, autocomplete: "off" });
            const state = element("select"), colour = element("select");
            for (let i = this.tree.layers - 1; i >= 0; i--) {
                const what = this.tree.instructions[i] || "unknown";
                const text = i === this.tree.layers - 1 ? `layer ${i}, the final state` : `layer ${i}: ${what}`;
                state.append(element("option", { value: String(i), textContent: text.slice(0, 80) }));
            }
            for (const kind of ["layer", "kind"])
                colour.append(element("option", { value: kind, textContent: kind }));
            let waiting = 0;
            search.addEventListener("input", () => {
                clearTimeout(waiting);
                waiting = setTimeout(() => this.changed(() => this.search(search.value)), 120);
            });
            state.addEventListener("change", () => this.changed(() => this.setState(Number(state.value))));
            colour.addEventListener("change", () => this.changed(() => { this.colour = colour.value; }));
            const labels = [["Search", search], ["State after", state], ["Colour by", colour]].map(
                ([text, control]) => element("label", {}, element("span", { textContent: text }), control));
            return { search, state, colour, labels };
        }

        changed(change) {
            change();
            this.writeAddress(false);
            this.show();
        }

        showTrail() {
            const folders = [];
            for (let p = this.root; p > 0 && folders.length < CRUMBS; p = this.tree.parent[p])
                folders.push(p);
            folders.push(0);
            this.trail.replaceChildren(...folders.reverse().map((path) => {
                const button = element("button", { type: "button", textContent: this.shownName(path) });
                if (path === this.root)
                    button.setAttribute("aria-current", "location");
                button.addEventListener("click", () => {
                    this.zoom(path);
                    this.trail.lastChild.firstChild.focus();
                });
                return element("li", {}, button);
            }));
        }

        /* By the suffix, numbers behind it aside: libc.so.6. */
        sortOf(path) {
            const name = this.tree.names[path];
            let end = name.length;
            while (end > 0 && ".0123456789".includes(name[end - 1]))
                end--;
            const version = name.indexOf(".", end);
            end = version < 0 ? name.length : version;
            const dot = name.lastIndexOf(".", end - 1);
            if (dot <= 0)
                return SORT_PLAIN;
            return SORT_OF_SUFFIX.get(name.slice(dot + 1, end).toLowerCase()) ?? SORT_OTHER;
        }

        colourOf(path) {
            if (this.colour === "kind")
                return this.state.kind[path] === OTHERS ? SORT_OTHER : this.sortOf(path);
            return this.state.from[path] % COLOURS;
        }

        /* What the colours of this folder mean, by bytes. */
        showLegend() {
            const { state, tree } = this, sums = new Map();
            const kind = this.colour === "kind";
            for (let i = this.root; i < tree.end[this.root]; i++)
                if (state.own[i] > 0) {
                    const key = kind ? this.colourOf(i) : state.from[i];
                    sums.set(key, (sums.get(key) || 0) + state.own[i]);
                }
            const rows = [...sums].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
            this.legend.replaceChildren(...rows.slice(0, LEGEND_ROWS).map(([key, bytes]) => {
                const what = kind ? SORT_NAMES[key] : `layer ${key}`;
                const item = element("li", {}, swatch(key % COLOURS), element("span", { textContent: what }),
                    element("span", { className: "quiet", textContent: this.size(bytes) }));
                if (!kind)
                    item.append(element("code", { textContent: tree.instructions[key].slice(0, 60) }));
                return item;
            }));
            if (rows.length > LEGEND_ROWS)
                this.legend.append(element("li", { className: "quiet", textContent: `and ${rows.length - LEGEND_ROWS} more` }));
        }

        showCount() {
            const { state } = this;
            const words = [`${this.pathOf(this.root)}: ${this.size(state.bytes[this.root])} in ` +
                `${formatCount(state.files[this.root])} files`];
            if (this.query)
                words.push(`${formatCount(this.found)} ${this.found === 1 ? "match" : "matches"} for “${this.query}” in the whole image`);
            this.count.textContent = words.join("; ");
        }
    }

    /* ---- the treemap ---- */

    class Treemap {
        constructor(explorer) {
            this.explorer = explorer;
            this.cells = [];
            this.canvas = element("canvas", { role: "img" });
            this.marker = element("div", { className: "marker", hidden: true });
            this.tip = element("div", { className: "tip", hidden: true });
            this.frame = element("div", { className: "map" }, this.canvas, this.marker, this.tip);
            this.canvas.addEventListener("pointermove", (event) => this.point(event));
            this.canvas.addEventListener("pointerleave", () => this.leave());
            this.canvas.addEventListener("click", (event) => this.enter(event));
            new ResizeObserver(() => this.draw()).observe(this.frame);
            for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"])
                matchMedia(query).addEventListener("change", () => this.draw());
        }

        draw() {
            const width = this.frame.clientWidth, height = this.frame.clientHeight;
            if (!width || !height)
                return;
            const scale = window.devicePixelRatio || 1;
            this.canvas.width = Math.round(width * scale);
            this.canvas.height = Math.round(height * scale);
            this.context = this.canvas.getContext("2d");
            this.context.scale(scale, scale);
            this.leave();
            this.readColours();
            this.layOut({ x: 0, y: 0, width, height });
            this.paint(width, height);
            const { explorer } = this;
            this.canvas.setAttribute("aria-label", `Treemap of ${explorer.pathOf(explorer.root)}, ` +
                `${explorer.size(explorer.state.bytes[explorer.root])}. The table below has the same content.`);
        }

        readColours() {
            const style = getComputedStyle(document.documentElement);
            const read = (name) => style.getPropertyValue(name).trim();
            this.forced = matchMedia("(forced-colors: active)").matches;
            const forced = (name, system) => this.forced ? system : read(name);
            this.colours = {
                layer: Array.from({ length: COLOURS }, (_, i) => forced(`--l${i}`, "Canvas")),
                folder: forced("--folder", "Canvas"),
                folderLine: forced("--folder-line", "CanvasText"),
                line: forced("--cell-line", "CanvasText"),
                text: forced("--cell-text", "CanvasText"),
                grey: forced("--grey", "Canvas"),
                greyText: forced("--grey-text", "GrayText"),
                found: forced("--accent", "Highlight"),
            };
        }

        /* Cells in the order in which they are painted: folders before what they hold. */
        layOut(all) {
            const { explorer } = this, { bytes } = explorer.state;
            const waiting = [{ path: explorer.root, ...all, depth: 0 }];
            this.cells = [];
            if (!bytes[explorer.root])
                return;
            while (waiting.length) {
                const cell = waiting.pop();
                this.cells.push(cell);
                const header = cell.depth && cell.height >= 34 && cell.width >= 40 ? 16 : cell.depth ? 2 : 0;
                const inside = {
                    x: cell.x + (cell.depth ? 2 : 0),
                    y: cell.y + header,
                    width: cell.width - (cell.depth ? 4 : 0),
                    height: cell.height - header - (cell.depth ? 2 : 0),
                };
                cell.header = header > 2;
                if (!explorer.isFolder(cell.path) || inside.width < 6 || inside.height < 6)
                    continue;
                cell.folder = true;
                for (const within of squarify(explorer.cellsOf(cell.path), bytes, inside))
                    if (within.width * within.height >= 6)
                        waiting.push({ ...within, depth: cell.depth + 1 });
            }
        }

        /* A folder too small to look into has the colour of the largest file in it. */
        colourOf(path) {
            const { explorer } = this, { bytes } = explorer.state;
            while (explorer.isFolder(path)) {
                let largest = -1;
                for (let i = path + 1; i < explorer.tree.end[path]; i = explorer.tree.end[i])
                    if (largest < 0 || bytes[i] > bytes[largest])
                        largest = i;
                if (largest < 0)
                    break;
                path = largest;
            }
            return explorer.colourOf(path);
        }

        paint(width, height) {
            const { context, colours, explorer } = this;
            context.fillStyle = colours.folder;
            context.fillRect(0, 0, width, height);
            context.font = "11px system-ui, -apple-system, sans-serif";
            context.textBaseline = "middle";
            context.lineWidth = 1;
            for (const cell of this.cells) {
                const lit = !explorer.lit || explorer.lit[cell.path];
                const dim = !lit && !(cell.folder && explorer.holds[cell.path]);
                if (cell.folder && !cell.depth)
                    continue;
                context.fillStyle = cell.folder ? colours.folder
                    : lit ? colours.layer[this.colourOf(cell.path)] : colours.grey;
                context.fillRect(cell.x, cell.y, cell.width, cell.height);
                if (cell.width > 3 && cell.height > 3) {
                    context.strokeStyle = cell.folder ? colours.folderLine
                        : explorer.lit && lit ? colours.found : colours.line;
                    context.strokeRect(cell.x + 0.5, cell.y + 0.5, cell.width - 1, cell.height - 1);
                }
                if (cell.folder ? cell.header : cell.width > 34 && cell.height > 13)
                    this.label(cell, dim ? colours.greyText : colours.text);
            }
        }

        label(cell, colour) {
            const { context, explorer } = this;
            const text = this.cut(explorer.shownName(cell.path), cell.width - 9);
            const size = this.cut(explorer.size(explorer.state.bytes[cell.path]), cell.width - 9);
            context.save();
            context.beginPath();
            context.rect(cell.x, cell.y, cell.width - 2, cell.height);
            context.clip();
            context.fillStyle = colour;
            context.fillText(text, cell.x + 5, cell.y + 9);
            if (!cell.folder && cell.height > 28 && !size.endsWith("…"))
                context.fillText(size, cell.x + 5, cell.y + 23);
            context.restore();
        }

        /* What of a text fits. */
        cut(text, width) {
            const wide = this.context.measureText(text).width;
            if (wide <= width)
                return text;
            const fits = Math.floor(text.length * width / wide) - 1;
            return fits > 0 ? `${[...text].slice(0, fits).join("")}…` : "";
        }

        cellAt(event) {
            const box = this.canvas.getBoundingClientRect();
            const x = event.clientX - box.left, y = event.clientY - box.top;
            let found = null;
            for (const cell of this.cells)
                if (x >= cell.x && x < cell.x + cell.width && y >= cell.y && y < cell.y + cell.height &&
                    (!found || cell.depth >= found.depth))
                    found = cell;
            return found;
        }

        rectOf(path) {
            return this.cells.find((cell) => cell.path === path);
        }

        place(rect) {
            Object.assign(this.marker.style, {
                left: `${rect.x}px`, top: `${rect.y}px`, width: `${rect.width}px`, height: `${rect.height}px`,
            });
        }

        point(event) {
            const cell = this.cellAt(event), { explorer } = this;
            if (!cell) {
                this.leave();
                return;
            }
            if (this.pointed !== cell) {
                this.pointed = cell;
                this.place(cell);
                this.marker.hidden = this.tip.hidden = false;
                this.tip.replaceChildren(...this.describe(cell.path));
            }
            const box = this.frame.getBoundingClientRect();
            const x = event.clientX - box.left, y = event.clientY - box.top;
            const width = this.tip.offsetWidth, height = this.tip.offsetHeight;
            this.tip.style.left = `${Math.max(0, Math.min(x + 14, explorer.map.frame.clientWidth - width))}px`;
            this.tip.style.top = `${y + 18 + height > this.frame.clientHeight ? y - height - 10 : y + 18}px`;
        }

        describe(path) {
            const { explorer } = this, { state, tree } = explorer;
            const lines = [
                element("code", { textContent: explorer.pathOf(path) }),
                element("strong", { textContent: `${explorer.size(state.bytes[path])}, ` +
                    `${formatShare(state.bytes[path], state.bytes[0])} of the image` }),
            ];
            if (explorer.isFolder(path))
                lines.push(element("span", { textContent: `${formatCount(state.files[path])} files` }));
            else
                lines.push(element("span", { textContent: `layer ${state.from[path]}: ` +
                    `${(tree.instructions[state.from[path]] || "unknown").slice(0, 120)}` }));
            return lines;
        }

        leave() {
            this.pointed = null;
            this.marker.hidden = this.tip.hidden = true;
        }

        /* A folder is entered; of a file its folder, and the file is marked in the table. */
        enter(event) {
            const cell = this.cellAt(event), { explorer } = this;
            if (!cell)
                return;
            const folder = explorer.isFolder(cell.path) ? cell.path : explorer.tree.parent[cell.path];
            explorer.zoom(folder, this.rectOf(folder));
            if (folder !== cell.path)
                explorer.table.reveal(cell.path);
        }

        /* The new folder grows out of where it lay. The style sheet makes it still for who wants that. */
        zoomFrom(rect) {
            if (!rect)
                return;
            this.place(rect);
            this.marker.hidden = false;
            this.marker.classList.add("zooming");
            requestAnimationFrame(() => {
                this.place({ x: 0, y: 0, width: this.frame.clientWidth, height: this.frame.clientHeight });
                setTimeout(() => {
                    this.marker.classList.remove("zooming");
                    this.marker.hidden = !this.pointed;
                }, 180);
            });
        }
    }

    /* Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000): a row takes cells while they become squarer. */
    function squarify(paths, bytes, space) {
        const placed = [];
        let total = 0;
        for (const path of paths)
            total += bytes[path];
        const scale = space.width * space.height / total;
        let { x, y, width, height } = space;
        for (let start = 0; start < paths.length;) {
            const side = Math.min(width, height);
            const worst = (first, last, sum) => {
                const thick = sum * scale / side;
                return Math.max(bytes[first] * scale / thick / thick, thick * thick / (bytes[last] * scale));
            };
            let sum = bytes[paths[start]], end = start + 1, now = worst(paths[start], paths[start], sum);
            for (; end < paths.length; end++) {
                const next = worst(paths[start], paths[end], sum + bytes[paths[end]]);
                if (next > now)
                    break;
                now = next;
                sum += bytes[paths[end]];
            }
            const thick = sum * scale / side, tall = height < width;
            let at = 0;
            for (let i = start; i < end; i++) {
                const length = bytes[paths[i]] * scale / thick;
                placed.push(tall ? { path: paths[i], x, y: y + at, width: thick, height: length }
                    : { path: paths[i], x: x + at, y, width: length, height: thick });
                at += length;
            }
            if (tall) {
                x += thick;
                width -= thick;
            } else {
                y += thick;
                height -= thick;
            }
            start = end;
        }
        return placed;
    }

    /* ---- the table ---- */

    const COLUMNS = [
        ["name", "Name"], ["bytes", "Bytes"], ["share", "Of the folder"], ["files", "Files"], ["layer", "Layer"],
        ["kind", "Kind"],
    ];

    /* Rows are made for what is seen, and kept while it is. The grid has the focus; the row that it speaks of
     * is its active descendant. */
    class TreeTable {
        constructor(explorer) {
            this.explorer = explorer;
            this.unfolded = new Set();
            this.folded = new Set(); // by hand, of what a search unfolds
            this.rows = [];
            this.made = new Map();
            this.active = 0;
            this.head = element("div", { role: "row", className: "head", "aria-rowindex": "1" });
            this.body = element("div", { role: "rowgroup", className: "rows" });
            this.grid = element("div", {
                role: "treegrid", tabIndex: 0, className: "grid", "aria-label": "Files and folders",
            }, element("div", { role: "rowgroup", className: "headgroup" }, this.head), this.body);
            this.frame = element("div", { className: "table" }, this.grid, element("p", {
                className: "quiet keys",
                textContent: "Arrows walk and unfold, Enter goes into a folder, Backspace leaves it, Home and End jump.",
            }));
            this.makeHead();
            this.grid.addEventListener("scroll", () => this.render());
            this.grid.addEventListener("keydown", (event) => this.key(event));
            this.body.addEventListener("click", (event) => this.click(event));
            this.body.addEventListener("dblclick", (event) => this.open(this.rowOf(event)));
            new ResizeObserver(() => this.render()).observe(this.grid);
        }

        makeHead() {
            this.heads = new Map();
            for (const [key, text] of COLUMNS) {
                const cell = element("div", { role: "columnheader", className: key });
                if (key === "share") {
                    cell.textContent = text;
                } else {
                    const button = element("button", { type: "button", textContent: text, tabIndex: 0 });
                    button.addEventListener("click", () => this.sort(key));
                    cell.append(button);
                }
                this.heads.set(key, cell);
                this.head.append(cell);
            }
        }

        sort(key) {
            const { explorer } = this;
            explorer.rising = explorer.order === key ? !explorer.rising : key === "name";
            explorer.order = key;
            explorer.sorted.clear();
            this.list(this.rows[this.active]);
        }

        /* Another folder, state or search: from the top. */
        reset() {
            this.unfolded.clear();
            this.folded.clear();
            this.grid.scrollTop = 0;
            this.list();
        }

        isUnfolded(path) {
            const { explorer } = this;
            if (this.unfolded.has(path))
                return true;
            return explorer.holds !== null && explorer.holds[path] === 1 && explorer.found <= UNFOLDED_BY_SEARCH &&
                !this.folded.has(path);
        }

        isListed(path) {
            const { lit, holds } = this.explorer;
            return !lit || lit[path] || holds[path];
        }

        /* Makes the list of rows anew; `keep` stays active if it is still there. */
        list(keep) {
            const { explorer } = this, waiting = [];
            const push = (folder) => {
                const children = explorer.childrenOf(folder);
                for (let i = children.length - 1; i >= 0; i--)
                    if (this.isListed(children[i]))
                        waiting.push(children[i]);
            };
            this.rows = [];
            push(explorer.root);
            while (waiting.length) {
                const path = waiting.pop();
                this.rows.push(path);
                if (explorer.isFolder(path) && this.isUnfolded(path))
                    push(path);
            }
            for (const [key, cell] of this.heads) {
                if (key === "share")
                    continue;
                cell.setAttribute("aria-sort", key !== explorer.order ? "none"
                    : explorer.rising ? "ascending" : "descending");
            }
            this.made.forEach((row) => row.remove());
            this.made.clear();
            this.body.style.height = `${Math.max(this.rows.length, 1) * ROW_HEIGHT}px`;
            this.grid.setAttribute("aria-rowcount", String(this.rows.length + 1));
            this.active = Math.max(0, keep === undefined ? 0 : this.rows.indexOf(keep));
            if (!this.rows.length)
                this.grid.removeAttribute("aria-activedescendant");
            this.render();
        }

        render() {
            const top = this.grid.scrollTop, seen = this.grid.clientHeight;
            const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - SPARE_ROWS);
            const last = Math.min(this.rows.length, Math.ceil((top + seen) / ROW_HEIGHT) + SPARE_ROWS);
            const wanted = new Set([this.active]);
            for (let i = first; i < last; i++)
                wanted.add(i);
            for (const [index, row] of this.made)
                if (!wanted.has(index)) {
                    row.remove();
                    this.made.delete(index);
                }
            for (const index of [...wanted].sort((a, b) => a - b))
                if (index < this.rows.length && !this.made.has(index))
                    this.insert(index);
            this.markActive();
        }

        /* Rows stand in the document as on the screen, for who reads it in that order. */
        insert(index) {
            const row = this.makeRow(index);
            const next = [...this.body.children].find((other) => Number(other.dataset.index) > index);
            this.body.insertBefore(row, next || null);
            this.made.set(index, row);
        }

        makeRow(index) {
            const { explorer } = this, { state, tree } = explorer;
            const path = this.rows[index], folder = explorer.isFolder(path);
            const level = tree.depth[path] - tree.depth[explorer.root];
            const whole = state.bytes[tree.parent[path]];
            const row = element("div", {
                role: "row", id: `row-${path}`, "aria-level": String(level), "aria-rowindex": String(index + 2),
                className: folder ? "row folder" : "row",
            });
            row.dataset.index = String(index);
            row.style.top = `${index * ROW_HEIGHT}px`;
            const name = element("div", { role: "gridcell", className: "name" });
            name.style.paddingLeft = `${(Math.min(level, 40) - 1) * 16 + 6}px`;
            const twisty = element("span", { className: "twisty", "aria-hidden": "true" });
            if (folder && tree.end[path] > path + 1) {
                row.setAttribute("aria-expanded", String(this.isUnfolded(path)));
                twisty.textContent = this.isUnfolded(path) ? "▾" : "▸";
            }
            const text = element("span", { className: "text", textContent: explorer.shownName(path) + (folder ? "/" : "") });
            if (explorer.lit && !explorer.lit[path])
                text.classList.add("dim");
            name.append(twisty, text);
            const bar = element("span", { className: "meter" });
            bar.append(element("span"));
            bar.firstChild.style.width = `${whole ? state.bytes[path] / whole * 100 : 0}%`;
            const cell = (kind, ...content) => element("div", { role: "gridcell", className: kind }, ...content);
            row.append(name, cell("bytes", explorer.size(state.bytes[path])),
                cell("share", bar, formatShare(state.bytes[path], whole)),
                cell("files", folder || state.kind[path] === OTHERS ? formatCount(state.files[path]) : ""),
                cell("layer", folder ? "" : swatch(state.from[path] % COLOURS), String(state.from[path])),
                cell("kind", KIND_NAMES[state.kind[path]]));
            return row;
        }

        markActive() {
            for (const [index, row] of this.made) {
                row.classList.toggle("active", index === this.active);
                row.setAttribute("aria-selected", String(index === this.active));
            }
            const path = this.rows[this.active];
            if (path !== undefined)
                this.grid.setAttribute("aria-activedescendant", `row-${path}`);
        }

        /* ---- walking ---- */

        activate(index) {
            if (!this.rows.length)
                return;
            this.active = Math.max(0, Math.min(this.rows.length - 1, index));
            const top = this.active * ROW_HEIGHT, head = this.head.offsetHeight;
            const room = this.grid.clientHeight - head;
            if (top < this.grid.scrollTop)
                this.grid.scrollTop = top;
            else if (top + ROW_HEIGHT > this.grid.scrollTop + room)
                this.grid.scrollTop = top + ROW_HEIGHT - room;
            this.render();
        }

        /* Unfolds what is above a path and goes there. */
        reveal(path) {
            const { explorer } = this;
            for (let p = explorer.tree.parent[path]; p > explorer.root; p = explorer.tree.parent[p])
                this.unfolded.add(p);
            this.list(path);
            this.activate(this.active);
        }

        fold(path, open) {
            this.unfolded.delete(path);
            this.folded.delete(path);
            (open ? this.unfolded : this.folded).add(path);
            this.list(path);
        }

        open(index) {
            const path = this.rows[index], { explorer } = this;
            if (path !== undefined && explorer.isFolder(path))
                explorer.zoom(path);
        }

        leave() {
            const { explorer } = this, from = explorer.root;
            if (from > 0) {
                explorer.zoom(explorer.tree.parent[from]);
                this.reveal(from);
            }
        }

        left(path) {
            const { explorer } = this;
            if (explorer.isFolder(path) && this.isUnfolded(path))
                this.fold(path, false);
            else if (explorer.tree.parent[path] > explorer.root)
                this.activate(this.rows.indexOf(explorer.tree.parent[path]));
        }

        right(path) {
            const { explorer } = this;
            if (!explorer.isFolder(path))
                return;
            if (!this.isUnfolded(path))
                this.fold(path, true);
            else if (explorer.tree.parent[this.rows[this.active + 1]] === path)
                this.activate(this.active + 1);
        }

        key(event) {
            if (event.target !== this.grid || event.ctrlKey || event.altKey || event.metaKey)
                return;
            const path = this.rows[this.active];
            const page = Math.max(1, Math.floor(this.grid.clientHeight / ROW_HEIGHT) - 2);
            const actions = {
                ArrowDown: () => this.activate(this.active + 1),
                ArrowUp: () => this.activate(this.active - 1),
                PageDown: () => this.activate(this.active + page),
                PageUp: () => this.activate(this.active - page),
                Home: () => this.activate(0),
                End: () => this.activate(this.rows.length - 1),
                ArrowLeft: () => this.left(path),
                ArrowRight: () => this.right(path),
                Enter: () => this.open(this.active),
                Backspace: () => this.leave(),
            };
            if (!Object.hasOwn(actions, event.key))
                return;
            event.preventDefault();
            if (path !== undefined || event.key === "Backspace")
                actions[event.key]();
        }

        rowOf(event) {
            const row = event.target.closest("[role=row]");
            return row ? Number(row.dataset.index) : -1;
        }

        click(event) {
            const index = this.rowOf(event), path = this.rows[index];
            if (path === undefined)
                return;
            this.activate(index);
            if (event.target.closest(".twisty") && this.explorer.isFolder(path))
                this.fold(path, !this.isUnfolded(path));
        }
    }

    /* ---- start ---- */

    async function start(home) {
        const payload = JSON.parse(document.getElementById("tree").textContent);
        const tree = readTree(await inflate(bytesOfBase64(payload)));
        if (!tree.layers)
            return;
        document.documentElement.classList.add("scripted");
        home.hidden = false;
        new Explorer(tree, home);
        document.documentElement.classList.add("ready");
        performance.mark("ready");
    }

    // A browser that cannot inflate, or whatever else goes wrong, leaves the page as it is, which is complete.
    const home = document.getElementById("explorer");
    if (typeof DecompressionStream === "function")
        start(home).catch((error) => {
            document.documentElement.classList.remove("scripted");
            home.hidden = true;
            throw error;
        });
})();
