/* The forward rules of the table in C, where math.h has none of the same numbers.

   Each is what forward.py says, line by line, on numbers that are finite: a program runs in Python
   where one isn't, and where the processor has noted a division by zero, an invalid operation or an
   overflow. A program takes those of them along that it calls. */

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
    return x > 0.0 ? 1.0 : 0.0;
}

static double sign(double x) {
    return (x > 0.0) - (x < 0.0);
}

static double equal(double x, double y) {
    return x == y ? 1.0 : 0.0;
}

/* An index, or the first one and what the processor notes as invalid. */
static double place(double index, double count) {
    if (index >= 0.0 && index < count && floor(index) == index) return index;
    feraiseexcept(FE_INVALID);
    return 0.0;
}

static double max(int count, const double *values) {
    double largest = values[0];
    for (int i = 1; i < count; i++) if (values[i] > largest) largest = values[i];
    return largest;
}

static double min(int count, const double *values) {
    double smallest = values[0];
    for (int i = 1; i < count; i++) if (values[i] < smallest) smallest = values[i];
    return smallest;
}

static double mean(int count, const double *values) {
    double total = values[0];
    for (int i = 1; i < count; i++) total = total + values[i];
    return total / count;
}

static double logsumexp(int count, const double *values) {
    double largest = max(count, values);
    double total = exp(values[0] - largest);
    for (int i = 1; i < count; i++) total = total + exp(values[i] - largest);
    return largest + log(total);
}
