/* Finds the cheapest way for one net, given what other nets occupy and how contested each place has been. */
#ifndef MAZE_H
#define MAZE_H

#include "grid.h"

/* How contested a cell has been in earlier rounds, per layer; vias have their own. */
extern uint16_t *track_history[LAYERS], *via_history;

void maze_open(void);

/* Routes a whole net from nothing; `pressure` is the price of other nets' copper. Leaves net->points and net->lost. */
void maze_route(net_t *net, double pressure);

#endif
