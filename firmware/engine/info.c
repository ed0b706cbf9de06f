/* Where the last refusal or failure was, and by how much. */
#include "ohm_state.h"

static int32_t narrowed(int64_t value)
{
    return value > INT32_MAX ? INT32_MAX : value < INT32_MIN ? INT32_MIN : (int32_t)value;
}

int ohm_refuse(ohm_engine *e, int status, int32_t item, int32_t row, int32_t col,
               int64_t asked, int64_t worst, int64_t limit)
{
    e->info[OHM_INFO_STATUS] = status;
    e->info[OHM_INFO_ITEM] = item;
    e->info[OHM_INFO_ROW] = row;
    e->info[OHM_INFO_COL] = col;
    e->info[OHM_INFO_ASKED] = narrowed(asked);
    e->info[OHM_INFO_WORST] = narrowed(worst);
    e->info[OHM_INFO_LIMIT] = narrowed(limit);
    return status;
}

int ohm_report(ohm_engine *e, int status, int32_t item, int32_t row, int32_t col)
{
    return ohm_refuse(e, status, item, row, col, 0, 0, 0);
}

int ohm_info(const ohm_engine *e, int32_t *info, int count)
{
    if (info == 0 || count != OHM_INFO_COUNT)
        return OHM_E_ARGUMENT;
    for (int i = 0; i < count; i++)
        info[i] = e->info[i];
    return OHM_OK;
}
