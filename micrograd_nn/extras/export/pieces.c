//// layer
/* Compute weights * inputs + bias for each neuron of a layer, from left to right. */
static void run_layer(int inputs, int neurons, const double *weights, const double *biases,
                      const double *x, double *y) {
    for (int i = 0; i < neurons; i++) {
        double total = weights[0] * x[0];
        for (int j = 1; j < inputs; j++) total = total + weights[j] * x[j];
        y[i] = biases ? total + biases[i] : total;
        weights += inputs;
    }
}
//// scaling
static const double means[${NAME}_INPUTS] = {
$means
};
static const double scales[${NAME}_INPUTS] = {
$scales
};
//// columns
/* How many texts a column has (0: it is one of numbers), and what standardises its numbers. */
static const int texts[${NAME}_INPUTS] = {
$texts
};
$scaling

/* Make the network's inputs of a row: a number for each column, or for each of its texts. */
static int read_row(const double *row, double *x) {
    for (int i = 0; i < ${NAME}_INPUTS; i++) {
        if (!isfinite(row[i])) return ${NAME}_NOT_FINITE;
        if (texts[i]) {
            if (!(row[i] >= 0.0 && row[i] < (double)texts[i])) return ${NAME}_NO_CATEGORY;
            int chosen = (int)row[i];
            if ((double)chosen != row[i]) return ${NAME}_NO_CATEGORY;
            for (int k = 0; k < texts[i]; k++) *x++ = k == chosen ? 1.0 : 0.0;
        } else {
            *x = (row[i] - means[i]) / scales[i];
            if (!isfinite(*x++)) return ${NAME}_TOO_FAR;
        }
    }
    return ${NAME}_OK;
}
//// numbers
/* What standardises the numbers of each column. */
$scaling

/* Make the network's inputs of a row. */
static int read_row(const double *row, double *x) {
    for (int i = 0; i < ${NAME}_INPUTS; i++) {
        if (!isfinite(row[i])) return ${NAME}_NOT_FINITE;
        x[i] = (row[i] - means[i]) / scales[i];
        if (!isfinite(x[i])) return ${NAME}_TOO_FAR;
    }
    return ${NAME}_OK;
}
//// predict
$signature {
    double x[$widest], y[$widest];
    int status = read_row(row, x);
    if (status) return status;
$layers
    for (int i = 0; i < $outputs; i++) if (!isfinite($last[i])) return ${NAME}_TOO_FAR;
$result
    return ${NAME}_OK;
}
//// give_number
    *prediction = $last[0] * $scale + $mean;
    if (!isfinite(*prediction)) return ${NAME}_TOO_FAR;
//// give_numbers
    for (int i = 0; i < $outputs; i++) outputs[i] = $last[i];
//// give_class
    int largest = 0;
    for (int i = 1; i < $outputs; i++) if ($last[i] > $last[largest]) largest = i;
    double total = 0.0;
    for (int i = 0; i < $outputs; i++) {
        probabilities[i] = exp($last[i] - $last[largest]);
        total = total + probabilities[i];
    }
    for (int i = 0; i < $outputs; i++) probabilities[i] = probabilities[i] / total;
    *index = largest;
