/* thidua top: the site, live, in a terminal. Asks broker.status twice a second, and goes on showing the last answer,
 * and since when there was none, while nobody answers. */
#include "clients/condition.h"
#include "clients/top_screen.h"
#include "clients/verbs.h"
#include "clients/words.h"
#include "common/clock.h"
#include "common/mem.h"

#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#define ASK_EVERY_MS 500
#define GIVE_UP_MS 1000 /* one question; the next one is asked at once */
#define SILENT_MS 2000  /* from then on the bar says since when there was no answer */
#define STEP_MS 50      /* how long a key may wait */
#define KEY_CTRL_C 3

struct live {
    struct contact *contact;
    struct clock clock;
    struct top top;
    struct top_page *page;
    bool asking, help, drawn, ending;
    int64_t asked_ms;
};

static void
answer_take(struct live *l)
{
    enum err err;
    struct slice body;
    uint64_t as_of;
    struct complaint why;
    if (!client_answered(l->contact->client, &err, &body, &as_of, &why)) {
        return;
    }
    l->asking = false;
    json_t *answer = err == ERR_OK ? condition_of(l->contact, body) : NULL;
    if (answer != NULL) {
        top_take(&l->top, answer, clock_mono_ms(&l->clock));
        l->drawn = false;
    }
}

static void
ask_again(struct live *l)
{
    int64_t now_ms = clock_mono_ms(&l->clock);
    if (!l->asking && now_ms - l->asked_ms >= ASK_EVERY_MS) {
        client_ask(l->contact->client, "broker.status", slice_of(NULL, 0), 0);
        l->asking = true;
        l->asked_ms = now_ms;
    }
}

static void
keys_take(struct live *l)
{
    int key;
    while ((key = top_screen_key()) != 0) {
        l->drawn = false;
        if (key == 'q' || key == 'Q' || key == KEY_CTRL_C) {
            l->ending = true;
        } else if (key == 'l' || key == 'L') {
            words_language_set(words_language() == LANGUAGE_VI ? "en" : "vi");
        } else if (key != TOP_KEY_RESIZE) {
            l->help = !l->help && key == '?';
        }
    }
}

static void
draw(struct live *l)
{
    const struct options *o = l->contact->options;
    int64_t silent_ms = clock_mono_ms(&l->clock) - l->top.heard_ms;
    struct top_view view = {
        .top = &l->top,
        .data = o->brokers == NULL && o->office == NULL ? o->data : NULL,
        .help = l->help,
        .silent_ms = silent_ms > SILENT_MS ? silent_ms : 0,
    };
    unsigned rows, columns;
    if (l->drawn && view.silent_ms == 0) {
        return;
    }
    top_screen_size(&rows, &columns);
    top_view_make(&view, rows, columns, l->page);
    top_screen_draw(l->page);
    l->drawn = true;
}

static void
live_run(struct live *l)
{
    while (!l->ending) {
        ask_again(l);
        client_step(l->contact->client, STEP_MS);
        if (l->asking) {
            answer_take(l);
        }
        keys_take(l);
        draw(l);
    }
}

/* The first answer is waited for without a screen: whoever cannot get one reads why. */
static int
first_answer(struct live *l)
{
    struct slice body;
    int code = contact_ask(l->contact, "broker.status", slice_of(NULL, 0), 0, &body, NULL);
    json_t *answer = code == 0 ? condition_of(l->contact, body) : NULL;
    if (answer == NULL) {
        return code == 0 ? EX_PROTOCOL : code;
    }
    l->asked_ms = clock_mono_ms(&l->clock);
    top_take(&l->top, answer, l->asked_ms);
    return 0;
}

static int
live_open(struct live *l)
{
    int code = first_answer(l);
    if (code != 0) {
        return code;
    }
    if (!top_screen_open()) {
        const char *terminal = getenv("TERM");
        return say_code(EX_CONFIG,
                        tr("không rõ loại màn hình “%s” (TERM); hãy dùng “thidua status”.",
                           "the terminal “%s” (TERM) is not known here; use “thidua status”."),
                        terminal == NULL ? "" : terminal);
    }
    live_run(l);
    top_screen_close();
    return 0;
}

int
verb_top(int argc, char **argv)
{
    struct options o;
    struct contact contact = {0};
    int code = options_parse(&o, NULL, 0, argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        return say_code(EX_USAGE, tr("top cần một màn hình (terminal); hãy dùng “thidua status”.",
                                     "top needs a terminal; use “thidua status”."));
    }
    code = contact_open_patient(&contact, &o, GIVE_UP_MS);
    if (code != 0) {
        return code;
    }
    struct live live = {.contact = &contact, .clock = clock_real(0)};
    live.page = mem_alloc(sizeof *live.page);
    code = live_open(&live);
    top_fini(&live.top);
    free(live.page);
    contact_close(&contact);
    return code;
}
