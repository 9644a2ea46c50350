//// main
/* Asks the functions of a written file: the numbers of each row come in, what they give goes out. */
#include "$header"

#include <stdio.h>

static void read_numbers($kind *numbers, int count) {
    for (int i = 0; i < count; i++) {
        double x = 0.0; /* hexadecimal, as every bit counts */
        if (scanf("%la", &x) == 1) numbers[i] = ($kind)x;
    }
}

static void print_numbers(const $kind *numbers, int count) {
    for (int i = 0; i < count; i++) printf("%a ", (double)numbers[i]);
    printf("\n");
}

int main(void) {
$body
    return 0;
}
//// model
    static $kind row[${NAME}_INPUTS], values[$count];
    for (int k = 0; k < $rows; k++) {
        int index = 0;
        read_numbers(row, ${NAME}_INPUTS);
        printf("%d ", ${prefix}_predict(row, $where));
        printf("%d ", index);
        print_numbers(values, $count);
    }
//// predict
        printf("%d 0 ", $call);
        print_numbers(values, 1);
//// slopes
        for (int i = 0; i < $slopes; i++) gradient[i] = 0;
        printf("%d 0 ", $call);
        print_numbers(gradient, $slopes);
//// program
    static $kind parameters[$parameters + 1], row[$inputs + 1], values[1], gradient[$slopes + 1];
    read_numbers(parameters, $parameters);
    for (int k = 0; k < $rows; k++) {
        read_numbers(row, $inputs);
$asked
    }
