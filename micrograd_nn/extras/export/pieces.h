//// header
/* $header: $title

   $about
   The network: $network.
   $precision
   It needs math.h alone (cc … -lm), keeps no state and takes no memory but $stack bytes of the stack.

$example */
#ifndef ${NAME}_H_INCLUDED
#define ${NAME}_H_INCLUDED

#ifdef __cplusplus
extern "C" {
#endif

$enums
/* What ${name}_predict returns. All but ${NAME}_OK leave results that are of no use. */
enum {
    ${NAME}_OK = 0,
    ${NAME}_NOT_FINITE = 1, /* a number of the row is infinite, or no number at all */
    ${NAME}_NO_CATEGORY = 2, /* a number of the row is none of its column's texts */
    ${NAME}_TOO_FAR = 3 /* the row is so far from those in training that the result is no number */
};

$prediction
#ifdef __cplusplus
}
#endif

#endif
