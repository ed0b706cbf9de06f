/* `emulator.ask(request)`: the rest of the reply, as text. For what is no part of the HAL. */
#include <string.h>

#include "py/obj.h"
#include "py/runtime.h"

#include "link.h"

static mp_obj_t emulator_ask(mp_obj_t request) {
    link_say("%s", mp_obj_str_get_str(request));
    const char *reply = link_ask();
    reply += strspn(reply, " ");
    return mp_obj_new_str(reply, strlen(reply));
}
static MP_DEFINE_CONST_FUN_OBJ_1(emulator_ask_obj, emulator_ask);

static const mp_rom_map_elem_t module_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_emulator) },
    { MP_ROM_QSTR(MP_QSTR_ask), MP_ROM_PTR(&emulator_ask_obj) },
};
static MP_DEFINE_CONST_DICT(module_globals, module_table);

const mp_obj_module_t emulator_module = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&module_globals,
};
MP_REGISTER_MODULE(MP_QSTR_emulator, emulator_module);
