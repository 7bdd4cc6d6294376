/* The questions that the broker answers itself, from its journal and its own memory: broker.* of
 * proto/QUERIES.md. */
#ifndef BROKER_QUESTIONS_H
#define BROKER_QUESTIONS_H

#include "proto/messages.h"

struct broker;

bool question_is_own(struct slice name);
/* Appends the ANSWER, or an ERROR, for the asker's own request. */
void question_answer(struct broker *b, struct slice asker, const struct message_query *query);

#endif
