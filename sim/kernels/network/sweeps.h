/* A crossbar with resistive lines, solved by sweeps along its lines.
 *
 * Every cell (i, j) joins a node of row i to a node of column j. Node voltages are x (rows) and y (columns), both
 * rows x cols, row by row. Neighbouring nodes of a line are joined by one segment of wire; each end of a line may have
 * a terminal. A row's near end is at column 0, a column's near end at the last row.
 *
 * A line with the cells' conductances as a load to ground is a ladder: A_r x = currents for the rows, A_c y = currents
 * for the columns. Together
 *     A_r x - G y = row loads - J,   A_c y - G x = column loads + J,
 * G diagonal, J currents that cells carry beside G times their voltage. y is eliminated; conjugate gradients on
 * A_r - G A_c^-1 G, preconditioned with A_r^-1, need only sweeps that add and never subtract, so that a wire may have
 * no resistance at all and a cell no conductance. (Line relaxation and its acceleration: R. S. Varga, Matrix Iterative
 * Analysis, 1962, ch. 6-7; one reduction per iteration: A. T. Chronopoulos, C. W. Gear, J. Comput. Appl. Math. 25
 * (1989) 153.)
 *
 * No function allocates; none keeps state beside `work`.
 */
#ifndef OHM_SWEEPS_H
#define OHM_SWEEPS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    int32_t rows, cols;
    const double *g;                   /* conductance of the cells, S, rows x cols */
    const double *r_row, *r_col;       /* one segment of each line, ohm, finite, may be 0 */
    const double *row_near, *row_far;  /* conductance between a line's end and what drives it, S; 0: open */
    const double *col_near, *col_far;
    const double *row_near_a, *row_far_a; /* that conductance times the source's voltage, A */
    const double *col_near_a, *col_far_a;
    const double *cell_a;              /* J, A, rows x cols, or NULL for none */
} ohm_mesh;

/* Doubles in `work`, which, like the fields that a solution is left in, is fastest on cache lines of its own. */
size_t ohm_sweeps_work(int32_t rows, int32_t cols);

/* Prepares `work` for the mesh as it is now. */
void ohm_sweeps_factor(const ohm_mesh *mesh, double *work);

/* The same after cell (row, col) alone has changed. */
void ohm_sweeps_refresh(const ohm_mesh *mesh, double *work, int32_t row, int32_t col);

/* One relaxation: all rows with the columns at y (at 0 V if not warm), then all columns with those rows. Leaves the
 * voltage of every cell in volts and of the column nodes in y; `work` as ohm_sweeps_factor left it. */
void ohm_sweeps_relax(const ohm_mesh *mesh, double *work, int32_t warm, double *volts, double *y);

/* Solves for the mesh's sources; `work` as ohm_sweeps_factor left it.
 *
 * warm: whether y holds the columns of a solution nearby (else it is not read).
 * Stops when the energy norm of the error is below `tolerance` of that of the cells' voltages.
 * Leaves the voltage of every cell in volts, of the column nodes in y, the sum of the cells' currents of every line in
 * row_a and col_a, the row nodes of the last column in row_end, the column nodes of the first row in col_end.
 * Returns the iterations, or -1 if `limit` were not enough; *error is the estimate that the test used. */
int32_t ohm_sweeps_solve(const ohm_mesh *mesh, double *work, int32_t warm, double tolerance, int32_t limit,
                         double *volts, double *y, double *row_a, double *col_a, double *row_end, double *col_end,
                         double *error);

#endif
