package dev.godwit.driver.qemu.capabilities;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The names of CPU features. Definitions and QEMU agree on most; where they do not, the definition has the older name.
 */
public final class CpuFeatures {

    private static final Map<String, String> TO_QEMU = Map.ofEntries(
            Map.entry("cmp_legacy", "cmp-legacy"),
            Map.entry("ds_cpl", "ds-cpl"),
            Map.entry("fxsr_opt", "fxsr-opt"),
            Map.entry("kvm_pv_eoi", "kvm-pv-eoi"),
            Map.entry("kvm_pv_unhalt", "kvm-pv-unhalt"),
            Map.entry("lahf_lm", "lahf-lm"),
            Map.entry("nodeid_msr", "nodeid-msr"),
            Map.entry("pclmuldq", "pclmulqdq"),
            Map.entry("perfctr_core", "perfctr-core"),
            Map.entry("perfctr_nb", "perfctr-nb"),
            Map.entry("tsc_adjust", "tsc-adjust"));

    /** Features of x86 CPUs that can be moved to another host, as definitions name them. */
    private static final Set<String> MIGRATABLE = Set.of(
            """
            pni pclmuldq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid fma cx16 xtpr pdcm pcid dca sse4.1 sse4.2
            x2apic movbe popcnt tsc-deadline aes xsave avx f16c rdrand hypervisor fpu vme de pse tsc msr pae mce cx8
            apic sep mtrr pge mca cmov pat pse36 pn clflush ds acpi mmx fxsr sse sse2 ss ht tm ia64 pbe arat fsgsbase
            tsc_adjust bmi1 hle avx2 fdp-excptn-only smep bmi2 erms invpcid rtm zero-fcs-fds mpx avx512f avx512dq
            rdseed adx smap avx512ifma clflushopt clwb avx512pf avx512er avx512cd sha-ni avx512bw avx512vl
            avx512vbmi umip pku waitpkg avx512vbmi2 gfni vaes vpclmulqdq avx512vnni avx512bitalg avx512-vpopcntdq la57
            rdpid bus-lock-detect cldemote movdiri movdir64b pks avx512-4vnniw avx512-4fmaps fsrm
            avx512-vp2intersect md-clear serialize tsx-ldtrk amx-bf16 avx512-fp16 amx-tile amx-int8 spec-ctrl stibp
            flush-l1d arch-capabilities core-capability ssbd avx-vnni avx512-bf16 cmpccxadd fzrm fsrs fsrc lkgs wrmsrns
            amx-fp16 avx-ifma lam avx-vnni-int8 avx-ne-convert amx-complex avx-vnni-int16 prefetchiti intel-psfd
            ipred-ctrl rrsba-ctrl ddpd-u bhi-ctrl mcdt-no xsaveopt xsavec xgetbv1 xfd lahf_lm cmp_legacy svm extapic
            cr8legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop skinit wdt lwp fma4 tce nodeid_msr tbm topoext
            perfctr_core perfctr_nb syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm 3dnowext 3dnow overflow-recov succor
            clzero xsaveerptr wbnoinvd ibpb ibrs amd-stibp stibp-always-on amd-ssbd virt-ssbd amd-no-ssb amd-psfd npt
            lbrv svm-lock nrip-save tsc-scale vmcb-clean flushbyasid decodeassists pause-filter pfthreshold avic
            v-vmsave-vmload vgif vnmi svme-addr-chk no-nested-data-bp lfence-always-serializing null-sel-clr-base
            auto-ibrs perfmon-v2 split-lock-detect rdctl-no ibrs-all rsba skip-l1dfl-vmentry ssb-no mds-no
            pschange-mc-no tsx-ctrl taa-no sbdr-ssdp-no fbsdp-no psdp-no fb-clear pbrsb-no gds-no rfds-no rfds-clear\
            """
                    .split("\\s+"));

    private static final Map<String, String> MIGRATABLE_BY_QEMU =
            MIGRATABLE.stream().collect(Collectors.toUnmodifiableMap(CpuFeatures::toQemu, Function.identity()));

    private CpuFeatures() {}

    /**
     * What QEMU calls a feature.
     *
     * @param name as in a definition
     * @return the name for {@code -cpu}
     */
    public static String toQemu(String name) {
        return TO_QEMU.getOrDefault(name, name);
    }

    /**
     * The features that a definition can name and that can move, by what QEMU calls them.
     *
     * @return names in definitions by names in QEMU
     */
    static Map<String, String> migratableByQemuName() {
        return MIGRATABLE_BY_QEMU;
    }
}
