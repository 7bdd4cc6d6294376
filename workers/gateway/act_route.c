/* POST /api/<act>: JSON into a record (act.c), sent in the name of whoever signed in (postings.c), answered with its
 * verdict. What the gateway adds is what a person cannot know: ids, revisions, the sealing of a secret ballot.
 *
 * With an Idempotency-Key every id follows from the key, the principal, the address and the fields, so that
 * the same act again is the same record; another act under the same key is another one. */
#include "workers/gateway/act_request.h"

#include "common/calendar.h"
#include "common/mem.h"
#include "common/text.h"
#include "proto/answer_json.h"
#include "proto/review.h"
#include "proto/ulid.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* ---- ids ---- */

/* What of the fields makes an act another one. Not a ballot's choice: an id stands in the journal for all to read,
 * and of three choices each could be tried until the id came out. */
static char *
fields_text(const struct act_request *a)
{
    json_t *fields = json_copy(a->fields);
    if (a->record.act->type == RECORD_vote) {
        json_object_del(fields, "choice");
    }
    char *text = json_dumps(fields, JSON_COMPACT | JSON_SORT_KEYS);
    if (text == NULL) {
        mem_exhausted(1);
    }
    json_decref(fields);
    return text;
}

/* Two of one act differ by `what`. */
static void
id_make(const struct request *r, const char *what, uint8_t id[ULID_SIZE])
{
    const struct act_request *a = r->act;
    crypto_generichash_state state;
    if (a->key == NULL) {
        ulid_new(clock_wall_us(&r->gateway->clock), id);
        return;
    }
    char *fields = fields_text(a);
    const char *parts[] = {a->key, r->principal, r->path, what, fields};
    crypto_generichash_init(&state, NULL, 0, ULID_SIZE);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        crypto_generichash_update(&state, (const uint8_t *)parts[i], strlen(parts[i]) + 1);
    }
    crypto_generichash_final(&state, id, ULID_SIZE);
    free(fields);
}

static struct slice
id_new(struct request *r, const char *what)
{
    uint8_t *id = arena_alloc(r->act->arena, ULID_SIZE);
    id_make(r, what, id);
    return slice_of(id, ULID_SIZE);
}

/* Meetings are listed by their identities, which begin with a time: one that must not be today's, because the key
 * may come again, is the day it is held. */
static void
time_set(struct slice id, struct slice date)
{
    int32_t day;
    if (date_parse(date, &day) != ERR_OK) {
        return;
    }
    uint64_t ms = (uint64_t)day * 86400000;
    for (unsigned i = 0; i < 6; i++) {
        ((uint8_t *)id.data)[i] = (uint8_t)(ms >> (40 - 8 * i));
    }
}

static bool
identity_fill(struct request *r)
{
    struct act_request *a = r->act;
    const char *makes = a->record.act->makes;
    struct slice *identity = makes[0] == '\0' ? NULL : act_field(&a->record, makes);
    if (identity == NULL) {
        return true;
    }
    if (identity->len == 0 && a->record.act->type == RECORD_meeting) {
        const struct record_meeting *meeting = a->record.fields;
        if (meeting->act != MEETING_OPEN) {
            return complain(&a->why, CODE_MISSING_FIELD, slice_text(makes), "%s", makes);
        }
        *identity = id_new(r, makes);
        if (a->key != NULL) {
            time_set(*identity, meeting->date);
        }
    } else if (identity->len == 0) {
        *identity = id_new(r, makes);
    }
    a->identity = *identity;
    return true;
}

/* A report without merge, and a withdrawal, have a revision instead of an id. */
static bool
revision_fill(struct request *r, uint64_t *revision)
{
    if (*revision == 0 && r->act->key != NULL) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "revision",
                    "Có Idempotency-Key thì báo cáo phải có revision.",
                    "With an Idempotency-Key a report needs its revision.");
        return false;
    }
    if (*revision == 0) {
        *revision = client_revision(r->gateway->links.submitter);
    }
    return true;
}

static bool
ids_fill(struct request *r)
{
    struct act_request *a = r->act;
    struct slice *id = act_field(&a->record, "id");
    uint64_t *revision = act_field(&a->record, "revision");
    bool *merge = act_field(&a->record, "merge");
    if (revision != NULL && (merge == NULL || !*merge)) {
        return revision_fill(r, revision);
    }
    if (id != NULL) {
        *id = id_new(r, "id");
    }
    if (a->record.act->type == RECORD_approval && strcmp(r->path, "/api/reopen") == 0) {
        ((struct record_approval *)a->record.fields)->reopen = true;
    }
    return identity_fill(r);
}

/* ---- reading ---- */

bool
act_key_read(struct request *r, const char **key)
{
    *key = request_header(r, "Idempotency-Key");
    if (*key != NULL && ((*key)[0] == '\0' || strlen(*key) > IDEMPOTENCY_KEY_MAX ||
                         !text_is_clean(slice_text(*key)))) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "idempotency-key",
                    "Idempotency-Key phải có từ 1 đến 128 byte.",
                    "Idempotency-Key has 1 to 128 bytes.");
        return false;
    }
    return true;
}

bool
act_type_is(struct request *r, const char *wanted)
{
    const char *type = request_header(r, MHD_HTTP_HEADER_CONTENT_TYPE);
    char vi[128], en[128];
    if (type != NULL && strncasecmp(type, wanted, strlen(wanted)) == 0) {
        return true;
    }
    snprintf(vi, sizeof vi, "Content-Type phải là %s.", wanted);
    snprintf(en, sizeof en, "Content-Type must be %s.", wanted);
    reply_error(r, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "media-type", vi, en);
    return false;
}

