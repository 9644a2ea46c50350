/* The forward rules of the table in C, where math.h has none of the same numbers.

   Each is what forward.py says, line by line, and gives the same bits. Where Python has an error,
   or a result that isn't finite, of numbers that are, the processor notes a division by zero, an
   invalid operation or an overflow; then a program runs in Python instead. The derivatives of a
   family are one function, which takes their orders. A program takes along what it calls. */

static double sigmoid(double x) {
    if (x >= 0.0) return 1.0 / (1.0 + exp(-x));
    double small = exp(x);
    return small / (1.0 + small);
}

static double relu(double x) {
    return x <= 0.0 ? 0.0 : x;
}

static double leaky_relu(double x, double slope) {
    return x <= 0.0 ? slope * x : x;
}

static double elu(double x, double alpha) {
    return x <= 0.0 ? alpha * expm1(x) : x;
}

static double softplus(double x) {
    return relu(x) + log1p(exp(-fabs(x)));
}

static double gelu(double x) {
    return 0.5 * x * erfc(-x / sqrt(2.0));
}

static double silu(double x) {
    return x * sigmoid(x);
}

static double step(double x) {
    return x > 0.0 ? 1.0 : x <= 0.0 ? 0.0 : x;
}

static double sign(double x) {
    return isnan(x) ? x : (x > 0.0) - (x < 0.0);
}

static double equal(double x, double y) {
    return isnan(x) || isnan(y) ? NAN : x == y;
}

static double where(double condition, double x, double y) {
    return condition > 0.0 ? x : condition <= 0.0 ? y : condition;
}

/* The remainder, with the sign of y, as Python's %. */
static double mod(double x, double y) {
    double rest = fmod(x, y);
    if (rest == 0.0) return copysign(0.0, y);
    return (y < 0.0) != (rest < 0.0) ? rest + y : rest;
}

/* As Python's //: what fmod leaves out makes the quotient whole, or nearly so. */
static double floordiv(double x, double y) {
    double rest = fmod(x, y);
    double quotient = (x - rest) / y;
    if (rest != 0.0 && (y < 0.0) != (rest < 0.0)) quotient -= 1.0;
    if (quotient == 0.0) return copysign(0.0, x / y);
    double whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

static double power_of_two(double x) {
    return pow(2.0, x);
}

static double degrees(double x) {
    return x * (180.0 / 3.141592653589793);
}

static double radians(double x) {
    return x * (3.141592653589793 / 180.0);
}

static double semicircle(double x) {
    return sqrt((1.0 - x) * (1.0 + x));
}

/* What a square has beyond the digits of its rounded value: exactly, by halves of the digits. */
static double square_rest(double x, double square) {
    double shifted = 134217729.0 * x; /* 2^27 + 1 */
    double high = shifted - (shifted - x), low = x - high;
    return ((high * high - square) + 2.0 * high * low) + low * low;
}

/* Python's hypot, rounded once: the root of the sum of squares, and a step of Newton's method on
   what the exact squares leave of it. The C library's own may be off by a digit. */
static double length(double x, double y) {
    if (isinf(x) || isinf(y)) return INFINITY;
    if (isnan(x) || isnan(y)) return NAN;
    double a = fabs(x) > fabs(y) ? fabs(x) : fabs(y), b = fabs(x) > fabs(y) ? fabs(y) : fabs(x);
    if (a == 0.0) return 0.0;
    if (a < 2.2250738585072014e-308) { /* where Python before 3.12 rounds otherwise: an error */
        volatile double none = sqrt(-1.0);
        (void)none;
    }
    int exponent;
    frexp(a, &exponent);
    a = ldexp(a, -exponent);
    b = ldexp(b, -exponent);
    double h = sqrt(a * a + b * b);
    double rest = (a * a - h * h) + b * b;
    rest += square_rest(a, a * a) - square_rest(h, h * h) + square_rest(b, b * b);
    return ldexp(h + rest / (2.0 * h), exponent);
}

/* The derivatives of x to the power y, by x and by y; at x = 0 their limits. */
static double pow_by_x(double x, double y) {
    if (y == 0.0) return 0.0;
    if (x < 0.0 && (fabs(y) >= 9007199254740992.0 || floor(y) < y)) return sqrt(x); /* an error */
    double size = pow(x, y - 1.0);
    if (isinf(size) && isfinite(x) && x > 0.0) { /* the product need not be too large */
        double half = pow(x, (y - 1.0) / 2.0);
        return y * half * half;
    }
    return y * size;
}

static double pow_by_y(double x, double y) {
    if (x <= 0.0) return x == 0.0 && y > 0.0 ? 0.0 : sqrt(-1.0); /* there is none */
    double logarithm = log(x), size = pow(x, y);
    if (isinf(size) && isfinite(x)) {
        double half = pow(x, y / 2.0);
        return logarithm * half * half;
    }
    return size == 0.0 && isinf(x) ? 0.0 : logarithm * size;
}

/* An index; NAN if it is none of so many, which whoever takes one has to ask. */
static double place(double index, double count) {
    return index >= 0.0 && index < count && floor(index) == index ? index : NAN;
}

static double max(int count, const double *values) {
    double largest = values[0];
    for (int i = 1; i < count; i++)
        if (isnan(values[i]) || values[i] > largest) largest = values[i];
    return largest + 0.0; /* which is 0.0 for -0.0 */
}

static double min(int count, const double *values) {
    double smallest = values[0];
    for (int i = 1; i < count; i++)
        if (isnan(values[i]) || values[i] < smallest) smallest = values[i];
    return smallest + 0.0;
}

static double mean(int count, const double *values) {
    double total = values[0];
    for (int i = 1; i < count; i++) total = total + values[i];
    if (isfinite(total)) return total / count;
    total = values[0] / count; /* a sum too large is no reason to fail */
    for (int i = 1; i < count; i++) total = total + values[i] / count;
    return total;
}

static double logsumexp(int count, const double *values) {
    double largest = max(count, values), total = 0.0;
    if (!isfinite(largest)) return largest;
    int first = 0;
    while (values[first] != largest) first++;
    for (int i = 0; i < count; i++) if (i != first) total = total + exp(values[i] - largest);
    return largest + log1p(total);
}

static double level(int count, const double *values) {
    double largest = max(count, values);
    return isfinite(largest) ? floor(largest) : largest;
}
