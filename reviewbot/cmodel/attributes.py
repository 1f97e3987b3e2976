"""Attributes of the kernel: words beside type and name that a C grammar does not know.

Law: an attribute is replaced by spaces, so that offsets hold; nothing that could be a type, a name or a call
is taken. Must not know declarations. Source: include/linux/{cache,cleanup,compiler_attributes,
compiler_types,init,linkage}.h of Linux 6.12.
"""

import re

from reviewbot.cmodel.mask import blank

_PLAIN = (
    "always_inline|always_unused|attribute_const__|bitwise|bpf_kfunc|cacheline_aligned"
    "|cacheline_aligned_in_smp|cold|cpuidle|deprecated|designated_init|entry_text|exit|exitcall|exitdata"
    "|exitused|flatten|force|gnu_inline|hot|hyp_text|init|init_memblock|init_or_module|initconst"
    "|initconst_or_module|initconst_setup|initdata|initdata_memblock|initdata_or_module|initdata_setup"
    "|iomem|irq_entry|kernel|kprobes|ksym|latent_entropy|lockfunc|malloc|maybe_unused|meminit|meminitconst"
    "|meminitdata|must_check|naked|net_exit|net_init|net_initdata|no_kasan_or_inline|no_kcsan|no_profile"
    "|no_randomize_layout|no_sanitize_memory|no_sanitize_or_inline|no_sanitize_undefined|no_stack_protector"
    "|nocast|nocfi|noclone|noendbr|noinitretpoline|noinline|nonstring|noreturn|nosavedata|noscs|packed"
    "|page_aligned_bss|page_aligned_data|percpu|private|pure|randomize_layout|rcu|read_mostly|ref|refconst"
    "|refdata|restrict|ro_after_init|safe|sched|softirq_entry|uninitialized|used|user|visible|weak"
)
_CALLED = (
    "acquires|alias|aligned|alloc_size|assume_aligned|attribute__|cleanup|compiletime_error"
    "|compiletime_warning|cond_acquires|copy|counted_by|counted_by_be|counted_by_le|counted_by_ptr"
    "|diagnose_as|element_count|error|format_arg|free|guarded_by|must_hold|no_sanitize|nonnull|printf"
    "|realloc_size|releases|scanf|section|sized_by|warning"
)
_ARGUMENTS = r"\s*+\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\)"
# A literal prefix is what makes the search fast: the look-behind stands for a word boundary.
_DUNDER = re.compile(
    rf"__(?<!\w__)_{{0,2}}(?:(?:{_CALLED})\b{_ARGUMENTS}|(?:{_PLAIN})\b(?!\s*+\())"
)
_BARE = re.compile(r"(?<![.>])\b(?:asmlinkage|noinline_for_stack|noinline|noinstr|notrace)\b")


def without_attributes(code: str) -> str:
    """The masked code with the kernel's attributes blanked."""
    if "__" in code:
        code = _DUNDER.sub(_blanked, code)
    if "noin" in code or "asmlinkage" in code or "notrace" in code:
        code = _BARE.sub(_blanked, code)
    return code


def _blanked(found: re.Match[str]) -> str:
    """Spaces; where an item begins a storage class, because items are known by their column 0."""
    text = found[0]
    before = found.string[max(0, found.start() - 2) : found.start()]
    return (
        f"auto{blank(text[4:])}" if before[-1:] in ("", "\n") and before != ")\n" else blank(text)
    )
