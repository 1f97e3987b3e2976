// severity: bug
// channel: mail
// needs: function
// triggers: lantern_get(
// symbol: return\s+(.*?)\s*;
//
// A lantern taken with lantern_get() is not given back on one of the ways out.
//
// Why: its wick can never be replaced while somebody seems to hold it.
// Fix: lantern_put() before the return, or leave by the label that does it.
// Quiet when: the lantern is stored or returned, or nothing in the function gives it back.

// The function must show that it gives the lantern back: without that, it may well be meant to keep it.
@balanced@
identifier f;
expression L;
@@
f(...)
{
  ... when any
  lantern_get(L);
  ... when any
  lantern_put(L);
  ... when any
}

@leaked@
identifier balanced.f;
expression balanced.L, K;
@@
f(...)
{
  ... when any
  lantern_get(L);
  ... when != lantern_put(L)
      when != K = L
(
  return L;
|
* return ...;
)
  ... when any
}
