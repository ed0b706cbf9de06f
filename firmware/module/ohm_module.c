/* The engine and the byte stream as a MicroPython module: `ohm.Engine` and `ohm.Stream`, with the surfaces that the
 * application is written against (ohmboard/surfaces.py).
 *
 * Buffers are little-endian int32 words and must be aligned to 4 bytes, as every bytearray is: the Cortex-M0+ cannot
 * read others. Buffers of a running request are kept alive by the object.
 */
#include <string.h>

#include "py/obj.h"
#include "py/runtime.h"

#include "ohm_engine.h"
#include "ohm_port.h"

/* The buffers that ohmboard/sizes.py asks for, and some. */
#define OHM_ARENA_BYTES (80 * 1024)

typedef struct {
    mp_obj_base_t base;
    ohm_engine *engine;
    mp_obj_t items, out;        /* buffers of the running request */
    int32_t rows, cols;
} ohm_engine_obj;

extern const mp_obj_type_t ohm_engine_type, ohm_stream_type;

/* The buffers of the application. A collection of garbage takes every word of the interpreter's heap for a pointer: 80 kB
 * of numbers there cost it 10 ms. */
static uint32_t arena[OHM_ARENA_BYTES / sizeof(uint32_t)];
static size_t arena_used;

static ohm_engine *engine_of(mp_obj_t self) {
    return ((ohm_engine_obj *)MP_OBJ_TO_PTR(self))->engine;
}

static mp_obj_t status(int value) {
    return mp_obj_new_int(value);
}

/* A buffer that holds at least so many words. */
static int32_t *words(mp_obj_t object, mp_int_t count, mp_uint_t flags) {
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(object, &buffer, flags);
    if (count < 0 || (size_t)count > buffer.len / sizeof(int32_t)) {
        mp_raise_ValueError(MP_ERROR_TEXT("buffer too short"));
    }
    if ((uintptr_t)buffer.buf % sizeof(int32_t) != 0) {
        mp_raise_ValueError(MP_ERROR_TEXT("buffer not aligned to words"));
    }
    return buffer.buf;
}

static uint8_t *bytes(mp_obj_t object, mp_uint_t flags, size_t *length) {
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(object, &buffer, flags);
    *length = buffer.len;
    return buffer.buf;
}

/* A tuple of exactly so many integers. */
static void numbers(mp_obj_t tuple, int32_t *values, size_t count) {
    size_t length;
    mp_obj_t *items;
    mp_obj_get_array(tuple, &length, &items);
    if (length != count) {
        mp_raise_ValueError(MP_ERROR_TEXT("wrong number of values"));
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = (int32_t)mp_obj_get_int(items[i]);
    }
}

static mp_obj_t engine_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 0, 0, false);
    (void)args;
    ohm_engine_obj *self = mp_obj_malloc(ohm_engine_obj, type);
    size_t size = (size_t)ohm_engine_size();
    self->engine = (ohm_engine *)m_malloc0(size);
    self->items = self->out = mp_const_none;
    self->rows = self->cols = 0;
    arena_used = 0;
    return MP_OBJ_FROM_PTR(self);
}

static mp_obj_t engine_init(mp_obj_t self_in, mp_obj_t board) {
    ohm_engine_obj *self = MP_OBJ_TO_PTR(self_in);
    int32_t values[OHM_BOARD_COUNT];
    numbers(board, values, OHM_BOARD_COUNT);
    int result = ohm_init(self->engine, ohm_port_start(), values, OHM_BOARD_COUNT);
    self->rows = result == OHM_OK ? values[OHM_BOARD_ROWS] : 0;
    self->cols = result == OHM_OK ? values[OHM_BOARD_COLS] : 0;
    return status(result);
}
static MP_DEFINE_CONST_FUN_OBJ_2(engine_init_obj, engine_init);

static mp_obj_t engine_arm(mp_obj_t self, mp_obj_t limits) {
    int32_t values[OHM_LIMIT_COUNT];
    numbers(limits, values, OHM_LIMIT_COUNT);
    return status(ohm_arm(engine_of(self), values, OHM_LIMIT_COUNT));
}
static MP_DEFINE_CONST_FUN_OBJ_2(engine_arm_obj, engine_arm);

