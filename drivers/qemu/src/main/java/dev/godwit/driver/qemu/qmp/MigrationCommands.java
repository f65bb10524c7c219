package dev.godwit.driver.qemu.qmp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Commands of a migration, in the order in which they are used.
 *
 * <pre>
 *   destination (started with -S -incoming defer)        source
 *   migrate-set-capabilities, migrate-set-parameters     migrate-set-capabilities, migrate-set-parameters
 *   migrate-incoming                                     migrate
 *                                                        query-migrate …
 *                                                        event pre-switchover: migrate-continue
 *   event completed: cont                                event completed
 * </pre>
 */
public final class MigrationCommands {

    private MigrationCommands() {}

    /**
     * Asks how the migration goes, or went.
     *
     * <p>QEMU 7.2 says {@code completed} some milliseconds before it has added up the times: until the
     * guest's state is {@link RunStateCommands.RunState#POSTMIGRATE} the times and the throughput are 0. QEMU
     * 10.0 adds up first.
     */
    public record QueryMigrate() implements QmpCommand<MigrationInfo> {
        @Override
        public String name() {
            return "query-migrate";
        }

        @Override
        public MigrationInfo reply(Json answer) {
            return MigrationInfo.of(answer.asObject());
        }
    }

    /** Asks which capabilities there are and which are on. */
    public record QueryMigrateCapabilities() implements QmpCommand<Capabilities> {
        @Override
        public String name() {
            return "query-migrate-capabilities";
        }

        @Override
        public Capabilities reply(Json answer) {
            var states = new LinkedHashMap<String, Boolean>();
            for (Json.Obj one : answer.asList(Json::asObject)) {
                states.put(one.text("capability"), one.bool("state"));
            }
            return new Capabilities(states);
        }
    }

    /**
     * Capabilities and whether they are on.
     *
     * @param states QEMU's word to its state, in the order given; also words not known here
     */
    public record Capabilities(SequencedMap<String, Boolean> states) {

        /** Copies the states. */
        public Capabilities {
            states = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(states));
        }

        /**
         * Of known capabilities.
         *
         * @param states the capabilities and whether they shall be on
         * @return the same under QEMU's words
         */
        public static Capabilities of(Map<MigrationCapability, Boolean> states) {
            var byName = new LinkedHashMap<String, Boolean>();
            states.forEach((capability, on) -> byName.put(capability.qemuName(), on));
            return new Capabilities(byName);
        }

        /**
         * Whether QEMU has a capability.
         *
         * @param capability which
         * @return true if it does, on or off
         */
        public boolean has(MigrationCapability capability) {
            return states.containsKey(capability.qemuName());
        }

