// severity: bug
// channel: mail
// needs: function
// triggers: try_module_get(
//
// The result of try_module_get() is thrown away.
//
// Why: the yardstick of the benchmark, as spatch-kvm-leak.

@@
@@
* try_module_get(...);