static mp_obj_t engine_disarm(mp_obj_t self) {
    return status(ohm_disarm(engine_of(self)));
}
static MP_DEFINE_CONST_FUN_OBJ_1(engine_disarm_obj, engine_disarm);

static mp_obj_t engine_limits(mp_obj_t self, mp_obj_t out) {
    return status(ohm_limits(engine_of(self), words(out, OHM_LIMIT_COUNT, MP_BUFFER_WRITE), OHM_LIMIT_COUNT));
}
static MP_DEFINE_CONST_FUN_OBJ_2(engine_limits_obj, engine_limits);

static mp_obj_t engine_setup(mp_obj_t self, mp_obj_t setup) {
    int32_t values[OHM_SETUP_COUNT];
    numbers(setup, values, OHM_SETUP_COUNT);
    return status(ohm_setup(engine_of(self), values, OHM_SETUP_COUNT));
}
static MP_DEFINE_CONST_FUN_OBJ_2(engine_setup_obj, engine_setup);

static mp_obj_t engine_calibrate(mp_obj_t self_in, mp_obj_t table, mp_obj_t values) {
    ohm_engine_obj *self = MP_OBJ_TO_PTR(self_in);
    int side = mp_obj_get_int(table);
    int32_t count = side == OHM_TABLE_ROW_OFFSET_UV || side == OHM_TABLE_ROW_GAIN_PPM ? self->rows : self->cols;
    return status(ohm_calibrate(self->engine, side, words(values, count, MP_BUFFER_READ), (int)count));
}
static MP_DEFINE_CONST_FUN_OBJ_3(engine_calibrate_obj, engine_calibrate);

/* Keeps the buffers of a request that has begun. */
static mp_obj_t begun(ohm_engine_obj *self, int result, mp_obj_t items, mp_obj_t out) {
    if (result == OHM_OK) {
        self->items = items;
        self->out = out;
    }
    return status(result);
}

