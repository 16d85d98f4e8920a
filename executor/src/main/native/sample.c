// Greedy choice over logits.
#include <math.h>

#include "lanes.h"

// The lowest id of the largest of x[from..to); -1 where all are minus infinity, -2 where one is
// NaN or plus infinity. A block's maximum first, then the place inside the best block.
EXPORT int32_t Q(argmax)(const float *x, int from, int to) {
  enum { BLOCK = 1024, UNROLL = 4 };
  float best = -INFINITY;
  int start = -1, end = to;
  for (int b = from; b < to; b += BLOCK) {
    int e = to - b < BLOCK ? to : b + BLOCK, i = b;
    vf top[UNROLL];
    vi finite = vi_set(-1);
    for (int j = 0; j < UNROLL; j++) top[j] = vf_set(-INFINITY);
    for (; i + UNROLL * VL <= e; i += UNROLL * VL)
#pragma GCC unroll 4
      for (int j = 0; j < UNROLL; j++) {
        vf v = vf_load(x + i + j * VL);
        finite &= v < vf_set(INFINITY);  // NaN fails every comparison
        top[j] = VF_MAX(v, top[j]);
      }
    float most = lane_top(VF_MAX(VF_MAX(top[0], top[1]), VF_MAX(top[2], top[3])));
    int32_t all[VL];
    memcpy(all, &finite, sizeof all);
    for (int j = 0; j < VL; j++)
      if (!all[j]) return -2;
    for (; i < e; i++) {
      if (!(x[i] < INFINITY)) return -2;
      most = x[i] > most ? x[i] : most;
    }
    if (most > best) {
      best = most;
      start = b;
      end = e;
    }
  }
  if (start < 0) return -1;
  while (start < end && x[start] != best) start++;
  return start;
}
