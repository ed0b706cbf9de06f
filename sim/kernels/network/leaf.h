/* Small blocks of a crossbar, seen from their edges. */
#ifndef OHM_LEAF_H
#define OHM_LEAF_H

#include <stddef.h>

/* Cells along each side of a leaf, and the leaves of one shape that are eliminated together. */
#define LEAF ((size_t)8)
#define LEAF_LANES ((size_t)4) /* of a vec4 */
#define LEAF_PORTS (4 * LEAF)

/* A block of cells with the wires to the left of and below them. Its ports: what its rows' first wires come from, the
 * row nodes of its last column, the column nodes of its first row, what its columns' last wires lead to. Row nodes of
 * the last column (`right`) and column nodes of the first row (`top`) are ports only where the line goes on. */
typedef struct {
    size_t rows, cols;
    int right, top;
} leaf_shape;

/* Ports of a leaf. */
size_t leaf_ports(leaf_shape shape);

/* Admittance between the ports of up to LEAF_LANES leaves of one shape, S, ports x ports each, into y[lane]; g, left
 * and below [lane] point at the first cell of a leaf in arrays with `stride` columns. */
void leaf_eliminate(leaf_shape shape, const double *const *g, const double *const *left, const double *const *below,
                    size_t stride, size_t lanes, double *const *y);

#endif