        /**
         * Whether a capability is on.
         *
         * @param capability which
         * @return true if QEMU has it and it is on
         */
        public boolean isOn(MigrationCapability capability) {
            return states.getOrDefault(capability.qemuName(), false);
        }
    }

    /**
     * Turns capabilities on and off. Those not named stay as they are.
     *
     * @param capabilities which; QEMU refuses those it has not
     */
    public record MigrateSetCapabilities(Capabilities capabilities) implements QmpCommand.Order {
        @Override
        public String name() {
            return "migrate-set-capabilities";
        }

        @Override
        public Json.Obj arguments() {
            List<Json> list = new ArrayList<>();
            capabilities.states().forEach((capability, on) ->
                    list.add(Json.EMPTY.with("capability", capability).with("state", on)));
            return Json.EMPTY.with("capabilities", new Json.Arr(list));
        }
    }

    /** Asks for the parameters. */
    public record QueryMigrateParameters() implements QmpCommand<MigrationParameters> {
        @Override
        public String name() {
            return "query-migrate-parameters";
        }

        @Override
        public MigrationParameters reply(Json answer) {
            return new MigrationParameters(answer.asObject());
        }
    }

    /**
     * Sets parameters, also of a migration that runs. Those not named stay as they are.
     *
     * @param parameters which
     */
    public record MigrateSetParameters(MigrationParameters parameters) implements QmpCommand.Order {
        @Override
        public String name() {
            return "migrate-set-parameters";
        }

        @Override
        public Json.Obj arguments() {
            return parameters.values();
        }
    }

    /**
     * Destination: listens for the guest. QEMU must have been started with {@code -incoming defer}. The
     * reply comes when it listens, or with the reason why it cannot.
     *
     * @param uri         where: {@code tcp:[::]:49152}, {@code tcp:0.0.0.0:49152}, {@code unix:PATH}
     * @param exitOnError whether QEMU ends when it fails; empty for a QEMU before 9.1, which always does
     */
    public record MigrateIncoming(String uri, Optional<Boolean> exitOnError) implements QmpCommand.Order {

        /**
         * For a QEMU of a version: one that stays and can say why when it fails, where there is that choice.
         *
         * @param uri     where to listen
         * @param version of the QEMU that will listen
         * @return the command
         */
        public static MigrateIncoming stayingOnError(String uri, QmpVersion version) {
            return new MigrateIncoming(uri, version.atLeast(9, 1) ? Optional.of(false) : Optional.empty());
        }

        @Override
        public String name() {
            return "migrate-incoming";
        }

        @Override
        public Json.Obj arguments() {
            Json.Obj arguments = Json.EMPTY.with("uri", uri);
            return exitOnError.map(exit -> arguments.with("exit-on-error", exit)).orElse(arguments);
        }
    }

    /**
     * Keeps an open file that comes with the command, under a name, for {@link Migrate} to {@code fd:NAME}. The name is free again
     * when it has been used.
     *
     * @param file the name
     */
    public record GetFd(String file) implements QmpCommand.Order {
        @Override
        public String name() {
            return "getfd";
        }

        @Override
        public Json.Obj arguments() {
            return Json.EMPTY.with("fdname", file);
        }
    }

    /**
     * Source: begins to send. The reply comes when QEMU begins to connect; how that ends is told by the
     * event {@code MIGRATION} and by {@code query-migrate}.
     *
     * @param uri    where to: {@code tcp:HOST:PORT}, {@code unix:PATH}
     * @param resume true to go on with a post-copy migration that lost its connection
     */
    public record Migrate(String uri, boolean resume) implements QmpCommand.Order {

        /**
         * From the beginning.
         *
         * @param uri where to
         */
        public Migrate(String uri) {
            this(uri, false);
        }

        @Override
        public String name() {
            return "migrate";
        }

        @Override
        public Json.Obj arguments() {
            Json.Obj arguments = Json.EMPTY.with("uri", uri).with("detach", true);
            return resume ? arguments.with("resume", true) : arguments;
        }
    }

    /**
     * Source: goes on from a state in which QEMU waits.
     *
     * @param from the state: {@link MigrationStatus#PRE_SWITCHOVER}; if it is another one by now QEMU refuses
     */
    public record MigrateContinue(MigrationStatus from) implements QmpCommand.Order {

        /** From {@code pre-switchover}, the only state there is. */
        public MigrateContinue() {
            this(MigrationStatus.PRE_SWITCHOVER);
        }

        @Override
        public String name() {
            return "migrate-continue";
        }

        @Override
        public Json.Obj arguments() {
            return Json.EMPTY.with("state", from.qemuName());
        }
    }

    /**
     * Source: cancels. The reply comes at once, also when nothing is being sent; that it is cancelled is
     * told by the event {@code MIGRATION}.
     */
    public record MigrateCancel() implements QmpCommand.Order {
        @Override
        public String name() {
            return "migrate_cancel";
        }
    }

    /** Source: switches to post-copy as soon as possible. */
    public record MigrateStartPostcopy() implements QmpCommand.Order {
        @Override
        public String name() {
            return "migrate-start-postcopy";
        }
    }

    /** Source or destination: breaks post-copy's connection, so that it can be made anew. */
    public record MigratePause() implements QmpCommand.Order {
        @Override
        public String name() {
            return "migrate-pause";
        }
    }

    /**
     * Destination: listens again for a post-copy migration that lost its connection.
     *
     * @param uri where
     */
    public record MigrateRecover(String uri) implements QmpCommand.Order {
        @Override
        public String name() {
            return "migrate-recover";
        }

        @Override
        public Json.Obj arguments() {
            return Json.EMPTY.with("uri", uri);
        }
    }
}
