/* Rules across values: see rules.h. */
#include "workers/tally/rules.h"

#include "common/check.h"
#include "common/decimal.h"

#include <stdio.h>

/* How a comparison is written when it holds, and what is seen when it does not. */
static const struct sign {
    const char *holds, *broken;
} SIGNS[] = {
    [RULE_EQ] = {"=", "≠"}, [RULE_NE] = {"≠", "="}, [RULE_LT] = {"<", "≥"},
    [RULE_LE] = {"≤", ">"}, [RULE_GT] = {">", "≤"}, [RULE_GE] = {"≥", "<"},
};

#define SIDE_TEXT 48 /* two sides and their sums fit a complaint's detail */

static uint32_t
count_with(const struct slot_list *list, const struct values *values, bool other_than_zero)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        uint16_t slot = list->slots[i];
        count += values->has[slot] && (!other_than_zero || values->value[slot] != 0);
    }
    return count;
}

/* False where a value is missing. */
static bool
sum_of(const struct form_plan *form, const struct slot_list *list, const struct values *values,
       unsigned decimals, wide *sum)
{
    *sum = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        uint16_t slot = list->slots[i];
        if (!values->has[slot]) {
            return false;
        }
        unsigned own = form->slots[slot].indicator->decimals;
        *sum += values->value[slot] * decimal_power(decimals - own);
    }
    return true;
}

static bool
compares(enum rule_kind kind, wide left, wide right)
{
    switch (kind) {
    case RULE_EQ:
        return left == right;
    case RULE_NE:
        return left != right;
    case RULE_LT:
        return left < right;
    case RULE_LE:
        return left <= right;
    case RULE_GT:
        return left > right;
    case RULE_GE:
        return left >= right;
    case RULE_TOGETHER:
    case RULE_EXCLUSIVE:
        break;
    }
    CHECK(!"a comparison");
}

/* The codes of a side, " + " or ", " between them; cut where the text ends. */
static void
side_text(const struct index_list *side, const char *between, char *text, size_t size)
{
    size_t len = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < side->count && len < size; i++) {
        len += (size_t)snprintf(text + len, size - len, "%s%.*s", i == 0 ? "" : between,
                                SLICE_ARG(side->codes[i]));
    }
}

/* "first + second = doses (163 ≠ 164)": what should hold, and what was found. */
static bool
comparison_tell(const struct rule_plan *plan, wide left, wide right, struct complaint *why)
{
    const struct rule *rule = plan->rule;
    char left_side[SIDE_TEXT], right_side[SIDE_TEXT];
    char left_text[DECIMAL_TEXT], right_text[DECIMAL_TEXT];
    side_text(&rule->left, " + ", left_side, sizeof(left_side));
    side_text(&rule->right, " + ", right_side, sizeof(right_side));
    decimal_format(left, plan->decimals, left_text);
    decimal_format(right, plan->decimals, right_text);
    return complain(why, CODE_RULE_BROKEN, rule->code, "%s %s %s (%s %s %s)", left_side,
                    SIGNS[rule->kind].holds, right_side, left_text, SIGNS[rule->kind].broken,
                    right_text);
}

static bool
comparison_holds(const struct form_plan *form, const struct rule_plan *plan,
                 const struct values *values, struct complaint *why)
{
    wide left, right;
    if (!sum_of(form, &plan->left, values, plan->decimals, &left) ||
        !sum_of(form, &plan->right, values, plan->decimals, &right) ||
        compares(plan->rule->kind, left, right)) {
        return true;
    }
    return comparison_tell(plan, left, right, why);
}

static bool
rule_holds(const struct form_plan *form, const struct rule_plan *plan, const struct values *values,
           struct complaint *why)
{
    const struct slot_list *list = &plan->left;
    char side[SIDE_TEXT];
    if (plan->rule->kind == RULE_TOGETHER) {
        uint32_t count = count_with(list, values, false);
        side_text(&plan->rule->left, ", ", side, sizeof(side));
        return count == 0 || count == list->count ||
               complain(why, CODE_RULE_BROKEN, plan->rule->code, "%s (%u/%u)", side, count,
                        list->count);
    }
    if (plan->rule->kind == RULE_EXCLUSIVE) {
        uint32_t count = count_with(list, values, true);
        side_text(&plan->rule->left, ", ", side, sizeof(side));
        return count <= 1 ||
               complain(why, CODE_RULE_BROKEN, plan->rule->code, "%s (%u > 1)", side, count);
    }
    return comparison_holds(form, plan, values, why);
}

bool
rules_check(const struct form_plan *form, const struct values *values, bool *warned,
            struct complaint *why)
{
    *warned = false;
    for (uint32_t i = 0; i < form->rule_count; i++) {
        const struct rule_plan *plan = &form->rules[i];
        struct complaint found;
        if (rule_holds(form, plan, values, &found)) {
            continue;
        }
        if (plan->rule->severity == SEVERITY_REJECT) {
            *why = found;
            return false;
        }
        if (!*warned) {
            *warned = true;
            *why = found;
        }
    }
    return true;
}
