/* The fixed words of answers (verdicts, flags, problems) as a person reads them. JSON keeps the words. */
#ifndef CLIENTS_TERMS_H
#define CLIENTS_TERMS_H

/* In the user's language; the word itself where it is none of ours. */
const char *term(const char *word);

#endif
