/* thidua minutes MEETING --out FILE: the minutes of a council's meeting, from what stands in it. */
#include "clients/answers.h"
#include "clients/paper.h"
#include "clients/paper_out.h"
#include "clients/paper_source.h"
#include "clients/verbs.h"
#include "clients/words.h"

#include <string.h>

struct minutes_given {
    const char *out, *number, *signer, *place;
};

static int
minutes_make(const struct minutes_given *given, const struct paper_source *source)
{
    struct buf out = BUF_EMPTY;
    const struct paper paper = {.unit = source->unit,
                                .meeting = source->meeting,
                                .number = given->number,
                                .date = json_text(source->meeting, "date"),
                                .signer = given->signer,
                                .place = given->place,
                                .head = "",
                                .to = ""};
    paper_minutes(&paper, &out);
    int code = paper_out(given->out, buf_slice_of(&out));
    buf_fini(&out);
    return code;
}

int
verb_minutes(int argc, char **argv)
{
    struct options o;
    struct contact contact;
    struct paper_source source = {0};
    struct minutes_given given = {.number = "", .signer = "", .place = ""};
    const struct option_spec own[] = {
        TEXT_OPTION("out", "FILE", &given.out, true, "tệp HTML; - là stdout",
                    "the HTML file; - is stdout"),
        TEXT_OPTION("number", "TEXT", &given.number, false, "số, ký hiệu biên bản",
                    "the minutes' number"),
        TEXT_OPTION("signer", "NAME", &given.signer, false, "người chủ trì", "who presided"),
        TEXT_OPTION("place", "TEXT", &given.place, false, "nơi ban hành", "where it is issued"),
    };
    int code = options_parse(&o, own, OPTION_COUNT(own), argc, argv);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = contact_open(&contact, &o);
    if (code != 0) {
        return code;
    }
    code = paper_source_meeting(&contact, o.args[0], &source);
    code = code == 0 ? minutes_make(&given, &source) : code;
    if (code == 0 && !o.quiet && strcmp(given.out, "-") != 0) {
        say(tr("%s: biên bản dự thảo; hãy đọc lại trước khi ký.",
               "%s: the minutes as a draft; read them before they are signed."),
            given.out);
    }
    paper_source_fini(&source);
    contact_close(&contact);
    return code;
}
