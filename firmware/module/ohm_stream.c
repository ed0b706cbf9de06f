/* The byte stream to the host: `ohm.Stream`. */
#include <string.h>

#include "py/gc.h"
#include "py/obj.h"
#include "py/runtime.h"

#include "ohm_port.h"

/* Most bytes of one read: what comes in one piece needs no queue, a batch of 64 vectors too. */
#define OHM_CHUNK 4096
#define INTERRUPT 3

/* 32 kB of garbage at most are worth it: an exchange leaves some 2 kB. */
#define IDLE_COLLECTION_BLOCKS (32768 / MICROPY_BYTES_PER_GC_BLOCK)

typedef struct {
    mp_obj_base_t base;
    bool line_start;
    uint8_t chunk[OHM_CHUNK] __attribute__((aligned(sizeof(uint32_t))));     /* copied in words */
} ohm_stream_obj;

extern const mp_obj_type_t ohm_stream_type;

static mp_obj_t stream_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 0, 0, false);
    (void)args;
    ohm_stream_obj *self = mp_obj_malloc(ohm_stream_obj, type);
    self->line_start = true;
    ohm_port_console(1);
    return MP_OBJ_FROM_PTR(self);
}

static bool ends_line(uint8_t byte) {
    return byte == '\n' || byte == '\r';
}

/* Ctrl-C ends the application where it cannot be a damaged byte of a line: at the start of one. What follows it is the
 * console's: programs such as mpremote send the next bytes at once. */
static void look_for_interrupt(ohm_stream_obj *self, int length) {
    const uint8_t *chunk = self->chunk, *end = chunk + length;
    for (const uint8_t *at = chunk; (at = memchr(at, INTERRUPT, (size_t)(end - at))) != NULL; at++) {
        if (at == chunk ? self->line_start : ends_line(at[-1])) {
            ohm_port_unread(at + 1, (size_t)(end - at - 1));
            ohm_port_console(0);
            mp_raise_type(&mp_type_KeyboardInterrupt);
        }
    }
    self->line_start = ends_line(end[-1]);
}

/* A collection takes some 20 ms: better while nobody waits for an answer than in the middle of one. */
static void collect_when_idle(mp_obj_t timeout_ms) {
    if (timeout_ms != MP_OBJ_NEW_SMALL_INT(0) && MP_STATE_MEM(gc_alloc_amount) > IDLE_COLLECTION_BLOCKS) {
        gc_collect();
    }
}

static mp_obj_t stream_read(mp_obj_t self_in, mp_obj_t timeout_ms) {
    ohm_stream_obj *self = MP_OBJ_TO_PTR(self_in);
    int length = ohm_port_read(self->chunk, OHM_CHUNK, (uint32_t)mp_obj_get_int(timeout_ms));
    if (length == 0) {
        collect_when_idle(timeout_ms);
        return mp_const_empty_bytes;
    }
    look_for_interrupt(self, length);
    return mp_obj_new_memoryview('B', (size_t)length, self->chunk);     /* the next read writes over it */
}
static MP_DEFINE_CONST_FUN_OBJ_2(stream_read_obj, stream_read);

static mp_obj_t stream_write(mp_obj_t self, mp_obj_t data) {
    (void)self;
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(data, &buffer, MP_BUFFER_READ);
    ohm_port_write(buffer.buf, buffer.len);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(stream_write_obj, stream_write);

static const mp_rom_map_elem_t stream_locals_table[] = {
    { MP_ROM_QSTR(MP_QSTR_read), MP_ROM_PTR(&stream_read_obj) },
    { MP_ROM_QSTR(MP_QSTR_write), MP_ROM_PTR(&stream_write_obj) },
};
static MP_DEFINE_CONST_DICT(stream_locals, stream_locals_table);

MP_DEFINE_CONST_OBJ_TYPE(
    ohm_stream_type, MP_QSTR_Stream, MP_TYPE_FLAG_NONE, make_new, stream_make_new, locals_dict, &stream_locals);
