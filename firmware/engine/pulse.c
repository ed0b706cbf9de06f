/* Applying a pulse list: one gate after the other, each checked again before it opens.
 *
 * The next pulse is checked, and its codes go to the converters' inputs, while the lines settle for this one: they reach the
 * lines when this pulse is over. Nothing of it is believed if its record has changed by then.
 */
#include "ohm_state.h"

/* A gate that is still open this long after its time has a broken timer. */
#define GATE_LATE_NS 1000000u

/* Pattern and pairs of a pulse: what it asks of the lines passes, and waits in the converters' inputs. */
static int prepare(ohm_engine *e, const ohm_pulse_item *p)
{
    ohm_running *q = &e->request;
    q->prepared.uv = 0;
    int status = ohm_pulse_lines(e, p);
    if (status == OHM_OK)
        status = ohm_pulse_pairs(e, p);
    if (status != OHM_OK)
        return status;
    ohm_codes_load(e);
    q->prepared = *p;
    return OHM_OK;
}

static int is_prepared(const ohm_engine *e, const ohm_pulse_item *p)
{
    const ohm_pulse_item *next = &e->request.prepared;
    return next->item == p->item && next->row == p->row && next->col == p->col && next->uv == p->uv && next->ns == p->ns;
}

static int next_is_prepared(const ohm_engine *e)
{
    return e->request.prepared.uv != 0 && e->request.prepared.item == e->request.done;
}

/* A pulse that is not read after it is followed by the next one. What is wrong with that is said when its turn comes. */
static void prepare_next(ohm_engine *e)
{
    const ohm_running *q = &e->request;
    ohm_pulse_item next;
    if (q->readback != OHM_READBACK_EACH && q->done + 1 < q->count
        && ohm_pulse_read(e, q->items, q->done + 1, &next) == OHM_OK)
        (void)prepare(e, &next);
}

static int gate_open(ohm_engine *e)
{
    ohm_running *q = &e->request;
    ohm_pulse_item p;
    int status = ohm_pulse_read(e, q->items, q->done, &p);
    if (status == OHM_OK && !is_prepared(e, &p))
        status = prepare(e, &p);
    if (status != OHM_OK)
        return status;
    ohm_span(e, 1);
    ohm_codes_update(e, OHM_LOADED_OTHER);
    ohm_latch(e, e->lines.row_on, e->lines.col_range);
    const uint64_t moved_ns = e->hal.clock_ns(e->hal.ctx);
    status = ohm_pulse_limits(e, &p);
    if (status != OHM_OK)
        return status;
    const uint32_t settle_ns = ohm_settling_ns(e, e->lines.col_range);
    prepare_next(e);
    ohm_settle(e, settle_ns, moved_ns);
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
    q->done++;
    q->phase = OHM_PULSE_NEXT;
    if (!next_is_prepared(e))
        ohm_columns_zero(e);
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
