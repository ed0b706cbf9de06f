/* The supplies of the analogue part: nothing is driven, and nothing goes on, unless both are within their bounds. */
#include "ohm_state.h"

int ohm_rails_check(ohm_engine *e)
{
    int32_t uv[OHM_RAILS] = {0};
    e->hal.rails(e->hal.ctx, uv);
    for (int rail = 0; rail < OHM_RAILS; rail++) {
        const int64_t magnitude = rail == OHM_RAIL_POSITIVE ? uv[rail] : -(int64_t)uv[rail];
        const int32_t least = e->board[OHM_BOARD_RAIL_MIN_UV], most = e->board[OHM_BOARD_RAIL_MAX_UV];
        if (magnitude < least || magnitude > most)
            return ohm_refuse(e, OHM_E_RAIL, rail, -1, -1, uv[rail], magnitude, magnitude < least ? least : most);
    }
    return OHM_OK;
}

int ohm_rails(ohm_engine *e, int32_t *uv, int count)
{
    if (e->rows == 0 || uv == 0 || count != OHM_RAILS)
        return ohm_refuse(e, OHM_E_ARGUMENT, -1, -1, -1, count, 0, OHM_RAILS);
    e->hal.rails(e->hal.ctx, uv);
    return ohm_rails_check(e);
}
