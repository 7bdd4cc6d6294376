/* libyaml gives a document of nodes with their marks. A first pass over the events refuses anchors, aliases
 * and deep nesting before any tree is built: a small file of aliases can stand for a tree without
 * end. */
#include "clients/yaml_text.h"

#include "clients/limits.h"
#include "common/log.h"
#include "common/text.h"

#include <sysexits.h>

/* ---- where ---- */

void
yaml_tell_mark(struct yaml_text *y, yaml_mark_t mark, enum code code, const char *subject,
               struct slice detail)
{
    mistake_at(&y->mistakes, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1, code,
               slice_text(subject), "%.*s", SLICE_ARG(detail));
}

void
yaml_tell(struct yaml_text *y, const yaml_node_t *node, enum code code, const char *subject,
          struct slice detail)
{
    yaml_tell_mark(y, node->start_mark, code, subject, detail);
}

/* Bytes that are no text have an offset, not a mark. */
static yaml_mark_t
mark_of_offset(struct slice text, size_t offset)
{
    yaml_mark_t mark = {0};
    for (size_t i = 0; i < offset && i < text.len; i++) {
        mark.column++;
        if (text.data[i] == '\n') {
            mark.line++;
            mark.column = 0;
        }
    }
    return mark;
}

/* ---- the pass over the events ---- */

static void
tell_syntax(struct yaml_text *y, const yaml_parser_t *parser)
{
    struct slice problem = slice_text(parser->problem == NULL ? "" : parser->problem);
    if (parser->error == YAML_READER_ERROR) {
        enum code code = text_is_utf8(y->text) ? CODE_SYNTAX : CODE_NOT_UTF8;
        yaml_tell_mark(y, mark_of_offset(y->text, parser->problem_offset), code, "YAML", problem);
    } else {
        yaml_tell_mark(y, parser->problem_mark, CODE_SYNTAX, "YAML", problem);
    }
}

/* False, and told, where the event must not be. */
static bool
event_check(struct yaml_text *y, const yaml_event_t *event, unsigned *depth, unsigned *documents)
{
    const yaml_char_t *anchor = NULL;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        anchor = event->data.alias.anchor;
        break;
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        ++*depth;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        ++*depth;
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        --*depth;
        break;
    case YAML_DOCUMENT_START_EVENT:
        ++*documents;
        break;
    default:
        break;
    }
    if (anchor != NULL) {
        yaml_tell_mark(y, event->start_mark, CODE_YAML_ALIAS, "YAML",
                       slice_text((const char *)anchor));
    } else if (*depth > CAMPAIGN_FILE_DEPTH_MAX) {
        yaml_tell_mark(y, event->start_mark, CODE_TOO_DEEP, "YAML", slice_text("YAML"));
    } else if (*documents > 1) {
        yaml_tell_mark(y, event->start_mark, CODE_SYNTAX, "YAML", slice_text("---"));
    } else {
        return true;
    }
    return false;
}

static void
parser_open(struct yaml_text *y, yaml_parser_t *parser)
{
    if (yaml_parser_initialize(parser) == 0) { /* it allocates, nothing else */
        log_fatal(EX_OSERR, "out of memory");
    }
    yaml_parser_set_input_string(parser, y->text.data, y->text.len);
}

static bool
events_check(struct yaml_text *y)
{
    yaml_parser_t parser;
    unsigned depth = 0, documents = 0;
    bool sound = true, ended = false;
    parser_open(y, &parser);
    while (sound && !ended) {
        yaml_event_t event;
        if (yaml_parser_parse(&parser, &event) == 0) {
            tell_syntax(y, &parser);
            sound = false;
            break;
        }
        sound = event_check(y, &event, &depth, &documents);
        ended = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return sound;
}

bool
yaml_text_load(struct yaml_text *y)
{
    yaml_parser_t parser;
    if (!events_check(y)) {
        return false;
    }
    parser_open(y, &parser);
    bool good = yaml_parser_load(&parser, &y->document) != 0;
    if (!good) {
        tell_syntax(y, &parser);
    }
    yaml_parser_delete(&parser);
    return good;
}

void
yaml_text_fini(struct yaml_text *y)
{
    yaml_document_delete(&y->document);
}
