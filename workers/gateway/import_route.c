/* POST /api/dataValueSets: the options of the URL, the format of the body, the campaign, then the import. Told
 * 200 where all was taken, 409 with the same summary where something was not, as DHIS2 does. */
#include "workers/gateway/request.h"

#include "common/text.h"
#include "proto/answer_json.h"
#include "proto/pack.h"

#include <stdio.h>
#include <strings.h>

static const struct {
    const char *type;
    const struct cells_format *format;
} TYPES[] = {
    {"application/json", &CELLS_JSON},
    {"application/csv", &CELLS_CSV},
    {"text/csv", &CELLS_CSV},
    {"application/adx+xml", &CELLS_ADX},
};

static const struct cells_format *
format_find(const struct request *r)
{
    const char *type = request_header(r, MHD_HTTP_HEADER_CONTENT_TYPE);
    const char *coding = request_header(r, MHD_HTTP_HEADER_CONTENT_ENCODING);
    size_t len = type == NULL ? 0 : strcspn(type, "; ");
    if (coding != NULL && strcasecmp(coding, "identity") != 0) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        if (len == strlen(TYPES[i].type) && strncasecmp(type, TYPES[i].type, len) == 0) {
            return TYPES[i].format;
        }
    }
    return NULL;
}

/* Codes are the only identifiers here; DHIS2's own ids are unknown. */
bool
schemes_check(struct request *r)
{
    static const char *const names[] = {"idScheme", "dataElementIdScheme", "orgUnitIdScheme"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = request_argument(r, names[i]);
        if (value != NULL && strcasecmp(value, "code") != 0) {
            reply_error(r, MHD_HTTP_CONFLICT, "scheme", "Ở đây chỉ có mã: idScheme=code.",
                        "There are only codes here: idScheme=code.");
            return false;
        }
    }
    return true;
}

/* Every name that DHIS2 has had for one; what is there is looked at when the record is applied. */
static const struct {
    const char *name;
    unsigned only; /* records.def, report.only */
    bool deletes;
} STRATEGIES[] = {
    {"CREATE_AND_UPDATE", 0, false},
    {"NEW_AND_UPDATES", 0, false},
    {"MERGE", 0, false},
    {"CREATE", 1, false},
    {"NEW", 1, false},
    {"UPDATE", 2, false},
    {"UPDATES", 2, false},
    {"DELETE", 0, true},
    {"DELETES", 0, true},
};

static bool
strategy_read(struct request *r, struct import_options *options)
{
    const char *value = request_argument(r, "importStrategy");
    for (size_t i = 0; value != NULL && i < sizeof STRATEGIES / sizeof *STRATEGIES; i++) {
        if (strcasecmp(value, STRATEGIES[i].name) == 0) {
            options->only = STRATEGIES[i].only;
            options->deletes = STRATEGIES[i].deletes;
            return true;
        }
    }
    if (value != NULL) {
        reply_error(r, MHD_HTTP_CONFLICT, "strategy",
                    "importStrategy là một trong CREATE_AND_UPDATE, CREATE, UPDATE, DELETE.",
                    "importStrategy is one of CREATE_AND_UPDATE, CREATE, UPDATE, DELETE.");
    }
    return value == NULL;
}

static bool
code_read(struct request *r, const char *name, char to[CODE_MAX + 1])
{
    const char *value = request_argument(r, name);
    if (value == NULL || value[0] == '\0') {
        return true;
    }
    if (!code_is_valid(slice_text(value))) {
        struct complaint why;
        complain(&why, CODE_CODE_INVALID, slice_text(name), "%s", value);
        reply_complaint(r, &why);
        return false;
    }
    snprintf(to, CODE_MAX + 1, "%s", value);
    return true;
}

bool
key_read(struct request *r, struct import_options *options)
{
    const char *key = request_header(r, "Idempotency-Key");
    if (key == NULL) {
        return true;
    }
    if (key[0] == '\0' || strlen(key) > IDEMPOTENCY_KEY_MAX || !text_is_clean(slice_text(key))) {
        reply_error(r, MHD_HTTP_BAD_REQUEST, "idempotency-key",
                    "Idempotency-Key phải có từ 1 đến 128 byte.",
                    "Idempotency-Key has 1 to 128 bytes.");
        return false;
    }
    snprintf(options->key, sizeof options->key, "%s", key);
    return true;
}

static bool
options_read(struct request *r, struct import_options *options)
{
    const char *header = request_argument(r, "firstRowIsHeader");
    *options = (struct import_options){
        .dry_run = request_switch(r, "dryRun"),
        .header = header == NULL || strcmp(header, "false") != 0,
        .language = r->language,
    };
    r->format = format_find(r);
    if (r->format == NULL) {
        reply_error(r, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "media-type",
                    "Content-Type phải là application/json, application/csv hoặc "
                    "application/adx+xml, không nén.",
                    "Content-Type must be application/json, application/csv or "
                    "application/adx+xml, not compressed.");
        return false;
    }
    return schemes_check(r) && strategy_read(r, options) &&
           code_read(r, "campaign", options->campaign) &&
           code_read(r, "dataSet", options->data_set) && key_read(r, options);
}

