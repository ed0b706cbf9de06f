#include "maze.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEP = 10, DIAGONAL = 14, VIA = 90, AGAINST = 3 };
enum { FROM_VIA = 8, FROM_TREE = 255 };

uint16_t *track_history[LAYERS], *via_history;

static const int step_x[8] = {1, 1, 0, -1, -1, -1, 0, 1};
static const int step_y[8] = {0, 1, 1, 1, 0, -1, -1, -1};

static uint32_t *best;    /* price so far, by state = layer * cells + cell */
static uint32_t *reached; /* in which search */
static uint8_t *came;     /* step that led here, FROM_VIA + layer, or FROM_TREE */
static uint32_t search;
static uint8_t *in_tree; /* by state: own copper */
static uint8_t *own_via; /* by cell: too near to an own via for another */
static int *tree, tree_count, tree_room;
static int *near_vias, near_count, near_room;

typedef struct {
    uint32_t key, price;
    int32_t state;
} entry_t;
static entry_t *heap;
static int heap_count, heap_room;

static void push(uint32_t key, uint32_t price, int state)
{
    if (heap_count == heap_room)
        heap = realloc(heap, sizeof(entry_t) * (size_t)(heap_room = heap_room ? 2 * heap_room : 1 << 16));
    int at = heap_count++;
    while (at > 0 && heap[(at - 1) / 2].key > key) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = (entry_t){key, price, state};
}

