/* The console's rooms: which page stands where, and who finds it in the menu. A page is a module of pages/ with show(page); README.md
 * says how one is made. `needs`: one of these questions or records must be among what the person may. */
import { may } from "./me.js";

export const PAGES = [
    { name: "overview", load: () => import("./pages/overview.js"), needs: ["tally"] },
    { name: "units", load: () => import("./pages/units.js"), needs: ["unit"] },
    { name: "send", load: () => import("./pages/send.js"), needs: ["report"] },
    { name: "approvals", load: () => import("./pages/approvals.js"), needs: ["approvals"] },
    { name: "review", load: () => import("./pages/review.js"), needs: ["review.list"] },
    { name: "meetings", load: () => import("./pages/meetings.js"), needs: ["meetings"] },
    { name: "honours", load: () => import("./pages/honours.js"), needs: ["honours"] },
    { name: "operations", load: () => import("./pages/operations.js"), needs: ["broker.status"] },
];

export function pages_for_me() {
    return PAGES.filter((page) => page.needs.some(may));
}

/* Where somebody lands: an operator at the machines, a clerk at the overview of the own unit. */
export function first_page() {
    return may("tally") ? "overview" : may("broker.sessions") ? "operations" : "honours";
}
