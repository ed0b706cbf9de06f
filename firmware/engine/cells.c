/* Reading cells: a list of them, or whole rows. Consecutive cells of one row share its conversions. */
#include "ohm_state.h"

/* Row and column of a cell word; also while a request runs, since the list is the caller's memory. */
int ohm_cell_at(ohm_engine *e, int32_t word, int32_t item, int *row, int *col)
{
    *row = (int)((uint32_t)word >> 16);
    *col = (int)((uint32_t)word & 0xFFFF);
    if (*row < e->rows && *col < e->cols)
        return OHM_OK;
    return ohm_refuse(e, OHM_E_ARGUMENT, item, *row, *col, word, 0, ((e->rows - 1) << 16) | (e->cols - 1));
}

/* All row converters wait at the read voltage, so that going from row to row moves one switch only. */
void ohm_row_select(ohm_engine *e, int row)
{
    if (e->lines.loaded != OHM_LOADED_READ) {
        for (int line = 0; line < e->rows; line++) {
            /* a row that may not have this voltage stays at zero: it has not passed the check of the request */
            const int code = ohm_read_check(e, -1, line, -1, e->setup[OHM_SETUP_V_READ_UV]);
            e->lines.code[OHM_ROWS][line] = (uint16_t)(code < 0 ? e->board[OHM_BOARD_LINE_ZERO_CODE] : code);
        }
        for (int col = 0; col < e->cols; col++)
            e->lines.code[OHM_COLS][col] = (uint16_t)e->board[OHM_BOARD_LINE_ZERO_CODE];
        ohm_load(e, OHM_LOADED_READ);
    }
    for (int line = 0; line < e->rows; line++)
        e->lines.row_on[line] = line == row;
}

int ohm_start_reads(ohm_engine *e, const int32_t *cells, int count, int32_t *out)
{
    int status = ohm_request_check(e, count);
    if (status != OHM_OK)
        return status;
    if (cells == 0 || out == 0)
        return ohm_report(e, OHM_E_ARGUMENT, -1, -1, -1);
    status = ohm_read_range_check(e);
    if (status != OHM_OK)
        return status;
    for (int32_t i = 0; i < count; i++) {
        int row, col;
        status = ohm_cell_at(e, cells[i], i, &row, &col);
        if (status != OHM_OK)
            return status;
        status = ohm_read_check(e, i, row, col, e->setup[OHM_SETUP_V_READ_UV]);
        if (status < 0)
            return status;
    }
    status = ohm_request_begin(e, OHM_CELLS, cells, count, out, count);
    e->request.stride = 1;
    ohm_cells_begin(e, 0, count);
    return status;
}

void ohm_cells_begin(ohm_engine *e, int32_t from, int32_t end)
{
    e->request.cell = from;
    e->request.cells_end = end;
}

/* Gives the cells of the row that was just read their currents. */
static int cells_collect(ohm_engine *e, int row_read)
{
    ohm_running *q = &e->request;
    for (; q->cell < q->cells_end; q->cell++) {
        int row, col;
        const int status = ohm_cell_at(e, q->items[q->cell * q->stride], q->cell, &row, &col);
        if (status != OHM_OK)
            return status;
        if (row != row_read)
            return OHM_BUSY;
        q->out[q->cell] = e->reading.current[col];
    }
    return OHM_OK;
}

int ohm_cells_advance(ohm_engine *e)
{
    ohm_running *q = &e->request;
    int row, col;
    int status = ohm_cell_at(e, q->items[q->cell * q->stride], q->cell, &row, &col);
    if (status != OHM_OK)
        return status;
    if (!q->reading) {
        ohm_row_select(e, row);
        ohm_read_begin(e);
        q->reading = 1;
    }
    status = ohm_read_advance(e);
    if (status != OHM_OK)
        return status;
    q->reading = 0;
    status = cells_collect(e, row);
    if (q->kind == OHM_CELLS)
        q->done = q->cell;
    return status;
}

int ohm_start_rows(ohm_engine *e, int first, int count, int32_t *out)
{
    int status = ohm_request_check(e, count);
    if (status != OHM_OK)
        return status;
    if (out == 0 || first < 0 || first >= e->rows || count > e->rows - first)
        return ohm_refuse(e, OHM_E_ARGUMENT, -1, first, -1, count, 0, e->rows);
    status = ohm_read_range_check(e);
    if (status != OHM_OK)
        return status;
    for (int row = first; row < first + count; row++) {
        status = ohm_read_check(e, row - first, row, -1, e->setup[OHM_SETUP_V_READ_UV]);
        if (status < 0)
            return status;
    }
    status = ohm_request_begin(e, OHM_WHOLE_ROWS, 0, count, out, count * e->cols);
    e->request.first = first;
    return status;
}

int ohm_rows_advance(ohm_engine *e)
{
    ohm_running *q = &e->request;
    if (!q->reading) {
        ohm_row_select(e, q->first + q->done);
        ohm_read_begin(e);
        q->reading = 1;
    }
    const int status = ohm_read_advance(e);
    if (status != OHM_OK)
        return status;
    q->reading = 0;
    for (int col = 0; col < e->cols; col++)
        q->out[q->done * e->cols + col] = e->reading.current[col];
    return ++q->done < q->count ? OHM_BUSY : OHM_OK;
}
