package dev.godwit.guest;

import dev.godwit.domain.StateReason;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The words for states and reasons in status files, the same as in libvirt's. */
final class StateNames {

    private static final Map<StateReason, String> SPECIAL = Map.of(
            StateReason.PAUSED_SHUTTING_DOWN, "shutdown",
            StateReason.PAUSED_CRASHED, "panicked",
            StateReason.RUNNING_POSTCOPY, "post-copy",
            StateReason.RUNNING_POSTCOPY_FAILED, "post-copy failed",
            StateReason.PAUSED_POSTCOPY, "post-copy",
            StateReason.PAUSED_POSTCOPY_FAILED, "post-copy failed");

    private StateNames() {}

    static String state(StateReason state) {
        return switch (state.state()) {
            case NOSTATE -> "no state";
            default -> state.state().name().toLowerCase(Locale.ROOT);
        };
    }

    static String reason(StateReason state) {
        String special = SPECIAL.get(state);
        if (special != null) {
            return special;
        }
        String name = state.name().substring(state.state().name().length() + 1);
        return name.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static Optional<StateReason> of(String state, String reason) {
        for (StateReason candidate : StateReason.values()) {
            if (state(candidate).equals(state) && reason(candidate).equals(reason)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
