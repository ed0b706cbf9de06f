/* Limits in force: the lower of the board's and the armed device's. */
#include "ohm_state.h"

static int32_t lower(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* A read is held to the read limit and, on an armed device, to the limit of its own direction as well. */
static void read_limits(ohm_engine *e)
{
    const int32_t read = e->limit[OHM_LIMIT_V_READ_UV];
    e->read_limit[0] = e->armed ? lower(read, e->limit[OHM_LIMIT_V_POS_UV]) : read;
    e->read_limit[1] = e->armed ? lower(read, e->limit[OHM_LIMIT_V_NEG_UV]) : read;
    ohm_read_bounds(e);
}

/* `device` is 0 while no device is loaded: then reads are held to the unarmed limit and nothing may be pulsed. */
void ohm_limits_refresh(ohm_engine *e, const int32_t *device)
{
    const int32_t *board = e->board;
    e->armed = device != 0;
    for (int i = 0; i < OHM_LIMIT_COUNT; i++)
        e->limit[i] = 0;
    if (device == 0) {
        e->limit[OHM_LIMIT_V_READ_UV] = board[OHM_BOARD_V_READ_UNARMED_UV];
        e->limit[OHM_LIMIT_RANGE_MAX] = board[OHM_BOARD_RANGE_MAX];
        read_limits(e);
        return;
    }
    e->limit[OHM_LIMIT_V_READ_UV] = lower(device[OHM_LIMIT_V_READ_UV], board[OHM_BOARD_V_READ_UV]);
    e->limit[OHM_LIMIT_V_POS_UV] = lower(device[OHM_LIMIT_V_POS_UV], board[OHM_BOARD_V_CELL_UV]);
    e->limit[OHM_LIMIT_V_NEG_UV] = lower(device[OHM_LIMIT_V_NEG_UV], board[OHM_BOARD_V_CELL_UV]);
    e->limit[OHM_LIMIT_WIDTH_MAX_NS] = lower(device[OHM_LIMIT_WIDTH_MAX_NS], board[OHM_BOARD_PULSE_MAX_NS]);
    e->limit[OHM_LIMIT_RANGE_MAX] = lower(device[OHM_LIMIT_RANGE_MAX], board[OHM_BOARD_RANGE_MAX]);
    e->limit[OHM_LIMIT_PULSES_MAX] = lower(device[OHM_LIMIT_PULSES_MAX], board[OHM_BOARD_PULSES_MAX]);
    read_limits(e);
}

int ohm_arm(ohm_engine *e, const int32_t *limits, int count)
{
    if (e->rows == 0 || limits == 0 || count != OHM_LIMIT_COUNT)
        return ohm_refuse(e, OHM_E_ARGUMENT, -1, -1, -1, count, 0, OHM_LIMIT_COUNT);
    if (e->request.kind != OHM_IDLE)
        return ohm_report(e, OHM_E_BUSY, -1, -1, -1);
    for (int i = 0; i < count; i++)
        if (limits[i] < 0)
            return ohm_refuse(e, OHM_E_ARGUMENT, i, -1, -1, limits[i], 0, 0);
    if (limits[OHM_LIMIT_RANGE_MAX] > OHM_RANGE_H)
        return ohm_refuse(e, OHM_E_ARGUMENT, OHM_LIMIT_RANGE_MAX, -1, -1, limits[OHM_LIMIT_RANGE_MAX], 0, OHM_RANGE_H);
    const int supplied = ohm_rails_check(e);
    if (supplied != OHM_OK)
        return supplied;
    ohm_limits_refresh(e, limits);
    for (int32_t cell = 0; cell < e->rows * e->cols; cell++)
        e->pulses[cell] = 0;
    return ohm_report(e, OHM_OK, -1, -1, -1);
}

int ohm_disarm(ohm_engine *e)
{
    if (e->rows == 0)
        return ohm_report(e, OHM_E_ARGUMENT, -1, -1, -1);
    if (e->request.kind != OHM_IDLE)
        return ohm_report(e, OHM_E_BUSY, -1, -1, -1);
    ohm_limits_refresh(e, 0);
    return ohm_report(e, OHM_OK, -1, -1, -1);
}

int ohm_limits(const ohm_engine *e, int32_t *limits, int count)
{
    if (e->rows == 0 || limits == 0 || count != OHM_LIMIT_COUNT)
        return OHM_E_ARGUMENT;
    for (int i = 0; i < count; i++)
        limits[i] = e->limit[i];
    return OHM_OK;
}
