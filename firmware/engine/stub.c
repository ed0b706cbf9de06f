#include "ohm_engine.h"
#include "ohm_bench.h"
int ohm_engine_size(void) { return 0; }
int ohm_max_lines(void) { return 128; }
int ohm_init(ohm_engine *e, const ohm_hal *hal, const int32_t *board, int count) { (void)e; (void)hal; (void)board; (void)count; return OHM_E_ARGUMENT; }
int ohm_arm(ohm_engine *e, const int32_t *limits, int count) { (void)e; (void)limits; (void)count; return OHM_E_ARGUMENT; }
int ohm_disarm(ohm_engine *e) { (void)e; return OHM_E_ARGUMENT; }
int ohm_limits(const ohm_engine *e, int32_t *limits, int count) { (void)e; (void)limits; (void)count; return OHM_E_ARGUMENT; }
int ohm_setup(ohm_engine *e, const int32_t *setup, int count) { (void)e; (void)setup; (void)count; return OHM_E_ARGUMENT; }
int ohm_calibrate(ohm_engine *e, int table, const int32_t *values, int count) { (void)e; (void)table; (void)values; (void)count; return OHM_E_ARGUMENT; }
int ohm_start_pulses(ohm_engine *e, const int32_t *records, int pulses, int readback, int32_t *out) { (void)e; (void)records; (void)pulses; (void)readback; (void)out; return OHM_E_ARGUMENT; }
int ohm_start_reads(ohm_engine *e, const int32_t *cells, int count, int32_t *out) { (void)e; (void)cells; (void)count; (void)out; return OHM_E_ARGUMENT; }
int ohm_start_rows(ohm_engine *e, int first, int count, int32_t *out) { (void)e; (void)first; (void)count; (void)out; return OHM_E_ARGUMENT; }
int ohm_start_multiply(ohm_engine *e, const int32_t *uv, int vectors, int32_t *out) { (void)e; (void)uv; (void)vectors; (void)out; return OHM_E_ARGUMENT; }
int ohm_step(ohm_engine *e, uint32_t budget_ns) { (void)e; (void)budget_ns; return OHM_E_ARGUMENT; }
int ohm_abort(ohm_engine *e) { (void)e; return OHM_E_ARGUMENT; }
int ohm_safe(ohm_engine *e) { (void)e; return OHM_E_ARGUMENT; }
int ohm_applied(const ohm_engine *e) { (void)e; return 0; }
int ohm_info(const ohm_engine *e, int32_t *info, int count) { (void)e; (void)info; (void)count; return OHM_E_ARGUMENT; }
int ohm_time_us(const ohm_engine *e, uint32_t *low_high) { (void)e; (void)low_high; return OHM_E_ARGUMENT; }
int ohm_watchdog(ohm_engine *e) { (void)e; return OHM_E_ARGUMENT; }
int ohm_decode(const uint8_t *text, int length, uint8_t *out, int capacity) { (void)text; (void)length; (void)out; (void)capacity; return OHM_E_ARGUMENT; }
int ohm_encode(const uint8_t *data, int length, uint8_t *text, int capacity) { (void)data; (void)length; (void)text; (void)capacity; return OHM_E_ARGUMENT; }
int ohm_bench_size(void) { return 0; }
int ohm_bench_init(ohm_bench *bench, ohm_engine *e, const int32_t *board, int count, const int32_t *conductances_ns) { (void)bench; (void)e; (void)board; (void)count; (void)conductances_ns; return OHM_E_ARGUMENT; }
int ohm_bench_record(const ohm_bench *bench, int32_t *record, int count) { (void)bench; (void)record; (void)count; return OHM_E_ARGUMENT; }
int ohm_bench_reset_record(ohm_bench *bench) { (void)bench; return OHM_E_ARGUMENT; }
int ohm_bench_trip_at(ohm_bench *bench, int32_t gates) { (void)bench; (void)gates; return OHM_E_ARGUMENT; }
int ohm_bench_break_adc(ohm_bench *bench, int broken) { (void)bench; (void)broken; return OHM_E_ARGUMENT; }
int ohm_bench_advance_us(ohm_bench *bench, uint32_t us) { (void)bench; (void)us; return OHM_E_ARGUMENT; }
