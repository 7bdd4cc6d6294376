/* campaign.yaml: the keys of proto/campaign_keys.h, as DESIGN.md shows them. Every mistake of the
 * file is told in one run, with line and column; a mistake of YAML's own syntax is told and ends
 * the reading, since nothing behind it is certain. */
#ifndef CLIENTS_CAMPAIGN_YAML_H
#define CLIENTS_CAMPAIGN_YAML_H

#include "proto/campaign.h"

/* Text in the arena, titles in NFC. Gives the number of mistakes: the reader's and
 * campaign_check's; the campaign is for publishing only where it is 0. `text` longer than
 * CAMPAIGN_FILE_MAX is one. */
uint32_t campaign_yaml_read(struct slice text, struct arena *arena, struct campaign *campaign,
                            struct complaints *complaints);

#endif
