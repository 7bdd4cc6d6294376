/* The question `meeting`, read: see meeting.h. */
#include "clients/meeting.h"

#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/words.h"

#include <sodium.h>
#include <string.h>
#include <sysexits.h>

bool
ulid_take(const char *text, uint8_t id[ULID_SIZE])
{
    uint8_t last[ULID_SIZE];
    return ulid_range(slice_text(text), id, last) && memcmp(id, last, ULID_SIZE) == 0;
}

bool
hex_take(const char *text, uint8_t *out, size_t len)
{
    size_t found = 0;
    return strlen(text) == 2 * len &&
           sodium_hex2bin(out, len, text, 2 * len, NULL, &found, NULL) == 0 && found == len;
}

int
meeting_fetch(struct contact *contact, const char *text, uint8_t id[ULID_SIZE], json_t **meeting)
{
    struct question question = {0};
    question_text(&question, "meeting", text);
    int code = reading_pages(contact, "meeting", &question, meeting);
    question_fini(&question);
    if (code == 0 && !ulid_take(json_text(*meeting, "meeting"), id)) {
        json_decref(*meeting);
        code =
            say_code(EX_PROTOCOL, tr("câu trả lời không đọc được.", "the answer cannot be read."));
    }
    return code;
}

int
meeting_item(const json_t *meeting, const char *text, uint8_t id[ULID_SIZE], json_t **item)
{
    uint8_t first[ULID_SIZE], last[ULID_SIZE], at[ULID_SIZE];
    json_t *each;
    size_t i, found = 0;
    if (!ulid_range(slice_text(text), first, last)) {
        return say_code(EX_USAGE, tr("“%s” không phải là mã đề nghị.", "“%s” names no nomination."),
                        text);
    }
    json_array_foreach(json_object_get(meeting, "table"), i, each)
    {
        if (ulid_take(json_text(each, "nomination"), at) && memcmp(at, first, ULID_SIZE) >= 0 &&
            memcmp(at, last, ULID_SIZE) <= 0) {
            memcpy(id, at, ULID_SIZE);
            *item = each;
            found++;
        }
    }
    return found == 1 ? 0
                      : say_code(EX_DATAERR,
                                 tr("“%s” không phải là một đề nghị trong chương trình cuộc họp.",
                                    "“%s” is not one nomination of the meeting's table."),
                                 text);
}

bool
meeting_ballot_key(const json_t *meeting, uint8_t key[BALLOT_KEY_SIZE])
{
    return hex_take(json_text(meeting, "ballot_key"), key, BALLOT_KEY_SIZE);
}

bool
meeting_ballot_take(const json_t *vote, const uint8_t meeting[ULID_SIZE],
                    const uint8_t nomination[ULID_SIZE], struct meeting_ballot *ballot)
{
    struct ballot *bytes = &ballot->bytes;
    ballot->voter = json_text(vote, "principal");
    if (!json_true_at(vote, "secret") ||
        !hex_take(json_text(vote, "commitment"), bytes->commitment, sizeof(bytes->commitment)) ||
        !hex_take(json_text(vote, "sealed"), bytes->sealed, sizeof(bytes->sealed))) {
        return false;
    }
    ballot->cast.commitment = slice_of(bytes->commitment, sizeof(bytes->commitment));
    ballot->cast.sealed = slice_of(bytes->sealed, sizeof(bytes->sealed));
    ballot_place(slice_of(meeting, ULID_SIZE), slice_of(nomination, ULID_SIZE),
                 slice_text(ballot->voter), ballot->cast.place);
    return true;
}
