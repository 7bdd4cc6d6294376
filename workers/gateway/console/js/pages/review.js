/* Review: #/review the queue, #/review/new a proposal, #/review/ID one nomination, #/review/ID/anew the same proposed once more after it
 * was returned. */
export async function show(page) {
    const [first, second] = page.path;
    if (first === undefined) {
        const { show_queue } = await import("../council/queue.js");
        return show_queue(page);
    }
    if (first === "new" || second === "anew") {
        const { show_nominate } = await import("../council/nominate.js");
        return show_nominate(page, first === "new" ? null : first);
    }
    const { show_item } = await import("../council/item.js");
    return show_item(page, first);
}
