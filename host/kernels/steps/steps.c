/* Each cell is looked at on its own: a loop over thresholds is a vector, and every sum has a fixed order. */
#include "elementary.h"
#include "ohm_steps.h"

enum { POINTS = 64, LANES = 8, RATES = 64, AMPLITUDES = 24, STRIDES = 8, WIDTHS = 16, REACH = 24 };

#define RATE_STEP 0.15     /* of ln R in the table of costs */
#define RATES_BELOW 6.0    /* how far below the aim the table begins */
#define AIM_BELOW 3.0      /* amplitudes that are tried: aims so far below and above the target, in ln R */
#define AIM_ABOVE 0.8
#define MOST_PASSED 0.97   /* no aim is nearer to the bound */
#define MOST_LOG_RATE 3.4  /* R = 30: the bound is reached */
#define WINDOW_ERROR 0.05  /* how well a window is known, as a part of what is passed of it */
#define OUTLIER 9.0        /* no outcome speaks more strongly than e^9 against a threshold */
#define SURPRISE 3.0       /* no outcome moves a rate by more than one of so many standard deviations would */
#define MISSED 0.25        /* a response below this part of what was expected is missing */
#define PATIENCE 2.0       /* missing responses before the amplitude is raised */
#define LONGER 0.3         /* growth of a pulse that is not the longest for every further one, of ln of its width */
#define NEGLIGIBLE 1e-5    /* weight below which a threshold is not looked at */

OHM_INLINE double larger(double a, double b)
{
    return a > b ? a : b;
}

OHM_INLINE double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* ln ln(1 + e^u) */
OHM_INLINE double log_softplus(double u)
{
    const double held = larger(smaller(u, 600.0), -600.0), risen = exp_of(held);
    const double near = log_of(larger(log_of(1.0 + risen), 1e-300)), far = u - 0.5 * risen;
    return u < -12.0 ? far : near;
}

/* The amplitude whose ln R is `log_rate` at a threshold. */
OHM_INLINE double amplitude(const ohm_polarity *p, double log_rate, double threshold)
{
    const double s = exp_of((log_rate - p->ln_rate) / p->exponent), less = -exp_less_1(-s);
    return threshold + p->softness * (s + log_of(larger(less, 1e-300)));
}

OHM_INLINE double window_of(const ohm_polarity *p, double conductance)
{
    return larger(p->way * (p->bound - conductance), p->least_window);
}

OHM_INLINE double asinh_of(double x)
{
    const double size = fabs(x), value = log_of(size + sqrt(1.0 + size * size));
    return x < 0.0 ? -value : value;
}

/* The step curve of a polarity in registers: nothing that is written can change it. */
typedef struct {
    double softness, exponent, ln_rate, noise;
} curve;

OHM_INLINE curve curve_of(const ohm_polarity *p)
{
    const curve c = {p->softness, p->exponent, p->ln_rate, p->cycle_noise * p->cycle_noise};
    return c;
}

/* Weights of the thresholds of one cell; they sum to 1. */
OHM_INLINE void weigh(const double *restrict likelihood, const double *restrict prior, int points, double *restrict weight)
{
    double most = -1e300, sum = 0.0;
    for (int j = 0; j < points; j++) {
        weight[j] = likelihood[j] + prior[j];
        most = larger(most, weight[j]);
    }
    for (int j = 0; j < points; j++)
        weight[j] = exp_of(weight[j] - most);
    for (int j = 0; j < points; j++)
        sum += weight[j];
    for (int j = 0; j < points; j++)
        weight[j] /= sum;
}

