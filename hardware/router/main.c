/* Routes a board by negotiation: every net takes its cheapest way, contested places become dearer, until none is left.
 *
 *     route PROBLEM ROUTES [ROUNDS]
 *
 * PROBLEM, one item a line:
 *     board WIDTH HEIGHT                                    mm
 *     net NAME CLASS PLANE                                  class 0 narrow, 1 wide; plane 1 for the ground plane
 *     pad NET X0 Y0 X1 Y1 THROUGH ROUND COPPER              net number in order of appearance, or -1
 * ROUTES:
 *     track NAME LAYER X0 Y0 X1 Y1 WIDTH                    layer 0 front, 1 inner, 2 back
 *     via NAME X Y
 * Exit code 0: routed without conflict; 4: not (what remains is on standard error).
 */
#include "grid.h"
#include "maze.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 120, PATIENCE = 6 };
#define FIRST_PRESSURE 0.3
#define SECOND_PRESSURE 1.5
#define MOST_PRESSURE 60.0

static void die(const char *what)
{
    fprintf(stderr, "route: %s\n", what);
    exit(1);
}

static void read_problem(const char *name)
{
    FILE *in = fopen(name, "r");
    char line[256];
    if (!in)
        die("the problem cannot be opened");
    while (fgets(line, sizeof line, in)) {
        double w, h;
        net_t net = {0};
        pad_t pad;
        int plane, through, round, copper;
        if (sscanf(line, "board %lf %lf", &w, &h) == 2) {
            grid_open(w, h);
        } else if (sscanf(line, "net %63s %d %d", net.name, &net.class, &plane) == 3) {
            net.plane = plane;
            nets = realloc(nets, sizeof(net_t) * (size_t)(net_count + 1));
            nets[net_count++] = net;
        } else if (sscanf(line, "pad %d %lf %lf %lf %lf %d %d %d", &pad.net, &pad.x0, &pad.y0, &pad.x1, &pad.y1, &through,
                          &round, &copper) == 8) {
            pad.through = through;
            pad.round = round;
            pad.copper = copper;
            pads = realloc(pads, sizeof(pad_t) * (size_t)(pad_count + 1));
            if (pad.net >= 0) {
                net_t *of = &nets[pad.net];
                of->pads = realloc(of->pads, sizeof(int) * (size_t)(of->pad_count + 1));
                of->pads[of->pad_count++] = pad_count;
            }
            pads[pad_count++] = pad;
        } else {
            die("a line of the problem is not understood");
        }
    }
    fclose(in);
}

static double span(const net_t *net)
{
    double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
    for (int k = 0; k < net->pad_count; k++) {
        const pad_t *p = &pads[net->pads[k]];
        x0 = p->x0 < x0 ? p->x0 : x0;
        y0 = p->y0 < y0 ? p->y0 : y0;
        x1 = p->x1 > x1 ? p->x1 : x1;
        y1 = p->y1 > y1 ? p->y1 : y1;
    }
    return x1 - x0 + y1 - y0;
}

static int shorter(const void *a, const void *b)
{
    const net_t *one = &nets[*(const int *)a], *other = &nets[*(const int *)b];
    if (one->plane != other->plane)
        return one->plane ? -1 : 1;
    double left = span(one), right = span(other);
    return left < right ? -1 : left > right ? 1 : *(const int *)a - *(const int *)b;
}

/* Makes every place where two nets meet dearer for good, the more the longer it lasts. */
static void remember(int round)
{
    for (int n = 0; n < net_count; n++)
        for (int k = 0; k < nets[n].count; k++) {
            const point_t *p = &nets[n].points[k];
            uint16_t *track = &track_history[p->layer][p->cell];
            if (track_count[p->class][p->layer][p->cell] > 1 && *track < 2000)
                *track = (uint16_t)(*track + 4 + round / 2);
            if (p->via && via_count[p->cell] > 1 && via_history[p->cell] < 4000)
                via_history[p->cell] = (uint16_t)(via_history[p->cell] + 30 + round);
        }
}

static int negotiate(int rounds)
{
    int *order = malloc(sizeof(int) * (size_t)net_count);
    for (int n = 0; n < net_count; n++)
        order[n] = n;
    qsort(order, (size_t)net_count, sizeof(int), shorter);
    double pressure = FIRST_PRESSURE;
    int contested = net_count, lost = 0, fewest = net_count, idle = 0;
    bool all = true;
    for (int round = 0; round < rounds; round++) {
        for (int k = 0; k < net_count; k++) {
            net_t *net = &nets[order[k]];
            if (net->pad_count < 2 || (!all && !grid_conflicts(net)))
                continue;
            grid_stamp(net, -1);
            maze_route(net, pressure);
            grid_stamp(net, 1);
        }
        contested = lost = 0;
        for (int n = 0; n < net_count; n++) {
            contested += grid_conflicts(&nets[n]);
            lost += nets[n].lost;
        }
        fprintf(stderr, "round %d: %d nets in conflict, %d pads without a way\n", round + 1, contested, lost);
        if (contested == 0)
            break;
        remember(round);
        idle = contested < fewest ? 0 : idle + 1;
        fewest = contested < fewest ? contested : fewest;
        all = idle >= PATIENCE; /* two nets that push each other to and fro: let their neighbours make room */
        if (all) {
            idle = 0;
            fewest = net_count;
            pressure = SECOND_PRESSURE;
        } else {
            pressure = fmin(pressure * 1.25 + 0.1, MOST_PRESSURE);
        }
    }
    for (int n = 0; n < net_count; n++)
        if (grid_conflicts(&nets[n]) || nets[n].lost)
            fprintf(stderr, "left: %s, %d pads without a way\n", nets[n].name, nets[n].lost);
    free(order);
    return contested + lost;
}

static void print_run(FILE *out, const net_t *net, const point_t *from, const point_t *to)
{
    if (from->cell == to->cell)
        return;
    fprintf(out, "track %s %d %.1f %.1f %.1f %.1f %.2f\n", net->name, from->layer, from->cell % width * CELL_MM,
            from->cell / width * CELL_MM, to->cell % width * CELL_MM, to->cell / width * CELL_MM,
            2 * half_width[from->class]);
}

static void print_net(FILE *out, const net_t *net)
{
    for (int k = 0; k < net->count; k++)
        if (net->points[k].via)
            fprintf(out, "via %s %.1f %.1f\n", net->name, net->points[k].cell % width * CELL_MM,
                    net->points[k].cell / width * CELL_MM);
    int from = 0;
    for (int k = 1; k <= net->count; k++) {
        bool ends = k == net->count || net->points[k].start;
        bool bends = !ends && k - from >= 1 && k > from + 1 &&
                     net->points[k].cell - net->points[k - 1].cell != net->points[k - 1].cell - net->points[k - 2].cell;
        if (ends || bends) {
            print_run(out, net, &net->points[from], &net->points[k - 1]);
            from = ends ? k : k - 1;
        }
    }
}

int main(int count, char **arguments)
{
    if (count < 3)
        die("usage: route PROBLEM ROUTES [ROUNDS]");
    read_problem(arguments[1]);
    grid_own();
    maze_open();
    int left = negotiate(count > 3 ? atoi(arguments[3]) : ROUNDS);
    FILE *out = fopen(arguments[2], "w");
    if (!out)
        die("the routes cannot be written");
    for (int n = 0; n < net_count; n++)
        print_net(out, &nets[n]);
    fclose(out);
    return left ? 4 : 0;
}
