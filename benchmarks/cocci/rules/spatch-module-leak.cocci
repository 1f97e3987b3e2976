// severity: bug
// channel: mail
// needs: function
// triggers: __module_get(, try_module_get(
//
// A module pinned in this function and let go on one way out is not let go on another.
//
// Why: a yardstick of the benchmark, as spatch-kvm-leak.

@paired exists@
expression R;
position p;
@@
\(__module_get@p(R)\|try_module_get@p(R)\)
... when any
module_put(R)

@leaked exists@
expression paired.R, E;
position paired.p;
statement S;
@@
(
__module_get@p(R);
|
if (!try_module_get@p(R)) S
)
... when != module_put(R)
    when != E = R
if (...) {
  ... when != module_put(R)
* return ...;
}
