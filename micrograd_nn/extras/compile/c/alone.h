/* $header: a program that micrograd_nn wrote from a recorded graph. It needs math.h alone: cc … -lm.

   $precision
   Functions keep no state and take no memory but the stack. */
#ifndef ${NAME}_H_INCLUDED
#define ${NAME}_H_INCLUDED

#ifdef __cplusplus
extern "C" {
#endif

/* What a function returns. All but ${NAME}_OK leave results that are of no use. */
enum {
    ${NAME}_OK = 0,
    ${NAME}_NOT_FINITE = 1, /* a number, given or computed, is infinite, no number at all, or no index */
    ${NAME}_OTHER_BRANCH = 2 /* a comparison came out otherwise than when it was recorded */
};

enum {
$counts
};
$declarations
#ifdef __cplusplus
}
#endif

#endif