/* Expected cost of ln R, over the noise of the pulse; element i is of ln R = first + i * RATE_STEP. */
OHM_INLINE void tabulate(const ohm_steps *s, int known, double error, double window, double first, double noise,
                         double *restrict smooth)
{
    double raw[RATES + 2 * REACH], kernel[2 * REACH + 1], left[RATES], place[RATES], total = 0.0;
    const double band = s->band, most = (double)(s->costs - 1) - 1e-9, per_step = 1.0 / s->cost_step;
    for (int i = 0; i < RATES; i++) {
        const double log_rate = smaller(first + i * RATE_STEP, MOST_LOG_RATE);
        left[i] = (error + window * exp_less_1(-exp_of(log_rate))) / band;
    }
    for (int i = 0; i < RATES; i++)
        place[i] = smaller(asinh_of(fabs(left[i])) * per_step, most);
    for (int i = 0; i < RATES; i++) {
        const int k = (int)place[i];
        const double cost = s->cost[k] + (place[i] - k) * (s->cost[k + 1] - s->cost[k]);
        raw[REACH + i] = cost + (left[i] < -1.0 && !known ? s->turning : 0.0);
    }
    for (int i = 0; i < REACH; i++) {
        raw[i] = raw[REACH];
        raw[REACH + RATES + i] = raw[REACH + RATES - 1];
    }
    const int reach = (int)smaller((double)REACH, 3.0 * noise / RATE_STEP + 1.0);
    for (int i = -reach; i <= reach; i++) {
        const double x = i * RATE_STEP / noise;
        kernel[reach + i] = exp_of(-0.5 * x * x);
        total += kernel[reach + i];
    }
    for (int i = 0; i < RATES; i++)
        smooth[i] = 0.0;
    for (int k = -reach; k <= reach; k++) {
        const double share = kernel[reach + k] / total;
        for (int i = 0; i < RATES; i++)
            smooth[i] += share * raw[REACH + i + k];
    }
}

/* A pulse: its amplitude, the logarithm of its width as a part of the population's, and what it is expected to cost. */
typedef struct {
    double volts, log_width, cost;
} pulse;

/* What is known of the cell that is looked at: weights, ln R less that of the amplitude, and costs over ln R. */
typedef struct {
    const double *weight, *quickness, *smooth;
    double first;
    int begin, end; /* thresholds outside are negligible */
} outlook;

/* Expected cost where ln R of the threshold j is log_rate[-j], in steps of the table above its first. */
OHM_INLINE double expected_cost(const outlook *o, const double *log_rate, double more)
{
    double place[POINTS], sum = 0.0;
    const int span = o->end - o->begin;
    for (int j = 0; j < span; j++)
        place[j] = larger(0.0, smaller(log_rate[-j] + more + o->quickness[o->begin + j] * (1.0 / RATE_STEP), RATES - 1.0));
    for (int j = 0; j < span; j++) {
        const int i = (int)place[j];
        sum += o->weight[o->begin + j] * (o->smooth[i] + (place[j] - i) * (o->smooth[i + 1] - o->smooth[i]));
    }
    return sum;
}

/* Where a parabola through the lowest of evenly spaced costs and its neighbours has its foot, in spacings. */
OHM_INLINE double foot(const double *cost, int count, int best)
{
    if (best == 0 || best == count - 1)
        return best;
    const double bend = cost[best - 1] - 2.0 * cost[best] + cost[best + 1];
    return bend > 1e-12 ? best + 0.5 * (cost[best - 1] - cost[best + 1]) / bend : best;
}

/* The cheapest amplitude at one width. Those tried lie `stride` spacings of the thresholds apart, so that ln R is needed
 * only once for every distance from a threshold. */
OHM_INLINE pulse cheapest_volts(const ohm_polarity *p, const outlook *o, double log_width, double low, double high)
{
    const curve c = curve_of(p);
    const double origin = p->thresholds[0], spacing = p->thresholds[1] - origin;
    const int wanted = (int)ceil((high - low) / (spacing * AMPLITUDES));
    const int stride = wanted < 1 ? 1 : wanted > STRIDES ? STRIDES : wanted;
    const int needed = (int)ceil((high - low) / (spacing * stride)) + 1, tried = needed < 3 ? 3 : needed;
    const int amplitudes = tried > AMPLITUDES ? AMPLITUDES : tried;
    double log_rate[POINTS + AMPLITUDES * STRIDES + LANES], cost[AMPLITUDES];
    const int span = o->end - o->begin, distances = span + (amplitudes - 1) * stride;
    /* Element i is of the amplitude `low` + (i - span + 1) spacings at the threshold `begin`. */
    for (int i = 0; i < (distances + LANES - 1) / LANES * LANES; i++) {
        const double over = low - origin - (o->begin + span - 1 - i) * spacing;
        log_rate[i] = (c.ln_rate + log_width + c.exponent * log_softplus(over / c.softness) - o->first) * (1.0 / RATE_STEP);
    }
    int best = 0;
    for (int a = 0; a < amplitudes; a++) {
        cost[a] = expected_cost(o, log_rate + a * stride + span - 1, 0.0);
        if (cost[a] < cost[best])
            best = a;
    }
    const pulse found = {low + stride * spacing * foot(cost, amplitudes, best), log_width, cost[best]};
    return found;
}

