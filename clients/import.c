/* What every layout of an import does with its rows: sending drafts, telling what is wrong. */
#include "clients/import.h"

#include "clients/answers.h"
#include "clients/outbox_campaign.h"
#include "clients/words.h"
#include "proto/pack.h"
#include "proto/ulid.h"

#include <sodium.h>
#include <strings.h>
#include <sysexits.h>

static const json_t *
form_find(const json_t *campaign, const char *code)
{
    size_t i;
    json_t *form;
    json_array_foreach(json_object_get(campaign, "forms"), i, form)
    {
        if (strcmp(json_text(form, "code"), code) == 0) {
            return form;
        }
    }
    return NULL;
}

static int
campaign_read(struct import *im, json_t **campaign)
{
    struct question question = {0};
    if (im->queue != NULL) {
        return outbox_campaign_read(im->queue, im->options, campaign);
    }
    question_text(&question, "campaign", im->options->campaign);
    int code = contact_read(&im->contact, "campaign", &question, 0, campaign);
    question_fini(&question);
    return code;
}

int
import_form_read(struct import *im)
{
    struct complaint why;
    json_t *campaign = NULL;
    int code = campaign_read(im, &campaign);
    if (code != 0) {
        return code;
    }
    const json_t *form = form_find(campaign, im->form);
    if (form == NULL) {
        complain(&why, CODE_FORM_UNKNOWN, slice_text(im->form), "%s", im->form);
        say_complaint(NULL, &why);
        code = EX_DATAERR;
    } else {
        im->indicators = json_incref(json_object_get(form, "indicators"));
    }
    json_decref(campaign);
    return code;
}

bool
import_is_indicator(const struct import *im, const char *code)
{
    size_t i;
    json_t *indicator;
    json_array_foreach(im->indicators, i, indicator)
    {
        if (strcmp(json_string_value(indicator), code) == 0) {
            return true;
        }
    }
    return false;
}

void
import_ignore_column(struct import *im, struct slice name)
{
    struct complaint shown; /* its subject is text that a terminal can be given */
    complain(&shown, CODE_COLUMN_UNKNOWN, name, "%s", im->form);
    json_array_append_new(im->summary.ignored, json_string(shown.subject));
    if (!im->options->quiet) {
        say(tr("cột “%s” không phải chỉ tiêu của biểu mẫu %s: bỏ qua.",
               "column “%s” is no indicator of form %s: ignored."),
            shown.subject, im->form);
    }
}

uint32_t
import_column(const struct csv_row *header, const char *name)
{
    for (uint32_t i = 0; i < header->count; i++) {
        const struct slice *cell = &header->cells[i];
        if (cell->len == strlen(name) &&
            strncasecmp((const char *)cell->data, name, cell->len) == 0) {
            return i;
        }
    }
    return COLUMN_NONE;
}

bool
import_column_need(const struct csv_row *header, const char *name, uint32_t *column,
                   struct complaint *why)
{
    *column = import_column(header, name);
    return *column != COLUMN_NONE ||
           complain(why, CODE_COLUMN_MISSING, slice_text(name), "%s", name);
}

void
import_refuse(struct import *im, const struct complaint *why)
{
    im->summary.records++;
    im->outcomes.counts[COUNT_REJECTED]++;
    import_summary_error(&im->summary, why, "");
}

bool
import_row_fits(struct import *im, const struct csv_row *row)
{
    struct complaint why;
    if (row->count == im->width) {
        return true;
    }
    complain(&why, CODE_ROW_SHAPE, slice_text(""), "%u (≠ %u)", row->count, im->width);
    why.line = row->line;
    import_refuse(im, &why);
    return false;
}

/* A merge of the same run of the same file under the same key is the same merge. */
static void
merge_id_make(const struct import *im, const struct draft *draft, uint8_t id[ULID_SIZE])
{
    struct buf all = BUF_EMPTY;
    pack_cstr(&all, im->key);
    pack_uint(&all, im->summary.records);
    pack_text(&all, draft->form);
    pack_text(&all, draft->unit);
    pack_text(&all, draft->period);
    pack_raw(&all, buf_slice_of(&draft->values));
    crypto_generichash(id, ULID_SIZE, all.data, all.len, NULL, 0);
    buf_fini(&all);
}

void
import_send(struct import *im, struct draft *draft, uint32_t line)
{
    struct complaint why;
    draft->form = slice_text(im->form);
    draft->source = im->source == NULL ? slice_of(NULL, 0) : slice_text(im->source);
    draft->campaign =
        im->options->campaign == NULL ? slice_of(NULL, 0) : slice_text(im->options->campaign);
    draft->revision = im->revision;
    if (!draft_check(draft, &why)) {
        why.line = line;
        import_refuse(im, &why);
        return;
    }
    im->summary.records++;
    if (draft_lacks_revision(draft)) {
        draft->revision = outcomes_revision(&im->outcomes);
    }
    if (im->key != NULL && draft->merge) {
        uint8_t id[ULID_SIZE];
        merge_id_make(im, draft, id);
        draft_encode_as(draft, id, &im->body);
    } else {
        draft_encode(draft, &im->body);
    }
    outcomes_submit(&im->outcomes, draft->unit, buf_slice_of(&im->body), line);
}
