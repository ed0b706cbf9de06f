/* Vector-matrix multiplication: every row at its own input voltage, the column currents are the products. */
#include "ohm_state.h"

static int allowed(const ohm_engine *e, int row, int32_t uv)
{
    return uv >= e->read_low[row] && uv <= e->read_high[row];
}

int ohm_start_multiply(ohm_engine *e, const int32_t *uv, int vectors, int32_t *out)
{
    int status = ohm_request_check(e, vectors);
    if (status != OHM_OK)
        return status;
    if (uv == 0 || out == 0)
        return ohm_report(e, OHM_E_ARGUMENT, -1, -1, -1);
    status = ohm_read_range_check(e);
    if (status != OHM_OK)
        return status;
    for (int32_t i = 0; i < vectors; i++)
        for (int row = 0; row < e->rows; row++) {
            const int32_t input = uv[i * e->rows + row];
            if (input == 0 || allowed(e, row, input))
                continue;
            return ohm_read_check(e, i, row, -1, input);
        }
    return ohm_request_begin(e, OHM_VECTORS, uv, vectors, out, vectors * e->cols);
}

/* The pattern of a vector, its codes at the converters' inputs. A zero input is a row at hard ground: exact, and without
 * its driver's offset. */
static int vector_prepare(ohm_engine *e, int32_t item)
{
    ohm_running *q = &e->request;
    const int32_t *inputs = q->items + item * e->rows;
    q->vectors_ready = 0;
    for (int row = 0; row < e->rows; row++) {
        const int32_t input = inputs[row];
        int code = e->board[OHM_BOARD_LINE_ZERO_CODE];
        if (input != 0 && allowed(e, row, input))
            code = ohm_line_code_allowed(e, OHM_ROWS, row, input);
        else if (input != 0)
            code = ohm_read_check(e, item, row, -1, input);
        if (code < 0)
            return code;
        e->lines.code[OHM_ROWS][row] = (uint16_t)code;
        e->lines.row_on[row] = input != 0;
    }
    for (int col = 0; col < e->cols; col++)
        e->lines.code[OHM_COLS][col] = (uint16_t)e->board[OHM_BOARD_LINE_ZERO_CODE];
    ohm_codes_load(e);
    q->vectors_ready = item + 1;
    return OHM_OK;
}

/* While lines settle for the last conversion of a vector, the next one goes as far as the converters' inputs. What is
 * wrong with it is said when its turn comes. */
void ohm_multiply_ahead(ohm_engine *e)
{
    const ohm_running *q = &e->request;
    if (q->done + 1 < q->count)
        (void)vector_prepare(e, q->done + 1);
}

int ohm_multiply_advance(ohm_engine *e)
{
    ohm_running *q = &e->request;
    int status;
    if (!q->reading) {
        status = q->vectors_ready == q->done + 1 ? OHM_OK : vector_prepare(e, q->done);
        if (status != OHM_OK)
            return status;
        ohm_codes_update(e, OHM_LOADED_OTHER);
        ohm_read_begin(e);
        q->reading = 1;
    }
    status = ohm_read_advance(e);
    if (status != OHM_OK)
        return status;
    q->reading = 0;
    for (int col = 0; col < e->cols; col++)
        q->out[q->done * e->cols + col] = e->reading.current[col];
    return ++q->done < q->count ? OHM_BUSY : OHM_OK;
}
