/* A verdict's code, subject and detail are the words of a sentence in two languages (proto/codes.def). */
#include "workers/gateway/sentences.h"

#include "proto/answer_json.h"
#include "proto/codes.h"

#define SENTENCE_ROOM 512

void
sentences_add(json_t *verdict)
{
    char vi[SENTENCE_ROOM] = "", en[SENTENCE_ROOM] = "";
    struct complaint why = {0};
    enum code code = code_of_text(slice_text(json_text(verdict, "code")));
    if (code != CODE_NONE) {
        complain(&why, code, slice_text(json_text(verdict, "subject")), "%s",
                 json_text(verdict, "detail"));
        complaint_sentence(&why, LANGUAGE_VI, vi, sizeof vi);
        complaint_sentence(&why, LANGUAGE_EN, en, sizeof en);
    }
    json_object_set_new(verdict, "text_vi", json_string(vi));
    json_object_set_new(verdict, "text_en", json_string(en));
}

void
sentences_add_all(json_t *verdicts)
{
    size_t i;
    json_t *verdict;
    json_array_foreach(verdicts, i, verdict)
    {
        sentences_add(verdict);
    }
}
