package dev.godwit.wire.remote;

/**
 * The numbers of {@link DomainQueryProcedures#GET_STATE}: states, and for each of them its reasons.
 */
public final class DomainState {

    // @formatter:off
    /** No state. */       public static final int NOSTATE = 0;
    /** It runs. */        public static final int RUNNING = 1;
    /** It waits. */       public static final int BLOCKED = 2;
    /** CPUs stopped. */   public static final int PAUSED = 3;
    /** Shutting down. */  public static final int SHUTDOWN = 4;
    /** Off. */            public static final int SHUTOFF = 5;
    /** Crashed. */        public static final int CRASHED = 6;
    /** Asleep. */         public static final int PMSUSPENDED = 7;

    /** Why it runs. */
    public static final class Running {
        /** Unknown. */              public static final int UNKNOWN = 0;
        /** Started. */              public static final int BOOTED = 1;
        /** Arrived. */              public static final int MIGRATED = 2;
        /** From a saved image. */   public static final int RESTORED = 3;
        /** From a snapshot. */      public static final int FROM_SNAPSHOT = 4;
        /** Resumed. */              public static final int UNPAUSED = 5;
        /** Did not leave. */        public static final int MIGRATION_CANCELED = 6;
        /** Was not saved. */        public static final int SAVE_CANCELED = 7;
        /** Woke up. */              public static final int WAKEUP = 8;
        /** After a crash. */        public static final int CRASHED = 9;
        /** Memory still comes. */   public static final int POSTCOPY = 10;
        /** Memory stopped coming. */ public static final int POSTCOPY_FAILED = 11;

        private Running() {}
    }

    /** Why its CPUs are stopped. */
    public static final class Paused {
        /** Unknown. */              public static final int UNKNOWN = 0;
        /** Somebody asked. */       public static final int USER = 1;
        /** It moves. */             public static final int MIGRATION = 2;
        /** It is saved. */          public static final int SAVE = 3;
        /** It is dumped. */         public static final int DUMP = 4;
        /** A disk failed. */        public static final int IOERROR = 5;
        /** A watchdog fired. */     public static final int WATCHDOG = 6;
        /** From a snapshot. */      public static final int FROM_SNAPSHOT = 7;
        /** It shuts down. */        public static final int SHUTTING_DOWN = 8;
        /** A snapshot is taken. */  public static final int SNAPSHOT = 9;
        /** It crashed. */           public static final int CRASHED = 10;
        /** It starts. */            public static final int STARTING_UP = 11;
        /** It runs elsewhere. */    public static final int POSTCOPY = 12;
        /** Its memory is split. */  public static final int POSTCOPY_FAILED = 13;
        /** A call failed. */        public static final int API_ERROR = 14;

        private Paused() {}
    }

    /** Why it is off. */
    public static final class Shutoff {
        /** Unknown. */              public static final int UNKNOWN = 0;
        /** It shut down. */         public static final int SHUTDOWN = 1;
        /** It was destroyed. */     public static final int DESTROYED = 2;
        /** It crashed. */           public static final int CRASHED = 3;
        /** It left. */              public static final int MIGRATED = 4;
        /** It was saved. */         public static final int SAVED = 5;
        /** It did not start. */     public static final int FAILED = 6;
        /** From a snapshot. */      public static final int FROM_SNAPSHOT = 7;
        /** The daemon lost it. */   public static final int DAEMON = 8;

        private Shutoff() {}
    }
    // @formatter:on

    private DomainState() {}
}
