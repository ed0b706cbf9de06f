#include "grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int width, height, cells;
pad_t *pads;
int pad_count;
net_t *nets;
int net_count;
const double half_width[CLASSES] = {0.075, 0.15};
int32_t *track_owner[CLASSES][LAYERS];
int32_t *via_owner;
uint8_t *track_count[CLASSES][LAYERS];
uint8_t *via_count;

#define HEAT_PAD_MM 1.5

enum { DISC_ROOM = 400 };
typedef struct {
    int dx[DISC_ROOM], dy[DISC_ROOM], count;
} disc_t;

static disc_t track_track[CLASSES][CLASSES], track_via[CLASSES], via_via;
static uint32_t *seen_track[CLASSES][LAYERS], *seen_via, seen_now;

static void disc(disc_t *out, double reach_mm)
{
    int reach = (int)ceil(reach_mm / CELL_MM);
    for (int dy = -reach; dy <= reach; dy++)
        for (int dx = -reach; dx <= reach; dx++)
            if (hypot(dx, dy) * CELL_MM < reach_mm - 1e-6) {
                out->dx[out->count] = dx;
                out->dy[out->count++] = dy;
            }
}

void grid_open(double width_mm, double height_mm)
{
    width = (int)lround(width_mm / CELL_MM) + 1;
    height = (int)lround(height_mm / CELL_MM) + 1;
    cells = width * height;
    for (int c = 0; c < CLASSES; c++) {
        for (int l = 0; l < LAYERS; l++) {
            track_owner[c][l] = calloc((size_t)cells, sizeof(int32_t));
            track_count[c][l] = calloc((size_t)cells, 1);
            seen_track[c][l] = calloc((size_t)cells, sizeof(uint32_t));
        }
        for (int d = 0; d < CLASSES; d++)
            disc(&track_track[c][d], half_width[c] + half_width[d] + CLEARANCE_MM);
        disc(&track_via[c], half_width[c] + VIA_RADIUS_MM + CLEARANCE_MM);
    }
    disc(&via_via, 2 * VIA_RADIUS_MM + CLEARANCE_MM);
    via_owner = calloc((size_t)cells, sizeof(int32_t));
    via_count = calloc((size_t)cells, 1);
    seen_via = calloc((size_t)cells, sizeof(uint32_t));
}

/* Claims every cell nearer to the pad than `reach`; two claimants leave it to nobody. */
static void claim(int32_t *owner, const pad_t *pad, double reach, int who)
{
    int x0 = (int)floor((pad->x0 - reach) / CELL_MM), x1 = (int)ceil((pad->x1 + reach) / CELL_MM);
    int y0 = (int)floor((pad->y0 - reach) / CELL_MM), y1 = (int)ceil((pad->y1 + reach) / CELL_MM);
    double cx = (pad->x0 + pad->x1) / 2, cy = (pad->y0 + pad->y1) / 2, radius = (pad->x1 - pad->x0) / 2;
    for (int y = y0 < 0 ? 0 : y0; y <= y1 && y < height; y++)
        for (int x = x0 < 0 ? 0 : x0; x <= x1 && x < width; x++) {
            double px = x * CELL_MM, py = y * CELL_MM, away;
            if (pad->round && fabs((pad->y1 - pad->y0) / 2 - radius) < 1e-3) {
                away = hypot(px - cx, py - cy) - radius;
            } else {
                double dx = fmax(fmax(pad->x0 - px, px - pad->x1), 0);
                double dy = fmax(fmax(pad->y0 - py, py - pad->y1), 0);
                away = hypot(dx, dy);
            }
            if (away >= reach - 1e-6)
                continue;
            int32_t *at = &owner[y * width + x];
            *at = (*at == 0 || *at == who) ? who : -1;
        }
}

void grid_own(void)
{
    const double edge = 0.35; /* mm of copper-free board */
    for (int p = 0; p < pad_count; p++) {
        const pad_t *pad = &pads[p];
        int who = pad->net < 0 ? -1 : pad->net + 1;
        for (int c = 0; c < CLASSES; c++)
            for (int l = 0; l < LAYERS; l++)
                if (pad->through || l == 0)
                    claim(track_owner[c][l], pad, half_width[c] + CLEARANCE_MM + (pad->copper ? 0 : 0.1), who);
        claim(via_owner, pad, VIA_RADIUS_MM + CLEARANCE_MM + (pad->copper ? 0 : 0.1), who);
        double narrow = fmin(pad->x1 - pad->x0, pad->y1 - pad->y0);
        if (pad->through || narrow < HEAT_PAD_MM) /* no via in a pad, even its own, but in one that spreads heat */
            claim(via_owner, pad, VIA_RADIUS_MM + (pad->through ? 0.1 : 0.02), -1);
    }
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double near = fmin(fmin(x, width - 1 - x), fmin(y, height - 1 - y)) * CELL_MM;
            for (int c = 0; c < CLASSES; c++)
                for (int l = 0; l < LAYERS; l++)
                    if (near < edge + half_width[c])
                        track_owner[c][l][y * width + x] = -1;
            if (near < edge + VIA_RADIUS_MM)
                via_owner[y * width + x] = -1;
        }
}

static void stamp(uint8_t *count, uint32_t *seen, const disc_t *shape, int cell, int by)
{
    int x = cell % width, y = cell / width;
    for (int k = 0; k < shape->count; k++) {
        int nx = x + shape->dx[k], ny = y + shape->dy[k];
        if (nx < 0 || ny < 0 || nx >= width || ny >= height)
            continue;
        int at = ny * width + nx;
        if (seen[at] == seen_now)
            continue;
        seen[at] = seen_now;
        count[at] = (uint8_t)(count[at] + by);
    }
}

void grid_stamp(const net_t *net, int by)
{
    seen_now++;
    for (int k = 0; k < net->count; k++) {
        const point_t *p = &net->points[k];
        for (int c = 0; c < CLASSES; c++) {
            stamp(track_count[c][p->layer], seen_track[c][p->layer], &track_track[p->class][c], p->cell, by);
            if (p->via)
                for (int l = 0; l < LAYERS; l++)
                    stamp(track_count[c][l], seen_track[c][l], &track_via[c], p->cell, by);
        }
        stamp(via_count, seen_via, p->via ? &via_via : &track_via[p->class], p->cell, by);
    }
}

bool grid_conflicts(const net_t *net)
{
    for (int k = 0; k < net->count; k++) {
        const point_t *p = &net->points[k];
        if (track_count[p->class][p->layer][p->cell] > 1 || (p->via && via_count[p->cell] > 1))
            return true;
    }
    return false;
}
