// severity: bug
// channel: mail
// needs: function
// triggers: kvm_get_kvm(, kvm_get_kvm_safe(
//
// A VM taken in this function and put on one way out is not put on another.
//
// Why: this is a yardstick of the benchmark, not a rule to be used: what somebody who knows Coccinelle writes in
// an afternoon. It asks that the function puts the reference somewhere, and looks at returns inside an `if`.

@paired exists@
expression R;
position p;
@@
\(kvm_get_kvm@p(R)\|kvm_get_kvm_safe@p(R)\)
... when any
\(kvm_put_kvm(R)\|kvm_put_kvm_no_destroy(R)\)

@leaked exists@
expression paired.R, E;
position paired.p;
statement S;
@@
(
kvm_get_kvm@p(R);
|
if (!kvm_get_kvm_safe@p(R)) S
)
... when != kvm_put_kvm(R)
    when != kvm_put_kvm_no_destroy(R)
    when != E = R
if (...) {
  ... when != kvm_put_kvm(R)
      when != kvm_put_kvm_no_destroy(R)
* return ...;
}
