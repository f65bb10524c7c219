package dev.godwit.driver.qemu.qmp;

/**
 * One command: its name, its arguments, and what its reply becomes.
 *
 * <p>Commands are records, grouped by subject in the files next to this one. To add one, write its
 * record there; nothing else has to know.
 *
 * @param <R> the reply: a record, a list of records, text, or {@link Done}
 */
public interface QmpCommand<R> {

    /** The reply of a command that answers only that it is done. */
    record Done() {
        static final Done DONE = new Done();
    }

    /**
     * The command's name.
     *
     * @return for example {@code query-status}
     */
    String name();

    /**
     * Its arguments.
     *
     * @return the arguments; an empty object for a command that takes none
     */
    default Json.Obj arguments() {
        return Json.EMPTY;
    }

    /**
     * Turns what QEMU answered into the reply.
     *
     * @param answer the value of {@code return}
     * @return the reply
     * @throws JsonException if the answer has not the shape of this command's reply
     */
    R reply(Json answer);

    /** A command that answers only that it is done. */
    interface Order extends QmpCommand<Done> {
        @Override
        default Done reply(Json answer) {
            return Done.DONE;
        }
    }

    /**
     * A command by its name, for which there is no record.
     *
     * @param name      the command's name
     * @param arguments its arguments
     */
    record Raw(String name, Json.Obj arguments) implements QmpCommand<Json> {
        @Override
        public Json reply(Json answer) {
            return answer;
        }
    }
}
