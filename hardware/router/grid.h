/* The board as a grid of 0.1 mm cells on three routing layers: what blocks a net where, and what copper is in the way.
 * The fourth layer of the board is the ground plane and is not routed on. */
#ifndef GRID_H
#define GRID_H

#include <stdbool.h>
#include <stdint.h>

enum { LAYERS = 3, CLASSES = 2, MAX_CELLS = 1201 * 1201 };
#define CELL_MM 0.1
#define CLEARANCE_MM 0.15
#define VIA_RADIUS_MM 0.275
#define VIA_SPACING_MM 0.6 /* between vias of one net, so that their holes stay apart */

typedef struct {
    double x0, y0, x1, y1;
    int net;
    bool through, round, copper;
} pad_t;

typedef struct {
    int32_t cell; /* on its layer */
    int8_t layer;
    int8_t class; /* of the track's width */
    int8_t via;   /* a via stands here */
    int8_t start; /* first point of a run of track */
} point_t;

typedef struct {
    char name[64];
    int class;
    bool plane; /* the ground plane: any via reaches it */
    int *pads;
    int pad_count;
    point_t *points;
    int count, room;
    int lost; /* pads that could not be reached */
} net_t;

extern int width, height, cells;
extern pad_t *pads;
extern int pad_count;
extern net_t *nets;
extern int net_count;

/* Half the width of a track of each class, mm. */
extern const double half_width[CLASSES];

/* Owner of the ground around pads, where only its net may run: 0 nobody, -1 never anybody, else net + 1. */
extern int32_t *track_owner[CLASSES][LAYERS];
extern int32_t *via_owner;

/* How many nets forbid a track (of a class, on a layer) or a via at a cell. */
extern uint8_t *track_count[CLASSES][LAYERS];
extern uint8_t *via_count;

void grid_open(double width_mm, double height_mm);
void grid_own(void);                     /* after all pads are known */
void grid_stamp(const net_t *net, int by); /* a net's copper appears (+1) or goes (-1) */
bool grid_conflicts(const net_t *net);   /* after all stamps */

#endif
