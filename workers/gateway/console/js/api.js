/* Speaking to the gateway (docs/HTTP.md): GET, POST, errors as one kind of object, the session's token beside every
 * write. Nothing but the gateway is ever asked. */
import { language, tr } from "./words.js";

let token = "";
let signed_out = () => {};

/* The session's CSRF token, of /api/me. */
export function token_set(csrf) {
    token = csrf || "";
}

/* Called when the gateway says 401: the session has ended. */
export function on_signed_out(then) {
    signed_out = then;
}

/* Whatever went wrong with a request. status 0: the line is down (or the gateway is). code: of docs/CODES.md, or
 * "line-down". message: a sentence for the reader, in the language that was asked for. retry_s: when to try again. */
export class ApiError extends Error {
    constructor(status, body, retry_s) {
        super(body.message || tr("Cổng không trả lời được.", "The gateway could not answer."));
        this.status = status;
        this.code = body.code || "";
        this.retry_s = retry_s;
        this.body = body;
    }
}

function address(path, args) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(args || {})) {
        if (value !== undefined && value !== null && value !== "" && value !== false) {
            query.set(name, Array.isArray(value) ? value.join(",") : String(value));
        }
    }
    const text = query.toString();
    return path + (text === "" ? "" : "?" + text);
}

async function answer_of(response) {
    const text = await response.text();
    try {
        return text === "" ? {} : JSON.parse(text);
    } catch {
        return {};
    }
}

async function request(path, options) {
    let response;
    try {
        response = await fetch(path, {
            credentials: "same-origin",
            cache: "no-cache",
            redirect: "error",
            ...options,
            headers: { "Accept-Language": language(), ...options.headers },
        });
    } catch (e) {
        if (e.name === "AbortError") {
            throw e;
        }
        throw new ApiError(0, {
            code: "line-down",
            message: tr("Không liên lạc được với máy chủ.", "The server cannot be reached."),
        });
    }
    const body = await answer_of(response);
    if (!response.ok) {
        if (response.status === 401 && path !== "/api/session" && path !== "/api/me") {
            signed_out();
        }
        throw new ApiError(response.status, body, Number(response.headers.get("Retry-After")) || 0);
    }
    return body;
}

/* get("/api/tallies", {unit, period, children: true}, signal): the answer's body. */
export function get(path, args, signal) {
    return request(address(path, args), { method: "GET", signal });
}

/* All pages of a list: those of `field`, until there is no `next`, but at most `most` (then `more` is true). */
export async function get_all(path, args, field, signal, most = 5000) {
    const whole = [];
    let answer = await get(path, args, signal);
    whole.push(...answer[field]);
    while (answer.next !== undefined && whole.length < most) {
        answer = await get(path, { ...args, start: answer.next }, signal);
        whole.push(...answer[field]);
    }
    return { ...answer, [field]: whole, more: answer.next !== undefined };
}

/* A key for one act: made where the act is begun, and kept for its repeats. */
export function new_key() {
    return crypto.randomUUID
        ? crypto.randomUUID()
        : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/* post("/api/comment", {nomination, text}, {key}): {receipt, verdict, …}. A repeat under the same key has one effect.
 * Without a key (a report: its revision is the key) none is sent. A 409 is an ApiError whose message is the verdict's. */
export function post(path, fields, { key, signal } = {}) {
    return request(path, {
        method: "POST",
        signal,
        body: JSON.stringify(fields),
        headers: { "Content-Type": "application/json", "X-CSRF-Token": token, ...(key ? { "Idempotency-Key": key } : {}) },
    });
}

/* A body that is not JSON: a document, a CSV file. */
export function post_bytes(path, args, body, type, { key, signal } = {}) {
    return request(address(path, args), {
        method: "POST",
        signal,
        body,
        headers: { "Content-Type": type, "X-CSRF-Token": token, ...(key ? { "Idempotency-Key": key } : {}) },
    });
}

export function end_session() {
    return request("/api/session", { method: "DELETE", headers: { "X-CSRF-Token": token } });
}
