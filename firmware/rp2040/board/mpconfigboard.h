/* MicroPython's configuration for the interface board: one core, no UART console, safe lines from the first moment. */
#define MICROPY_HW_BOARD_NAME           "ohmloop interface board"
#define MICROPY_HW_USB_PRODUCT_FS_STRING "ohmloop interface board"
#define MICROPY_HW_FLASH_STORAGE_BYTES  (1024 * 1024)

/* Below the file system: an application that is deployed beside the image's and runs from here (application.py). */
#define MICROPY_HW_ROMFS_BYTES          (128 * 1024)

/* The second core stays asleep. */
#define MICROPY_PY_THREAD               (0)

/* Attributes of the application's objects are found where they were found last (patches/map-cache.patch). */
#define MICROPY_OPT_MAP_LOOKUP_CACHE_SIZE (1024)

/* Most objects of the application are five words or eight: in blocks of four each of them sends a search through the heap. */
#define MICROPY_BYTES_PER_GC_BLOCK (32)

/* Lines reach their safe state before any Python runs, and whenever it ends. */
#define MICROPY_BOARD_STARTUP           ohm_port_early
#define MICROPY_BOARD_START_SOFT_RESET  ohm_port_stop
void ohm_port_early(void);
void ohm_port_stop(void);
