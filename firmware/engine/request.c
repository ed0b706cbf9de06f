/* The one request that may run: how it starts, goes on in steps, and ends. */
#include "ohm_state.h"

/* A gate is waited for at least this long, so that a request moves on under any budget. */
#define SLICE_MIN_NS 1000u

/* What every request must fulfil before its own checks. */
int ohm_request_check(ohm_engine *e, int count)
{
    if (e->rows == 0 || count < 1 || count > OHM_LIST_MAX)
        return ohm_refuse(e, OHM_E_ARGUMENT, -1, -1, -1, count, 0, OHM_LIST_MAX);
    if (e->request.kind != OHM_IDLE)
        return ohm_report(e, OHM_E_BUSY, -1, -1, -1);
    return OHM_OK;
}

/* All checks of the request have passed. Supplies are looked at here and at each step: set the arm flip-flop and let ohm_step run. */
int ohm_request_begin(ohm_engine *e, int kind, const int32_t *items, int count, int32_t *out, int outputs)
{
    e->request = (ohm_running){.items = items, .out = out, .count = count};
    ohm_read_forget_zeros(e);
    int status = ohm_rails_check(e);
    if (status != OHM_OK) {
        ohm_make_safe(e);
        return status;
    }
    status = ohm_energise(e);
    if (status != OHM_OK)
        return status;
    for (int i = 0; i < outputs; i++)
        out[i] = OHM_NO_READING;
    e->request.kind = (uint8_t)kind;
    return ohm_report(e, OHM_OK, -1, -1, -1);
}

static int advance(ohm_engine *e, uint32_t slice_ns)
{
    switch (e->request.kind) {
    case OHM_PULSES: return ohm_pulses_advance(e, slice_ns);
    case OHM_CELLS: return ohm_cells_advance(e);
    case OHM_WHOLE_ROWS: return ohm_rows_advance(e);
    default: return ohm_multiply_advance(e);
    }
}

/* A request that went well leaves the flip-flop set and all lines at zero; any other end is the safe state. */
static int finish(ohm_engine *e, int status)
{
    e->request.kind = OHM_IDLE;
    if (status != OHM_OK) {
        ohm_make_safe(e);
        return status;
    }
    ohm_quiet(e);
    return ohm_report(e, OHM_OK, e->request.done, -1, -1);
}

/* While it is OHM_BUSY, item of ohm_info counts the items done. */
int ohm_step(ohm_engine *e, uint32_t budget_ns)
{
    if (e->request.kind == OHM_IDLE)
        return ohm_report(e, OHM_E_ARGUMENT, -1, -1, -1);
    if (e->request.aborted)
        return finish(e, ohm_report(e, OHM_E_ABORTED, e->request.done, -1, -1));
    const int supplied = ohm_rails_check(e);
    if (supplied != OHM_OK)
        return finish(e, supplied);
    const uint64_t started_ns = e->hal.clock_ns(e->hal.ctx);
    uint64_t elapsed_ns = 0;
    do {
        const uint32_t left_ns = budget_ns - (uint32_t)elapsed_ns;
        const int status = advance(e, left_ns > SLICE_MIN_NS ? left_ns : SLICE_MIN_NS);
        if (status != OHM_BUSY)
            return finish(e, status);
        elapsed_ns = e->hal.clock_ns(e->hal.ctx) - started_ns;
    } while (elapsed_ns < budget_ns);
    return ohm_report(e, OHM_BUSY, e->request.done, -1, -1);
}

int ohm_applied(const ohm_engine *e)
{
    return e->request.applied;
}
