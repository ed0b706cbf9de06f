/* CHOLMOD, timed on one matrix.
 *
 *     cholmod_peer MATRIX REPEATS SOLUTION
 *
 * MATRIX: int32 order, entries and right sides; int32 column starts and rows of the lower triangle; doubles of it; right
 * sides, one after the other. Writes the solutions, and prints the shortest processor times, s: of ordering, and of
 * factoring and solving with the ordering kept, which is all that a new matrix of the same pattern needs. */
#include <cholmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void read_into(void *to, size_t size, size_t count, FILE *file)
{
    if (fread(to, size, count, file) != count)
        exit(1);
}

int main(int count, char **arguments)
{
    if (count == 2 && strcmp(arguments[1], "--version") == 0) {
        printf("%d.%d.%d\n", CHOLMOD_MAIN_VERSION, CHOLMOD_SUB_VERSION, CHOLMOD_SUBSUB_VERSION);
        return 0;
    }
    if (count != 4)
        return 2;
    FILE *file = fopen(arguments[1], "rb");
    int head[3];
    if (!file)
        return 1;
    read_into(head, sizeof *head, 3, file);
    const size_t order = (size_t)head[0], entries = (size_t)head[1], sides = (size_t)head[2];

    cholmod_common common;
    cholmod_start(&common);
    cholmod_sparse *matrix = cholmod_allocate_sparse(order, order, entries, 1, 1, -1, CHOLMOD_REAL, &common);
    cholmod_dense *right = cholmod_allocate_dense(order, sides, order, CHOLMOD_REAL, &common), *found = NULL;
    if (!matrix || !right)
        return 1;
    read_into(matrix->p, sizeof(int), order + 1, file);
    read_into(matrix->i, sizeof(int), entries, file);
    read_into(matrix->x, sizeof(double), entries, file);
    read_into(right->x, sizeof(double), order * sides, file);
    fclose(file);

    double ordered_s = 1e300, solved_s = 1e300;
    for (int repeat = atoi(arguments[2]); repeat > 0; repeat--) {
        const double start = now_s();
        cholmod_factor *factor = cholmod_analyze(matrix, &common);
        const double ordered = now_s();
        cholmod_free_dense(&found, &common);
        if (!cholmod_factorize(matrix, factor, &common) || !(found = cholmod_solve(CHOLMOD_A, factor, right, &common)))
            return 1;
        const double solved = now_s();
        ordered_s = ordered - start < ordered_s ? ordered - start : ordered_s;
        solved_s = solved - ordered < solved_s ? solved - ordered : solved_s;
        cholmod_free_factor(&factor, &common);
    }
    printf("[%.9g, %.9g]\n", ordered_s, solved_s);

    file = fopen(arguments[3], "wb");
    if (!file || fwrite(found->x, sizeof(double), order * sides, file) != order * sides || fclose(file))
        return 1;
    cholmod_free_dense(&found, &common);
    cholmod_free_dense(&right, &common);
    cholmod_free_sparse(&matrix, &common);
    cholmod_finish(&common);
    return 0;
}
