/* A training: batch after batch, the gradient that programs give, and a step of each parameter.

   It takes the numbers through the same operations in the same order as Python does. Where a
   program can't serve, where a number isn't finite, or where an operation overflows, it stops
   before that batch, as if it had not begun it, and Python goes on. In front of it stands the rule
   of an optimizer, take_steps, and how many STATES and NUMBERS it has. */

#include <fenv.h>
#include <float.h>
#include <math.h>
#include <string.h>

/* The derivatives of a sum over rows are added to a gradient; not 0 if this program can't serve.
   It doesn't look whether its numbers are finite, nor whether an error is noted already: here they
   are, and none is. */
typedef int (*program)(const double *parameters, const double *rows, long count, double upstream,
                       double *gradient, double *results);

enum { ALL_DONE, BUDGET_SPENT, LEFT_TO_PYTHON };

/* Examples that differ in numbers alone, and the programs to try for them, one after the other. */
struct form {
    long first, programs;
    long width;   /* numbers of a row */
    long is_alone; /* whether each is run by itself, since programs have branches */
};

struct training {
    long parameters;
    double *data, *gradient, *states; /* of each parameter */
    double *after;                    /* room for data and states */
    const double *numbers;            /* of the rule, for each batch */
    double largest;                   /* gradient that the rule can take */
    const program *programs;
    program penalty; /* or NULL */
    const struct form *forms;
    const long *form_of, *start_of; /* by example */
    const double *rows;             /* of all examples */
    const long *order;              /* in which batches take the examples */
    long examples, batch_size, batches;
    long is_mean;    /* of a batch's results, or their sum */
    double *losses;  /* by batch */
    double *results; /* room for those of a batch */
    double *gathered; /* room for some rows */
    long batch;      /* to do next */
    long left;       /* of that batch's examples; -1 before it has begun */
    double penalised;
};

/* Return where the examples begin that share a form with the one before `end`: `most` at most. */
static long find_group(const struct training *t, const long *order, long end, long most) {
    long begin = end - 1, form = t->form_of[order[begin]];
    long bound = t->forms[form].is_alone ? begin : end > most ? end - most : 0;
    while (begin > bound && t->form_of[order[begin - 1]] == form) begin--;
    return begin;
}

/* Run a program for some examples of one form; 0 if one could serve. */
static int run_rows(struct training *t, const long *order, long begin, long end, double share) {
    const struct form *form = &t->forms[t->form_of[order[begin]]];
    for (long i = begin; i < end && form->width; i++)
        memcpy(t->gathered + (i - begin) * form->width, t->rows + t->start_of[order[i]],
               form->width * sizeof(double));
    for (long i = 0; i < form->programs; i++)
        if (!t->programs[form->first + i](t->data, t->gathered, end - begin, share, t->gradient,
                                          t->results + begin))
            return 0;
    return 1;
}

/* Return a batch's results added up as Python does, from the first to the last. */
static double add_results(const double *results, long count) {
    double sum = results[0];
    for (long i = 1; i < count; i++) sum = sum + results[i];
    return sum;
}

static int has_failed(void) {
    return fetestexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
}

/* Tell whether no number is larger, nor NaN: of several at once, since it looks at all of them. */
static int are_at_most(double largest, const double *numbers, long count) {
    int others = 0;
    for (long i = 0; i < count; i++) others |= !(fabs(numbers[i]) <= largest);
    return !others;
}

/* Take the step of a batch whose gradient is there; 0 if all numbers are sound. */
static int finish_batch(struct training *t) {
    long n = t->parameters;
    if (!are_at_most(t->largest, t->gradient, n)) return 1;
    take_steps(n, t->data, t->gradient, t->states, t->numbers + t->batch * NUMBERS, t->after);
    if (has_failed() || !are_at_most(DBL_MAX, t->after, n * (1 + STATES))) return 1;
    memcpy(t->data, t->after, n * sizeof(double));
    memcpy(t->states, t->after + n, n * STATES * sizeof(double));
    return 0;
}

/* Go on with a training until it is done, or so many rows have been computed. */
int run(struct training *t, long budget) {
    if (has_failed()) feclearexcept(FE_ALL_EXCEPT);
    if (!are_at_most(DBL_MAX, t->data, t->parameters)) return LEFT_TO_PYTHON;
    long batches_in_all = (t->examples + t->batch_size - 1) / t->batch_size;
    while (t->batch < t->batches) {
        long first = t->batch % batches_in_all * t->batch_size;
        long count = t->examples - first < t->batch_size ? t->examples - first : t->batch_size;
        const long *order = t->order + first;
        if (t->left < 0) {
            t->penalised = 0.0;
            memset(t->gradient, 0, t->parameters * sizeof(double));
            if (t->penalty && t->penalty(t->data, t->gathered, 1, 1.0, t->gradient, &t->penalised))
                return LEFT_TO_PYTHON;
            t->left = count;
        }
        while (t->left > 0) {
            if (budget <= 0) return BUDGET_SPENT;
            long most = budget < ROWS_AT_ONCE ? budget : ROWS_AT_ONCE;
            long begin = find_group(t, order, t->left, most);
            budget -= t->left - begin;
            if (run_rows(t, order, begin, t->left, t->is_mean ? 1.0 / count : 1.0)) {
                t->left = -1;
                return LEFT_TO_PYTHON;
            }
            t->left = begin;
        }
        t->left = -1;
        double sum = add_results(t->results, count);
        if (finish_batch(t)) return LEFT_TO_PYTHON;
        t->losses[t->batch++] = t->is_mean ? sum / count + t->penalised : sum;
    }
    return ALL_DONE;
}