/* The cheapest width at the largest amplitude. */
OHM_INLINE pulse cheapest_width(const ohm_polarity *p, const outlook *o, double low, double high)
{
    const curve c = curve_of(p);
    double log_rate[POINTS], cost[WIDTHS];
    const int span = o->end - o->begin;
    for (int j = 0; j < span; j++) {
        const double over = p->largest_v - p->thresholds[o->begin + j];
        log_rate[span - 1 - j] = (c.ln_rate + c.exponent * log_softplus(over / c.softness) - o->first) * (1.0 / RATE_STEP);
    }
    const double step = (high - low) / (WIDTHS - 1);
    int best = 0;
    for (int a = 0; a < WIDTHS; a++) {
        cost[a] = expected_cost(o, log_rate + span - 1, (low + a * step) * (1.0 / RATE_STEP));
        if (cost[a] < cost[best])
            best = a;
    }
    const pulse found = {p->largest_v, low + step * foot(cost, WIDTHS, best), cost[best]};
    return found;
}

/* The cheapest pulse whose ln R at the threshold `mean` lies between `least` and `most`. The largest amplitude comes first,
 * for far above the threshold it matters least where that lies; smaller ones only where the shortest pulse does too much,
 * and where there is but one width. */
OHM_INLINE pulse cheapest(const ohm_steps *s, const ohm_polarity *p, const outlook *o, double mean, double least,
                          double most)
{
    const double low = amplitude(p, least - s->shortest, mean), high = amplitude(p, most - s->shortest, mean);
    if (s->shortest == s->longest)
        return cheapest_volts(p, o, s->shortest, low, high);
    const double strongest = p->ln_rate + p->exponent * log_softplus((p->largest_v - mean) / p->softness);
    const double longest = larger(s->shortest, smaller(most - strongest, s->longest));
    const double shortest = smaller(larger(s->shortest, least - strongest), longest);
    const pulse strong = cheapest_width(p, o, shortest, longest);
    if (low >= p->largest_v)
        return strong;
    const pulse weak = cheapest_volts(p, o, s->shortest, low, smaller(high, p->largest_v));
    return weak.cost < strong.cost ? weak : strong;
}

OHM_WIDE void ohm_steps_propose(const ohm_steps *s, const int64_t *cells, const double *measured, const double *targets,
                                size_t count, double *volts, double *widths)
{
    double weight[POINTS], smooth[RATES + 1];
    for (size_t n = 0; n < count; n++) {
        const int64_t cell = cells[n];
        const int reset = targets[n] < measured[n];
        const ohm_polarity *p = &s->polarity[reset], *other = &s->polarity[!reset];
        const int points = (int)p->points;
        const double error = fabs(targets[n] - measured[n]), window = window_of(p, measured[n]);
        const double *quickness = p->quickness + cell * points, *variance = p->variance + cell * points;
        weigh(p->log_likelihood + cell * points, p->log_prior, points, weight);
        double mean = 0.0, rate = 0.0, unsure = 0.0;
        for (int j = 0; j < points; j++) {
            mean += weight[j] * p->thresholds[j];
            rate += weight[j] * quickness[j];
            unsure += weight[j] * variance[j];
        }
        const double part = smaller(larger(error / window, 1e-6), MOST_PASSED);
        const double aim = log_of(-log_of(1.0 - part)), first = aim - RATES_BELOW;
        tabulate(s, other->misses[cell] >= 0.0, error, window, first, sqrt(p->cycle_noise * p->cycle_noise + unsure),
                 smooth);
        outlook o = {weight, quickness, smooth, first, 0, points};
        while (weight[o.begin] < NEGLIGIBLE)
            o.begin++;
        while (weight[o.end - 1] < NEGLIGIBLE)
            o.end--;
        const pulse chosen = cheapest(s, p, &o, mean, aim - rate - AIM_BELOW, aim - rate + AIM_ABOVE);
        const double failed = larger(p->misses[cell] - PATIENCE, 0.0);
        volts[n] = p->way * larger(p->lowest_v, smaller(chosen.volts + p->escape_v * failed, p->largest_v));
        widths[n] = exp_of(smaller(chosen.log_width + LONGER * failed, s->longest));
    }
}

