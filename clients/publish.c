/* Checking needs no broker. Publishing journals one record about no unit and waits for its verdict,
 * since whoever publishes a registry wants to know that it is in force. */
#include "clients/publish.h"

#include "clients/answers.h"
#include "clients/results.h"
#include "clients/words.h"

#include <string.h>
#include <sysexits.h>

static int
publish_record(const struct options *options, const char *file, struct slice body)
{
    struct contact contact;
    struct outcomes outcomes;
    struct results results;
    int code = contact_open(&contact, options);
    if (code != 0) {
        return code;
    }
    results_begin(&results, options, file, true);
    outcomes_begin(&outcomes, &contact, WANT_ALL, results_told, &results);
    outcomes_submit(&outcomes, slice_text(""), body, results_expect(&results, 1));
    outcomes_finish(&outcomes);
    code = results_end(&results, &outcomes);
    outcomes_fini(&outcomes);
    contact_close(&contact);
    return code;
}

/* With --json, what the check found is the answer of `check`, and of a `publish` that it stops. */
static int
check_show(const char *file, json_t *mistakes, int code)
{
    int shown = json_show(
        json_pack("{s:s, s:b, s:O}", "file", file, "ok", code == 0, "mistakes", mistakes));
    return code != 0 ? code : shown;
}

static int
run(const struct publication *p, const struct options *options, bool publish, struct arena *arena)
{
    const char *file = options->args[1];
    json_t *mistakes = options->json ? json_array() : NULL;
    char summary[160] = "";
    int code = p->read(file, arena, p->held, mistakes, summary);
    bool checked = code == 0 || code == EX_DATAERR; /* else there was nothing to check */
    if (options->json && checked && (!publish || code != 0)) {
        code = check_show(file, mistakes, code);
    } else if (code == 0 && !options->quiet) {
        say("%s: %s", file, summary);
    }
    json_decref(mistakes);
    if (code != 0 || !publish) {
        return code;
    }
    struct buf body = BUF_EMPTY;
    code = p->encode(p->held, &body);
    if (code == 0) {
        code = publish_record(options, file, buf_slice_of(&body));
    }
    buf_fini(&body);
    return code;
}

int
publish_run(const struct publication *publication, const struct options *options)
{
    bool publish = strcmp(options->args[0], "publish") == 0;
    if (options->arg_count != 2 || (!publish && strcmp(options->args[0], "check") != 0)) {
        return say_code(EX_USAGE,
                        tr("“%s” không phải là check TỆP hay publish TỆP.",
                           "“%s” is neither check FILE nor publish FILE."),
                        options->args[0]);
    }
    struct arena *arena = arena_new();
    int code = run(publication, options, publish, arena);
    arena_free(&arena);
    return code;
}
