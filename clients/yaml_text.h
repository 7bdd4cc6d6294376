/* A YAML file as a document of nodes, whatever is in it: what the readers of campaign.yaml and access.yaml
 * share. Mistakes are told with the line and column where they stand. */
#ifndef CLIENTS_YAML_TEXT_H
#define CLIENTS_YAML_TEXT_H

#include "proto/mistakes.h"

#include <yaml.h>

struct yaml_text {
    struct slice text;
    struct mistakes mistakes;
    yaml_document_t document; /* between _load and _fini */
};

/* False: nothing to be released; what is wrong was told. The document may be empty. */
bool yaml_text_load(struct yaml_text *y);
void yaml_text_fini(struct yaml_text *y);

void yaml_tell_mark(struct yaml_text *y, yaml_mark_t mark, enum code code, const char *subject,
                    struct slice detail);
void yaml_tell(struct yaml_text *y, const yaml_node_t *node, enum code code, const char *subject,
               struct slice detail);

#endif