static mp_obj_t engine_start_pulses(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    ohm_engine_obj *self = MP_OBJ_TO_PTR(args[0]);
    mp_int_t pulses = mp_obj_get_int(args[2]);
    int readback = mp_obj_get_int(args[3]);
    const int32_t *records = words(args[1], pulses * OHM_PULSE_WORDS, MP_BUFFER_READ);
    int32_t *out = words(args[4], readback == OHM_READBACK_NONE ? 0 : pulses, MP_BUFFER_WRITE);
    return begun(self, ohm_start_pulses(self->engine, records, (int)pulses, readback, out), args[1], args[4]);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(engine_start_pulses_obj, 5, 5, engine_start_pulses);

static mp_obj_t engine_start_reads(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    ohm_engine_obj *self = MP_OBJ_TO_PTR(args[0]);
    mp_int_t count = mp_obj_get_int(args[2]);
    const int32_t *cells = words(args[1], count, MP_BUFFER_READ);
    int32_t *out = words(args[3], count, MP_BUFFER_WRITE);
    return begun(self, ohm_start_reads(self->engine, cells, (int)count, out), args[1], args[3]);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(engine_start_reads_obj, 4, 4, engine_start_reads);

static mp_obj_t engine_start_rows(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    ohm_engine_obj *self = MP_OBJ_TO_PTR(args[0]);
    int first = mp_obj_get_int(args[1]);
    mp_int_t count = mp_obj_get_int(args[2]);
    int32_t *out = words(args[3], count * self->cols, MP_BUFFER_WRITE);
    return begun(self, ohm_start_rows(self->engine, first, (int)count, out), mp_const_none, args[3]);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(engine_start_rows_obj, 4, 4, engine_start_rows);

static mp_obj_t engine_start_multiply(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    ohm_engine_obj *self = MP_OBJ_TO_PTR(args[0]);
    mp_int_t vectors = mp_obj_get_int(args[2]);
    const int32_t *uv = words(args[1], vectors * self->rows, MP_BUFFER_READ);
    int32_t *out = words(args[3], vectors * self->cols, MP_BUFFER_WRITE);
    return begun(self, ohm_start_multiply(self->engine, uv, (int)vectors, out), args[1], args[3]);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(engine_start_multiply_obj, 4, 4, engine_start_multiply);

static mp_obj_t engine_step(mp_obj_t self_in, mp_obj_t budget_ns) {
    ohm_engine_obj *self = MP_OBJ_TO_PTR(self_in);
    int result = ohm_step(self->engine, (uint32_t)mp_obj_get_int_truncated(budget_ns));
    if (result != OHM_BUSY) {
        self->items = self->out = mp_const_none;
    }
    return status(result);
}
static MP_DEFINE_CONST_FUN_OBJ_2(engine_step_obj, engine_step);

static mp_obj_t engine_abort(mp_obj_t self) {
    return status(ohm_abort(engine_of(self)));
}
static MP_DEFINE_CONST_FUN_OBJ_1(engine_abort_obj, engine_abort);

static mp_obj_t engine_safe(mp_obj_t self) {
    return status(ohm_safe(engine_of(self)));
}
static MP_DEFINE_CONST_FUN_OBJ_1(engine_safe_obj, engine_safe);

static mp_obj_t engine_applied(mp_obj_t self) {
    return status(ohm_applied(engine_of(self)));
}
static MP_DEFINE_CONST_FUN_OBJ_1(engine_applied_obj, engine_applied);

static mp_obj_t engine_info(mp_obj_t self, mp_obj_t out) {
    return status(ohm_info(engine_of(self), words(out, OHM_INFO_COUNT, MP_BUFFER_WRITE), OHM_INFO_COUNT));
}
static MP_DEFINE_CONST_FUN_OBJ_2(engine_info_obj, engine_info);

static mp_obj_t engine_time_us(mp_obj_t self) {
    uint32_t low_high[2] = {0, 0};
    ohm_time_us(engine_of(self), low_high);
    return mp_obj_new_int_from_ull((uint64_t)low_high[1] << 32 | low_high[0]);
}
static MP_DEFINE_CONST_FUN_OBJ_1(engine_time_us_obj, engine_time_us);

static mp_obj_t engine_watchdog(mp_obj_t self) {
    return status(ohm_watchdog(engine_of(self)));
}
static MP_DEFINE_CONST_FUN_OBJ_1(engine_watchdog_obj, engine_watchdog);

static mp_obj_t engine_rails(mp_obj_t self, mp_obj_t out) {
    return status(ohm_rails(engine_of(self), words(out, OHM_RAILS, MP_BUFFER_WRITE), OHM_RAILS));
}
static MP_DEFINE_CONST_FUN_OBJ_2(engine_rails_obj, engine_rails);

static mp_obj_t engine_buffer(mp_obj_t self, mp_obj_t size) {
    (void)self;
    mp_int_t wanted = mp_obj_get_int(size);
    if (wanted < 0 || (size_t)wanted > sizeof arena - arena_used) {
        mp_raise_type(&mp_type_MemoryError);
    }
    uint8_t *start = (uint8_t *)arena + arena_used;
    arena_used += ((size_t)wanted + sizeof(uint32_t) - 1) / sizeof(uint32_t) * sizeof(uint32_t);
    memset(start, 0, (size_t)wanted);
    return mp_obj_new_bytearray_by_ref((size_t)wanted, start);
}
static MP_DEFINE_CONST_FUN_OBJ_2(engine_buffer_obj, engine_buffer);

typedef int (*codec)(const uint8_t *, int, uint8_t *, int);

static mp_obj_t transcode(const mp_obj_t *args, codec function) {
    size_t input_size, output_size;
    const uint8_t *input = bytes(args[1], MP_BUFFER_READ, &input_size);
    uint8_t *output = bytes(args[3], MP_BUFFER_WRITE, &output_size);
    mp_int_t length = mp_obj_get_int(args[2]);
    if (length < 0 || (size_t)length > input_size) {
        mp_raise_ValueError(MP_ERROR_TEXT("buffer too short"));
    }
    return status(function(input, (int)length, output, (int)output_size));
}

static mp_obj_t engine_decode(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    return transcode(args, ohm_decode);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(engine_decode_obj, 4, 4, engine_decode);

static mp_obj_t engine_encode(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    return transcode(args, ohm_encode);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(engine_encode_obj, 4, 4, engine_encode);

/* The text in args[1], which holds what lies between the places in args[2] and args[3]. */
static const uint8_t *text_between(const mp_obj_t *args, int *start, int *stop) {
    size_t size;
    const uint8_t *text = bytes(args[1], MP_BUFFER_READ, &size);
    mp_int_t first = mp_obj_get_int(args[2]), last = mp_obj_get_int(args[3]);
    if (first < 0 || last < 0 || (size_t)last > size) {
        mp_raise_ValueError(MP_ERROR_TEXT("buffer too short"));
    }
    *start = (int)first;
    *stop = (int)last;
    return text;
}

static mp_obj_t engine_newline(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    int start, stop;
    const uint8_t *text = text_between(args, &start, &stop);
    return status(ohm_newline(text, start, stop));
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(engine_newline_obj, 4, 4, engine_newline);

static mp_obj_t engine_split(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    int start, stop;
    const uint8_t *text = text_between(args, &start, &stop);
    int32_t places[OHM_SPLIT_COUNT];
    int given = ohm_split(text, start, stop, places, OHM_SPLIT_COUNT);
    if (given < 0) {
        mp_raise_ValueError(MP_ERROR_TEXT("no text"));
    }
    mp_obj_t items[OHM_SPLIT_COUNT];
    const size_t count = 1 + 3 * (size_t)given;
    for (size_t i = 0; i < count; i++) {
        items[i] = MP_OBJ_NEW_SMALL_INT(places[i]);     /* at most nine digits */
    }
    return mp_obj_new_tuple(count, items);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(engine_split_obj, 4, 4, engine_split);

static mp_obj_t engine_open_envelope(mp_obj_t self, mp_obj_t text, mp_obj_t size) {
    (void)self;
    size_t capacity;
    const uint8_t *line = bytes(text, MP_BUFFER_READ, &capacity);
    mp_int_t length = mp_obj_get_int(size);
    if (length < 0 || (size_t)length > capacity) {
        mp_raise_ValueError(MP_ERROR_TEXT("buffer too short"));
    }
    uint32_t parts[OHM_ENVELOPE_COUNT] = {0};
    mp_obj_t items[1 + OHM_ENVELOPE_COUNT];
    items[0] = status(ohm_envelope_open(line, (int)length, parts, OHM_ENVELOPE_COUNT));
    for (size_t i = 0; i < OHM_ENVELOPE_COUNT; i++) {
        items[1 + i] = mp_obj_new_int_from_uint(parts[i]);
    }
    return mp_obj_new_tuple(1 + OHM_ENVELOPE_COUNT, items);
}
static MP_DEFINE_CONST_FUN_OBJ_3(engine_open_envelope_obj, engine_open_envelope);

static mp_obj_t engine_seal_envelope(mp_obj_t self, mp_obj_t line, mp_obj_t length) {
    (void)self;
    size_t size;
    uint8_t *start = bytes(line, MP_BUFFER_WRITE, &size);
    return status(ohm_envelope_seal(start, mp_obj_get_int(length), (int)size));
}
static MP_DEFINE_CONST_FUN_OBJ_3(engine_seal_envelope_obj, engine_seal_envelope);

static const mp_rom_map_elem_t engine_locals_table[] = {
    { MP_ROM_QSTR(MP_QSTR_init), MP_ROM_PTR(&engine_init_obj) },
    { MP_ROM_QSTR(MP_QSTR_arm), MP_ROM_PTR(&engine_arm_obj) },
    { MP_ROM_QSTR(MP_QSTR_disarm), MP_ROM_PTR(&engine_disarm_obj) },
    { MP_ROM_QSTR(MP_QSTR_limits), MP_ROM_PTR(&engine_limits_obj) },
    { MP_ROM_QSTR(MP_QSTR_setup), MP_ROM_PTR(&engine_setup_obj) },
    { MP_ROM_QSTR(MP_QSTR_calibrate), MP_ROM_PTR(&engine_calibrate_obj) },
    { MP_ROM_QSTR(MP_QSTR_start_pulses), MP_ROM_PTR(&engine_start_pulses_obj) },
    { MP_ROM_QSTR(MP_QSTR_start_reads), MP_ROM_PTR(&engine_start_reads_obj) },
    { MP_ROM_QSTR(MP_QSTR_start_rows), MP_ROM_PTR(&engine_start_rows_obj) },
    { MP_ROM_QSTR(MP_QSTR_start_multiply), MP_ROM_PTR(&engine_start_multiply_obj) },
    { MP_ROM_QSTR(MP_QSTR_step), MP_ROM_PTR(&engine_step_obj) },
    { MP_ROM_QSTR(MP_QSTR_abort), MP_ROM_PTR(&engine_abort_obj) },
    { MP_ROM_QSTR(MP_QSTR_safe), MP_ROM_PTR(&engine_safe_obj) },
    { MP_ROM_QSTR(MP_QSTR_applied), MP_ROM_PTR(&engine_applied_obj) },
    { MP_ROM_QSTR(MP_QSTR_info), MP_ROM_PTR(&engine_info_obj) },
    { MP_ROM_QSTR(MP_QSTR_time_us), MP_ROM_PTR(&engine_time_us_obj) },
    { MP_ROM_QSTR(MP_QSTR_watchdog), MP_ROM_PTR(&engine_watchdog_obj) },
    { MP_ROM_QSTR(MP_QSTR_rails), MP_ROM_PTR(&engine_rails_obj) },
    { MP_ROM_QSTR(MP_QSTR_buffer), MP_ROM_PTR(&engine_buffer_obj) },
    { MP_ROM_QSTR(MP_QSTR_decode), MP_ROM_PTR(&engine_decode_obj) },
    { MP_ROM_QSTR(MP_QSTR_encode), MP_ROM_PTR(&engine_encode_obj) },
    { MP_ROM_QSTR(MP_QSTR_newline), MP_ROM_PTR(&engine_newline_obj) },
    { MP_ROM_QSTR(MP_QSTR_split), MP_ROM_PTR(&engine_split_obj) },
    { MP_ROM_QSTR(MP_QSTR_open_envelope), MP_ROM_PTR(&engine_open_envelope_obj) },
    { MP_ROM_QSTR(MP_QSTR_seal_envelope), MP_ROM_PTR(&engine_seal_envelope_obj) },
};
static MP_DEFINE_CONST_DICT(engine_locals, engine_locals_table);

MP_DEFINE_CONST_OBJ_TYPE(
    ohm_engine_type, MP_QSTR_Engine, MP_TYPE_FLAG_NONE, make_new, engine_make_new, locals_dict, &engine_locals);

static mp_obj_t module_serial(void) {
    char text[OHM_SERIAL_SIZE];
    ohm_port_serial(text);
    return mp_obj_new_str(text, strlen(text));
}
static MP_DEFINE_CONST_FUN_OBJ_0(module_serial_obj, module_serial);

static mp_obj_t module_patience(mp_obj_t ms) {
    ohm_port_patience((uint32_t)mp_obj_get_int(ms));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(module_patience_obj, module_patience);

static mp_obj_t module_stop(void) {
    ohm_port_stop();
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_0(module_stop_obj, module_stop);

static mp_obj_t module_boot_reason(void) {
    static const qstr names[] = { MP_QSTR_power, MP_QSTR_watchdog, MP_QSTR_reset };
    return MP_OBJ_NEW_QSTR(names[ohm_port_boot_reason()]);
}
static MP_DEFINE_CONST_FUN_OBJ_0(module_boot_reason_obj, module_boot_reason);

static const mp_rom_map_elem_t module_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_ohm) },
    { MP_ROM_QSTR(MP_QSTR_Engine), MP_ROM_PTR(&ohm_engine_type) },
    { MP_ROM_QSTR(MP_QSTR_Stream), MP_ROM_PTR(&ohm_stream_type) },
    { MP_ROM_QSTR(MP_QSTR_serial), MP_ROM_PTR(&module_serial_obj) },
    { MP_ROM_QSTR(MP_QSTR_patience), MP_ROM_PTR(&module_patience_obj) },
    { MP_ROM_QSTR(MP_QSTR_stop), MP_ROM_PTR(&module_stop_obj) },
    { MP_ROM_QSTR(MP_QSTR_boot_reason), MP_ROM_PTR(&module_boot_reason_obj) },
};
static MP_DEFINE_CONST_DICT(module_globals, module_table);

const mp_obj_module_t ohm_module = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&module_globals,
};
MP_REGISTER_MODULE(MP_QSTR_ohm, ohm_module);
