/* Applying a pulse list: one gate after the other, each checked again right before it opens. */
#include "ohm_state.h"

/* A gate that is still open this long after its time has a broken timer. */
#define GATE_LATE_NS 1000000u

/* Waits for what is left of the settling since the last code or switch moved: the checks were made meanwhile. */
static void settle(ohm_engine *e, uint64_t moved_ns)
{
    const uint64_t needed_ns = (uint64_t)ohm_settling_ns(e, e->lines.col_range) + OHM_CLOCK_STEP_NS;
    const uint64_t passed_ns = e->hal.clock_ns(e->hal.ctx) - moved_ns;
    if (passed_ns < needed_ns)
        e->hal.delay_ns(e->hal.ctx, (uint32_t)(needed_ns - passed_ns));
}

static int gate_open(ohm_engine *e)
{
    ohm_running *q = &e->request;
    ohm_pulse_item p;
    int status = ohm_pulse_read(e, q->items, q->done, &p);
    if (status == OHM_OK)
        status = ohm_pulse_lines(e, &p);
    if (status != OHM_OK)
        return status;
    ohm_span(e, 1);
    ohm_load(e, OHM_LOADED_OTHER);
    ohm_latch(e, e->lines.row_on, e->lines.col_range);
    const uint64_t moved_ns = e->hal.clock_ns(e->hal.ctx);
    status = ohm_pulse_limits(e, &p);
    if (status == OHM_OK)
        status = ohm_pulse_pairs(e, &p);
    if (status != OHM_OK)
        return status;
    settle(e, moved_ns);
    if (!ohm_still_energised(e))
        return ohm_report(e, OHM_E_TRIP, p.item, p.row, p.col);
    ++*ohm_pulse_counter(e, &p);
    q->applied++;
    q->width_ns = (uint32_t)p.ns;
    q->opened_ns = e->hal.clock_ns(e->hal.ctx);
    q->phase = OHM_PULSE_GATE;
    e->hal.gate_open(e->hal.ctx, 1, q->width_ns);
    return OHM_BUSY;
}

static int gate_late(ohm_engine *e)
{
    const ohm_running *q = &e->request;
    const uint64_t open_ns = e->hal.clock_ns(e->hal.ctx) - q->opened_ns;
    if (open_ns <= (uint64_t)q->width_ns + GATE_LATE_NS)
        return OHM_BUSY;
    e->hal.gate_close(e->hal.ctx);
    return ohm_refuse(e, OHM_E_WIDTH, q->done, -1, -1, q->width_ns, (int64_t)open_ns, q->width_ns);
}

static int gate_wait(ohm_engine *e, uint32_t slice_ns)
{
    ohm_running *q = &e->request;
    if (e->hal.gate_wait(e->hal.ctx, slice_ns))
        return gate_late(e);
    if (!ohm_still_energised(e)) {
        const uint32_t word = (uint32_t)q->items[q->done * OHM_PULSE_WORDS];
        return ohm_report(e, OHM_E_TRIP, q->done, (int32_t)(word >> 16), (int32_t)(word & 0xFFFF));
    }
    ohm_columns_zero(e);
    q->done++;
    q->phase = OHM_PULSE_NEXT;
    if (q->readback == OHM_READBACK_EACH) {
        ohm_cells_begin(e, q->done - 1, q->done);
        q->phase = OHM_PULSE_READ;
    } else if (q->done == q->count) {
        if (q->readback == OHM_READBACK_NONE)
            return OHM_OK;
        ohm_cells_begin(e, 0, q->count);
        q->phase = OHM_PULSE_READ;
    }
    return OHM_BUSY;
}

int ohm_pulses_advance(ohm_engine *e, uint32_t slice_ns)
{
    ohm_running *q = &e->request;
    if (q->phase == OHM_PULSE_NEXT)
        return gate_open(e);
    if (q->phase == OHM_PULSE_GATE)
        return gate_wait(e, slice_ns);
    const int status = ohm_cells_advance(e);
    if (status != OHM_OK || q->done == q->count)
        return status;
    q->phase = OHM_PULSE_NEXT;
    return OHM_BUSY;
}
