/* What has changed, as the gateway tells it (/api/events). One stream for the whole console, open while somebody is signed in; pages
 * listen while they are shown. The browser opens it again by itself; whether the line is up is told as an event too. */

const target = new EventTarget();
let stream = null;
let up = true;

function tell(name, data) {
    target.dispatchEvent(new CustomEvent(name, { detail: data }));
}

function line(now_up) {
    if (up !== now_up) {
        up = now_up;
        tell("line", { up });
    }
}

export function line_is_up() {
    return up && navigator.onLine;
}

export function live_start() {
    if (stream !== null) {
        return;
    }
    stream = new EventSource("/api/events");
    for (const name of ["head", "queue", "rejected", "end"]) {
        stream.addEventListener(name, (event) => {
            line(true);
            tell(name, JSON.parse(event.data));
        });
    }
    stream.onopen = () => line(true);
    stream.onerror = () => line(false);
}

export function live_stop() {
    if (stream !== null) {
        stream.close();
        stream = null;
    }
}

/* listen("queue", (data) => …, signal): until the signal's page is left. Names: head, queue, rejected, end (docs/HTTP.md), and
 * line {up}: the line to the gateway came or went. */
export function listen(name, then, signal) {
    target.addEventListener(name, (event) => then(event.detail), { signal });
}

addEventListener("online", () => tell("line", { up: line_is_up() }));
addEventListener("offline", () => tell("line", { up: false }));
