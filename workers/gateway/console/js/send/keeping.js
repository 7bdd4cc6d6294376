/* The drafts of whoever is signed in, and what makes them leave: the line coming back, a retry, the next sign-in. One for the whole
 * console, so that a report goes out whichever page is open. */
import { ApiError, post } from "../api.js";
import { line_is_up, listen } from "../live.js";
import { me_now } from "../me.js";
import { Drafts } from "./drafts.js";

const changes = new EventTarget();
let drafts = null;
let whose = "";

/* After each change of a draft, until the signal's page is left. */
export function on_drafts(then, signal) {
    changes.addEventListener("drafts", then, { signal });
}

/* What an answer was, whether it is a refusal or not; an error only where nobody answered. */
async function send(path, body) {
    try {
        const answer = await post(path, JSON.parse(body));
        return { status: answer.verdict === null ? 202 : 200, body: answer };
    } catch (error) {
        if (error instanceof ApiError && error.status !== 0) {
            return { status: error.status, body: error.body };
        }
        throw error;
    }
}

export function drafts_now() {
    const { principal } = me_now();
    if (drafts === null || whose !== principal) {
        drafts?.stop();
        whose = principal;
        drafts = new Drafts({ principal, storage: localStorage, post: send, now: Date.now, changed: () => changes.dispatchEvent(new Event("drafts")) });
        if (line_is_up()) {
            drafts.flush();
        }
    }
    return drafts;
}

listen("line", ({ up }) => {
    if (up && drafts !== null && me_now()?.principal === whose) {
        drafts.flush();
    }
});
