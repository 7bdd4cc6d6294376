/* A verdict as the queries tell it, with what it says in words: text_vi, text_en. */
#ifndef GATEWAY_SENTENCES_H
#define GATEWAY_SENTENCES_H

#include <jansson.h>

/* Beside code, subject and detail; empty where the verdict has no code. */
void sentences_add(json_t *verdict);
/* To each of a list; what is no list is left alone. */
void sentences_add_all(json_t *verdicts);

#endif
