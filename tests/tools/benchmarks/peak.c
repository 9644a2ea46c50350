/* What one core can do: products and sums a second, one number at a time or eight at once.

   Ten chains that don't wait for one another keep its units busy. A product fused with a sum
   counts as two operations. */

#include <stdio.h>
#include <time.h>

typedef double eight __attribute__((vector_size(8 * sizeof(double))));

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* A number stays in a register of its own, so that no two are put into one vector. */
#define GO_ON(x) x = x * a + b; __asm__ volatile("" : "+x"(x));

#define MEASURE(type, width, name)                                                          \
    {                                                                                       \
        const long times = 20000000;                                                        \
        type a = (type){0} + 0.999999, b = (type){0} + 1e-6;                                \
        type p = a, q = a, r = a, s = a, t = a, u = a, v = a, w = a, x = a, y = a;          \
        double begin = now();                                                               \
        for (long i = 0; i < times; i++) {                                                  \
            GO_ON(p) GO_ON(q) GO_ON(r) GO_ON(s) GO_ON(t)                                    \
            GO_ON(u) GO_ON(v) GO_ON(w) GO_ON(x) GO_ON(y)                                    \
        }                                                                                   \
        printf("%s %.6g\n", name, 2.0 * 10 * times * width / (now() - begin));              \
    }

int main(void) {
    MEASURE(double, 1, "scalar")
    MEASURE(eight, 8, "vector")
    return 0;
}
