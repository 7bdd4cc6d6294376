/* Meetings: #/meetings the list, #/meetings/new calls one, #/meetings/ID one of them, #/meetings/ID/minutes its minutes to print. */
export async function show(page) {
    const [first, second] = page.path;
    if (first === undefined) {
        const { show_meetings } = await import("../council/meetings.js");
        return show_meetings(page);
    }
    if (first === "new") {
        const { show_meeting_open } = await import("../council/meeting_open.js");
        return show_meeting_open(page);
    }
    if (second === "minutes") {
        const { show_minutes } = await import("../council/minutes.js");
        return show_minutes(page, first);
    }
    const { show_meeting } = await import("../council/meeting.js");
    return show_meeting(page, first);
}