static entry_t pop(void)
{
    entry_t top = heap[0], last = heap[--heap_count];
    int at = 0;
    for (;;) {
        int child = 2 * at + 1;
        if (child >= heap_count)
            break;
        if (child + 1 < heap_count && heap[child + 1].key < heap[child].key)
            child++;
        if (heap[child].key >= last.key)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return top;
}

void maze_open(void)
{
    size_t states = (size_t)cells * LAYERS;
    best = malloc(states * sizeof *best);
    reached = calloc(states, sizeof *reached);
    came = malloc(states);
    in_tree = calloc(states, 1);
    own_via = calloc((size_t)cells, 1);
    for (int l = 0; l < LAYERS; l++)
        track_history[l] = calloc((size_t)cells, sizeof(uint16_t));
    via_history = calloc((size_t)cells, sizeof(uint16_t));
}

static void grow(int state)
{
    if (in_tree[state])
        return;
    in_tree[state] = 1;
    if (tree_count == tree_room)
        tree = realloc(tree, sizeof(int) * (size_t)(tree_room = tree_room ? 2 * tree_room : 4096));
    tree[tree_count++] = state;
}

static void keep_vias_apart(int cell)
{
    int reach = (int)ceil(VIA_SPACING_MM / CELL_MM), x = cell % width, y = cell / width;
    for (int dy = -reach; dy <= reach; dy++)
        for (int dx = -reach; dx <= reach; dx++) {
            int nx = x + dx, ny = y + dy;
            if (nx < 0 || ny < 0 || nx >= width || ny >= height || hypot(dx, dy) * CELL_MM >= VIA_SPACING_MM)
                continue;
            int at = ny * width + nx;
            if (own_via[at])
                continue;
            own_via[at] = 1;
            if (near_count == near_room)
                near_vias = realloc(near_vias, sizeof(int) * (size_t)(near_room = near_room ? 2 * near_room : 4096));
            near_vias[near_count++] = at;
        }
}

static void pad_cells(const pad_t *pad, void (*visit)(int state))
{
    double cx = (pad->x0 + pad->x1) / 2, cy = (pad->y0 + pad->y1) / 2;
    double rx = (pad->x1 - pad->x0) / 2, ry = (pad->y1 - pad->y0) / 2;
    double inside = pad->round ? 0.65 : 0.8;
    int x0 = (int)ceil((cx - rx * inside) / CELL_MM), x1 = (int)floor((cx + rx * inside) / CELL_MM);
    int y0 = (int)ceil((cy - ry * inside) / CELL_MM), y1 = (int)floor((cy + ry * inside) / CELL_MM);
    for (int l = 0; l < (pad->through ? LAYERS : 1); l++)
        for (int y = y0; y <= y1; y++)
            for (int x = x0; x <= x1; x++)
                visit(l * cells + y * width + x);
}

static uint8_t *goal; /* by state */
static int *goals, goal_count, goal_room;

static void aim(int state)
{
    if (!goal)
        goal = calloc((size_t)cells * LAYERS, 1);
    if (goal_count == goal_room)
        goals = realloc(goals, sizeof(int) * (size_t)(goal_room = goal_room ? 2 * goal_room : 1024));
    goal[state] = 1;
    goals[goal_count++] = state;
}

static void forget_goals(void)
{
    for (int k = 0; k < goal_count; k++)
        goal[goals[k]] = 0;
    goal_count = 0;
}

static bool may_run(int who, int class, int layer, int cell)
{
    int32_t owner = track_owner[class][layer][cell];
    return owner == 0 || owner == who;
}

static uint32_t ahead(const pad_t *to, int cell)
{
    double x = cell % width * CELL_MM, y = cell / width * CELL_MM;
    double dx = fmax(fmax(to->x0 - x, x - to->x1), 0) / CELL_MM, dy = fmax(fmax(to->y0 - y, y - to->y1), 0) / CELL_MM;
    double low = fmin(dx, dy), high = fmax(dx, dy);
    return (uint32_t)(STEP * (high - low) + DIAGONAL * low);
}

/* One search, from the net's copper to `to`, or from `to` to the plane or the net's copper. The state reached, or -1. */
static int find(const net_t *net, int class, const pad_t *to, bool plane, double pressure)
{
    int who = (int)(net - nets) + 1;
    search++;
    heap_count = 0;
    const int *from = plane ? goals : tree;
    int from_count = plane ? goal_count : tree_count;
    for (int k = 0; k < from_count; k++) {
        best[from[k]] = 0;
        reached[from[k]] = search;
        came[from[k]] = FROM_TREE;
        push(plane ? 0 : ahead(to, from[k] % cells), 0, from[k]);
    }
    while (heap_count) {
        entry_t now = pop();
        if (now.price > best[now.state])
            continue;
        int layer = now.state / cells, cell = now.state % cells;
        if (plane ? in_tree[now.state] : goal[now.state])
            return now.state;
        bool via = (via_owner[cell] == 0 || via_owner[cell] == who) && !own_via[cell];
        if (via) {
            double price = (VIA + via_history[cell]) * (1 + pressure * via_count[cell]);
            uint32_t total = now.price + (uint32_t)price;
            if (plane) { /* a state beyond the last layer stands for the plane under this cell */
                if (total < 60000000 && came[now.state] != FROM_TREE) {
                    if (price <= 3 * VIA || heap_count == 0 || heap[0].key + price > total)
                        return -2 - now.state;
                }
            } else {
                for (int l = 0; l < LAYERS; l++) {
                    int state = l * cells + cell;
                    if (l == layer || !may_run(who, class, l, cell))
                        continue;
                    uint32_t sum = total + (uint32_t)(STEP * pressure * track_count[class][l][cell]);
                    if (reached[state] != search || sum < best[state]) {
                        reached[state] = search;
                        best[state] = sum;
                        came[state] = (uint8_t)(FROM_VIA + layer);
                        push(sum + ahead(to, cell), sum, state);
                    }
                }
            }
        }
        int x = cell % width, y = cell / width;
        for (int d = 0; d < 8; d++) {
            int nx = x + step_x[d], ny = y + step_y[d];
            if (nx < 0 || ny < 0 || nx >= width || ny >= height)
                continue;
            int next = ny * width + nx, state = layer * cells + next;
            if (!may_run(who, class, layer, next))
                continue;
            int base = d & 1 ? DIAGONAL : STEP;
            if ((layer == 1 && step_y[d] == 0) || (layer == 2 && step_x[d] == 0))
                base += AGAINST;
            double price = (base + track_history[layer][next]) * (1 + pressure * track_count[class][layer][next]);
            uint32_t sum = now.price + (uint32_t)price;
            if (reached[state] != search || sum < best[state]) {
                reached[state] = search;
                best[state] = sum;
                came[state] = (uint8_t)d;
                push(plane ? sum : sum + ahead(to, next), sum, state);
            }
        }
    }
    return -1;
}

static void add(net_t *net, int state, int class, bool via, bool start)
{
    if (net->count == net->room)
        net->points = realloc(net->points, sizeof(point_t) * (size_t)(net->room = net->room ? 2 * net->room : 256));
    int cell = state % cells;
    net->points[net->count++] = (point_t){cell, (int8_t)(state / cells), (int8_t)class, via, start};
    grow(state);
    if (via) {
        keep_vias_apart(cell);
        for (int l = 0; l < LAYERS; l++)
            grow(l * cells + cell);
    }
}

/* Takes over the path that ends at `state`. */
static void take(net_t *net, int state, int class, bool plane_via)
{
    add(net, state, class, plane_via, true);
    while (came[state] != FROM_TREE) {
        int step = came[state], cell = state % cells;
        if (step >= FROM_VIA) {
            state = (step - FROM_VIA) * cells + cell;
            add(net, state, class, true, true);
        } else {
            state -= step_y[step] * width + step_x[step];
            add(net, state, class, false, false);
        }
    }
}

static double apart(const pad_t *a, const pad_t *b)
{
    return hypot((a->x0 + a->x1 - b->x0 - b->x1) / 2, (a->y0 + a->y1 - b->y0 - b->y1) / 2);
}

static bool reach(net_t *net, const pad_t *pad, double pressure)
{
    bool plane = net->plane;
    pad_cells(pad, aim);
    for (int class = net->class; class >= 0; class --) {
        int state = find(net, class, pad, plane, pressure);
        if (state == -1)
            continue;
        take(net, state < 0 ? -2 - state : state, class, state < -1);
        forget_goals();
        return true;
    }
    forget_goals();
    return false;
}

void maze_route(net_t *net, double pressure)
{
    net->count = net->lost = 0;
    bool *done = calloc((size_t)net->pad_count, 1);
    for (int k = 0; k < net->pad_count; k++)
        if (net->plane ? pads[net->pads[k]].through : k == 0) {
            pad_cells(&pads[net->pads[k]], grow);
            done[k] = true;
        }
    for (;;) {
        int next = -1;
        double nearest = 1e9;
        for (int k = 0; k < net->pad_count; k++) {
            if (done[k])
                continue;
            double away = net->plane ? 0 : 1e9;
            for (int other = 0; other < net->pad_count && !net->plane; other++)
                if (done[other])
                    away = fmin(away, apart(&pads[net->pads[k]], &pads[net->pads[other]]));
            if (away < nearest) {
                nearest = away;
                next = k;
            }
        }
        if (next < 0)
            break;
        done[next] = true;
        if (!reach(net, &pads[net->pads[next]], pressure))
            net->lost++;
        pad_cells(&pads[net->pads[next]], grow);
    }
    for (int k = 0; k < tree_count; k++)
        in_tree[tree[k]] = 0;
    tree_count = 0;
    for (int k = 0; k < near_count; k++)
        own_via[near_vias[k]] = 0;
    near_count = 0;
    free(done);
}
