/* thidua outbox run|status|list|clear: what `submit --outbox` and its sisters put by, sent when there is
 * a line. */
#include "clients/outbox_run.h"
#include "clients/outbox_show.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

struct outbox_command {
    const struct options *options;
    struct outbox_place place;
    const char *dir, *state;
    bool once, done, rejected;
};

static int
run(struct outbox_command *c)
{
    return outbox_run(&c->place, c->options, c->once);
}

static int
status(struct outbox_command *c)
{
    struct outbox *outbox;
    int code = outbox_place_open(&c->place, false, &outbox);
    if (code == 0) {
        code = outbox_show_status(&c->place, outbox, c->options->json);
        outbox_free(&outbox);
    }
    return code;
}

/* False: no such state. */
static bool
state_read(const char *text, enum outbox_state *state)
{
    *state = (enum outbox_state)0;
    if (text == NULL || strcmp(text, "all") == 0) {
        return true;
    }
    for (int s = OUTBOX_PENDING; s < OUTBOX_STATES; s++) {
        if (strcmp(text, outbox_state_name((enum outbox_state)s)) == 0) {
            *state = (enum outbox_state)s;
            return true;
        }
    }
    return false;
}

static int
list(struct outbox_command *c)
{
    struct outbox *outbox;
    enum outbox_state state;
    if (!state_read(c->state, &state)) {
        return say_code(EX_USAGE,
                        tr("--state là pending, receipted, done, rejected hoặc all, không phải "
                           "“%s”.",
                           "--state is pending, receipted, done, rejected or all, not “%s”."),
                        c->state);
    }
    int code = outbox_place_open(&c->place, false, &outbox);
    if (code == 0) {
        code = outbox_show_list(&c->place, outbox, state, c->options->json);
        outbox_free(&outbox);
    }
    return code;
}

static int
clear_state(struct outbox_command *c, struct outbox *outbox, enum outbox_state state,
            uint64_t *cleared)
{
    uint64_t count;
    enum err err = outbox_clear(outbox, state, &count);
    if (err != ERR_OK) {
        return outbox_place_failed(&c->place, err, "");
    }
    *cleared += count;
    return 0;
}

static int
clear(struct outbox_command *c)
{
    struct outbox *outbox;
    uint64_t cleared = 0;
    if (!c->done && !c->rejected) {
        return say_code(EX_USAGE,
                        tr("clear cần --done (đã xong), --rejected (bị từ chối, đã đọc), hoặc cả "
                           "hai.",
                           "clear wants --done, --rejected (once they were read), or both."));
    }
    int code = outbox_place_open(&c->place, false, &outbox);
    if (code != 0) {
        return code;
    }
    code = c->done ? clear_state(c, outbox, OUTBOX_DONE, &cleared) : 0;
    code = code == 0 && c->rejected ? clear_state(c, outbox, OUTBOX_REJECTED, &cleared) : code;
    outbox_free(&outbox);
    if (code == 0 && !c->options->quiet) {
        say(tr("đã dọn %" PRIu64 " mục.", "%" PRIu64 " entries cleared."), cleared);
    }
    return code;
}

static int
command_run(struct outbox_command *c)
{
    static const struct {
        const char *name;
        int (*run)(struct outbox_command *c);
    } COMMANDS[] = {{"run", run}, {"status", status}, {"list", list}, {"clear", clear}};
    const char *name = c->options->args[0];
    for (size_t i = 0; i < sizeof COMMANDS / sizeof COMMANDS[0]; i++) {
        if (strcmp(name, COMMANDS[i].name) == 0) {
            int code = outbox_place_find(c->options, c->dir, &c->place);
            return code == 0 ? COMMANDS[i].run(c) : code;
        }
    }
    return say_code(EX_USAGE,
                    tr("outbox: run, status, list hoặc clear, không phải “%s”.",
                       "outbox: run, status, list or clear, not “%s”."),
                    name);
}

int
verb_outbox(int argc, char **argv)
{
    struct options o;
    struct outbox_command c = {.options = &o};
    const struct option_spec own[] = {
        SWITCH_OPTION("once", &c.once, "run: gửi những gì đang có rồi kết thúc",
                      "run: send what is there, then end"),
        TEXT_OPTION("state", "S", &c.state, false,
                    "list: pending, receipted, done, rejected hoặc all (mặc định)",
                    "list: pending, receipted, done, rejected or all (the default)"),
        SWITCH_OPTION("done", &c.done, "clear: những mục đã xong", "clear: what is done"),
        SWITCH_OPTION("rejected", &c.rejected, "clear: những mục bị từ chối đã đọc",
                      "clear: rejected ones that were read"),
        OUTBOX_DIR_OPTION(&c.dir),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    return code == OPTIONS_GO ? command_run(&c) : code;
}
