/* Reports on their way: written down in this browser, sent when the line is there, once.
 *
 * A draft is in one of five states:
 *     draft      being filled in; nothing has left
 *     waiting    to be sent; its body is fixed, with its revision, before the first try, so that every try
 *                sends the same report and the site counts it once, however often an answer was lost
 *     sent       the site has it and it counts (`answer`)
 *     refused    the site has it and it has no effect (`answer` says why); may be filled in anew
 *     unclear    the site has it and has not yet said what became of it
 * Invariants: a draft is stored before anything is sent of it; a body never changes while it waits; a new
 * revision is greater than every earlier one of this browser. Whose drafts they are is part of the key:
 * two clerks at one machine do not see, or send, each other's. */

const KEEP_DONE = 50; // so many that are sent are kept to be looked at
const RETRY_MS = [2000, 5000, 15000, 30000, 60000];

export class Drafts {
    /*
     * post(path, body) gives {status, body}, or throws where nobody answered; now() is the clock
     * in ms; changed() is called after each change.
     */
    constructor({principal, storage, post, now, changed}) {
        Object.assign(this, {storage, post, now, changed, key: `thidua.drafts.${principal}`, tries: 0, timer: null, sending: null});
    }

    all() {
        try {
            return JSON.parse(this.storage.getItem(this.key)) ?? [];
        } catch {
            return []; // not ours, or cut off by the browser: better none than half
        }
    }

    get(id) {
        return this.all().find(each => each.id === id) ?? null;
    }

    waiting() {
        return this.all().filter(each => each.state === "waiting");
    }

    /* Stores a draft (by its id; a new one gets one); false where the browser's storage is full. */
    put(draft) {
        const all = this.all().filter(each => each.id !== draft.id);
        all.unshift({...draft, changed_ms: Date.now()});
        const done = all.filter(each => each.state === "sent").slice(KEEP_DONE);
        try {
            this.storage.setItem(this.key, JSON.stringify(all.filter(each => !done.includes(each))));
        } catch {
            return false;
        }
        this.changed();
        return true;
    }

    remove(id) {
        this.storage.setItem(this.key, JSON.stringify(this.all().filter(each => each.id !== id)));
        this.changed();
    }

    /* Fixes what will be sent, and begins to. `before`: the revision that the site is known to have. False: it could not be stored,
     * and was not sent. */
    send(draft, report, before = 0) {
        const last = this.all().reduce((most, each) => Math.max(most, each.revision ?? 0), before);
        const revision = Math.max(last + 1, this.now());
        const stored = this.put({...draft, state: "waiting", revision, body: JSON.stringify({...report, revision}), answer: null, problem: null});
        if (stored) {
            this.flush();
        }
        return stored;
    }

    /* Tries all that wait, in the order in which they were given. One run at a time, in all of this browser's tabs. */
    flush() {
        clearTimeout(this.timer);
        this.sending ??= this.alone(() => this.run()).finally(() => {
            this.sending = null;
            if (this.waiting().length > 0) {
                this.timer = setTimeout(() => this.flush(), RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]);
            } else {
                this.tries = 0;
            }
        });
        return this.sending;
    }

    stop() {
        clearTimeout(this.timer);
    }

    /* Browsers have locks on a secure origin only; without one, two tabs may both send, which the revision makes harmless. */
    alone(work) {
        return globalThis.navigator?.locks ? navigator.locks.request(this.key, work) : work();
    }

    async run() {
        for (const draft of this.waiting().sort((a, b) => a.revision - b.revision)) {
            let answer;
            try {
                answer = await this.post("/api/report", draft.body);
            } catch (error) {
                this.settle(draft, {problem: error.code ?? "offline"});
                return;
            }
            if (!this.take(draft, answer)) {
                return;
            }
        }
    }

    /* What an answer means; false: the same for all that wait, so try later. */
    take(draft, {status, body}) {
        if (status === 200) {
            this.settle(draft, {state: "sent", answer: body, problem: null});
        } else if (status === 202) {
            this.settle(draft, {state: "unclear", answer: body, problem: null});
        } else if (status === 409 || status === 400 || status === 413) {
            this.settle(draft, {state: "refused", answer: body, problem: null});
        } else {
            this.settle(draft, {problem: body?.code ?? String(status)});
            return false;
        }
        this.tries = 0;
        return true;
    }

    /* The draft may have been taken back, or sent by another tab, while the answer was under way. */
    settle(draft, change) {
        const now = this.get(draft.id);
        if (now !== null && now.state === "waiting" && now.revision === draft.revision) {
            this.put({...now, ...change});
        }
    }
}

/* For one form, unit and period: what is being filled in. */
export function draft_new({form, unit, period, campaign}) {
    const random = crypto.getRandomValues(new Uint8Array(12));
    return {id: [...random].map(each => each.toString(16).padStart(2, "0")).join(""), state: "draft", form, unit, period, campaign, texts: {}};
}