/* ---- the campaign ---- */

static bool
plan_is_fresh(const struct gateway *g, const struct import_options *options)
{
    return g->plan != NULL && strcmp(g->plan_campaign, options->campaign) == 0 &&
           clock_mono_ms(&((struct gateway *)g)->clock) - g->plan_ms < PLAN_MS;
}

static void
plan_ask(struct request *r, const struct import_options *options)
{
    struct buf args = BUF_EMPTY;
    bool named = options->campaign[0] != '\0';
    pack_map(&args, named);
    if (named) {
        pack_key_text(&args, "campaign", slice_text(options->campaign));
    }
    request_ask(r, "campaign", buf_slice_of(&args), 0, true);
    buf_fini(&args);
}

static bool
plan_take(struct request *r, const struct import_options *options)
{
    struct gateway *g = r->gateway;
    struct plan *plan = plan_new(r->answer.body);
    if (plan == NULL) {
        reply_complaint(r, &(struct complaint){.code = CODE_NONE});
        return false;
    }
    plan_drop(&g->plan);
    g->plan = plan;
    memcpy(g->plan_campaign, options->campaign, sizeof g->plan_campaign);
    g->plan_ms = clock_mono_ms(&g->clock);
    return true;
}

/* True: the gateway's plan is this import's. */
static bool
plan_ready(struct request *r, const struct import_options *options)
{
    if (r->asked == NOT_ASKED && plan_is_fresh(r->gateway, options)) {
        return true;
    }
    if (r->asked == NOT_ASKED) {
        plan_ask(r, options);
    }
    if (r->asked == REFUSED) {
        reply_complaint(r, &r->answer.why);
    } else if (r->asked == ASKED && r->status == 0) {
        request_wait(r);
    }
    return r->asked == ANSWERED && plan_take(r, options);
}

/* ---- the import ---- */

static void
import_make(struct request *r)
{
    struct import_options options;
    if (!options_read(r, &options) || !plan_ready(r, &options)) {
        return;
    }
    r->import = import_new(&r->gateway->imports, &options, r->gateway->plan,
                           slice_text(r->principal), r->format, request_wake, r);
    if (r->import == NULL) {
        reply_error(r, MHD_HTTP_TOO_MANY_REQUESTS, "busy", "Đang có quá nhiều lượt nhập.",
                    "Too many imports are under way.");
    }
}

/* What came of it, as DHIS2 2.38 and later wrap it. */
static void
import_reply(struct request *r)
{
    bool lasting;
    const struct complaint *why = import_failed(r->import, &lasting);
    json_t *summary = import_summary(r->import);
    bool clean = strcmp(json_text(summary, "status"), "SUCCESS") == 0;
    unsigned status = why != NULL && !lasting                        ? MHD_HTTP_SERVICE_UNAVAILABLE
                      : why != NULL && why->code == CODE_NOT_IN_ROLE ? MHD_HTTP_FORBIDDEN
                      : why != NULL                                  ? MHD_HTTP_BAD_REQUEST
                      : clean                                        ? MHD_HTTP_OK
                                                                     : MHD_HTTP_CONFLICT;
    r->retry_s = status == MHD_HTTP_SERVICE_UNAVAILABLE ? RETRY_S : 0;
    json_t *body =
        json_pack("{s:s, s:i, s:O, s:O, s:o}", "httpStatus", MHD_get_reason_phrase_for(status),
                  "httpStatusCode", (int)status, "status", json_object_get(summary, "status"),
                  "message", json_object_get(summary, "description"), "response", summary);
    if (why != NULL) {
        json_object_set_new(body, "code", json_string(code_text(why->code)));
        json_object_set_new(body, "line", json_integer(why->line));
    }
    reply_json(r, status, body);
}

/* Called with each piece of the body until there is an import, and at the body's end. */
void
handle_import(struct request *r)
{
    if (r->import == NULL) {
        import_make(r);
    }
    if (r->import == NULL) {
        return;
    }
    bool lasting;
    if (r->body_over) {
        import_end(r->import);
    }
    if (r->body_over && request_switch(r, "async") && import_failed(r->import, &lasting) == NULL) {
        job_reply(r, job_new(&r->gateway->jobs, r->import, r->principal,
                             clock_wall_us(&r->gateway->clock)));
        r->import = NULL;
    } else if (import_waits(r->import)) {
        request_wait(r);
    } else if (import_is_over(r->import)) {
        import_reply(r);
    }
}

void
handle_completed(struct request *r)
{
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:s, s:i, s:s, s:s}", "httpStatus", "OK", "httpStatusCode", 200,
                         "status", "OK", "message",
                         r->language == LANGUAGE_VI
                             ? "Không cần báo hoàn thành: mức đầy đủ được tính từ báo cáo; xem "
                               "/api/completeness."
                             : "Nothing to register: completeness is derived from the reports; see "
                               "/api/completeness."));
}