static bool
json_read(struct request *r)
{
    struct act_request *a = r->act;
    json_error_t error;
    a->fields = json_loadb((const char *)r->in.data, r->in.len, JSON_REJECT_DUPLICATES, &error);
    if (a->fields == NULL) {
        enum code code =
            json_error_code(&error) == json_error_duplicate_key ? CODE_DUPLICATE_KEY : CODE_SYNTAX;
        return complain(&a->why, code, slice_text("JSON"), "%s", error.text);
    }
    return act_read(act_find(r->path), a->fields, a->arena, &a->record, &a->why);
}

struct act_request *
act_request_new(void)
{
    struct act_request *a = mem_alloc(sizeof *a);
    a->arena = arena_new();
    return a;
}

void
act_request_free(struct act_request **act)
{
    struct act_request *a = *act;
    if (a != NULL) {
        posting_free(&a->posting);
        json_decref(a->fields);
        arena_free(&a->arena);
        buf_fini(&a->body);
        free(a);
    }
    *act = NULL;
}

/* True: the record is there but for what only vote.c can add. */
static bool
act_begin(struct request *r)
{
    if (!act_type_is(r, "application/json")) {
        return false;
    }
    r->act = act_request_new();
    if (!act_key_read(r, &r->act->key)) {
        return false;
    }
    if (!json_read(r)) {
        reply_complaint(r, &r->act->why);
        return false;
    }
    if (!ids_fill(r)) {
        reply_complaint(r, &r->act->why);
        return false;
    }
    return true;
}

/* ---- answering ---- */

static json_t *
verdict_json(const json_t *row, struct complaint *why)
{
    char vi[512] = "", en[512] = "";
    json_t *verdict = json_deep_copy(row);
    enum code code = code_of_text(slice_text(json_text(row, "code")));
    complain(why, code, slice_text(json_text(row, "subject")), "%s", json_text(row, "detail"));
    if (code != CODE_NONE) {
        complaint_sentence(why, LANGUAGE_VI, vi, sizeof vi);
        complaint_sentence(why, LANGUAGE_EN, en, sizeof en);
    }
    json_object_set_new(verdict, "text_vi", json_string(vi));
    json_object_set_new(verdict, "text_en", json_string(en));
    return verdict;
}

static void
judged_reply(struct request *r, json_t *body)
{
    struct complaint why = {0};
    json_t *verdict = verdict_json(posting_verdict(r->act->posting), &why);
    const char *word = json_text(verdict, "verdict");
    bool refused = strcmp(word, verdict_name(VERDICT_REJECTED)) == 0 ||
                   strcmp(word, verdict_name(VERDICT_QUARANTINED)) == 0;
    unsigned status = refused ? MHD_HTTP_CONFLICT : MHD_HTTP_OK;
    if (refused) {
        json_object_set_new(body, "httpStatus", json_string(MHD_get_reason_phrase_for(status)));
        json_object_set_new(body, "httpStatusCode", json_integer(status));
        json_object_set_new(body, "status", json_string("ERROR"));
        json_object_set_new(body, "code", json_string(json_text(verdict, "code")));
        json_object_set_new(
            body, "message",
            json_string(json_text(verdict, r->language == LANGUAGE_VI ? "text_vi" : "text_en")));
    }
    json_object_set_new(body, "verdict", verdict);
    reply_json(r, status, body);
}

void
act_answer(struct request *r, json_t *body)
{
    struct act_request *a = r->act;
    bool lasting;
    char receipt[RECEIPT_TEXT], identity[ULID_TEXT];
    enum posting_state state = posting_state(a->posting);
    if (state == POSTING_WAITS) {
        json_decref(body);
        request_wait(r);
        return;
    }
    if (state == POSTING_FAILED) {
        const struct complaint *why = posting_why(a->posting, &lasting);
        json_decref(body);
        reply_complaint(r, why);
        return;
    }
    receipt_format(posting_receipt(a->posting), receipt);
    json_object_set_new(body, "receipt", json_string(receipt));
    if (a->record.act != NULL && a->identity.len > 0) {
        ulid_format(a->identity.data, identity);
        json_object_set_new(body, a->record.act->makes, json_string(identity));
    }
    if (state == POSTING_JUDGED) {
        judged_reply(r, body);
    } else {
        json_object_set_new(body, "verdict", json_null());
        reply_json(r, MHD_HTTP_ACCEPTED, body);
    }
}

static void
record_make(void *owner, uint32_t index, struct slice *unit, struct buf *body)
{
    struct request *r = owner;
    (void)index;
    *unit = r->act->unit;
    buf_slice(body, buf_slice_of(&r->act->body));
}

void
act_send(struct request *r, uint32_t count, posting_make_fn *make)
{
    r->act->posting =
        posting_new(&r->gateway->postings, slice_text(r->principal), count, make, request_wake, r);
    if (r->act->posting == NULL) {
        reply_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "Cổng đang bận; hãy thử lại sau.",
                    "The gateway is busy; try again later.");
    }
}

/* Called when the body is whole, and after each waking until there is a reply. */
void
handle_act(struct request *r)
{
    if (r->act == NULL && !act_begin(r)) {
        return;
    }
    struct act_request *a = r->act;
    if (a->posting == NULL) {
        if (a->record.act->type == RECORD_vote && !vote_fill(r)) {
            return; /* it waits, or has been told */
        }
        a->unit = act_unit(&a->record);
        act_record_encode(&a->record, &a->body);
        act_send(r, 1, record_make);
    }
    if (a->posting != NULL) {
        act_answer(r, json_object());
    }
}