/* One outcome at every threshold: how likely, and what it says of the rate. */
typedef struct {
    double seen, window, scatter, volts, log_width, drift;
} step;

OHM_INLINE void compare(const curve c, const step o, const double *restrict thresholds, int points,
                        double *restrict quickness, double *restrict variance, double *restrict told,
                        double *restrict outcome)
{
    const double scale = 2.0 * o.scatter, stretched = asinh_of(o.seen / scale);
    for (int j = 0; j < points; j++) {
        const double log_rate = c.ln_rate + o.log_width + quickness[j] + c.exponent * log_softplus((o.volts - thresholds[j]) / c.softness);
        const double rate = exp_of(smaller(log_rate, MOST_LOG_RATE)), left = exp_of(-rate);
        const double passed = o.window * (1.0 - left), stretch = 1.0 / sqrt(scale * scale + passed * passed);
        const double slope = stretch * o.window * rate * left, unsure = WINDOW_ERROR * passed;
        const double blur = stretch * stretch * (o.scatter * o.scatter + unsure * unsure);
        const double off = stretched - asinh_of(passed / scale);
        const double spread = slope * slope * (variance[j] + c.noise) + blur, gain = variance[j] * slope / spread;
        told[j] = passed;
        outcome[j] = -0.5 * (off * off / spread + log_of(spread));
        const double most = SURPRISE * sqrt(spread);
        quickness[j] += gain * larger(-most, smaller(most, off));
        variance[j] = (1.0 - gain * slope) * variance[j] + o.drift;
    }
}

OHM_WIDE void ohm_steps_learn(const ohm_steps *s, const int64_t *cells, const double *volts, const double *widths,
                              const double *before, const double *after, size_t count, double *evidence)
{
    double weight[POINTS], outcome[POINTS], told[POINTS];
    for (size_t n = 0; n < count; n++) {
        const int64_t cell = cells[n];
        const ohm_polarity *p = &s->polarity[volts[n] < 0.0];
        const int points = (int)p->points;
        double *likelihood = p->log_likelihood + cell * points;
        const double relative = s->read_noise * larger(before[n], after[n]);
        const step o = {
            .seen = p->way * (after[n] - before[n]),
            .window = window_of(p, before[n]),
            .scatter = sqrt(2.0 * (relative * relative + s->read_floor * s->read_floor)),
            .volts = fabs(volts[n]),
            .log_width = log_of(widths[n]),
            .drift = s->drift,
        };
        weigh(likelihood, p->log_prior, points, weight);
        compare(curve_of(p), o, p->thresholds, points, p->quickness + cell * points, p->variance + cell * points, told,
                outcome);
        double most = -1e300, sum = 0.0, expected = 0.0, highest = -1e300;
        for (int j = 0; j < points; j++)
            most = larger(most, outcome[j]);
        for (int j = 0; j < points; j++) {
            outcome[j] = larger(outcome[j], most - OUTLIER);
            likelihood[j] += outcome[j];
            highest = larger(highest, likelihood[j]);
        }
        for (int j = 0; j < points; j++)
            outcome[j] = exp_of(outcome[j] - most);
        for (int j = 0; j < points; j++) {
            sum += weight[j] * outcome[j];
            expected += weight[j] * told[j];
            likelihood[j] -= highest;
        }
        evidence[n] = most + log_of(sum);
        const double missed = larger(p->misses[cell], 0.0);
        p->misses[cell] = o.seen < MISSED * expected ? missed + 1.0 : 0.0;
    }
}
