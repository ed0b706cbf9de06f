/* The set-up: how cells are read and what unselected lines do during a pulse. */
#include "ohm_state.h"

typedef struct {
    int32_t least, most;
} bounds;

static const bounds BOUNDS[OHM_SETUP_COUNT] = {
    [OHM_SETUP_V_READ_UV] = {1, 100000000},
    [OHM_SETUP_AVERAGES] = {1, 4096},
    [OHM_SETUP_READ_RANGE] = {OHM_RANGE_L, OHM_RANGE_AUTO},
    [OHM_SETUP_BIAS] = {OHM_BIAS_GND, OHM_BIAS_THIRD},
    [OHM_SETUP_PULSE_RANGE] = {OHM_RANGE_L, OHM_RANGE_H},
};

/* Only what no device could ever allow is refused here; each request checks against the limits then in force. */
int ohm_setup(ohm_engine *e, const int32_t *setup, int count)
{
    if (e->rows == 0 || setup == 0 || count != OHM_SETUP_COUNT)
        return ohm_refuse(e, OHM_E_ARGUMENT, -1, -1, -1, count, 0, OHM_SETUP_COUNT);
    if (e->request.kind != OHM_IDLE)
        return ohm_report(e, OHM_E_BUSY, -1, -1, -1);
    for (int i = 0; i < count; i++)
        if (setup[i] < BOUNDS[i].least || setup[i] > BOUNDS[i].most)
            return ohm_refuse(e, OHM_E_ARGUMENT, i, -1, -1, setup[i], 0, BOUNDS[i].most);
    if ((setup[OHM_SETUP_AVERAGES] & (setup[OHM_SETUP_AVERAGES] - 1)) != 0)
        return ohm_refuse(e, OHM_E_ARGUMENT, OHM_SETUP_AVERAGES, -1, -1, setup[OHM_SETUP_AVERAGES], 0, 4096);
    if (setup[OHM_SETUP_V_READ_UV] > e->board[OHM_BOARD_V_READ_UV])
        return ohm_refuse(e, OHM_E_READ_VOLTAGE, OHM_SETUP_V_READ_UV, -1, -1, setup[OHM_SETUP_V_READ_UV],
                          setup[OHM_SETUP_V_READ_UV], e->board[OHM_BOARD_V_READ_UV]);
    const int32_t read_range = setup[OHM_SETUP_READ_RANGE], pulse_range = setup[OHM_SETUP_PULSE_RANGE];
    const int32_t widest = read_range != OHM_RANGE_AUTO && read_range > pulse_range ? read_range : pulse_range;
    if (widest > e->board[OHM_BOARD_RANGE_MAX])
        return ohm_refuse(e, OHM_E_RANGE, -1, -1, -1, widest, widest, e->board[OHM_BOARD_RANGE_MAX]);
    for (int i = 0; i < count; i++)
        e->setup[i] = setup[i];
    return ohm_report(e, OHM_OK, -1, -1, -1);
}
