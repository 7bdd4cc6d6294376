/* Asking and showing, shared by the reading verbs. */
#include "clients/reading.h"

#include "clients/answers.h"
#include "clients/words.h"
#include "common/period.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* Lists that every page has whole. */
static bool
is_of_every_page(const char *key)
{
    return strcmp(key, "columns") == 0 || strcmp(key, "members") == 0;
}

/* Every list of the page behind the same list of the answer. */
static void
pages_join(json_t *answer, json_t *page)
{
    const char *key;
    json_t *value;
    json_object_foreach(page, key, value)
    {
        json_t *list = json_object_get(answer, key);
        if (json_is_array(value) && json_is_array(list) && !is_of_every_page(key)) {
            json_array_extend(list, value);
        }
    }
}

/* Where the next page starts: text of the query workers, a number of the broker. False: no more. */
static bool
start_add(struct question *question, const json_t *next)
{
    if (json_is_integer(next)) {
        question_uint(question, "start", (uint64_t)json_integer_value(next));
        return true;
    }
    question_text(question, "start", json_string_value(next));
    return json_is_string(next);
}

int
reading_pages(struct contact *contact, const char *name, struct question *question, json_t **answer)
{
    size_t len = question->body.len;
    uint32_t count = question->count;
    int code = contact_read(contact, name, question, 0, answer);
    while (code == 0 && start_add(question, json_object_get(*answer, "next"))) {
        json_t *page = NULL;
        code = contact_read(contact, name, question, 0, &page);
        if (code != 0) {
            json_decref(*answer);
            break;
        }
        pages_join(*answer, page);
        json_object_del(*answer, "next");
        if (json_object_get(page, "next") != NULL) {
            json_object_set(*answer, "next", json_object_get(page, "next"));
        }
        json_decref(page);
        question->body.len = len;
        question->count = count;
    }
    return code;
}

int
reading_run(const struct options *options, const char *name, struct question *question,
            reading_show_fn *show)
{
    struct contact contact;
    json_t *answer;
    int code = contact_open(&contact, options);
    if (code == 0) {
        code = reading_pages(&contact, name, question, &answer);
        if (code == 0 && options->json) {
            code = json_show(answer);
        } else if (code == 0) {
            show(answer, options);
            json_decref(answer);
        }
        contact_close(&contact);
    }
    question_fini(question);
    return code;
}

void
unit_label(const json_t *row, const char *name_key, const char *code_key, char *text, unsigned size)
{
    const char *name = json_text(row, name_key);
    const char *code = json_text(row, code_key);
    if (name[0] == '\0') {
        snprintf(text, size, "%s", code);
    } else {
        snprintf(text, size, "%s (%s)", name, code);
    }
}

void
value_text(const json_t *value, char *text, unsigned size)
{
    if (json_is_integer(value)) {
        snprintf(text, size, "%" PRId64, (int64_t)json_integer_value(value));
    } else if (json_is_boolean(value)) {
        snprintf(text, size, "%s", json_is_true(value) ? "1" : "0");
    } else {
        snprintf(text, size, "%s", json_is_string(value) ? json_string_value(value) : "");
    }
}

const char *
title_of(const json_t *row)
{
    const char *title = json_text(row, tr("title_vi", "title_en"));
    return title[0] != '\0' ? title : json_text(row, "title_vi");
}

void
moment_text(int64_t time_us, char text[32])
{
    time_t seconds = (time_t)(time_us / 1000000);
    struct tm local;
    text[0] = '\0';
    if (time_us != 0 && localtime_r(&seconds, &local) != NULL) {
        strftime(text, 32, "%Y-%m-%d %H:%M:%S %z", &local);
    }
}

void
flags_text(const json_t *flags, char *text, unsigned size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < json_array_size(flags) && used < size; i++) {
        const char *flag = json_string_value(json_array_get(flags, i));
        int wrote =
            snprintf(text + used, size - used, "%s%s", i == 0 ? "" : " ", flag == NULL ? "" : flag);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}

void
verdict_sentence(const json_t *verdict, char *text, unsigned size)
{
    struct complaint why;
    text[0] = '\0';
    if (json_text(verdict, "code")[0] != '\0') {
        complain(&why, code_of_text(slice_text(json_text(verdict, "code"))),
                 slice_text(json_text(verdict, "subject")), "%s", json_text(verdict, "detail"));
        complaint_sentence(&why, words_language(), text, size);
    }
}
