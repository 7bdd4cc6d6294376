/* The console's beginning: who is signed in, then the page of the address, again whenever the address, the language or the
 * light changes. */
import { on_signed_out } from "./api.js";
import { h, replace } from "./dom.js";
import { live_start, live_stop, listen } from "./live.js";
import { campaign_now, may, maybe_signed_in, me_ask, me_forget, me_now, sign_out } from "./me.js";
import { first_page, PAGES } from "./pages.js";
import { empty, link_button, skeleton, trouble } from "./parts.js";
import { go, here, href, on_move } from "./router.js";
import { frame } from "./shell.js";
import { show as show_sign_in } from "./pages/sign_in.js";
import { tr, word } from "./words.js";

const root = document.getElementById("console");
let shell = null; // the frame, while somebody is signed in
let frame_life = new AbortController();
let page_life = new AbortController();
let drawn_page = "";

function signed_out_now() {
    live_stop();
    me_forget();
    frame_life.abort();
    shell = null;
    show_sign_in(root, begin);
}

async function leave() {
    await sign_out();
    location.hash = "";
    signed_out_now();
}

function title_set(text) {
    document.title = text + " · Thi Đua";
}

/* Where the reader is told to be: at a new page's heading, but not when only a filter or a figure changed. */
function focus_place(main, name) {
    if (drawn_page !== "" && drawn_page !== name) {
        scrollTo(0, 0);
        (main.querySelector("h1") || main).focus({ preventScroll: true });
    }
    drawn_page = name;
}

async function show_page() {
    if (shell === null) {
        return;
    }
    const { page: name, path, args } = here();
    // A dialog belongs to the page that opened it: the way back closes it.
    document.querySelectorAll("dialog.sheet").forEach((dialog) => dialog.close());
    page_life.abort();
    page_life = new AbortController();
    const { signal } = page_life;
    const found = PAGES.find((page) => page.name === (name || first_page()));
    if (found === undefined) {
        replace(shell.main, empty(tr("Không có trang này", "There is no such page"), location.hash,
            link_button(word("page", first_page()), href(first_page()))));
        return;
    }
    shell.at(found.name);
    title_set(word("page", found.name));
    const box = h("div", skeleton(6));
    replace(shell.main, box);
    try {
        const module = await found.load();
        if (!signal.aborted) {
            await module.show({ main: box, path, args, signal, title: title_set, again: show_page });
        }
    } catch (error) {
        if (!signal.aborted) {
            replace(box, trouble(error, show_page));
        }
    }
    if (!signal.aborted) {
        focus_place(shell.main, found.name + "/" + path.join("/"));
    }
}

async function begin() {
    frame_life.abort();
    frame_life = new AbortController();
    const campaign = await campaign_now().catch(() => ({}));
    shell = frame(root, campaign, leave, frame_life.signal);
    live_start();
    listen("end", signed_out_now, frame_life.signal);
    if (may("report")) {
        // Reports that wait in this browser go out whichever page is open.
        (await import("./send/keeping.js")).drafts_now();
    }
    await show_page();
}

async function start() {
    if (!maybe_signed_in()) {
        signed_out_now();
        return;
    }
    try {
        await me_ask();
        await begin();
    } catch (error) {
        if (error.status === 401) {
            signed_out_now();
        } else {
            replace(root, h("div", { class: "page" }, trouble(error, start)));
        }
    }
}

on_signed_out(signed_out_now);
on_move(() => (here().page === "" && shell !== null ? go(first_page(), [], {}, { quietly: true }) : show_page()));
addEventListener("thidua:drawn-anew", () => (me_now() === null ? signed_out_now() : begin()));
start();
