package dev.godwit.journal;

/** A journal that cannot be read or written. The message names the file and the cause; the caller must not act on what he wanted to append. */
public final class JournalException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String file;
    private final boolean mayBeKept;

    private JournalException(String file, String problem, boolean mayBeKept, Throwable cause) {
        super("Journal " + file + ": " + problem, cause);
        this.file = file;
        this.mayBeKept = mayBeKept;
    }

    /**
     * Something is wrong, and nothing was written.
     *
     * @param file    which file
     * @param problem half a sentence
     */
    JournalException(String file, String problem) {
        this(file, problem, false, null);
    }

    /**
     * Something went wrong, and nothing was written.
     *
     * @param file    which file
     * @param problem half a sentence
     * @param cause   what went wrong below; its message is told too
     */
    JournalException(String file, String problem, Throwable cause) {
        this(file, problem + ": " + said(cause), false, cause);
    }

    /** An append failed, and what it had written could not be taken back either. */
    static JournalException inDoubt(String file, String problem, Throwable cause) {
        return new JournalException(file, problem + ": " + said(cause), true, cause);
    }

    private static String said(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** The journal's file. */
    public String file() {
        return file;
    }

    /**
     * Whether the entry may turn up when the journal is opened again, although its append failed: the disk took neither the entry
     * nor its removal. The journal refuses everything from then on, so it is the last entry that can.
     */
    public boolean mayBeKept() {
        return mayBeKept;
    }
}
