/* What a pulse list may do: every pulse is checked before the first line moves. */
#include "ohm_state.h"

int ohm_pulse_read(ohm_engine *e, const int32_t *records, int32_t item, ohm_pulse_item *p)
{
    const int32_t *record = records + item * OHM_PULSE_WORDS;
    p->item = item;
    p->uv = record[OHM_PULSE_UV];
    p->ns = record[OHM_PULSE_NS];
    const int status = ohm_cell_at(e, record[OHM_PULSE_CELL], item, &p->row, &p->col);
    if (status != OHM_OK)
        return status;
    if (p->uv == 0)
        return ohm_report(e, OHM_E_ARGUMENT, item, p->row, p->col);
    return OHM_OK;
}

uint32_t *ohm_pulse_counter(ohm_engine *e, const ohm_pulse_item *p)
{
    return &e->pulses[p->row * e->cols + p->col];
}

/* Limits that do not depend on the lines. */
int ohm_pulse_limits(ohm_engine *e, const ohm_pulse_item *p)
{
    const int32_t least = e->board[OHM_BOARD_PULSE_MIN_NS], most = e->limit[OHM_LIMIT_WIDTH_MAX_NS];
    const int32_t range = e->setup[OHM_SETUP_PULSE_RANGE], range_max = e->limit[OHM_LIMIT_RANGE_MAX];
    const int32_t volts_max = e->limit[p->uv > 0 ? OHM_LIMIT_V_POS_UV : OHM_LIMIT_V_NEG_UV];
    if (!e->armed)
        return ohm_report(e, OHM_E_UNARMED, p->item, p->row, p->col);
    if (p->ns < least || p->ns > most)
        return ohm_refuse(e, OHM_E_WIDTH, p->item, p->row, p->col, p->ns, p->ns, p->ns < least ? least : most);
    if (range > range_max)
        return ohm_refuse(e, OHM_E_RANGE, p->item, p->row, p->col, range, range, range_max);
    if (p->uv > volts_max || p->uv < -volts_max)
        return ohm_refuse(e, OHM_E_VOLTAGE, p->item, p->row, p->col, p->uv, p->uv < 0 ? -(int64_t)p->uv : p->uv,
                          volts_max);
    const uint32_t count = *ohm_pulse_counter(e, p), count_max = (uint32_t)e->limit[OHM_LIMIT_PULSES_MAX];
    if (count >= count_max)
        return ohm_refuse(e, OHM_E_COUNT, p->item, p->row, p->col, (int64_t)count + 1, (int64_t)count + 1, count_max);
    return OHM_OK;
}

/* Every pair against its limit, with the pattern that stands in e->lines. */
int ohm_pulse_pairs(ohm_engine *e, const ohm_pulse_item *p)
{
    const int status = ohm_pairs_check(e, 1, OHM_E_VOLTAGE, p->item, p->row, p->col);
    if (status != OHM_OK && e->info[OHM_INFO_ROW] == p->row && e->info[OHM_INFO_COL] == p->col)
        e->info[OHM_INFO_ASKED] = p->uv;
    return status;
}

/* `read_row` is the row whose read voltage has passed, -1 for none: lists go along rows. */
static int item_check(ohm_engine *e, const int32_t *records, int32_t item, int *read_row, ohm_pulse_item *p)
{
    int status = ohm_pulse_read(e, records, item, p);
    if (status == OHM_OK)
        status = ohm_pulse_limits(e, p);
    if (status == OHM_OK)
        status = ohm_pulse_lines(e, p);
    if (status == OHM_OK)
        status = ohm_pulse_pairs(e, p);
    if (status == OHM_OK && read_row != 0 && *read_row != p->row) {
        status = ohm_read_check(e, item, p->row, p->col, e->setup[OHM_SETUP_V_READ_UV]);
        status = status < 0 ? status : OHM_OK;
        *read_row = p->row;
    }
    return status;
}

/* Counts each pulse of the list for the next ones, so that a cell listed twice meets its limit; then takes it back. */
static int list_check(ohm_engine *e, const int32_t *records, int32_t pulses, int readback)
{
    int64_t total_ns = 0;
    int32_t counted = 0;
    int status = OHM_OK, read_row = -1;
    ohm_pulse_item p;
    while (status == OHM_OK && counted < pulses) {
        status = item_check(e, records, counted, readback == OHM_READBACK_NONE ? 0 : &read_row, &p);
        if (status == OHM_OK) {
            total_ns += p.ns;
            ++*ohm_pulse_counter(e, &p);
            counted++;
        }
    }
    for (int32_t i = 0; i < counted; i++)
        if (ohm_cell_at(e, records[i * OHM_PULSE_WORDS + OHM_PULSE_CELL], i, &p.row, &p.col) == OHM_OK)
            --*ohm_pulse_counter(e, &p);
    if (status == OHM_OK && pulses > 1 && total_ns > e->board[OHM_BOARD_EXCHANGE_MAX_NS])
        return ohm_refuse(e, OHM_E_DURATION, -1, -1, -1, total_ns, total_ns, e->board[OHM_BOARD_EXCHANGE_MAX_NS]);
    return status;
}

int ohm_start_pulses(ohm_engine *e, const int32_t *records, int pulses, int readback, int32_t *out)
{
    int status = ohm_request_check(e, pulses);
    if (status != OHM_OK)
        return status;
    if (records == 0 || readback < OHM_READBACK_NONE || readback > OHM_READBACK_AFTER
        || (out == 0 && readback != OHM_READBACK_NONE))
        return ohm_refuse(e, OHM_E_ARGUMENT, -1, -1, -1, readback, 0, OHM_READBACK_AFTER);
    if (!e->armed)
        return ohm_report(e, OHM_E_UNARMED, -1, -1, -1);
    if (readback != OHM_READBACK_NONE)
        status = ohm_read_range_check(e);
    if (status == OHM_OK)
        status = list_check(e, records, pulses, readback);
    if (status != OHM_OK)
        return status;
    status = ohm_request_begin(e, OHM_PULSES, records, pulses, out, readback == OHM_READBACK_NONE ? 0 : pulses);
    e->request.stride = OHM_PULSE_WORDS;
    e->request.readback = (uint8_t)readback;
    return status;
}
