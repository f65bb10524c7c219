package dev.godwit.daemon.access;

import dev.godwit.pki.NamePattern;
import dev.godwit.wire.remote.Permission;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * One line of the access policy.
 *
 * @param line    where it stands
 * @param allow   whether what fits is allowed, or denied
 * @param who     whom it is about: all of these must fit
 * @param actions what it is about: one of these must fit
 * @param guest   which guests; empty for all, and for what is not about a guest
 * @param to      which destinations; empty for all
 */
record PolicyRule(int line, boolean allow, List<Who> who, List<NamePattern> actions, Optional<NamePattern> guest,
        Optional<NamePattern> to) {

    /** What a rule can look at. */
    enum Attribute {
        USER, GROUP, SASL, DN, ADDRESS
    }

    /**
     * One condition on a client.
     *
     * @param attribute which of its names
     * @param pattern   what it must be like
     */
    record Who(Attribute attribute, NamePattern pattern) {

        boolean fits(Identity client, BiPredicate<String, NamePattern> inGroup) {
            return switch (attribute) {
                case USER -> client.user().filter(pattern::matches).isPresent();
                case GROUP -> client.group().filter(pattern::matches).isPresent()
                        || client.user().filter(user -> inGroup.test(user, pattern)).isPresent();
                case SASL -> client.saslUser().filter(pattern::matches).isPresent();
                case DN -> client.distinguishedName().filter(pattern::matches).isPresent();
                case ADDRESS -> client.address().filter(pattern::matches).isPresent();
            };
        }
    }

    /** As the policy writes a permission. */
    static String word(Permission permission) {
        return (permission.object() + "." + permission.action()).toLowerCase(Locale.ROOT);
    }

    /** Whether it says something about a client that wants something. */
    boolean fits(Identity client, Permission permission, Optional<Target> target,
            BiPredicate<String, NamePattern> inGroup) {
        String word = word(permission);
        return actions.stream().anyMatch(action -> action.matches(word))
                && who.stream().allMatch(condition -> condition.fits(client, inGroup))
                && guest.map(pattern -> target.filter(on -> isAbout(pattern, on)).isPresent()).orElse(true)
                && to.map(pattern -> fitsDestination(pattern, target)).orElse(true);
    }

    private static boolean isAbout(NamePattern pattern, Target target) {
        return pattern.matches(target.name())
                || target.uuid().filter(uuid -> pattern.matches(uuid.toString())).isPresent();
    }

    /**
     * Where a call does not say where the guest goes, what is allowed for some destinations is allowed until one says it,
     * and nothing is denied for its destination.
     */
    private boolean fitsDestination(NamePattern pattern, Optional<Target> target) {
        return target.flatMap(Target::destination).map(pattern::matches).orElse(allow);
    }
}
