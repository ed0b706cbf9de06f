# The engine, the port's HAL and their binding as one user module of MicroPython's rp2 port.
get_filename_component(OHM_FIRMWARE ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
file(GLOB OHM_SOURCES CONFIGURE_DEPENDS
    ${CMAKE_CURRENT_LIST_DIR}/*.c ${OHM_FIRMWARE}/engine/*.c ${OHM_FIRMWARE}/rp2040/*.c)
# The bench is a stand-in for hardware: it has no place in an image.
list(FILTER OHM_SOURCES EXCLUDE REGEX "bench\\.c$")

add_library(usermod_ohm INTERFACE)
target_sources(usermod_ohm INTERFACE ${OHM_SOURCES})
target_include_directories(usermod_ohm INTERFACE ${CMAKE_CURRENT_LIST_DIR} ${OHM_FIRMWARE}/engine ${OHM_FIRMWARE}/rp2040)
# One board; the engine's counters take 4 bytes a cell.
target_compile_definitions(usermod_ohm INTERFACE OHM_MAX_LINES=8)
# MicroPython's own headers do not bear -Wextra.
set_source_files_properties(${OHM_SOURCES} PROPERTIES COMPILE_OPTIONS "-O3;-Wall;-Wextra;-Werror")
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/ohm_module.c ${CMAKE_CURRENT_LIST_DIR}/ohm_stream.c
    ${OHM_FIRMWARE}/rp2040/console.c PROPERTIES
    COMPILE_OPTIONS "-O2;-Wall;-Werror")
# What an interpreted call goes through; the port itself does so for map.c and vm.c.
foreach(part argcheck bc gc malloc obj objfun objtype qstr runtime)
    set_source_files_properties(${MICROPY_PY_DIR}/${part}.c PROPERTIES COMPILE_OPTIONS "-O2")
endforeach()
# What each packet of USB goes through.
foreach(part class/cdc/cdc_device common/tusb_fifo device/usbd portable/raspberrypi/rp2040/dcd_rp2040
        portable/raspberrypi/rp2040/rp2040_usb tusb)
    set_source_files_properties(${PICO_TINYUSB_PATH}/src/${part}.c PROPERTIES COMPILE_FLAGS "-O3")
endforeach()
target_link_options(usermod_ohm INTERFACE LINKER:--wrap=tud_cdc_rx_cb)
target_link_libraries(usermod_ohm INTERFACE hardware_vreg)
target_link_libraries(usermod INTERFACE usermod_ohm)
